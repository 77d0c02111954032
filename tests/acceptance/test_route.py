"""The whole route, with the real process: what a customer sends, and what comes of it."""

import io

from openpyxl import load_workbook

from tests.acceptance.scene import Scene, a_message, a_sheet, file_names, learners, wait_for, words_of

CREATE = "Hi,\n\nplease create accounts for the learners in the attached sheet.\n\nDana\n"


def test_yes_creates_notifies_replies_and_files(scene: Scene) -> None:
    scene.start()
    asked = scene.send(
        a_message(
            "Hi team,\n\nYes please, send them the default email.\n\nDana",
            sheets=[("March starters.xlsx", a_sheet(learners("ann", "bob")))],
        )
    )
    reply = scene.reply_to(asked)
    words = words_of(reply)
    assert 'Both learners in "March starters.xlsx" now have an account' in words or "2 " in words
    assert '"Yes please, send them the default email."' in words
    assert reply["References"].endswith(asked["Message-ID"])
    assert reply["Subject"] == "Re: New starters"
    assert reply["Auto-Submitted"] == "auto-replied"
    assert any("results" in name for name in file_names(reply))
    wait_for(lambda: len(scene.notices("ann", "bob")) == 2, "two notices")
    assert "/welcome/" in words_of(scene.notices("ann")[0])
    scene.wait_until_at_rest(1)
    assert scene.accounts() == ["customer2+ann@customer.test", "customer2+bob@customer.test"]
    assert [mail["Message-ID"] for mail in scene.folder_of("Rollcall/Done")] == [asked["Message-ID"]]
    assert [mail["Message-ID"] for mail in scene.folder_of("Sent")] == [reply["Message-ID"]]
    assert scene.folder_of("INBOX") == []


def test_no_creates_and_mails_nobody(scene: Scene) -> None:
    scene.start()
    asked = scene.send(
        a_message(
            "Please set these up, but don't send them anything.",
            sheets=[("a.xlsx", a_sheet(learners("ann")))],
        )
    )
    words = words_of(scene.reply_to(asked))
    assert "don't send them anything" in words
    scene.wait_until_at_rest(1)
    assert len(scene.accounts()) == 1
    assert scene.notices("ann") == []


def test_nothing_said_is_asked_once_and_settled_in_the_thread(scene: Scene) -> None:
    scene.start()
    asked = scene.send(a_message(CREATE, sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))]))
    question = scene.reply_to(asked)
    assert words_of(question).count("?") == 1
    scene.wait_until_at_rest(1)
    assert len(scene.accounts()) == 2
    assert scene.notices("ann", "bob") == []
    answer = scene.send(a_message("Yes", answer_to=question))
    scene.reply_to(answer)
    wait_for(lambda: len(scene.notices("ann", "bob")) == 2, "two notices")
    again = scene.send(a_message("yes please!", answer_to=question))
    scene.reply_to(again)
    scene.wait_until_at_rest(3)
    assert len(scene.notices("ann", "bob")) == 2


def test_no_in_the_thread_sends_nothing(scene: Scene) -> None:
    scene.start()
    question = scene.reply_to(scene.send(a_message(CREATE, sheets=[("a.xlsx", a_sheet(learners("ann")))])))
    settled = scene.reply_to(scene.send(a_message("No thanks, we tell them ourselves.", answer_to=question)))
    assert "No thanks" in words_of(settled)
    scene.wait_until_at_rest(2)
    assert scene.notices("ann") == []


def test_existing_duplicate_and_invalid_rows_have_their_outcomes(scene: Scene) -> None:
    scene.start()
    first = scene.send(a_message(sheets=[("first.xlsx", a_sheet(learners("ann")))]))
    scene.reply_to(first)
    people = [
        *learners("ann", "bob", "bob"),
        ("Cy", "", "customer2+cy@customer.test"),
        ("Di", "Roe", "di@nowhere"),
    ]
    second = scene.send(a_message(subject="More", sheets=[("second.xlsx", a_sheet(people))]))
    reply = scene.reply_to(second)
    scene.wait_until_at_rest(2)
    outcomes = scene.query(
        "SELECT number, outcome, reason FROM import_rows WHERE file = 'second.xlsx' ORDER BY position"
    )
    assert outcomes == [
        (2, "existing", ""),
        (3, "created", ""),
        (4, "duplicate", ""),
        (5, "invalid", "missing_name"),
        (6, "invalid", "bad_email"),
    ]
    assert len(scene.notices("ann")) == 1
    to_fix = next(part for part in reply.walk() if "to fix" in (part.get_filename() or ""))
    content = to_fix.get_payload(decode=True)
    assert isinstance(content, bytes)
    rows = list(load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True))
    assert len(rows) == 3


