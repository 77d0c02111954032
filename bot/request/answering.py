"""Second stage of the preference: which sentences of a text may answer a question that stands elsewhere.

A few words above support's question are its answer; a letter with the sheet that happens to say `yes` is not.
"""

from bot.request.clauses import LONGEST_NAME, Clause, Sentence, clauses_of
from bot.request.limits import LIMITS, limit_of
from bot.request.matter import ACTS, addressee
from bot.request.vocabulary import Hit, small

# An answer is short, or begins with its yes or no; once something else was said only a bare reply is one.
SHORT_ANSWER, BARE_REPLY = 8, 5


def is_courtesy(sentence: Sentence) -> bool:
    """`Hi Marta, thanks for getting back to me.`: said before any answer."""
    opening = [word.casefold() for clause in sentence.clauses[:1] for word in clause.words][:3]
    return not opening or bool(small("courtesy") & set(opening))


def only_greets(sentence: Sentence) -> bool:
    """`Sorry for the delay, here's the file`: a courtesy with no reply and no wish behind it."""
    means = (
        "send",
        "get",
        "notify",
        "tell",
        "skip",
        "mail",
        "weak",
        "self",
        "selftell",
        "want",
        "fine",
        "bad",
    )
    return is_courtesy(sentence) and not any(
        clause.replies or clause.has(*means) for clause in sentence.clauses
    )


def may_answer(sentence: Sentence, *, said_before: bool) -> bool:
    """Can the sentence answer a question above or below it? `said_before`: other words came first."""
    first = sentence.clauses[0]
    acts = first.has(*ACTS) and first.has("them", "it")
    length = len(first.words) if acts else sum(len(clause.words) for clause in sentence.clauses)
    begins = any(hit.first <= 1 for clause in sentence.clauses[:1] for hit in clause.replies)
    if said_before:
        return begins and sum(len(clause.words) for clause in sentence.clauses) <= BARE_REPLY
    evades = any(clause.has("undecided", "delegate") for clause in sentence.clauses)
    return (begins or evades or length <= SHORT_ANSWER) and not _states_a_fact(sentence.clauses)


def evades(sentence: Sentence) -> str:
    """Why an answer to a question is none of yes and no, read by how it begins; '' if it does not evade.

    `only if …`, `most of them`, `column F`, `what does it say?`, `ask Karen`, `nurses yes, porters no`.
    """
    if not sentence.clauses:
        return ""
    if _splits(sentence.clauses):
        return "group by group"
    first = sentence.clauses[0]
    words = [word.casefold() for word in first.words]
    length = sum(len(clause.words) for clause in sentence.clauses)
    if first.has("other", "pointer") or any(hit.first == 0 for hit in first.hits("neutral")):
        return ""
    if sentence.asks and _asks_back(first, length):
        return "a question"
    if any(_sends_to_another(clause) for clause in sentence.clauses):
        return "delegate"
    if small("usual") & set(words) and length <= SHORT_ANSWER:
        return "same"
    return next((limit_of(first) for hit in first.hits(*LIMITS) if _opens_with(first, hit)), "")


def _opens_with(clause: Clause, limit: Hit) -> bool:
    """Does the limit stand at the very beginning, and of people or times, not of a list or a number?"""
    behind = [word.casefold() for word in clause.words[limit.last + 1 : limit.last + 4]]
    counted = bool(behind) and behind[0].isdigit() and limit.tag == "only"
    filed = bool(small("listed") & set(behind)) and limit.tag != "column"
    told = bool(small("was") & {word.casefold() for word in clause.words})
    place = 4 if limit.tag == "column" and clause.words[0].casefold() in small("it") else 1
    postponed = limit.tag in {"delay", "cond"} and clause.has("it") and bool(_imperative(clause))
    return (limit.first <= place or postponed) and not counted and not filed and not told


def _imperative(clause: Clause) -> list[Hit]:
    """`hold off on that`, `send it`: an act as the first word."""
    return [hit for hit in clause.hits(*ACTS) if hit.first == 0]


def _asks_back(first: Clause, length: int) -> bool:
    """`what does it say?`, `could you use our logo?`: a question about the mail, not about the upload."""
    told = small("confirming") & {word.casefold() for word in first.words}
    if first.has("me") or told or not first.has("question", "ask"):
        return False
    elsewhere = addressee(first) in {"third", "role"} and first.has("it")
    drafts = bool(small("drafts") & {word.casefold() for word in first.words})
    short = length <= SHORT_ANSWER and first.has("it", "weak", "mail") and not first.has("tell")
    return elsewhere or first.has("channel") or short or drafts


def _sends_to_another(clause: Clause) -> bool:
    """`ask Karen`, `but check with Tom`."""
    start = 1 if clause.link else 0
    verb = "".join(clause.words[start : start + 1]).casefold()
    return verb in small("askers") and any(_is_name(word) for word in clause.words[start + 1 : start + 3])


def _is_name(word: str) -> bool:
    return word.istitle() and len(word) > 1


def _splits(clauses: tuple[Clause, ...]) -> bool:
    """`nurses yes, porters no`: two pieces, each of which ends with its own answer."""
    ends = set()
    for clause in clauses:
        last = [hit for hit in clause.replies if hit.last == len(clause.words) - 1 and hit.first > 0]
        ends |= {hit.tag in {"yes", "do"} for hit in last}
    return len(ends) == 2


def _states_a_fact(clauses: tuple[Clause, ...]) -> bool:
    """`Yes, they are all based in Leeds`: a yes to something that nobody asked here."""
    bare = clauses and clauses[0].replies and len(clauses[0].words) <= 2
    if not bare or len(clauses) < 2:
        return False
    after = clauses[1]
    means = (
        "send",
        "get",
        "notify",
        "tell",
        "skip",
        "mail",
        "weak",
        "fine",
        "bad",
        "want",
        "self",
        "history",
        "ask",
    )
    if after.replies or after.has(*means, "selftell", "quiet", "group", "them"):
        return False
    said = [word.casefold() for word in clauses[0].words]
    if small("acknowledging") >= set(said) or small("listed") & {word.casefold() for word in after.words}:
        # `OK, new file attached`, `yes, the list is final`: it answers something else.
        return True
    return after.has("question", "other") and not after.replies and not after.has(*means, "selftell", "quiet")


def is_a_name(text: str, language: str) -> bool:
    """`Vera`, below the last quoted line: a name that signs the mail, which answers nothing."""
    clauses = clauses_of(text, language)
    known = any(clause.meaning or clause.frame or clause.replies for clause in clauses)
    known |= any(word.casefold() in small("formers") | small("latters") for c in clauses for word in c.words)
    return not known and len(text.split()) <= LONGEST_NAME
