"""Second stage of the preference, for filled-in forms: label and value, ticked boxes, bare replies."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.request.clauses import Clause, Sentence, clauses_of, read_sentences
from bot.request.limits import limit_of
from bot.request.matter import ACTS, Topic, is_about, polarity
from bot.request.vocabulary import LANGUAGES, lexicon, small

MOST_LINES = 500
_CHOICE = re.compile(
    r"\W+\(?(?:yes|ja|oui|s[íìi]|sim)\s*(?:/|\b(?:or|oder|ou?|of)\b)\s*(?:no|nein|non|nee|n[ãa]o)\b\W*$",
    re.IGNORECASE,
)
LONGEST_VALUE = 5
# What a quoted mail asks stands near its head.
QUOTED_READ = 4_000
# What is offered beside sending it now: to leave it, to send it later or another way, to say it themselves.
OTHER_WAYS = ("skip", "delay", "channel", "self", "selftell")
# A question asks with its first words whether they mind.
MIND_WITHIN = 8
_BOX = r"(?:\[\s*([xX✓✔*v]?)\s*\]|\(\s*([xX✓✔*•●o]?)\s*\)|([☐□◯○])|([☑☒✅✔🗹■●◉]))"
_OPTION = re.compile(_BOX + r"\s*([^\W\d_]+)|(?<![^\W_])([^\W\d_]+)\s*" + _BOX)
_IN_BRACKETS = re.compile(r"\(([^()\n]{3,60}[:=][^()\n]{1,20})\)")
_LABELLED = re.compile(
    r"^\s*(?:[-*•]\s+|\d{1,2}[.)]\s*)?(?P<label>[^\n:=?]{3,120}?(?:\([^)\n]{1,30}\))?)"
    r"\s*(?P<mark>[:=?]+| [-–] )\s*(?P<value>.*)$"
)
_MARKED = re.compile(r"^\s*(?:[-*•]\s+)?(?P<mark>[✅✔☑❌✖✗✘🚫⛔])\ufe0f?\s*(?P<words>\S.{2,120})$")
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


def topic_of(question: str, language: str) -> Topic | None:
    """What a question or label asks of the account mail; None when it asks of something else."""
    found: Topic | None = None
    for sentence in read_sentences(question, language):
        if _is_news_of_the_upload(sentence):
            continue
        about_minding = _asks_whether_they_mind(sentence)
        about_reasons = bool(small("reasons") & set(_words_of(sentence)))
        for clause in sentence.clauses:
            if not is_about(clause, None) or _asks_for_an_address(clause):
                continue
            themselves = bool(small("yourselves") & {word.casefold() for word in clause.words})
            denied = clause.has("neg", "negword", "skip")
            minds = about_minding or (denied and about_reasons)
            if minds:
                sign = -1 if denied and not about_reasons else 1
            else:
                sign = -polarity(clause) if themselves else polarity(clause)
            if found is None or not found.either_or:
                found = Topic(sign=sign, minds=minds, either_or=_either_or(sentence), close=True)
    return found


def _words_of(sentence: Sentence) -> list[str]:
    return [word.casefold() for clause in sentence.clauses for word in clause.words]


def _asks_whether_they_mind(sentence: Sentence) -> bool:
    """`Any objection to …?`, `would it be a problem if …?`"""
    words = _words_of(sentence)
    opening = "_".join(words[:MIND_WITHIN]) + "_"
    return bool(small("minds") & set(words)) or any(f"{way}_" in opening for way in small("minding"))


def _is_news_of_the_upload(sentence: Sentence) -> bool:
    """`Would you like a notification when your upload has been processed?`: news for the sender."""
    spoken = set(_words_of(sentence))
    if spoken & small("accounts") or any(clause.has("them", "role") for clause in sentence.clauses):
        return False
    return any(clause.has("when_", "now") for clause in sentence.clauses) and bool(
        spoken & small("uploading")
    )


def _asks_for_an_address(clause: Clause) -> bool:
    """`Should usernames be the email address?`: what stands in a column, not what is sent."""
    spoken = {word.casefold() for word in clause.words}
    return bool(small("addresses") & spoken) and clause.has("neutral") and not clause.has(*ACTS)


def asked_in(sentence: Sentence) -> str:
    """The question in a sentence, also of `please let us know if you would like …`, `please confirm that we
    may …` and `I would like it: Yes / No`; '' if it asks nothing."""
    if choice := _CHOICE.search(sentence.text):
        return sentence.text[: choice.start()]
    words = sentence.text.split()
    bare = [word.casefold().strip(",.;:") for word in words]
    told = next((place for place, word in enumerate(bare) if word in small("asking")), len(bare))
    whether = next(
        (place for place in range(told, min(told + 6, len(bare))) if bare[place] in small("ifs")), 0
    )
    if not whether and bare[told : told + 1] and bare[told] in small("assenting"):
        whether = told + 1 if bare[told + 1 : told + 2] and bare[told + 1] in small("thats") else 0
    return " ".join(words[whether + 1 :]) if whether else sentence.text if sentence.asks else ""


def asking_in(quoted: str, language: str) -> list[Sentence]:
    """The sentences near the head of a quoted mail that ask something, each once: threads quote quotes."""
    found = read_sentences(quoted[:QUOTED_READ], language)
    return list({sentence.text: sentence for sentence in found if asked_in(sentence)}.values())


def topic_of_label(label: str, language: str) -> Topic | None:
    """The same for the label of a form line, where `Emails` alone is enough."""
    if _is_of_others(label, language):
        return None
    foreign = len(label.split()) <= 6 and not _is_known(label, language)
    languages = (language, *LANGUAGES) if foreign else (language,)
    for each in dict.fromkeys(languages):
        if topic := topic_of(label, each):
            return topic
    clauses = clauses_of(label, language)
    named = len(clauses) == 1 and clauses[0].has("weak") and len(clauses[0].words) <= 3
    return Topic(close=True) if named and not clauses[0].has("me", "third", "other", "neutral") else None


def _is_of_others(label: str, language: str) -> bool:
    """`Notify admin on completion`, `Reset existing passwords?`: what else a form asks."""
    words = {word.casefold() for word in re.findall(r"\w+", label)}
    if words & (small("contacts") | small("ending")) and not words & small("pupils"):
        return True
    clauses = clauses_of(label, language)
    return any(clause.has("other") for clause in clauses) and not any(
        clause.has("mail", "notify", "channel") for clause in clauses
    )


def _is_known(label: str, language: str) -> bool:
    """Is every word listed in the mail's own language, so that no other need be asked (`Contact`)?"""
    clauses = clauses_of(label, language)
    return all(
        any(hit.first <= place <= hit.last for hit in (*clause.meaning, *clause.frame))
        for clause in clauses
        for place in range(len(clause.words))
    )


