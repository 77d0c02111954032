"""What a helpdesk's mail says anew: our own answers come back in it, and are cut away."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.errors import MessageUnreadable
from bot.mail.parse import parse_message
from bot.request.screen import SheetFact, weigh_sheets
from bot.runners.assessing import Assessment
from bot.values.message import Message, Owner, TextPart
from bot.values.request import Answer, Decision

# Our letters end so: the words of the template's footer, whatever the language of the rest.
_FOOTER = re.compile(r"\bReference\s+(?:RC-[0-9A-Z]{6}|M\d+)\b")
_LEAD_WORDS = 7
_LETTERS_READ = 20


def cut_own_letters(message: Message, bodies: Sequence[bytes]) -> tuple[Message, bool]:
    """The mail without what we wrote into its ticket, and whether any of that was in it.

    `bodies` are the letters sent in the thread, newest first. Text is cut where the first of them begins:
    helpdesks put the newest comment on top and what was said before below, mostly without quote marks.
    Files that we sent ourselves are no uploads.
    """
    ours = list(_parsed(bodies[:_LETTERS_READ]))
    files = {file.content for letter in ours for file in letter.attachments}
    starts = [pattern for letter in ours for pattern in _beginnings(letter)]
    texts = tuple(_cut(part, starts) for part in message.texts)
    # A ticket keeps its subject from its first mail on: in the thread it is as little news as a reply's.
    subject = f"Re: {message.subject}" if bodies else message.subject
    kept = tuple(file for file in message.attachments if file.content not in files)
    came_back = texts != message.texts or len(kept) != len(message.attachments)
    return replace(message, subject=subject, texts=texts, attachments=kept), came_back


def speaks_our_words(message: Message) -> bool:
    """Whether the footer of a letter of ours still stands in the mail's own text."""
    return any(_FOOTER.search(part.text) for part in message.texts if part.owner is Owner.OWN)


def without_our_words(message: Message, found: Assessment, *, came_back: bool) -> Assessment:
    """Nothing is done because of words of ours: a helpdesk that mails our answer back says nothing new."""
    if speaks_our_words(message):
        reason = "our own words stand in it, and cannot be told from the requester's"
        return _ended(found, Decision.LEAVE, reason)
    says_nothing = found.preference.answer is Answer.UNSTATED and not found.wishes.go_ahead
    if came_back and says_nothing and weigh_sheets(found.readings) is not SheetFact.USABLE:
        return _ended(found, Decision.IGNORE, f"our own answer, mailed back by {found.sender.through}")
    return found


def _ended(found: Assessment, decision: Decision, reason: str) -> Assessment:
    return replace(found, screening=replace(found.screening, decision=decision, reason=reason))


def _parsed(bodies: Sequence[bytes]) -> Iterator[Message]:
    for body in bodies:
        try:
            yield parse_message(body)
        except MessageUnreadable:
            continue


def _beginnings(letter: Message) -> Iterator[re.Pattern[str]]:
    """The first words of a letter's lead, however they are wrapped, quoted or marked up."""
    plain = next((part.text for part in letter.texts if part.kind == "plain"), "")
    paragraphs = [each for each in plain.split("\n\n") if each.strip()]
    for paragraph in paragraphs[:2]:
        words = paragraph.split()
        if len(words) >= _LEAD_WORDS:
            gap = r"(?:[\s>*_|]|<[^<>]{0,500}>|&nbsp;)+"
            yield re.compile(gap.join(_in_any_markup(word) for word in words[:_LEAD_WORDS]))
            return


def _in_any_markup(word: str) -> str:
    escaped = re.escape(word).replace("\\&", "&").replace("&", "(?:&amp;|&)")
    return re.sub(r"\\?[\"']", "(?:[\"'“”’]|&quot;|&#(?:x27|34|39);)", escaped)


def _cut(part: TextPart, starts: Sequence[re.Pattern[str]]) -> TextPart:
    if part.owner is not Owner.OWN:
        return part
    found = [match.start() for match in (start.search(part.text) for start in starts) if match]
    return replace(part, text=part.text[: min(found)]) if found else part
