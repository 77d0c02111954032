"""The table of decisions, row by row: what is done with a message, and why."""

import pytest

from bot.request.screen import Facts, SheetFact, Thread, screen_message, weigh_sheets
from bot.values.request import Answer, Decision, Sender, Sign, Strength, Verified, Wishes
from bot.values.sheet import SheetReading, Verdict

PROVEN = Sender(address="dana@acme.example", customer="Acme", verified=Verified.YES, why="dmarc=pass")
FORGED = Sender(address="dana@acme.example", customer="Acme", verified=Verified.NO, why="dmarc=fail")
STRANGER = Sender(address="x@else.example", customer="", verified=Verified.YES, why="dmarc=pass")
NOBODY = Sender(address="", customer="", verified=Verified.NO, why="From names 2 senders")
UNJUDGED = Sender(address="dana@acme.example", customer="", verified=Verified.UNKNOWN, why="no configuration")
WEAK = Sign(name="out-of-office subject", strength=Strength.WEAK)
STRONG = Sign(name="Auto-Submitted", strength=Strength.STRONG)
FIELD = Sign(name="X-Auto-Response-Suppress", strength=Strength.FIELD)
ROUTE = Sign(name="List field", strength=Strength.ROUTE)
UPLOAD = Wishes(upload=True)


def decide(sender: Sender = PROVEN, **facts: object) -> Decision:
    customer = facts.pop("customer", sender.customer)
    return screen_message(Facts(sender=sender, customer=customer, **facts)).decision  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        ({"sheet": SheetFact.USABLE}, Decision.IMPORT),
        ({"sheet": SheetFact.USABLE, "wishes": UPLOAD, "answer": Answer.YES}, Decision.IMPORT),
        ({"sheet": SheetFact.UNUSABLE}, Decision.ASK_FOR_SHEET),
        ({"sheet": SheetFact.OTHER}, Decision.LEAVE),
        ({"sheet": SheetFact.OTHER, "wishes": UPLOAD}, Decision.ASK_FOR_SHEET),
        ({"wishes": UPLOAD}, Decision.ASK_FOR_SHEET),
        ({"wishes": Wishes(template=True)}, Decision.ASK_FOR_SHEET),
        ({"wishes": Wishes(single_learner=True)}, Decision.ASK_FOR_SHEET),
        ({"wishes": Wishes(upload=True, cloud_link="https://drive.example/x")}, Decision.ASK_FOR_SHEET),
        ({"wishes": Wishes(cloud_link="https://drive.example/x")}, Decision.LEAVE),
        ({"wishes": Wishes(courses=True)}, Decision.LEAVE),
        ({}, Decision.LEAVE),
        ({"blank": True}, Decision.LEAVE),
        ({"too_large": True, "blank": True}, Decision.ASK_FOR_SHEET),
        ({"answer": Answer.YES}, Decision.LEAVE),
        ({"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.ANSWER),
        ({"answer": Answer.NO, "thread": Thread.KNOWN}, Decision.ANSWER),
        ({"answer": Answer.UNCLEAR, "thread": Thread.QUESTION_OPEN}, Decision.ANSWER),
        ({"answer": Answer.UNCLEAR, "thread": Thread.KNOWN}, Decision.LEAVE),
        ({"answer": Answer.UNSTATED, "thread": Thread.QUESTION_OPEN}, Decision.LEAVE),
        ({"wishes": Wishes(go_ahead=True), "thread": Thread.KNOWN}, Decision.ANSWER),
        ({"wishes": Wishes(go_ahead=True)}, Decision.LEAVE),
        ({"sheet": SheetFact.USABLE, "thread": Thread.KNOWN, "answer": Answer.YES}, Decision.IMPORT),
        ({"sheet": SheetFact.UNUSABLE, "thread": Thread.KNOWN, "answer": Answer.YES}, Decision.ASK_FOR_SHEET),
        ({"wishes": Wishes(undo=True), "thread": Thread.KNOWN, "answer": Answer.NO}, Decision.LEAVE),
        ({"wishes": Wishes(undo=True), "sheet": SheetFact.USABLE}, Decision.HOLD),
        ({"sheet": SheetFact.USABLE, "over_limit": "20 imports an hour"}, Decision.HOLD),
        ({"over_limit": "20 imports an hour"}, Decision.LEAVE),
    ],
)
def test_a_proven_customer_gets_what_the_message_asks_for(
    facts: dict[str, object], decision: Decision
) -> None:
    assert decide(**facts) is decision


@pytest.mark.parametrize("sender", [FORGED, STRANGER, NOBODY], ids=["unproven", "stranger", "two senders"])
@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        ({"sheet": SheetFact.USABLE}, Decision.HOLD),
        ({"sheet": SheetFact.UNUSABLE}, Decision.HOLD),
        ({"wishes": UPLOAD}, Decision.HOLD),
        ({"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.HOLD),
        ({"too_large": True}, Decision.HOLD),
        ({"sheet": SheetFact.OTHER}, Decision.LEAVE),
        ({}, Decision.LEAVE),
        ({"thread": Thread.KNOWN}, Decision.LEAVE),
    ],
)
def test_nobody_else_gets_a_word(sender: Sender, facts: dict[str, object], decision: Decision) -> None:
    assert decide(sender, **facts) is decision


@pytest.mark.parametrize("sender", [FORGED, STRANGER, NOBODY], ids=["unproven", "stranger", "two senders"])
def test_what_the_staff_approved_is_worked_for_the_customer_they_chose(sender: Sender) -> None:
    chosen = Facts(sender=sender, sheet=SheetFact.USABLE, approved=True, customer="Acme")

    screening = screen_message(chosen)

    assert screening.decision is Decision.IMPORT
    assert "approved by the staff for Acme" in screening.reason


