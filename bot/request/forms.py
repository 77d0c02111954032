"""Second stage of the preference, for filled-in forms: label and value, ticked boxes, bare replies."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.request.clauses import Clause, clauses_of
from bot.request.limits import limit_of
from bot.request.matter import Topic, polarity
from bot.request.questions import QUOTED_READ, is_of_others, topic_of, topic_of_label
from bot.request.vocabulary import LANGUAGES, lexicon, small
from bot.values.request import Segment, SegmentKind

MOST_LINES = 500
# What words of these meanings speak of: mails, or that somebody is told or not.
SPEAKING = ("mail", "weak", "notify", "tell", "send", "skip", "quiet", "selftell")
# Why a line is unclear whose value the rules do not know.
NEITHER = "a value that is neither yes nor no"
LONGEST_VALUE = 5
# A longer value of a line about something else is free text.
LONGEST_SHORT = 4
_BOX = r"(?:\[\s*([xX✓✔√*v]?)\s*\]|\(\s*([xX✓✔√*•●o]?)\s*\)|([☐□◯○])|([☑☒✅✔🗹■●◉]))"
_OPTION = re.compile(_BOX + r"\s*([^\W\d_]+)|(?<![^\W_])([^\W\d_]+)\s*" + _BOX)
_IN_BRACKETS = re.compile(r"\(([^()\n]{3,60}[:=][^()\n]{1,20})\)")
_LABELLED = re.compile(
    r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s*)?(?P<label>[^\n:=?]{3,120}?(?:\([^)\n]{1,30}\))?)"
    r"\s*(?P<mark>[:=?]+| [-–] )\s*(?P<value>.*)$"
)
_MARKED = re.compile(r"^\s*(?:[-*•]\s+)?(?P<mark>[✅✔☑❌✖✗✘🚫⛔])\ufe0f?\s*(?P<words>\S.{2,120})$")
_PAIR = re.compile(
    r"(?<![^\W\d_])([^\W\d_]{1,4})[\"”')\]]{0,2}\s{0,3}(?:/|\bor\b|\boder\b|\bou\b|\bo\b|\bof\b)\s{0,3}"
    r"[\"“'(\[]{0,2}([^\W\d_]{1,4})(?![^\W\d_])",
    re.IGNORECASE,
)
_UNANSWERED = re.compile(
    r"^\W*(?:please (?:select|choose)|select|choose|bitte wählen|-+ ?select ?-+|none selected)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A label that asks about the account mail, and what was filled in."""

    topic: Topic
    value: str
    text: str


def fields_of(text: str, language: str) -> Iterator[Field]:
    """Every line `label: value` of a text whose label is about the account mail."""
    lines = _with_options(text.splitlines()[:MOST_LINES])
    lines += [found for line in lines for found in _IN_BRACKETS.findall(line)]
    for line in lines:
        if marked := _marked(line, language):
            yield marked
            continue
        found = _LABELLED.match(line)
        if not found or len(found["label"].split()) > 16 or _tells_a_story(found["label"], language):
            continue
        topic = topic_of_label(found["label"] + ("?" if "?" in found["mark"] else ""), language)
        if topic is not None:
            yield Field(topic=topic, value=found["value"], text=line.strip())


def is_filled_in(segment: Segment, language: str) -> bool:
    """A line or cell of a form that holds a mark, a bare reply or a short value, no more, or is about others
    than the learners: it means what the rules say."""
    if segment.kind is not SegmentKind.FORM:
        return False
    value, topic = unstruck(segment.text), topic_of_label(segment.question, language)
    if topic is None:
        return len(value.split()) <= LONGEST_SHORT or is_of_others(segment.question, language)
    if is_blank(value) or is_address(value) or is_bare_reply(value, language):
        return True
    return bool(boxes(value) or plain_value(value, topic, language))


