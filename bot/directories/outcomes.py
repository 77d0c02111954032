"""Results of `Directory.create` as every connector gives them: built, and put into the order asked."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.values.learner import Account, CreateResult, CreateStatus, Learner


def taken(learner: Learner, account: Account | None, stamp: str) -> CreateResult:
    """The address or username is taken, by `account` as far as we may see it.

    An account that carries this very stamp is our own: a call whose answer was lost has made it, perhaps
    after the look-up that followed.
    """
    ours = account is not None and stamp != "" and account.stamp == stamp
    status = CreateStatus.CREATED if ours else CreateStatus.EXISTING
    return CreateResult(key=learner.key, status=status, account=account)


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
            result = replace(result, status=CreateStatus.EXISTING)
        seen.add(learner.key)
        ordered.append(result)
    return ordered
