"""Second stage of the preference: what a question or a form's label asks of the account mail."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise

from bot.request.clauses import Clause, Sentence, clauses_of, read_sentences
from bot.request.matter import ACTS, Topic, is_about, polarity
from bot.request.vocabulary import LANGUAGES, small

# `… notification: Yes / No`; looked for in the end of a sentence alone.
_CHOICE = re.compile(
    r"[:?–-]\s?\(?(?:yes|ja|oui|s[íìi]|sim) ?/ ?(?:no|nein|non|nee|n[ãa]o)\W{0,9}$", re.IGNORECASE
)
CHOICE_READ = 40
# What a quoted mail asks stands near its head.
QUOTED_READ = 4_000
# What is offered beside sending it now: to leave it, to send it later or another way, to say it themselves.
OTHER_WAYS = ("skip", "delay", "channel", "self", "selftell")
# So many questions are understood with these sentences behind and before each, the nearest first (`1 = yes,
# 2 = no`), and so many words in all; of a mail that asks nothing so many sentences are read.
AROUND, MOST_ASKING, MOST_AROUND, HEAD_READ = (1, -1, 2, -2, 3), 4, 60, 5
# What a long mail says of the account mail stands around where it is named, most often behind; or where
# words of these meanings are.
BEHIND = (1, 2, 3, -1, 4)
TELLING = frozenset({"weak", "notify", "tell", "selftell", "quiet"})
# What a title stands between.
QUOTES = frozenset("\"'“”„«»‘’‹›")
# A question asks with its first words whether they mind.
MIND_WITHIN = 8


def topic_of(question: str, language: str) -> Topic | None:
    """What a question or label asks of the account mail; None when it asks of something else."""
    found: Topic | None = None
    for sentence in read_sentences(question, language):
        if _is_news_of_the_upload(sentence):
            continue
        about_minding = _asks_whether_they_mind(sentence)
        about_reasons = bool(small("reasons") & set(sentence.words))
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


def _asks_whether_they_mind(sentence: Sentence) -> bool:
    """`Any objection to …?`, `would it be a problem if …?`"""
    words = sentence.words
    opening = "_".join(words[:MIND_WITHIN]) + "_"
    return bool(small("minds") & set(words)) or any(f"{way}_" in opening for way in small("minding"))


def _is_news_of_the_upload(sentence: Sentence) -> bool:
    """`Would you like a notification when your upload has been processed?`: news for the sender."""
    spoken = set(sentence.words)
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
    if choice := _CHOICE.search(sentence.text[-CHOICE_READ:]):
        return sentence.text.removesuffix(choice.group())
    words = sentence.text.split()
    bare = [word.casefold().strip(",.;:") for word in words]
    told = next((place for place, word in enumerate(bare) if word in small("asking")), len(bare))
    whether = next(
        (place for place in range(told, min(told + 6, len(bare))) if bare[place] in small("ifs")), 0
    )
    if (
        not whether
        and told < len(bare)
        and bare[told] in small("assenting")
        and not set(bare[:told]) & small("speakers")
    ):
        near = range(told + 1, min(told + 4, len(bare)))
        whether = next((place for place in near if bare[place] in small("thats")), 0)
    return " ".join(words[whether + 1 :]) if whether else sentence.text if sentence.asks else ""


def asking_in(quoted: str, language: str) -> list[Sentence]:
    """The sentences near the head of a quoted mail that ask something, each once: threads quote quotes.

    `We will send them the account mail. Any objection?` asks with the sentence before.
    """
    found = read_sentences(quoted[:QUOTED_READ], language)
    asking: dict[str, Sentence] = {}
    for before, sentence in pairwise([None, *found]):
        if sentence is not None and asked_in(sentence):
            whole = _with_what_it_is_about(sentence, before)
            asking.setdefault(whole.text, whole)
    return list(asking.values())


def asked_around(quoted: str, language: str) -> str:
    """What a quoted mail asks, above all of the account mail, with as many of the sentences around it as
    `MOST_AROUND` words allow; if it asks nothing, its head."""
    found = read_sentences(quoted[:QUOTED_READ], language)
    asking = [place for place, sentence in enumerate(found) if asked_in(sentence)]
    asking.sort(key=lambda place: topic_of(asked_in(found[place]), language) is None)
    asking = asking[:MOST_ASKING]
    nearest = [*asking, *(place + step for step in AROUND for place in asking)] or range(HEAD_READ)
    return _gathered(found, nearest, MOST_AROUND)


def told_around(text: str, language: str, most: int) -> str:
    """What a long text says, above all of the account mail, with as many of the sentences around it as `most`
    words allow: those behind it first, as they answer it, and where it begins and ends."""
    found = read_sentences(text, language)
    about = [[clause.tags for clause in sentence.clauses] for sentence in found]
    named = [place for place, tags in enumerate(about) if any("mail" in each for each in tags)]
    spoken = [place for place, tags in enumerate(about) if not TELLING.isdisjoint(chain(*tags))]
    around = [place + step for step in BEHIND for place in named]
    nearby = [place + step for step in AROUND for place in spoken]
    return _gathered(found, [*named, *around, *spoken, *nearby, *range(len(found) - 1, -1, -1)], most)


def _gathered(found: Sequence[Sentence], nearest: Iterable[int], most: int) -> str:
    """The sentences of these places in their order, of the nearest first as many as the words allow."""
    chosen: set[int] = set()
    words = 0
    for place in nearest:
        if place in chosen or not 0 <= place < len(found):
            continue
        words += len(found[place].text.split())
        if words > most and chosen:
            break
        chosen.add(place)
    return " ".join(found[place].text for place in sorted(chosen))


def _with_what_it_is_about(asked: Sentence, before: Sentence | None) -> Sentence:
    """A question, as one sentence with the one before it where it says no word of its own on its matter."""
    if before is None or not _asks_for_consent(asked):
        return asked
    if any(clause.has("cond", "history") for clause in before.clauses):
        return asked
    (joined, *_) = read_sentences(f"{before.text.rstrip('.!?:… ')}, {asked.text}", asked.language)
    return joined


def _asks_for_consent(asked: Sentence) -> bool:
    """`Is that OK?`, `Any objection?`: it says no word of its own on what it is about."""
    words = set(asked.words)
    return words <= small("consent") | small("consenting") and bool(words & small("consent"))


def topic_of_label(label: str, language: str) -> Topic | None:
    """The same for the label of a form line, where `Emails` alone is enough."""
    label = label.replace("_", " ")
    if is_of_others(label, language):
        return None
    label = _named(label)
    clauses = clauses_of(label, language)
    if _asks_for_more(label, clauses):
        return None
    foreign = len(label.split()) <= 6 and not _is_known(label, language)
    languages = (language, *LANGUAGES) if foreign else (language,)
    for each in dict.fromkeys(languages):
        if topic := topic_of(label, each):
            return topic
    named = len(clauses) == 1 and clauses[0].has("weak") and len(clauses[0].words) <= 3
    return Topic(close=True) if named and not clauses[0].has("me", "third", "other", "neutral") else None


def _asks_for_more(label: str, clauses: Sequence[Clause]) -> bool:
    """`Additional information`, `Weitere Hinweise`: room for remarks."""
    words = [word.casefold() for word in re.findall(r"\w+", label)]
    acts = any(clause.has("send", "notify", "tell", "get", "skip", "them") for clause in clauses)
    return len(words) <= 4 and not acts and not small("further").isdisjoint(words)


def _named(label: str) -> str:
    """`Send Account Created`, `"Account Created" to learners` name the mail by its title; elsewhere the same
    words say whether an account was made."""
    for title in sorted(small("titles")):
        place = label.casefold().find(title.replace("_", " "))
        if place < 0:
            continue
        before, behind = label[:place], label[place + len(title) :]
        quoted = before[-1:] in QUOTES and behind[:1] in QUOTES
        if quoted or any(_ends_acting(clause) for clause in clauses_of(before, "en")[-1:]):
            return f"{before}{label[place : place + len(title)]} mail{behind}"
    return label


def _ends_acting(clause: Clause) -> bool:
    """`Do not send the`: what is said of the title behind it."""
    last = len(clause.words) - 1
    acts = any(last - hit.last <= 1 for hit in clause.hits("send", "get", "notify", "skip"))
    return acts and not clause.has("cond", "when_")


def is_of_others(label: str, language: str) -> bool:
    """`Notify admin on completion`, `Reset existing passwords?`: what else a form asks."""
    label = label.replace("_", " ")
    words = [word.casefold() for word in re.findall(r"\w+", label)]
    if words[:1] and words[0] in small("persons"):
        return True  # `Person to notify`
    clauses = clauses_of(label, language)
    if _asks_how_it_is(words, clauses) or (small("standing").intersection(words) and "new" not in words):
        return True
    if any(clause.link == "when_" and clause.has("other") for clause in clauses[1:]):
        return not any(clause.has("mail") for clause in clauses)  # `Mail when certificate expires`
    acts = any(clause.has("send", "notify", "tell", "get", "skip") for clause in clauses[:1])
    reworded = small("wordings").intersection(words) and small("changed").intersection(words)
    if not acts and (reworded or small("soundness").intersection(words)):
        return True
    wished = small("wishing").intersection(words) or any(clause.has("mail") for clause in clauses)
    if not acts and not wished and small("having").intersection(words):
        return True  # `Do all have an email?`
    if not any(clause.has("them") for clause in clauses):
        named = any(clause.has("mail") for clause in clauses) or not small("accounts").isdisjoint(words)
        other = small("ending").intersection(words) or any(clause.has("role") for clause in clauses)
        if small("contacts").intersection(words) or (other and not named):
            return True  # `Emails to parents`, `Inform managers`
    return any(clause.has("other") for clause in clauses) and not any(
        clause.has("mail", "notify", "channel") for clause in clauses
    )


def _asks_how_it_is(words: list[str], clauses: Sequence[Clause]) -> bool:
    """`Do they know of the move?`, `Insurance mail received`, `Pia notified`, `I have read the page about
    mails`: not what shall be."""
    if words[-1:] and (words[-1] in small("past") or (len(words) == 2 and words[1] in small("told_already"))):
        return words[0] not in small("learning") and not any(clause.has("them") for clause in clauses)
    if words[:1] and words[0] in small("ourselves") and not small("having_read").isdisjoint(words[1:4]):
        return not any(clause.has("send", "get", "want") for clause in clauses)
    if words[:1] and words[0] in small("happened") and words[1:2] != ["you"]:
        return not small("already").isdisjoint(words[1:])
    known = not small("knowing").isdisjoint(words) and small("asking_to").isdisjoint(words)
    return known and words[0] in small("states")


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
    """`now or later`, `sent or suppressed`, `oder sagen Sie es selbst`: behind the or is another way."""
    word = clause.words[place].casefold() if place < len(clause.words) else ""
    if any(later.casefold() in small("selves") for later in clause.words[place:]):
        return True
    return word in small("later") or any(hit.first == place for tag in OTHER_WAYS for hit in clause.hits(tag))
