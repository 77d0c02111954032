"""Reads bounces: what came back, for whom and why, from fields (RFC 3464) or from a mail system's prose."""

import re
from itertools import islice

from bot.mail.machine_words import machine_words, subject_begins_with
from bot.values.bounce import Bounce, BounceKind, ReturnedRecipient
from bot.values.message import Message, Owner

# Not within a version or an IP address: "1.2.3.4".
_STATUS = re.compile(r"(?<![\w.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\w)")
_REPLY_CODE = re.compile(r"(?<![\d.-])([45]\d\d)[ -](?=[45]\.\d|[#<\"'(A-Za-z])")
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_MESSAGE_ID_FIELD = re.compile(r"^[> \t]*message-id:\s*(<[^<>\s]{1,996}>)", re.IGNORECASE | re.MULTILINE)
_DAEMON = re.compile(
    r"mail(?:er)?[-_.]?daemon|\bmdaemon\b|mail delivery (?:sub)?system|postmaster|microsoft ?exchange",
    re.IGNORECASE,
)
# Whom to ask for help, named in most bounces: never those that were not reached, where others are named.
_HELPERS = re.compile(r"^(?:postmaster|mail(?:er)?[-_.]?daemon|abuse|hostmaster)@")
# Below these lines stands a copy of what we sent, with addresses of its own.
_COPY_BEGINS = re.compile(
    r"^[> \t]*(?:-{2,}.{0,80}(?:copy|original|undelivered|returned|enclosed|unsent|transcript).{0,40}"
    r"|original message(?: headers)?:?\s*$|received: from|return-path:|(?:this is|below is) a copy of"
    r"|mime-version:|-+ ?(?:kopie|ursprüngliche|message d.origine|mensa(?:je|gem) original"
    r"|messaggio originale).*)",
    re.IGNORECASE | re.MULTILINE,
)
_ARRIVED = re.compile(r"^action:\s*(?:delivered|relayed|expanded)\b", re.IGNORECASE | re.MULTILINE)
_TEXT_READ = 20_000
_WORDS_KEPT = 500
_MOST_RECIPIENTS = 50
_SENT_TO = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to")


def read_bounce(message: Message) -> Bounce | None:
    """What this bounce tells, or None where the message is none (receipts and autoreplies are none)."""
    recipients, kinds = _read_fields(message)
    if not recipients and not _tells_of_success(message):
        recipients, kinds = _read_prose(message)
    if not recipients and not kinds:
        return None
    return Bounce(
        kind=_worst(kinds),
        recipients=recipients,
        original_message_ids=_original_ids(message),
        verp=_verp(message),
    )


def _worst(kinds: set[BounceKind]) -> BounceKind:
    return next(kind for kind in BounceKind if kind in kinds)


def _read_fields(message: Message) -> tuple[tuple[ReturnedRecipient, ...], set[BounceKind]]:
    """The recipients of the delivery-status parts: behind the first block, one block for each."""
    found: dict[str, ReturnedRecipient] = {}
    kinds: set[BounceKind] = set()
    for report in message.reports:
        if not report.kind.endswith("delivery-status"):
            continue
        for block in re.split(r"\n\s*\n", report.text):
            fields = _fields_of(block)
            email = _recipient_of(fields)
            kind = _kind_of(fields)
            if email and kind:
                kinds.add(kind)
                found.setdefault(
                    email,
                    ReturnedRecipient(email=email, status=_status_of(fields), words=_diagnosis_of(fields)),
                )
    return tuple(found.values())[:_MOST_RECIPIENTS], kinds


def _tells_of_success(message: Message) -> bool:
    """Whether the fields say that it arrived, or was handed on, and of nobody that it did not."""
    fields = "\n".join(one.text for one in message.reports if one.kind.endswith("delivery-status"))
    return bool(_ARRIVED.search(fields))


