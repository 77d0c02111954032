"""Results of `Directory.create` as every connector gives them: built, and put into the order asked."""

from collections.abc import Mapping, Sequence

from bot.values.learner import Account, CreateResult, CreateStatus, Learner


def existing(learner: Learner, account: Account | None) -> CreateResult:
    """The address or username is taken, by `account` as far as we may see it."""
    return CreateResult(key=learner.key, status=CreateStatus.EXISTING, account=account)


def refused(learner: Learner, reason: str) -> CreateResult:
    """The platform will not take this learner, `reason` says why in plain words."""
    return CreateResult(key=learner.key, status=CreateStatus.REFUSED, reason=reason)


def in_order(learners: Sequence[Learner], results: Mapping[str, CreateResult]) -> list[CreateResult]:
    """One result a learner asked for; the second of two with one address finds the account of the first."""
    seen: set[str] = set()
    ordered = []
    for learner in learners:
        result = results[learner.key]
        if learner.key in seen and result.status is CreateStatus.CREATED:
            result = existing(learner, result.account)
        seen.add(learner.key)
        ordered.append(result)
    return ordered