def leave_it_open(segments: Sequence[Segment], language: str) -> bool:
    """Did nobody fill in the line that names the account mail best? What others say is hardly about it."""
    filled, left = 0, 0
    for label, value, _ in _lines_about_mail(segments, language):
        if is_blank(value):
            left = max(left, _aptness(label, language))
        else:
            filled = max(filled, _aptness(label, language))
    return left > filled and not picks_of_two(segments, language)


def picks_of_two(segments: Sequence[Segment], language: str) -> bool:
    """Of two boxes, with the mail and without it, is one ticked and the other left blank?"""
    ways: dict[bool, set[int]] = {True: set(), False: set()}
    for label, value, topic in _lines_about_mail(segments, language):
        if topic is not None and _aptness(label, language) > 1:
            ways[is_blank(value)].add(topic.sign)
    return {len(ways[True]), len(ways[False])} == {1} and ways[True] != ways[False]


def _lines_about_mail(segments: Sequence[Segment], language: str) -> Iterator[tuple[str, str, Topic | None]]:
    """The label, value and topic of each line of the form that is, or may be, about the account mail."""
    for line in segments:
        if line.kind is not SegmentKind.FORM:
            continue
        label, value = line.question, unstruck(line.text)
        topic = topic_of_label(label, language)
        if topic is not None or may_ask(label, value, language):
            yield label, value, topic


def _aptness(label: str, language: str) -> int:
    """How well a label names the mail and the learners; nothing for `If yes, when?`."""
    clauses = clauses_of(label, language)
    if any(clause.has("cond", "when_") or clause.link in {"cond", "when_"} for clause in clauses):
        return 0
    named = [2 * clause.has("mail") or clause.has(*SPEAKING, "get") for clause in clauses]
    return max(named, default=0) + any(clause.has("them") for clause in clauses)


def words_beside(segment: Segment, language: str) -> str:
    """What is said beside the lines about the account mail: running text, and `Scrap that: no`."""
    if segment.kind is SegmentKind.TEXT:
        return segment.text
    beside = segment.kind is SegmentKind.FORM and topic_of_label(segment.question, language) is None
    return f"{segment.question} {segment.text}" if beside else ""


def answers_itself(segment: Segment, language: str) -> bool:
    """`emails yes please :)` looks like a label and its value but is a sentence."""
    if not re.fullmatch(r"[-o^]?[)(DPp/|*]+", segment.text.strip()) or boxes(segment.text):
        return False
    clauses = clauses_of(segment.question, language)
    return len({hit.tag for clause in clauses for hit in clause.replies}) == 1


def may_ask(label: str, value: str, language: str) -> bool:
    """A filled-in line that the rules do not know to be about the account mail, but which speaks of mails or
    of telling and of no other matter: `Access data by e-mail | declined`."""
    if is_blank(value) or is_address(value) or is_of_others(label, language):
        return False
    if topic_of_label(label, language) is not None:
        return False
    clauses = clauses_of(f"{label}. {value}", language)
    return any(_speaks(clause) and not clause.has("other", "me") for clause in clauses)


def _speaks(clause: Clause) -> bool:
    """Of mails or of telling, or `they shall not get it`, which may be the mail of the line above."""
    return clause.has(*SPEAKING) or (clause.has("get") and clause.has("them", "it"))


def plain_value(value: str, topic: Topic, language: str) -> int:
    """What a value says that is no yes or no: `send`, `skip`, `nobody`, `immediately`; +1, -1 or 0."""
    clauses = clauses_of(value, language)
    if len(clauses) != 1 or len(clauses[0].words) > LONGEST_VALUE or limit_of(clauses[0]):
        return 0
    clause = clauses[0]
    known = {place for hit in (*clause.meaning, *clause.frame) for place in range(hit.first, hit.last + 1)}
    words = [word.casefold() for word in clause.words]
    if any(at not in known and word not in small("fillers") for at, word in enumerate(words)):
        return 0
    if clause.has("me", "third", "role", "other", "group", "history"):
        return 0
    if clause.has("send", "skip", "notify", "get"):
        return polarity(clause)
    if clause.has("negword"):
        return -topic.sign
    if small("whole") & set(words) and not clause.has("neg"):
        return topic.sign
    return 1 if topic.sign > 0 and clause.has("now") and not clause.has("neg") else 0


