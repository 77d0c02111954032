"""Finds the sign by which a machine gives itself away, so that no machine is ever answered.

The table `SIGNS` is the whole rule: the first sign found counts, the surest stand first. RFC 3834 names
some; the others are what servers, autoresponders and other ticket systems write in practice.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from bot.mail.machine_words import machine_words, subject_begins_with
from bot.values.address import identity_key
from bot.values.message import Message, Owner
from bot.values.request import Sign, Strength

_TEXT_READ = 1500
_AWAY_READ = 300
# "Hello Sam," and "Dear all:"; what stands behind it begins the mail.
_GREETING = re.compile(r"^[^,.:!?;]{0,40}[,:!]\s*")
_DAEMON = re.compile(
    r"^(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|double-bounce|bounces?|bounce[-+=].*"
    r"|mail[-_.]?deliver[-a-z]*|autoresponder|auto[-_.]?reply|autoreply|listserv"
    r"|majordomo|mailman(?:-.*)?|dmarc[-_.]?.*report.*|microsoftexchange[0-9a-f]{16,})$"
)
# Some stores write a name where the path was null.
_NULL_PATH = re.compile(r"\s*<\s*(?:mailer-daemon(?:@[^<>\s]*)?)?\s*>", re.IGNORECASE)
_DAEMON_IN_FROM = re.compile(r"mailer-?daemon|mail delivery (?:sub)?system|postmaster", re.IGNORECASE)
_NO_REPLY = re.compile(
    r"(?:^|[-_.+])(?:no[-_.]?repl(?:y|ies)|do[-_.]?not[-_.]?(?:reply|respond)|dont[-_.]?reply|no[-_.]?response"
    r"|ne[-_.]?pas[-_.]?repondre|nicht[-_.]?antworten|keine[-_.]?antwort|no[-_.]?(?:responder|contestar|responda)"
    r"|nao[-_.]?responda|non[-_.]?rispondere|niet[-_.]?beantwoorden|unattended|notifications?|alerts?|automat(?:ed|ic)"
    r"|newsletters?|delivery|system|robot|bot|cron|daemon|nobody|root|www-data|apache)(?:$|[-_.+\d])"
)
_MARKUP = re.compile(r"<(?:style|script|head)\b.*?</(?:style|script|head)>|<!--.*?-->|<[^<>]*>", re.S | re.I)
_QUOTE_BEGINS = re.compile(
    r"^[ \t]*(?:>|_{8,}|-{3,}|on .{0,200}wrote|am .{0,200}schrieb|le .{0,200}crit\b"
    r"|(?:from|von|de|da|van)\s?:)",
    re.IGNORECASE | re.MULTILINE,
)
_YES = re.compile(r"^(?!\s*(?:no|none|false|0|)\s*$)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Traits:
    """What the rules look at besides the message: who we are (addresses as identity keys, the Message-IDs we
    made), the names of its fields in lower case, and the first of its sender's own words, as one line."""

    our_addresses: frozenset[str]
    is_own_message_id: Callable[[str], bool]
    fields: frozenset[str]
    spoken: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SignRule:
    """One row of the table: what it is called, how sure it is, and when it is there."""

    name: str
    strength: Strength
    is_there: Callable[[Message, Traits], bool]


def find_sign(
    message: Message,
    *,
    own_addresses: frozenset[str],
    own_message_ids: Callable[[str], bool],
    pardoned: frozenset[str] = frozenset(),
) -> Sign | None:
    """The surest sign of a machine on this message, or None where a person seems to have written it.

    `own_addresses` are the bot's own, in any writing; `own_message_ids` tells whether we made a Message-ID.
    `pardoned` names the rules that say nothing about this sender.
    """
    traits = Traits(
        our_addresses=frozenset(identity_key(address) for address in own_addresses),
        is_own_message_id=own_message_ids,
        fields=frozenset(name.lower() for name, _ in message.headers),
        spoken=_spoken(message),
    )
    for rule in SIGNS:
        if rule.name not in pardoned and rule.is_there(message, traits):
            return Sign(name=rule.name, strength=rule.strength)
    return None


def _from_ourselves(message: Message, traits: Traits) -> bool:
    return message.sender is not None and identity_key(message.sender.email) in traits.our_addresses


def _made_by_us(message: Message, traits: Traits) -> bool:
    return traits.is_own_message_id(message.message_id)


def _null_return_path(message: Message, _: Traits) -> bool:
    return any(_NULL_PATH.match(value) for value in message.header_values("return-path")[:1])


def _is_report(message: Message, _: Traits) -> bool:
    return message.content_type in {"multipart/report", "message/delivery-status", "message/feedback-report"}


def _from_daemon(message: Message, _: Traits) -> bool:
    if message.sender is not None:
        return bool(_DAEMON.match(message.sender.email.rpartition("@")[0]))
    return any(_DAEMON_IN_FROM.search(value) for value in message.header_values("from"))


def _from_no_reply(message: Message, _: Traits) -> bool:
    return message.sender is not None and bool(_NO_REPLY.search(message.sender.email.rpartition("@")[0]))


