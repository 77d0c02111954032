"""The customer's table of the product, line by line, with one running process."""

import io
from collections.abc import Iterator
from copy import deepcopy
from email.message import EmailMessage, Message
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.acceptance.scene import (
    Scene,
    a_message,
    a_sheet,
    file_names,
    learners,
    wait_for,
    words_of,
)
from tests.servers.certificates import Certificates
from tests.wire.servers import CUSTOMER, EmbeddedServers, RealServers, Servers

FIXTURES = Path(__file__).parents[2] / "fixtures"
YES = "Hi team,\n\nYes please, send them the default email.\n\nDana"
NOTHING = "Hi,\n\nplease create accounts for the learners in the attached sheet.\n\nDana\n"
COLLEAGUE = "customer1+boris@customer.test"


@pytest.fixture(scope="module", params=["embedded", pytest.param("real", marks=pytest.mark.servers)])
def office(
    request: pytest.FixtureRequest,
    certificates: Certificates,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    """One running bot for every line of the table; each test has learners of its own."""
    folder = tmp_path_factory.mktemp("office")
    servers: Servers
    nursery = None
    if request.param == "real":
        lab = request.getfixturevalue("running_mail_lab")
        lab.restore()
        servers = RealServers(lab)
        postgres = request.getfixturevalue("postgres")
        database = postgres.url(postgres.fresh_database())
    else:
        servers = EmbeddedServers(certificates)
        database = f"sqlite:///{folder}/rollcall.db"
        nursery = request.getfixturevalue("nursery_of_all")
    scene = Scene(servers=servers, database=database, folder=folder, nursery=nursery)
    scene.configure(
        customers=[{"name": "Customer Ltd", "senders": [CUSTOMER, COLLEAGUE]}],
        limits={"replies_per_sender_hour": 1000, "message_megabytes": 1},
        guides={
            "course_allocation": "https://help.yourcompany.test/courses",
            "create_user": "https://help.yourcompany.test/create",
        },
    )
    scene.start()
    yield scene
    scene.end()
    if isinstance(servers, EmbeddedServers):
        servers.stop()


def reply_to(office: Scene, mail: EmailMessage) -> Message:
    """Our one reply; who is on copy under another address of the same mailbox has it twice."""
    replies = wait_for(
        lambda: office.replies_to(mail), f"a reply to {mail['Subject']}\n{office.log()[-3000:]}", seconds=40
    )
    assert len({reply["Message-ID"] for reply in replies}) == 1
    return replies[0]


def ask(office: Scene, text: str, *names: str, **more: str) -> tuple[EmailMessage, Message]:
    """An upload of these learners, and our reply to it."""
    mail = a_message(text, sheets=[("starters.xlsx", a_sheet(learners(*names)))], **more)  # type: ignore[arg-type]
    return mail, reply_to(office, office.send(mail))


def answer(office: Scene, text: str, question: Message, **more: str) -> Message:
    """A word in the thread, and our reply to it."""
    return reply_to(office, office.send(a_message(text, answer_to=question, **more)))  # type: ignore[arg-type]


def has_accounts(office: Scene, *names: str) -> list[bool]:
    accounts = office.accounts()
    return [f"customer2+{name}@customer.test" in accounts for name in names]


def wait_for_notices(office: Scene, *names: str) -> None:
    wait_for(lambda: len(office.notices(*names)) == len(names), f"a notice each to {names}")


# ------------------------------------------------------------------ yes, no, nothing


def test_a_sheet_and_yes(office: Scene) -> None:
    _, reply = ask(office, YES, "yes1", "yes2")
    assert '"Yes please, send them the default email."' in words_of(reply)
    assert len(file_names(reply)) == 1
    wait_for_notices(office, "yes1", "yes2")


def test_a_sheet_and_no(office: Scene) -> None:
    _, reply = ask(office, "Please set these up, but don't send them anything.", "no1")
    assert "don't send them anything" in words_of(reply)
    assert has_accounts(office, "no1") == [True]
    assert office.notices("no1") == []


def test_nothing_said_is_one_question_that_a_colleagues_reply_all_settles(office: Scene) -> None:
    _, question = ask(office, NOTHING, "ask1", "ask2", Cc=f"{COLLEAGUE}, stranger@else.test")
    assert words_of(question).count("?") == 1
    assert "stranger" not in str(question["Cc"])
    assert COLLEAGUE in str(question["Cc"])
    assert office.notices("ask1", "ask2") == []
    settled = answer(office, "Yes", question, sender=COLLEAGUE, Cc=CUSTOMER)
    assert "on its way" in words_of(settled)
    wait_for_notices(office, "ask1", "ask2")


def test_something_unclear_is_one_question_that_a_quoted_no_settles(office: Scene) -> None:
    text = "Please create these learners. Send the email only to the managers among them."
    _, question = ask(office, text, "half1")
    assert "only to the managers" in words_of(question)
    quoted = "\n".join(f"> {line}" for line in words_of(question).splitlines())
    settled = answer(office, f"No, leave it.\n\nOn Monday, Support wrote:\n{quoted}", question)
    assert "No email goes to the new learner" in words_of(settled)
    assert office.notices("half1") == []


def test_actually_no_after_yes_says_what_is_sent_already(office: Scene) -> None:
    _, question = ask(office, NOTHING, "late1")
    answer(office, "Yes", question)
    wait_for_notices(office, "late1")
    settled = answer(office, "Actually no, please don't email them.", question)
    assert "already been emailed; that cannot be taken back" in words_of(settled)


# ------------------------------------------------------------------ again, corrected, several


def test_a_corrected_sheet_creates_what_is_new_and_tells_the_difference(office: Scene) -> None:
    people = [*learners("fix1"), ("Bob", "", "customer2+fix2@customer.test")]
    mail = a_message(YES, sheets=[("a.xlsx", a_sheet(people))])
    first = reply_to(office, office.send(mail))
    assert [name for name in file_names(first) if "to fix" in name]
    fixed = a_message("Here it is.", answer_to=first, sheets=[("a.xlsx", a_sheet(learners("fix1", "fix2")))])
    words = words_of(reply_to(office, office.send(fixed)))
    assert "1 created, 1 to fix): 1 learner is new, and nothing of what needed fixing is left" in flat(words)
    wait_for_notices(office, "fix1", "fix2")


def test_the_very_same_mail_twice_is_answered_once(office: Scene) -> None:
    mail, _ = ask(office, YES, "twice1", Date="Mon, 23 Nov 2026 10:00:00 +0000")
    # Delivered anew it differs in its trace; the very same bytes would be the staff's, dragged back.
    copy = deepcopy(mail)
    copy["Received"] = "from mx.customer.test by mx.yourcompany.test; Mon, 23 Nov 2026 10:00:00 +0000"
    office.send(copy)
    again = a_message(YES, sheets=[("starters.xlsx", a_sheet(learners("twice1")))])
    reply = words_of(reply_to(office, office.send(again)))
    assert "already had an account" in reply
    assert len(office.replies_to(mail)) == 1
    assert len(office.notices("twice1")) == 1


def test_several_sheets_and_lists_are_reported_one_by_one(office: Scene) -> None:
    book = Workbook()
    for title, name in (("North", "many1"), ("South", "many2")):
        sheet = book.create_sheet(title)
        sheet.append(("First Name", "Last Name", "Email address"))
        sheet.append(*learners(name))
    out = io.BytesIO()
    book.save(out)
    sheets = [("two lists.xlsx", out.getvalue()), ("one.xlsx", a_sheet(learners("many3")))]
    words = words_of(reply_to(office, office.send(a_message(YES, sheets=sheets))))
    assert [name in words for name in ("North", "South", "one.xlsx")] == [True] * 3
    assert has_accounts(office, "many1", "many2", "many3") == [True] * 3


# ------------------------------------------------------------------ sheets in odd places


def test_a_sheet_in_a_forwarded_mail_is_found_and_its_words_are_not_the_senders(office: Scene) -> None:
    inner = a_message(
        "Yes, notify everybody!",
        sender="mark@else.test",
        trusted=False,
        sheets=[("list.xlsx", a_sheet(learners("fwd1")))],
    )
    outer = a_message("Please create the accounts for the list in the mail below.")
    outer.add_attachment(inner)
    words = words_of(reply_to(office, office.send(outer)))
    assert "One question" in words
    assert has_accounts(office, "fwd1") == [True]
    assert office.notices("fwd1") == []


@pytest.mark.parametrize("shape", ["nameless", "inside multipart/related", "beside a signature"])
def test_a_sheet_in_an_odd_place_is_found(office: Scene, shape: str) -> None:
    name = f"odd{len(shape)}"
    mail = a_message(YES)
    sheet = a_sheet(learners(name))
    kind, subtype = "application", "octet-stream"
    if shape == "inside multipart/related":
        mail.add_related(sheet, kind, subtype, cid="<sheet@customer.test>")
    elif shape == "nameless":
        mail.add_attachment(sheet, kind, subtype)
    else:
        mail.add_attachment(sheet, kind, subtype, filename="list.xlsx")
        mail.add_attachment(b"0\x80\x06\t", "application", "pkcs7-signature", filename="smime.p7s")
    reply_to(office, office.send(mail))
    assert has_accounts(office, name) == [True]


def test_a_sheet_in_winmail_dat_is_found(office: Scene) -> None:
    raw = (FIXTURES / "mime" / "08-winmail.eml").read_bytes()
    mail = a_message("x")
    marks = b"".join(f"{key}: {mail[key]}\r\n".encode() for key in ("Authentication-Results", "Message-ID"))
    lines = [line for line in raw.split(b"\n") if not line.lower().startswith((b"from:", b"message-id:"))]
    office.servers.arrive(marks + f"From: {CUSTOMER}\r\n".encode() + b"\n".join(lines))
    assert "account" in words_of(reply_to(office, mail))


# ------------------------------------------------------------------ no sheet, or none to use


def test_an_upload_request_without_a_sheet_gets_the_template(office: Scene) -> None:
    reply = reply_to(office, office.send(a_message("Please upload our new learners.")))
    assert file_names(reply) == ["Learner Upload.xlsx"]


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("locked.xlsx", "password"),
        ("cut-in-half.xlsx", "damaged"),
        ("list.numbers", "Numbers"),
        ("form.pdf", "PDF"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_the_way_out(office: Scene, name: str, word: str) -> None:
    content = (FIXTURES / "sheets" / "refusals" / name).read_bytes()
    mail = a_message("Please upload our new learners, see the list.", sheets=[(name, content)])
    reply = reply_to(office, office.send(mail))
    assert name in words_of(reply)
    assert word.lower() in words_of(reply).lower()
    assert "Learner Upload.xlsx" in file_names(reply)


def test_a_huge_mail_is_answered_with_its_limit(office: Scene) -> None:
    mail = a_message("Please upload our new learners.", sheets=[("list.xlsx", b"PK" + bytes(1_200_000))])
    words = words_of(reply_to(office, office.send(mail)))
    assert "1 MB" in words


def test_a_link_to_a_cloud_sheet_is_answered_with_how_to_attach_it(office: Scene) -> None:
    link = "https://docs.google.com/spreadsheets/d/1AbC/edit?usp=sharing"
    mail = a_message(f"Please create accounts for our new learners: {link}")
    reply = reply_to(office, office.send(mail))
    assert "Google" in words_of(reply)
    assert "Learner Upload.xlsx" in file_names(reply)


# ------------------------------------------------------------------ other wishes


def test_a_dry_run_creates_nothing_until_the_go_ahead(office: Scene) -> None:
    _, report = ask(office, "Please only check this list, don't create anything yet.", "dry1", "dry2")
    assert has_accounts(office, "dry1", "dry2") == [False, False]
    answer(office, "Looks good, go ahead and send them the email too.", report)
    assert has_accounts(office, "dry1", "dry2") == [True, True]
    wait_for_notices(office, "dry1", "dry2")


def test_courses_asked_for_are_pointed_to_the_guide(office: Scene) -> None:
    _, reply = ask(office, YES + "\nAlso enrol them in Safety 101 please.", "course1")
    assert "https://help.yourcompany.test/courses" in words_of(reply)
    assert has_accounts(office, "course1") == [True]


def test_one_single_learner_is_done_and_pointed_to_the_guide(office: Scene) -> None:
    _, reply = ask(office, YES, "single1")
    assert "https://help.yourcompany.test/create" in words_of(reply)
    assert has_accounts(office, "single1") == [True]


# ------------------------------------------------------------------ not for us, or not from them


def test_mail_about_anything_else_stays_untouched(office: Scene) -> None:
    other = office.send(a_message("When does our licence renew?", subject="Licence"))
    state = f"SELECT state FROM messages WHERE message_id = '{other['Message-ID']}'"
    wait_for(lambda: office.query(state) == [("left",)], "the mail to be left")
    assert other["Message-ID"] in [mail["Message-ID"] for mail in office.folder_of("INBOX")]
    assert office.replies_to(other) == []


@pytest.mark.parametrize("trusted", [True, False], ids=["unknown", "unproven"])
def test_from_somebody_unknown_or_unproven_is_held_without_a_word(office: Scene, trusted: bool) -> None:
    sender = "customer1+who@customer.test" if trusted else CUSTOMER
    name = f"held{int(trusted)}"
    mail = a_message(YES, sender=sender, trusted=trusted, sheets=[("a.xlsx", a_sheet(learners(name)))])
    office.send(mail)

    def notes() -> list[Message]:
        beside = office.folder_of("Rollcall/Held")
        return [note for note in beside if note["In-Reply-To"] == mail["Message-ID"]]

    (note,) = wait_for(notes, "the note beside the held mail")
    assert "Why" in words_of(note)
    assert office.replies_to(mail) == []
    assert has_accounts(office, name) == [False]


def test_nobody_was_mailed_who_should_not_be(office: Scene) -> None:
    """Last: after everything above, each mail of ours went to somebody of the customer or to a learner."""
    recipients = {row[0] for row in office.query("SELECT recipients FROM outbox WHERE kind <> 'notice'")}
    addresses = {address for entry in recipients for address in entry.split("\n")}
    assert addresses <= {CUSTOMER, COLLEAGUE}


def flat(words: str) -> str:
    return " ".join(words.split())