def is_bare_reply(value: str, language: str) -> bool:
    """`x`, `no thanks`, `ja`: a reply and nothing else."""
    clauses = clauses_of(value, language)
    if len(clauses) != 1:
        return False
    told = {place for hit in clauses[0].replies for place in range(hit.first, hit.last + 1)}
    return len(told) == len(clauses[0].words)


def is_address(value: str) -> bool:
    """Nothing but addresses: what stands beside `Email` in a contact form."""
    return bool(re.fullmatch(r"(?:[\s,;<>]*[^\s@,;<>]+@[^\s@,;<>]+)+[\s,;<>]*", value))


def _marked(line: str, language: str) -> Field | None:
    """`❌ learners hearing about their account by email`: a line of a list that is ticked or crossed."""
    found = _MARKED.match(line)
    if not found:
        return None
    words = found["words"]
    topic = topic_of(words, language)
    clauses = clauses_of(words, language)
    if topic is None or topic.sign < 0 or any(limit_of(c) or c.has("ask", "neg", "skip") for c in clauses):
        return None
    return Field(topic=topic, value=found["mark"], text=line.strip())


def _tells_a_story(label: str, language: str) -> bool:
    """`At first we wanted no mail, but now: send it` is a sentence and no label."""
    clauses = clauses_of(label, language)
    return len(clauses) > 1 and any(clause.has("initial", "scrap", "but_") for clause in clauses)


def _with_options(lines: list[str]) -> list[str]:
    """A question with its boxes on the lines below becomes one line."""
    joined: list[str] = []
    for line in lines:
        if joined and _OPTION.search(line) and re.match(r"^\W*" + _BOX, line) and joined[-1].strip():
            joined[-1] += " " + line.strip()
        else:
            joined.append(line)
    return joined


def unstruck(text: str) -> str:
    """Without what is crossed out with tildes, as some clients write it in plain text."""
    return re.sub(r"~~.+?~~", " ", text)


def is_blank(value: str) -> bool:
    """Nothing filled in: empty, a dash, `please select`, the choices left as they were."""
    value = unstruck(value)
    if ticked := boxes(value):
        return not any(on for on, _ in ticked)
    if not re.search(r"[^\W_]|[☀-⟿🌀-🫿]", value):
        return True
    return bool(_UNANSWERED.match(value)) or _offers_both(value)


def _offers_both(value: str) -> bool:
    """`Yes / No`, `J/N`: two words that are a yes and a no in some language."""
    words = re.findall(r"[^\W_]+", value)
    if len(words) != 2 or value.strip()[-1:] in "!.":
        return False
    for language in LANGUAGES:
        tags = [{hit.tag for hit in lexicon(language).find("replies", [word])} for word in words]
        if "yes" in tags[0] | tags[1] and "no" in tags[0] | tags[1] and all(tags):
            return True
    return False


def asks_yes_or_no(quoted: str) -> bool:
    """`Please reply YES or NO`, `(yes / no)`: a bare one of them answers it."""
    return any(_offers_both(" ".join(pair)) for pair in _PAIR.findall(quoted[-QUOTED_READ:]))


def boxes(value: str) -> list[tuple[bool, str]]:
    """`[ ] yes [x] no`: each option with whether it is ticked. Boxes stand before or behind their words."""
    found = []
    for match in _OPTION.finditer(value):
        before = match.group(5)
        marks = match.groups()[:4] if before else match.groups()[6:]
        ticked = bool(marks[0] or marks[1] or marks[3])
        found.append((ticked, before or match.group(6)))
    return found