def test_what_the_staff_approved_waits_for_a_customer_where_there_is_none() -> None:
    assert decide(STRANGER, sheet=SheetFact.USABLE, approved=True) is Decision.HOLD


def test_what_the_staff_approved_is_over_no_limit() -> None:
    assert decide(sheet=SheetFact.USABLE, approved=True, over_limit="20 an hour") is Decision.IMPORT


@pytest.mark.parametrize(
    ("sign", "facts", "decision"),
    [
        (STRONG, {"sheet": SheetFact.USABLE}, Decision.IGNORE),
        (STRONG, {"sheet": SheetFact.USABLE, "approved": True}, Decision.IGNORE),
        (WEAK, {"sheet": SheetFact.USABLE}, Decision.IMPORT),
        (WEAK, {"sheet": SheetFact.UNUSABLE}, Decision.IGNORE),
        (WEAK, {"wishes": UPLOAD}, Decision.IGNORE),
        (WEAK, {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.IGNORE),
        (ROUTE, {"sheet": SheetFact.USABLE}, Decision.IMPORT),
        (ROUTE, {"wishes": UPLOAD}, Decision.ASK_FOR_SHEET),
        (ROUTE, {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.ANSWER),
        (ROUTE, {}, Decision.IGNORE),
    ],
)
def test_a_sign_of_a_machine_outweighs_words(
    sign: Sign, facts: dict[str, object], decision: Decision
) -> None:
    assert decide(sign=sign, **facts) is decision


@pytest.mark.parametrize("sign", [WEAK, ROUTE], ids=["weak", "route"])
@pytest.mark.parametrize("sender", [FORGED, STRANGER, NOBODY], ids=["unproven", "stranger", "two senders"])
def test_a_machine_nobody_can_prove_is_ignored_even_with_a_sheet(sign: Sign, sender: Sender) -> None:
    assert decide(sender, sign=sign, sheet=SheetFact.USABLE) is Decision.IGNORE


def test_without_a_configuration_the_rest_is_worked_out_all_the_same() -> None:
    assert decide(UNJUDGED, sheet=SheetFact.USABLE) is Decision.IMPORT
    assert decide(UNJUDGED, wishes=UPLOAD) is Decision.ASK_FOR_SHEET
    assert decide(UNJUDGED) is Decision.LEAVE
    assert decide(UNJUDGED, wishes=UPLOAD, sign=ROUTE) is Decision.IGNORE


def test_the_sign_and_the_reason_are_told() -> None:
    screening = screen_message(Facts(sender=PROVEN, sign=STRONG))

    assert screening.automated == "Auto-Submitted"
    assert screening.reason == "a machine's mail (Auto-Submitted)"


def test_the_reason_of_a_hold_says_what_the_proof_lacks() -> None:
    held = screen_message(Facts(sender=FORGED, sheet=SheetFact.USABLE, customer="Acme"))

    assert held.reason == "dana@acme.example of Acme is not proven: dmarc=fail"


@pytest.mark.parametrize(
    ("readings", "fact"),
    [
        ([], SheetFact.NONE),
        ([("invoice.pdf", Verdict.UNSUPPORTED)], SheetFact.OTHER),
        ([("budget.xlsx", Verdict.NO_HEADER)], SheetFact.OTHER),
        ([("film.mp4", Verdict.TOO_LARGE)], SheetFact.OTHER),
        ([("list.numbers", Verdict.UNSUPPORTED)], SheetFact.UNUSABLE),
        ([("list.xlsx", Verdict.ENCRYPTED)], SheetFact.UNUSABLE),
        ([("list.CSV", Verdict.EMPTY)], SheetFact.UNUSABLE),
        ([("logo.png", Verdict.UNSUPPORTED), ("list.xlsx", Verdict.OK)], SheetFact.USABLE),
        ([("attachment-1", Verdict.OK)], SheetFact.USABLE),
    ],
)
def test_the_best_attachment_decides(readings: list[tuple[str, Verdict]], fact: SheetFact) -> None:
    assert weigh_sheets([SheetReading(name=name, verdict=verdict) for name, verdict in readings]) is fact


@pytest.mark.parametrize(
    ("sign", "facts", "decision"),
    [
        (FIELD, {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.ANSWER),
        (FIELD, {"answer": Answer.NO, "thread": Thread.KNOWN}, Decision.ANSWER),
        (FIELD, {"wishes": Wishes(go_ahead=True), "thread": Thread.KNOWN}, Decision.ANSWER),
        (FIELD, {"answer": Answer.UNCLEAR, "thread": Thread.QUESTION_OPEN}, Decision.IGNORE),
        (FIELD, {"answer": Answer.YES}, Decision.IGNORE),
        (FIELD, {"wishes": UPLOAD}, Decision.IGNORE),
        (FIELD, {"sheet": SheetFact.USABLE}, Decision.IMPORT),
        (WEAK, {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.IGNORE),
        (STRONG, {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}, Decision.IGNORE),
    ],
)
def test_a_field_that_mail_servers_add_to_peoples_mail_does_not_swallow_an_answer(
    sign: Sign, facts: dict[str, object], decision: Decision
) -> None:
    assert decide(sign=sign, **facts) is decision


def test_such_a_field_on_an_unproven_answer_is_a_machines() -> None:
    facts = {"answer": Answer.YES, "thread": Thread.QUESTION_OPEN}
    assert decide(FORGED, sign=FIELD, **facts) is Decision.IGNORE
