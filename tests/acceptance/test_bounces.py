"""Notices that do not arrive, with the real process: refused at once, or come back later."""

from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import SMTP

from tests.acceptance.scene import Scene, a_message, a_sheet, learners, wait_for, words_of
from tests.wire.servers import CUSTOMER, SUPPORT, EmbeddedServers

YES = "Please create these learners. Yes, send them the default email."


def a_bounce(notice: Message, recipient: str) -> bytes:
    """What a mail server sends when it gives up (RFC 3464)."""
    return f"""Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.else.test>
To: {SUPPORT}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-of-{recipient.partition("@")[0]}@mx.else.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.else.test

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: user unknown

--b
Content-Type: text/rfc822-headers

Message-ID: {notice["Message-ID"]}
To: {recipient}

--b--
""".replace("\n", "\r\n").encode()


def deliver(scene: Scene, raw: bytes) -> None:
    """A mail from a server out there."""
    if isinstance(scene.servers, EmbeddedServers):
        scene.servers.mail.deliver(raw, "", [SUPPORT], authenticated=False)
    else:
        scene.servers.arrive(raw)


def follow_ups(scene: Scene, reply: Message) -> list[Message]:
    """Later letters in the thread of our reply."""
    return [mail for mail in scene.inbox() if mail["In-Reply-To"] == reply["Message-ID"]]


def upload(scene: Scene, *names: str) -> tuple[EmailMessage, Message]:
    mail = scene.send(a_message(YES, sheets=[("a.xlsx", a_sheet(learners(*names)))]))
    return mail, scene.reply_to(mail, seconds=40)


def bounced(scene: Scene) -> int:
    """How many notices are known to have come back."""
    ((count,),) = scene.query("SELECT count(*) FROM notices WHERE state = 'bounced'")
    return int(count)


def test_refused_at_once_and_come_back_later_end_in_one_follow_up(scene: Scene) -> None:
    scene.configure(conversation={"bounce_quiet_minutes": 60})
    refused = "customer2+ann@customer.test"
    scene.servers.answer("550 5.1.1 no such user", recipient=refused)
    process = scene.start()
    _, reply = upload(scene, "ann", "bob", "cyd")
    (notice,) = wait_for(lambda: scene.notices("bob"), "the notice to bob")
    deliver(scene, a_bounce(notice, "bob@moved.test"))
    wait_for(lambda: bounced(scene) == 2, "both to be known as bounced", seconds=30)
    assert follow_ups(scene, reply) == []
    # The quiet hour ends here, however slow this machine was with the second of them.
    scene.stop(process)
    scene.configure(conversation={"bounce_quiet_minutes": 0.001})
    scene.start()
    (follow_up,) = wait_for(lambda: follow_ups(scene, reply), "the follow-up", seconds=30)
    words = words_of(follow_up)
    assert "2 of the 3 emails to the new learners could not be delivered" in words
    assert refused in words
    assert "there is no such mailbox" in words
    assert follow_up["To"] == CUSTOMER
    assert follow_up["Auto-Submitted"] == "auto-generated"
    scene.wait_until_at_rest(2)
    states = scene.query("SELECT state FROM notices ORDER BY position")
    assert states == [("bounced",), ("bounced",), ("sent",)]
    subjects = [mail["Subject"] for mail in scene.folder_of("Rollcall/Done")]
    assert "Undelivered Mail Returned to Sender" in subjects


def test_a_bounce_of_nothing_we_sent_stays_where_it_is(scene: Scene) -> None:
    scene.configure(conversation={"bounce_quiet_minutes": 0.05})
    scene.start()
    _, reply = upload(scene, "ann")
    wait_for(lambda: scene.notices("ann"), "the notice")
    stranger = EmailMessage(policy=SMTP)
    stranger["Message-ID"] = "<something.else@yourcompany.test>"
    forged = a_bounce(stranger, "victim@customer.test")
    deliver(scene, forged)
    scene.wait_until_at_rest(2)
    assert scene.query("SELECT state FROM notices") == [("sent",)]
    assert follow_ups(scene, reply) == []
    inbox = [mail["Message-ID"] for mail in scene.folder_of("INBOX")]
    assert inbox == [message_from_bytes(forged)["Message-ID"]]


def test_a_reply_that_comes_back_is_told_to_the_staff_beside_the_problems(scene: Scene) -> None:
    scene.configure(conversation={"bounce_quiet_minutes": 0.05})
    scene.start()
    _, reply = upload(scene, "ann")
    deliver(scene, a_bounce(reply, CUSTOMER))
    (note,) = wait_for(lambda: scene.folder_of("Rollcall/Problem"), "the note for the staff", seconds=30)
    assert "could not be delivered" in note["Subject"]
    assert CUSTOMER in words_of(note)
    assert "user unknown" in " ".join(words_of(note).split())
    scene.wait_until_at_rest(2)
    assert follow_ups(scene, reply) == []