def test_several_attachments_are_reported_one_by_one(scene: Scene) -> None:
    scene.start()
    sheets = [("north.xlsx", a_sheet(learners("ann"))), ("south.xlsx", a_sheet(learners("bob", "ann")))]
    words = words_of(scene.reply_to(scene.send(a_message(sheets=sheets))))
    assert "north.xlsx" in words
    assert "south.xlsx" in words
    scene.wait_until_at_rest(1)
    assert len(scene.accounts()) == 2


def test_an_upload_without_a_sheet_gets_the_template(scene: Scene) -> None:
    scene.start()
    asked = scene.send(a_message("Please upload our new learners, the list is attached."))
    assert "Learner Upload.xlsx" in file_names(scene.reply_to(asked))


def test_mail_that_is_not_ours_stays_where_it_is(scene: Scene) -> None:
    scene.start()
    other = scene.send(a_message("When does our licence renew?", subject="Licence"))
    scene.wait_until_at_rest(1)
    assert [mail["Message-ID"] for mail in scene.folder_of("INBOX")] == [other["Message-ID"]]
    assert scene.inbox() == []


def test_a_machine_is_never_answered(scene: Scene) -> None:
    scene.start()
    scene.send(
        a_message(
            "I am away.",
            subject="Automatic reply",
            Auto_Submitted="auto-replied",
            sheets=[("a.xlsx", a_sheet(learners("ann")))],
        )
    )
    scene.wait_until_at_rest(1)
    assert scene.inbox() == []
    assert scene.accounts() == []


def test_the_same_mail_twice_is_worked_once(scene: Scene) -> None:
    scene.start()
    # With a Date of its own, as people's mail has: else the server gives each copy another, a second later.
    date = "Mon, 30 Nov 2026 09:15:00 +0000"
    asked = a_message(sheets=[("a.xlsx", a_sheet(learners("ann")))], Date=date)
    scene.send(asked)
    scene.send(asked)
    scene.reply_to(asked)
    wait_for(lambda: len(scene.folder_of("Rollcall/Done")) == 2, "both copies to be filed")
    scene.wait_until_at_rest(1)
    assert len(scene.replies_to(asked)) == 1
    assert len(scene.notices("ann")) == 1


def test_an_unproven_sender_is_held_and_told_nothing_until_staff_approve(scene: Scene) -> None:
    scene.start()
    forged = scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann")))], trusted=False))
    wait_for(lambda: len(scene.folder_of("Rollcall/Held")) == 2, "the mail and its note in Held")
    scene.wait_until_at_rest(1)
    assert scene.inbox() == []
    assert scene.accounts() == []
    ((reference,),) = scene.query("SELECT id FROM messages")
    scene.command("approve", f"M{reference}")
    scene.reply_to(forged)
    assert len(scene.accounts()) == 1


def test_a_dry_run_creates_nothing_until_go_ahead(scene: Scene) -> None:
    scene.start()
    asked = scene.send(
        a_message(
            "Please only check the attached list, don't create anything yet.",
            sheets=[("a.xlsx", a_sheet(learners("ann", "bob")))],
        )
    )
    report = scene.reply_to(asked)
    scene.wait_until_at_rest(1)
    assert scene.accounts() == []
    go = scene.send(a_message("Looks good, go ahead. No need to email them.", answer_to=report))
    scene.reply_to(go)
    scene.wait_until_at_rest(2)
    assert len(scene.accounts()) == 2
    assert scene.notices("ann", "bob") == []


def test_a_corrected_sheet_in_the_thread_creates_only_what_is_new(scene: Scene) -> None:
    scene.start()
    people = [*learners("ann"), ("Bob", "", "customer2+bob@customer.test")]
    first = scene.reply_to(scene.send(a_message(sheets=[("a.xlsx", a_sheet(people))])))
    fixed = a_message(
        "Here is the corrected sheet.",
        answer_to=first,
        sheets=[("a fixed.xlsx", a_sheet(learners("ann", "bob")))],
    )
    words = words_of(scene.reply_to(scene.send(fixed)))
    wait_for(lambda: len(scene.notices("ann", "bob")) == 2, "one notice each")
    scene.wait_until_at_rest(2)
    assert len(scene.accounts()) == 2
    assert "default email" in words or "Notification" in words


def test_a_mail_arriving_while_it_waits_is_answered_at_once(scene: Scene) -> None:
    scene.configure(mailboxes=[scene.settings["mailboxes"][0] | {"poll_seconds": 300}])
    scene.start()
    scene.send(a_message("hello", subject="Something else"))
    scene.wait_until_at_rest(1)
    asked = scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann")))]))
    scene.reply_to(asked, seconds=5.0)


def test_started_as_on_the_command_line_sigterm_ends_it_cleanly(scene: Scene) -> None:
    scene.nursery = None
    process = scene.start()
    scene.reply_to(scene.send(a_message(sheets=[("a.xlsx", a_sheet(learners("ann")))])))
    scene.wait_until_at_rest(1)
    assert scene.stop(process) == 0
    assert '"stopped"' in scene.log()