def _fields_of(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in block.splitlines():
        name, colon, value = line.partition(":")
        if colon and " " not in name.strip():
            fields.setdefault(name.strip().lower(), value.strip())
    return fields


def _recipient_of(fields: dict[str, str]) -> str:
    """`rfc822; a@b` of the address as we wrote it, else the one it was turned into (RFC 3464 §2.3.1)."""
    for name in ("original-recipient", "x-original-recipient", "final-recipient", "x-actual-recipient"):
        address = _ADDRESS.search(fields.get(name, "").rpartition(";")[2])
        if address:
            return address.group().lower()
    return ""


def _kind_of(fields: dict[str, str]) -> BounceKind | None:
    action = fields.get("action", "").split()[:1]
    status = _status_of(fields)
    match [word.lower().strip("();,") for word in action]:
        case ["failed"]:
            return BounceKind.HARD
        case ["delayed"]:
            return BounceKind.DELAYED
        case ["delivered" | "relayed" | "expanded"]:
            return None
    # Some systems leave Action out or translate it; the status still tells.
    return {"5": BounceKind.HARD, "4": BounceKind.SOFT}.get(status[:1])


def _status_of(fields: dict[str, str]) -> str:
    own = _STATUS.search(fields.get("status", ""))
    said = _STATUS.search(fields.get("diagnostic-code", ""))
    # X.0.0 says nothing (RFC 3463 §3.1), so the remote server's own code is taken where it says more.
    if said and (not own or own.group(1).endswith(".0.0")):
        return said.group(1)
    return own.group(1) if own else ""


def _diagnosis_of(fields: dict[str, str]) -> str:
    said = fields.get("diagnostic-code", "")
    return said.partition(";")[2].strip()[:_WORDS_KEPT] if ";" in said[:12] else said[:_WORDS_KEPT]


def _read_prose(message: Message) -> tuple[tuple[ReturnedRecipient, ...], set[BounceKind]]:
    """The recipients that a bounce without fields names in its text or in X-Failed-Recipients."""
    text = _prose(message)
    failed_field = ", ".join(message.header_values("x-failed-recipients"))
    if not (_comes_from_mail_system(message) or failed_field) or _is_receipt(message):
        return (), set()
    kind = _kind_of_prose(message, text, named=bool(failed_field))
    if kind is None:
        return (), set()
    said = _addresses_in(text)
    named = [email for email, _ in _addresses_in(failed_field)] or [email for email, _ in said]
    ours = {address.email for address in (*message.to, *message.cc, message.sender) if address}
    lost = [email for email in dict.fromkeys(named) if email not in ours]
    lost = [email for email in lost if not _HELPERS.match(email)] or lost
    # With one recipient, a code anywhere in the text is about it.
    return tuple(_recipient(email, said, text if len(lost) == 1 else "") for email in lost), {kind}


def _recipient(email: str, said: list[tuple[str, str]], text: str) -> ReturnedRecipient:
    """One recipient with the words behind its address, those with a code first."""
    words = [words for other, words in said if other == email and words]
    coded = [one for one in words if _STATUS.search(one)]
    status = _STATUS.search(" ".join(coded) or text)
    return ReturnedRecipient(
        email=email, status=status.group(1) if status else "", words=next(iter([*coded, *words]), "")
    )


def _prose(message: Message) -> str:
    """What the mail system itself says: its own text, without the copy of ours below."""
    own = [part for part in message.texts if part.owner is Owner.OWN]
    plain = [part.text for part in own if part.kind == "plain"]
    html = [re.sub(r"<[^<>]*>", " ", part.text[: 3 * _TEXT_READ]) for part in own if part.kind == "html"]
    text = "\n".join(plain or html)[:_TEXT_READ]
    return _COPY_BEGINS.split(text, maxsplit=1)[0]


def _comes_from_mail_system(message: Message) -> bool:
    reported = any(report.kind.endswith("delivery-status") for report in message.reports)
    named = subject_begins_with("undeliverable", message.subject)
    return _is_daemon(message) or _has_null_path(message) or reported or named


def _has_null_path(message: Message) -> bool:
    return any(value.replace(" ", "") == "<>" for value in message.header_values("return-path")[:1])


def _is_daemon(message: Message) -> bool:
    """Whether a mail system calls itself so; the null path alone may be that of somebody on leave."""
    if message.sender is None and message.from_count <= 1 and _has_null_path(message):
        return True
    return any(
        _DAEMON.search(value[:1000])
        for name in ("from", "return-path")
        for value in message.header_values(name)[:1]
    )


def _is_receipt(message: Message) -> bool:
    """A receipt or a complaint; a filter's refusal comes in a receipt's shape too (RFC 5429 §2.1.2)."""
    if any("(rejected)" in value.lower() for value in message.header_values("auto-submitted")):
        return False
    kinds = {report.kind for report in message.reports}
    return bool(kinds & {"message/disposition-notification", "message/feedback-report"})


def _kind_of_prose(message: Message, text: str, *, named: bool) -> BounceKind | None:
    """How final the prose is; None where nothing in it speaks of a delivery that failed."""
    flat = re.sub(r"\s+", " ", text[:4000])
    status = _STATUS.search(flat) or _REPLY_CODE.search(flat)
    subject = subject_begins_with("undeliverable", message.subject)
    news = subject_begins_with("system_news", message.subject)
    # A mailbox's owner on leave writes through a null path too, but without codes and such a subject.
    if not (named or subject or news or status or _is_daemon(message)):
        return None
    final = machine_words("final_text").search(flat)
    if not final and machine_words("delayed_text").search(f"{message.subject[:300]} {flat}"):
        return BounceKind.DELAYED
    if not (named or subject or final or machine_words("failed_text").search(flat)):
        return None
    passing = status is not None and status.group(1).startswith("4")
    return BounceKind.SOFT if passing and not final else BounceKind.HARD


def _addresses_in(text: str) -> list[tuple[str, str]]:
    """Every address with the words that follow it, up to the next address."""
    matches = list(islice(_ADDRESS.finditer(text), _MOST_RECIPIENTS))
    ends = [match.start() for match in matches[1:]] + [len(text)]
    return [
        (
            match.group().lower().removeprefix("smtp=").strip("'."),
            _tidy(text[match.end() : min(end, match.end() + 1000)]),
        )
        for match, end in zip(matches, ends, strict=False)
    ]


def _tidy(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip(" <>:;,()[]'\"*")[:_WORDS_KEPT]


def _original_ids(message: Message) -> tuple[str, ...]:
    """Message-IDs of what came back: in its enclosed header, in the text, else in the thread fields."""
    enclosed = [report.text for report in message.reports if not report.kind.endswith("delivery-status")]
    texts = [part.text[:_TEXT_READ] for part in message.texts]
    found = [match for text in (*enclosed, *texts) for match in _MESSAGE_ID_FIELD.findall(text)]
    found += [value for value in (*message.in_reply_to, *message.references) if value not in found]
    return tuple(dict.fromkeys(found))[:20]


def _verp(message: Message) -> str:
    """The local part the bounce came to, where it holds a token behind a plus or an equals sign."""
    for name in _SENT_TO:
        for value in message.header_values(name):
            address = _ADDRESS.search(value)
            local = address.group().rpartition("@")[0] if address else ""
            if "+" in local or "=" in local:
                return local
    return ""