def _either_or(sentence: Sentence) -> bool:
    """`shall we tell them, or will you?`, `how shall we handle it?`: they ask for more than a yes."""
    opening = sentence.clauses[0].words[:1] if sentence.clauses else ()
    if opening and opening[0].casefold() in small("open_questions"):
        return True
    for at, clause in enumerate(sentence.clauses):
        if clause.link == "or_":
            longer = len(clause.words) > 2 and clause.words[1].casefold() not in small("not")
            alone = len(clause.words) == 1 and at + 1 < len(sentence.clauses)
            if longer or alone or clause.has(*OTHER_WAYS):
                return True
        if any(_offers_another(clause, hit.last + 1) for hit in clause.hits("or_") if hit.first):
            return True
    return False


def _offers_another(clause: Clause, place: int) -> bool:
    """`now or later`, `sent or suppressed`: behind the or stands another way."""
    word = clause.words[place].casefold() if place < len(clause.words) else ""
    return word in small("later") or any(hit.first == place for tag in OTHER_WAYS for hit in clause.hits(tag))


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


def boxes(value: str) -> list[tuple[bool, str]]:
    """`[ ] yes [x] no`: each option with whether it is ticked. Boxes stand before or behind their words."""
    found = []
    for match in _OPTION.finditer(value):
        before = match.group(5)
        marks = match.groups()[:4] if before else match.groups()[6:]
        ticked = bool(marks[0] or marks[1] or marks[3])
        found.append((ticked, before or match.group(6)))
    return found
