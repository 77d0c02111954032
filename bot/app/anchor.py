"""Reads from delivered mails which server's word on senders this mailbox can trust; for `check --probe`."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.ports import CheckLine, Health
from bot.request.authentication import server_of
from bot.settings.tables import VerificationSettings
from bot.values.message import Message

FIELD = "authentication-results"
NAMELESS = "(no name)"
SUBJECT = "trust anchor"
# Below the first of these a server on the way has added nothing.
WRITTEN_BY_SENDER = frozenset({"from", "to", "subject", "date", "message-id", "mime-version"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What delivered mails showed.

    `names` counts by whom the topmost result of each mail is, out of `mails`; `forged` are the names under
    which a forged result was sent, `left` those of them that were delivered with it.
    """

    mails: int = 0
    names: Counter[str] = field(default_factory=Counter)
    forged: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


def topmost_server(message: Message) -> str | None:
    """Who wrote the topmost Authentication-Results that came on the way (RFC 8601 §5); None for nobody."""
    for name, value in message.headers:
        lowered = name.lower()
        if lowered in WRITTEN_BY_SENDER:
            return None
        if lowered == FIELD:
            server = server_of(value)
            return NAMELESS if server is None else server or None
    return None


def count_servers(messages: Iterable[Message]) -> tuple[int, Counter[str]]:
    """How many mails there are, and whose result stands on top of how many."""
    found = [topmost_server(message) for message in messages]
    return len(found), Counter(name for name in found if name)


def judge(evidence: Evidence, verification: VerificationSettings) -> Iterator[CheckLine]:
    """What the evidence means for `[verification]`, each with what to set."""
    yield _anchor_line(evidence, verification)
    yield from _forgery_lines(evidence)


def _anchor_line(evidence: Evidence, verification: VerificationSettings) -> CheckLine:
    told = ", ".join(f"{name} on {count}" for name, count in evidence.names.most_common(4))
    mails = "1 mail" if evidence.mails == 1 else f"{evidence.mails} mails"
    seen = f"of {mails}: {told or 'none carries a result of a server'}"
    configured = {name.lower() for name in verification.authserv_id}
    if verification.trust == "topmost-without-id":
        configured.add(NAMELESS)
    if not evidence.names:
        return CheckLine(
            subject=SUBJECT,
            health=Health.WARNING,
            detail=seen,
            mend="Send this mailbox a mail from outside and try again. If that shows none either, have the "
            "mail server write Authentication-Results (OpenDMARC, rspamd), or set verification.dkim = true.",
        )
    if configured & set(evidence.names):
        return CheckLine(subject=SUBJECT, health=Health.OK, detail=seen)
    return CheckLine(
        subject=SUBJECT,
        health=Health.FAILED,
        detail=f"{seen}; the configuration trusts {', '.join(sorted(configured)) or 'nobody'}",
        mend=_setting([name for name, _ in evidence.names.most_common(1)]),
    )


def _setting(names: Sequence[str]) -> str:
    if names[0] == NAMELESS:
        return 'Set verification.trust = "topmost-without-id" (Microsoft 365).'
    return f'If that is your own receiving server, set verification.authserv_id = ["{names[0]}"].'


def _forgery_lines(evidence: Evidence) -> Iterator[CheckLine]:
    subject = "forged results"
    if not evidence.forged:
        return
    if not evidence.left:
        names = ", ".join(sorted(evidence.forged))
        yield CheckLine(
            subject=subject, health=Health.OK, detail=f"the server takes away what claims to be by {names}"
        )
        return
    yield CheckLine(
        subject=subject,
        health=Health.FAILED,
        detail=f"a forged result by the name of {', '.join(sorted(evidence.left))} was delivered as it came",
        mend="Have the server remove Authentication-Results that claim its own name from incoming mail "
        "(RFC 8601 §5): otherwise a mail on which it writes none of its own may pass with a forged one. "
        "See docs/security.md. Our mail was submitted with a login; try one from outside too.",
    )