def _has(*names: str, value: re.Pattern[str] = _YES) -> Callable[[Message, Traits], bool]:
    """A rule: one of these fields is there with a value that matches from its start."""
    return lambda message, traits: (
        not traits.fields.isdisjoint(names)
        and any(value.match(found) for name in names for found in message.header_values(name))
    )


def _subject(words: str) -> Callable[[Message, Traits], bool]:
    """A rule: the subject begins with one of these words of `machine.toml`."""
    return lambda message, _: subject_begins_with(words, message.subject)


def _machine_text(_: Message, traits: Traits) -> bool:
    """The sender's own words say that a machine speaks."""
    return machine_words("machine_text").search(traits.spoken)


def _away_text(_: Message, traits: Traits) -> bool:
    """They begin by saying that somebody is away, as no person does who asks for something."""
    beginning = traits.spoken[:_AWAY_READ]
    asks = machine_words("person_begins")
    if asks.match(beginning) or asks.match(_GREETING.sub("", beginning)):
        return False
    return machine_words("away_text").search(beginning)


def _spoken(message: Message) -> str:
    """The first of the sender's own words, as one line."""
    part = next((part for part in message.texts if part.owner is Owner.OWN), None)
    if part is None:
        return ""
    text = part.text[: 12 * _TEXT_READ]
    text = text if part.kind == "plain" else _MARKUP.sub(" ", text)
    # What stands below a quote's beginning are others' words, our own automatic reply's among them.
    spoken = _QUOTE_BEGINS.split(text, maxsplit=1)[0][:_TEXT_READ]
    return re.sub(r"\s+", " ", spoken).strip()


SIGNS: tuple[SignRule, ...] = tuple(
    SignRule(name=name, strength=strength, is_there=is_there)
    for name, strength, is_there in (
        ("our own address", Strength.STRONG, _from_ourselves),
        ("our own Message-ID", Strength.STRONG, _made_by_us),
        # RFC 3834 §5: anything but "no"; some write it with a comment or parameters behind.
        ("Auto-Submitted", Strength.STRONG, _has("auto-submitted", value=re.compile(r"\s*(?!no\b)\S", re.I))),
        ("multipart/report", Strength.STRONG, _is_report),
        ("null return path", Strength.STRONG, _null_return_path),
        ("mail system as sender", Strength.STRONG, _from_daemon),
        ("X-Failed-Recipients", Strength.STRONG, _has("x-failed-recipients", "failed-recipient")),
        (
            "autoresponder field",
            Strength.STRONG,
            _has(
                *("x-autoreply", "x-auto-reply", "x-autorespond", "x-autoresponse", "x-autoresponder"),
                *("x-autoreply-from", "x-mail-autoreply", "x-auto-reply-from", "x-amazon-auto-reply"),
                *("x-vacation", "x-autogenerated", "x-auto-submitted", "x-fc-machinegenerated"),
                *(
                    "x-gfi-ndr",
                    "x-apple-action",
                    "x-automatic-reply",
                    "x-autoreply-domain",
                    "x-ebay-autoreply",
                ),
            ),
        ),
        (
            "autoresponder precedence",
            Strength.STRONG,
            _has("precedence", "x-precedence", "preference", value=re.compile(r"\s*auto[-_ ]?reply", re.I)),
        ),
        (
            "autoresponder program",
            Strength.STRONG,
            _has(
                *("x-mailer", "user-agent", "x-post-messageclass", "delivered-to", "x-sender"),
                value=re.compile(r".{0,80}\b(?:vacation|auto-?respond\w*|auto-?reply\w*|rollcall)\b", re.I),
            ),
        ),
        (
            "Exchange rule's reply",
            Strength.STRONG,
            _has("x-ms-exchange-generated-message-source", value=re.compile(r".*(?:rules? agent|oof)", re.I)),
        ),
        ("bounce subject", Strength.STRONG, _subject("undeliverable")),
        ("mail system's subject", Strength.WEAK, _subject("system_news")),
        ("out-of-office subject", Strength.WEAK, _subject("away")),
        ("acknowledgement subject", Strength.WEAK, _subject("acknowledgement")),
        ("no-reply sender", Strength.WEAK, _from_no_reply),
        ("X-Loop", Strength.WEAK, _has("x-loop")),
        ("bulk mailer's field", Strength.WEAK, _has("x-campaign", "x-campaignid", "feedback-id")),
        ("machine's words", Strength.WEAK, _machine_text),
        ("words of somebody away", Strength.WEAK, _away_text),
        # Exchange writes the first on what people send too, and gateways the second.
        ("X-Auto-Response-Suppress", Strength.FIELD, _has("x-auto-response-suppress")),
        ("Precedence", Strength.FIELD, _has("precedence", value=re.compile(r"\s*(?:bulk|junk)\b", re.I))),
        ("Precedence: list", Strength.ROUTE, _has("precedence", value=re.compile(r"\s*list\b", re.I))),
        (
            "List field",
            Strength.ROUTE,
            _has(
                *("list-id", "list-unsubscribe", "list-post", "list-help", "list-subscribe", "list-owner"),
                *("list-archive", "mailing-list", "x-mailing-list", "x-mailman-version", "x-beenthere"),
                *("x-ml-name", "x-mlserver", "x-ml-info"),
            ),
        ),
    )
)
