"""Answers paired with the questions of the mail answered, and quotes that carry no mark."""

import time

import pytest

from bot.mail.newest import read_newest
from bot.mail.parse import parse_message
from bot.request.preference import Notes, read_closely, read_preference
from bot.values.request import Answer, Preference, SegmentKind, Spoken
from tests.pace import seconds

ATTRIBUTION = "On Tue, 3 Mar 2026 at 09:14, Support <support@learn.example> wrote:\n"
QUESTIONS = "> 1. How many learners are there?\n> 2. Should they be sent the account email?\n"


def read(text: str, *, kind: str = "plain") -> Spoken:
    head = (
        "From: Dana Wirth <dana@acme.example>\nTo: support@learn.example\nSubject: Re: List\n"
        f"In-Reply-To: <1@learn.example>\nContent-Type: text/{kind}; charset=utf-8\n\n"
    )
    return read_newest(parse_message((head + text).encode()))


def pairs(spoken: Spoken) -> list[tuple[str, str]]:
    return [(s.question, s.text) for s in spoken.readings[0] if s.kind is SegmentKind.INLINE]


def test_numbered_answers_stand_beside_their_questions() -> None:
    expected = [("How many learners are there?", "7"), ("Should they be sent the account email?", "no")]
    for text in ("1. 7\n2. no\n\n", "1. 7 2. no\n\n", "Q1: 7\nQ2: no\n\n", "7\nno\n\n"):
        assert pairs(read(text + ATTRIBUTION + QUESTIONS)) == expected


def test_questions_numbered_within_one_line_are_answered_by_number() -> None:
    asked = "> 1. Is this the whole list? 2. Shall they get the account email? 3. Which group?\n"
    spoken = read("1. Yes\n2. No\n3. Drivers\n\n" + ATTRIBUTION + asked)
    assert ("Shall they get the account email?", "No") in pairs(spoken)
    assert read_preference(spoken).answer is Answer.NO


def by_rules(spoken: Spoken) -> Preference:
    return read_closely(spoken, Notes(network=None))


def forms(spoken: Spoken) -> dict[str, str]:
    return {s.question: s.text for s in spoken.readings[0] if s.kind is SegmentKind.FORM}


@pytest.mark.parametrize(
    "asked",
    [
        "Should we email all of the learners once their account exists?:",
        "Should we email all of the learners once their account exists?",
        "Welcome email to every one of the learners on the list:",
        "¿Enviamos a los alumnos el aviso de que la cuenta está creada?:",
    ],
)
@pytest.mark.parametrize("below", ["Note: none", "Contact: Ruth", "Obs.: factura por correo"])
def test_a_field_that_nobody_filled_in_is_blank_however_long_its_label(asked: str, below: str) -> None:
    spoken = read(f"Company: Acme\nLearners: 7\n{asked}\n{below}\n")
    assert forms(spoken)[asked.rstrip(":")] == ""
    assert read_preference(spoken).answer is Answer.UNSTATED


def test_a_field_may_be_set_apart_by_an_equals_sign() -> None:
    assert (
        read_preference(read("Week 35\nLearners = 3\nWelcome mail =\nCourse = GDPR\n")).answer
        is Answer.UNSTATED
    )
    assert (
        read_preference(read("Week 35\nLearners = 3\nWelcome mail = no\nCourse = GDPR\n")).answer is Answer.NO
    )


def test_who_asked_for_the_accounts_is_no_learner() -> None:
    told = "Users: see attachment\nNotify requester on completion: yes\nNotify new users by email: no\n"
    assert read_preference(read(f"Requested by: B. Kay\n{told}")).answer is Answer.NO


def test_more_lines_than_questions_are_paired_with_none() -> None:
    assert pairs(read("Seven\nno\nThanks for asking us\n\n" + ATTRIBUTION + QUESTIONS)) == []


def test_a_mail_quoted_without_a_mark_begins_where_it_greets_the_sender() -> None:
    spoken = read("No thanks.\n\nHi Dana,\n\nWould you like them to get the account email?\n\nSam\n")
    assert spoken.newest_text == "No thanks."
    assert "Would you like" in spoken.quoted


def test_a_greeting_of_somebody_else_begins_no_quote() -> None:
    spoken = read("Please pass this on.\n\nHi Sam,\n\nthe list is attached.\n")
    assert "the list is attached" in spoken.newest_text


def test_the_slash_beside_struck_words_goes_with_them() -> None:
    spoken = read("<p>Account email: <s>do not send</s> / send</p>", kind="html")
    assert spoken.newest_text == "Account email: send"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("Corby | 12 | Yes", "Kettering | 9 | No"), Answer.UNCLEAR),
        (("Corby | 12 | yes", "Kettering | 9 | Yes please"), Answer.YES),
        (("Corby | 12 | No", "Kettering | 9 | no thanks"), Answer.NO),
        (("Corby | 12 | No", "Kettering | 9 | "), Answer.NO),
        (("Corby | 12 | ", "Kettering | 9 | "), Answer.UNSTATED),
    ],
)
def test_a_typed_table_with_an_answer_in_each_row_is_read_by_its_heading(
    rows: tuple[str, str], expected: Answer
) -> None:
    spoken = read("\n".join(("Hi, table below.", "", "Site | Learners | Notify of account", *rows)))
    assert read_preference(spoken).answer is expected


@pytest.mark.parametrize(
    ("expected", "rows"),
    [
        (Answer.YES, ("Notify learners | Yes | Ann", "Replace the old ones | No | Bob", "Merge | No | Bob")),
        (
            Answer.NO,
            ("Task | Wanted | By", "Create accounts | Yes | Mon", "Notify learners of account | No | Tue"),
        ),
        (
            Answer.NO,
            (
                "Service | Yes/No | Comment",
                "Create the accounts | Yes | by Friday",
                "Send the welcome email to all learners | No | we do it ourselves",
            ),
        ),
        (
            Answer.NO,
            (
                "Company | Acme Ltd | legal name",
                "Number of learners | 12 | approx",
                "Notify learners of their account | No | thanks",
            ),
        ),
        (
            Answer.NO,
            (
                "1 | Company | Acme",
                "2 | Number of learners | 12",
                "3 | Notify learners of their account? | No",
            ),
        ),
        (Answer.UNSTATED, ("Group | Size | Duplicates?", "A | 3 | yes", "B | 4 | no")),
    ],
)
def test_a_value_in_a_wide_table_answers_what_its_row_and_heading_name(
    expected: Answer, rows: tuple[str, ...]
) -> None:
    assert read_preference(read("\n".join(rows) + "\n")).answer is expected


def test_a_table_wider_than_any_form_is_read_no_further() -> None:
    spoken = read("a | " + "qq|" * 2_000 + "\n" + "a | | 1@b.example\n" * 700)
    assert sum(map(len, spoken.readings)) < 100_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hi Beth\n\nYes to the first, no to the second.", Answer.NO),
        ("Yes please to the second, no to the first", Answer.YES),
        ("Ja zur ersten, nein zur zweiten.", Answer.NO),
        ("Oui pour la première, non pour la deuxième.", Answer.NO),
        ("Sí a la primera, no a la segunda", Answer.NO),
        ("Hi Beth\n\nYes\nNo", Answer.NO),
        ("No to the first.", Answer.UNSTATED),
    ],
)
def test_answers_that_name_their_questions_by_order_stand_beside_them(text: str, expected: Answer) -> None:
    asked = (
        "> Two questions: 1) May we delete the blank rows? 2) Should the learners get the account email?\n"
    )
    assert read_preference(read(f"{text}\n\n" + ATTRIBUTION + asked)).answer is expected


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        (
            "I gather that the teachers are not to receive the account email. Is that correct?",
            "Yes",
            Answer.NO,
        ),
        (
            "I gather that the teachers are not to receive the account email. Is that correct?",
            "That's right.",
            Answer.NO,
        ),
        (
            "So all the learners are to be sent the account email. Have I got that right?",
            "That's right!",
            Answer.YES,
        ),
        ("Sie möchten also, dass niemand die Kontomail bekommt. Ist das richtig?", "Ja, genau.", Answer.NO),
        ("So we use the second sheet. Is that correct?", "Yes, correct.", Answer.UNSTATED),
    ],
)
def test_a_question_that_only_asks_to_agree_is_about_the_sentence_before(
    asked: str, text: str, expected: Answer
) -> None:
    assert read_preference(read(f"{text}\n\n{ATTRIBUTION}> {asked}\n")).answer is expected


@pytest.mark.parametrize(
    "text",
    [
        "Yes to the first, no to the second. Actually scrap that, no mails please.",
        "Yes to the first. Do not send the account mails though.",
        "We cannot say yes to the first question. No to the second.",
        "Yes to the first, but not before Monday.",
        "Is it yes to the first?",
        "Yes for the first group, but no for the second group.",
        "Si es la primera vez, no envíen el correo de cuenta.",
    ],
)
def test_a_line_that_says_more_than_answers_by_order_is_read_whole(text: str) -> None:
    asked = "> 1. Should the new learners receive the account mail?\n> 2. Do they need a desk?\n"
    assert read_preference(read(f"{text}\n\n" + ATTRIBUTION + asked)).answer is not Answer.YES


@pytest.mark.parametrize(
    "rows",
    [
        ("Account mail | do not send | 2", "Desk | yes | 3", "Chair | no | 4"),
        ("Notify learners | Yes | until Monday", "Merge | No | No", "Replace | No | No"),
        (
            "Site | Notify of account | Comment",
            "Corby | Yes | actually no, scrap that",
            "Leeds | Yes | hold on",
        ),
        (
            "Learner | Account mail | Reason",
            "Ann | Yes | only after Monday",
            "Bob | Yes | not before Tuesday",
        ),
        ("Manager | Notified | Role", "Ann | Yes | head", "Bo | Yes | deputy"),
        ("Feature | Before | Now", "Notify learners | Yes | No", "Merge duplicates | No | No"),
    ],
)
def test_what_else_a_row_says_and_what_is_no_heading_are_not_left_out(rows: tuple[str, ...]) -> None:
    assert read_preference(read("\n".join(rows) + "\n")).answer is not Answer.YES


@pytest.mark.parametrize(
    "asked",
    [
        "The account mail failed last time. Is that correct?",
        "You asked how we notify learners of their account. Did that help?",
        "We will send the account mail. Is that correct? We will delete the old profiles. Is that correct?",
    ],
)
def test_agreeing_to_something_else_is_no_yes(asked: str) -> None:
    assert read_preference(read(f"Yes\n\n{ATTRIBUTION}> {asked}\n")).answer is not Answer.YES


TELL = "Tell learners of their account"
TICKED = [
    ("", "x", Answer.NO),
    ("X", "", Answer.YES),
    ("", "", Answer.UNSTATED),
    ("x", "x", Answer.UNCLEAR),
    ("", "please do not", Answer.NO),
    ("x", "only managers", Answer.UNCLEAR),
    ("[ ]", "[x]", Answer.NO),
    ("1", "12", Answer.UNCLEAR),
    ("", "yes", Answer.UNCLEAR),
    ("", "**x**", Answer.NO),
    ("yes", "", Answer.YES),
    ("✗", "", Answer.UNCLEAR),
    ("👎", "", Answer.UNCLEAR),
    ("", "[*]", Answer.NO),
]


@pytest.mark.parametrize(("yes", "no", "expected"), TICKED)
def test_a_tick_below_yes_or_no_is_that_answer(yes: str, no: str, expected: Answer) -> None:
    rows = [("Question", "Yes", "No"), ("Existing customer", "x", ""), (TELL, yes, no), ("Invoice", "", "x")]
    bars = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    html = "".join(f"<tr><td>{'</td><td>'.join(row)}</td></tr><tr></tr>" for row in rows)
    for spoken in (
        read(bars + "\n"),
        read(bars.replace("Question", "") + "\n"),
        read("\n".join("\t".join(row) for row in rows) + "\n"),
        read("\n".join("\t".join(row) for row in [("", "Yes", "No"), *rows[1:]]) + "\n"),
        read(f"| Form | Acme | |\n{bars}\n"),
        read(f"<table>{html}</table>", kind="html"),
    ):
        assert by_rules(spoken).answer is expected


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("Question | Yes | No | Later", f"{TELL} | | | x", "Invoice | x | |"), Answer.UNCLEAR),
        (("# | Question | Yes | No", f"1 | {TELL} | | x", "2 | Invoice | x |"), Answer.NO),
        (("Question | Yes, please | No, thanks", f"{TELL} | | x", "Invoice | x |"), Answer.NO),
        (("Question | Yes | No", f"{TELL} | x | | only managers", "Invoice | x |"), Answer.UNCLEAR),
        (("Question | Yes | No", f"{TELL} | x |", "| | only for the managers"), Answer.UNCLEAR),
        (("Send account mail | Yes | No", "1 | | x", "2 | | x"), Answer.NO),
        (("Send account mails | Yes | No", "Leeds | x |", "York | x |"), Answer.YES),
        (("Send account mails | Yes | No", "Leeds | x |", "York | | x"), Answer.UNCLEAR),
    ],
)
def test_a_tick_means_its_heading_whatever_the_other_columns_are(
    rows: tuple[str, ...], expected: Answer
) -> None:
    assert read_preference(read("\n".join(f"| {row} |" for row in rows) + "\n")).answer is expected


def test_tabs_that_only_align_are_one_edge() -> None:
    lines = f"Company\t\tAcme\n{TELL}\tNo\nCourse\t\t\tFire\n"
    assert forms(read(lines)) == {"Company": "Acme", TELL: "No", "Course": "Fire"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Avviso di account ai corsisti:  SÌ [x]  NO [ ]", Answer.YES),
        ("Notify learners of their account: Yes [ ]  No [x]", Answer.NO),
        ("Notify learners of their account: Yes [ ]  No [x]  (for all)", Answer.UNCLEAR),
        ("Notify learners of their account: Yes [x]  No [x]  (as agreed)", Answer.UNCLEAR),
        ("Notify learners of their account: Yes [ ] No [ ] (please tick one)", Answer.UNSTATED),
        ("Notify learners of their account: Yes [x] No [ ] (please tick one)", Answer.YES),
        ("Notify learners of their account: Yes [ ] No [ ] Default: Yes", Answer.UNSTATED),
        ("Notify learners of their account: Yes [ ] only managers [ ] nobody", Answer.UNSTATED),
        ("Notify learners of their account: Yes [x] No [ ] If yes, when?", Answer.UNCLEAR),
        ("Notify learners of their account: Yes [x] No [ ] (select managers only)", Answer.UNCLEAR),
        ("Notify learners of their account: Yes [x] No [ ] or wait until Monday?", Answer.UNCLEAR),
        ("Notify learners of their account, no or yes [x] No [ ] Yes please", Answer.NO),
        ("Notify learners of their account: Yes [ ] No [x] (please specify)", Answer.UNCLEAR),
        ("Notify learners of their account: Yes [ ] No [x] no exceptions", Answer.NO),
        ("Notify learners of their account: Yes [x] No [ ] (delete as appropriate)", Answer.YES),
        ("Account mail to learners, yes or no [x] Yes [ ] No", Answer.YES),
        ("Account mail to learners, yes or no [ ] Yes [x] No", Answer.NO),
        ("Account mail please [ ] send it [x] do not send it", Answer.NO),
    ],
)
def test_boxes_may_stand_behind_their_words_with_a_remark_at_the_end(line: str, expected: Answer) -> None:
    assert by_rules(read(f"Company: Acme\n{line}\nLearners: 13\n")).answer is expected


def test_a_sentence_among_ticked_rows_is_said_and_a_row_without_a_tick_is_not() -> None:
    rows = "Question\tYes\tNo\nInvoice\tx\t\n{}\nCourse\tx\t\n"
    assert by_rules(read(rows.format("please do not send account mails to anyone"))).answer is Answer.NO
    assert by_rules(read(rows.format("Send the account mails to all learners"))).answer is Answer.UNSTATED


def test_a_row_without_a_label_goes_on_with_the_one_above() -> None:
    for drawn in (
        "| {} | Yes |\n| | only the managers |\n",
        "Question\tYes\tNo\n{}\tx\t\n\t\tonly managers\n",
    ):
        spoken = read(drawn.format(TELL))
        assert [part.text.startswith("Yes only") for part in spoken.readings[0] if part.question == TELL] == [
            True
        ]
        assert read_preference(spoken).answer is Answer.UNCLEAR


def test_a_row_without_a_label_that_answers_once_more_is_a_second_answer() -> None:
    assert (
        read_preference(read(f"| Course | Safety |\n| {TELL} | No |\n| | Yes |\n")).answer is Answer.UNCLEAR
    )


def test_headings_that_deny_something_are_said() -> None:
    people = "Name | Email | Do not send account mails\nBo | bo@acme.example |\nAl | al@acme.example |\n"
    assert read_preference(read(people)).answer is not Answer.UNSTATED


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            ("Site | Send account mail to learners | Send invoice", "Corby | No | Yes", "York | No | Yes"),
            Answer.NO,
        ),
        (("Invoice | Yes | Yes", f"{TELL} | No | No", "Course | Yes | Yes"), Answer.NO),
        (("Course | Safety |", "Invoice | Yes | no rush", f"{TELL} | No | they know"), Answer.NO),
        (("Course | Safety |", f"{TELL} | Yes | yes please", "Start | 12 May |"), Answer.YES),
        (("Course | Safety |", f"{TELL} | ☐ Yes | ☒ No", "Start | May |"), Answer.NO),
        (("Invoice | [x] Yes | [ ] No", f"{TELL} | [ ] Yes | [x] No"), Answer.NO),
    ],
)
def test_a_row_of_words_like_yes_and_no_is_no_heading(rows: tuple[str, ...], expected: Answer) -> None:
    for text in ("\n".join(f"| {row} |" for row in rows), "\n".join(rows).replace(" | ", "\t")):
        assert read_preference(read(text + "\n")).answer is expected


def test_a_ticked_table_may_be_indented() -> None:
    rows = f"\tQuestion\tYes\tNo\n\t{TELL}\t\tx\n\tInvoice\tx\t\n"
    assert read_preference(read(rows)).answer is Answer.NO


@pytest.mark.parametrize("nothing", ["--", "/", ".", "_", "\u2212", "[ ]", "&nbsp;"])
def test_what_fills_an_empty_cell_ticks_nothing(nothing: str) -> None:
    rows = ("Question | Yes | No", f"{TELL} | {nothing} |", "Invoice | x |")
    assert read_preference(read("\n".join(f"| {row} |" for row in rows) + "\n")).answer is Answer.UNSTATED


def test_a_very_wide_head_over_many_rows_is_read_in_no_time() -> None:
    began = time.process_time()
    wide = "Q\tYes\tNo" + "\tc" * 20_000
    read(f"{wide}\n" + "a\tb\nblank row\n" * 2_000 + "a\tb\n")
    assert time.process_time() - began < seconds(2.0)


HEADS = "<p><b>From:</b> Support &lt;s@learn.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Dana<br><b>Subject:</b> Upload</p>"  # noqa: E501


def test_an_answer_in_another_colour_stands_behind_its_question_in_one_line() -> None:
    red = '<span style="color:red">{}</span>'
    html = (
        f"<p>Please see my answers in {red.format('red')}.</p>{HEADS}"
        f"<p>- Delete the second block? {red.format('yes, go ahead')}</p>"
        f"<p>- Shall we write to the new learners? {red.format('leave them in peace')}</p><p>Tom</p>"
    )
    assert pairs(read(html, kind="html")) == [
        ("- Delete the second block?", "yes, go ahead"),
        ("- Shall we write to the new learners?", "leave them in peace"),
    ]


def test_a_coloured_word_of_the_senders_own_stays_in_its_sentence() -> None:
    html = '<p>Send them <span style="color:red">no mail</span></p>'
    assert read(html, kind="html").newest_text == "Send them no mail"


@pytest.mark.parametrize(
    ("said", "mark"),
    [("Answers marked with ###", "###"), ("Please see my comments next to yours, marked JT.", "JT:")],
)
def test_a_mark_that_the_sender_names_begins_an_answer(said: str, mark: str) -> None:
    text = (
        f"{said}\n\n-----Original Message-----\nFrom: Support <s@learn.example>\nSent: Monday\nTo: Dana\n"
        f"Subject: x\n\nIs it complete?\n{mark} It is.\n\nWith or without the mail?\n{mark} Without."
    )
    assert pairs(read(text)) == [
        ("Is it complete?", "It is."),
        ("With or without the mail?", "Without."),
    ]


def test_letters_that_nobody_named_mark_nothing() -> None:
    text = (
        "Please see my comments below.\n\n-----Original Message-----\nFrom: Support <s@learn.example>\n"
        "Sent: Monday\nTo: Dana\nSubject: Upload\n\nIs the list complete?\nNB: send it by Monday."
    )
    assert not pairs(read(text))


@pytest.mark.parametrize(
    ("ticked", "blank"),
    [
        ("checked", "unchecked"),
        ("[X]", "[ ]"),
        ("coch\u00e9", "non coch\u00e9"),
        ("angekreuzt", "nicht angekreuzt"),
    ],
)
def test_the_picture_of_a_box_is_a_box(ticked: str, blank: str) -> None:
    rows = ((blank, "Create accounts only, tell nobody"), (ticked, "Send learners the account mail"))
    cells = "".join(f'<tr><td><img src="cid:a" alt="{alt}"></td><td>{text}</td></tr>' for alt, text in rows)
    spoken = read(f"<p>Hello, I ticked your page.</p><table>{cells}</table>", kind="html")
    assert by_rules(spoken).answer is Answer.YES


@pytest.mark.parametrize(("first", "second"), [("1.", "2."), ("a)", "b)"), ("ad 1:", "ad 2:")])
def test_an_item_below_a_long_one_is_not_its_wrapped_rest(first: str, second: str) -> None:
    keys = [mark.removeprefix("ad ").replace(":", ".") for mark in (first, second)]
    asked = f"> {keys[0]} How many learners are there?\n> {keys[1]} Should they be sent the account email?\n"
    text = (
        f"{first} seven, and two more will follow in the week after Easter, I think\n{second} not wanted\n\n"
    )
    assert pairs(read(text + ATTRIBUTION + asked))[1] == (
        "Should they be sent the account email?",
        "not wanted",
    )


OUTLOOK = "\n\n-----Original Message-----\nFrom: Support <s@learn.example>\nSent: Monday\nTo: Dana\nSubject: Upload\n\n"  # noqa: E501


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        (
            "See my comments below. YES the list is final.",
            "How?\nYes - we mail the new learners\nNo - we do not",
        ),
        (
            "My comments below. NO changes.",
            "Choose:\nYes: the learners get the mail\nNo: we do not email them",
        ),
        (
            "See my comments below, IT will follow up.",
            "Complete?\nIT: please send the account email to them all.",
        ),
        ("Rows marked with an X are leavers.", "Account email to the new learners:\nYes, send it\n\nPaula"),
        ("Las filas marcadas son bajas.", "Correo a los alumnos:\nS\u00ed, enviar\n\nPaula"),
    ],
)
def test_what_support_wrote_is_not_taken_for_an_answer(said: str, quoted: str) -> None:
    assert not pairs(read(said + OUTLOOK + quoted))


@pytest.mark.parametrize(
    ("said", "quoted"),
    [
        ("Leavers are highlighted.", "Please note: {}"),
        ("Please see my list.", "Is it final? If we hear nothing, {}"),
        ("Highlighted rows are leavers.", "Do the learners get the email? {}"),
    ],
)
def test_a_colour_that_the_sender_does_not_name_marks_no_answer(said: str, quoted: str) -> None:
    red = '<span style="color:red">they all get the account email</span>'
    html = f"<p>{said}</p>{HEADS}<p>{quoted.format(red)}</p><p>Tom</p><p>Support</p>"
    assert not pairs(read(html, kind="html"))


@pytest.mark.parametrize("alt", ["X", "x", "Facebook", ""])
def test_a_picture_that_is_no_box_ticks_nothing(alt: str) -> None:
    html = f'<p>Account email:</p><p><img src="cid:a" alt="{alt}"> <img src="cid:b" alt="YouTube"></p>'
    assert by_rules(read(html, kind="html")).answer is not Answer.YES


def test_a_single_word_above_a_column_of_yes_and_no_asks_nothing() -> None:
    rows = "| Name | Laptop | Email |\n| Anna Smith | Yes | Yes |\n| Bob Jones | No | Yes |"
    assert by_rules(read(f"Hi, the list:\n\n{rows}\n")).answer is Answer.UNSTATED


@pytest.mark.parametrize("mark", ["{}:", "{} -", "Q{}:", "nr {}:", "Frage {}:", "re {} -", "to {}:"])
def test_what_numbers_an_answer_begins_a_line_of_its_own(mark: str) -> None:
    one, two = mark.format(1), mark.format(2)
    text = f"{one} seven, and two more will follow in the week after Easter, I think\n{two} not wanted\n\n"
    assert pairs(read(text + ATTRIBUTION + QUESTIONS))[1] == (
        "Should they be sent the account email?",
        "not wanted",
    )


SUPPORTS = (
    "\n\n-----Original Message-----\nFrom: Support <s@learn.example>\nSent: Monday\nTo: Dana\nSubject: x\n\n"
)


def test_capitals_that_the_sender_names_answer_behind_and_below_the_question() -> None:
    asked = "1. Is it right? YES\n2. May we mail the learners? NO, LEAVE THAT TO US\nWho pays?\nHEAD OFFICE"
    assert pairs(read(f"My replies are in CAPS below.{SUPPORTS}{asked}")) == [
        ("1. Is it right?", "YES"),
        ("2. May we mail the learners?", "NO, LEAVE THAT TO US"),
        ("Who pays?", "HEAD OFFICE"),
    ]


def test_capitals_that_nobody_named_answer_nothing() -> None:
    assert not pairs(read(f"Please see below.{SUPPORTS}May we mail the learners? ASAP PLEASE\nTICKET OPEN"))


@pytest.mark.parametrize(
    ("ways", "answer"),
    [
        ("Yes\nNo  <--- this one", Answer.NO),
        ("Yes ←\nNo", Answer.YES),
        ("yes, please <<\nno, thanks", Answer.YES),
        ("Yes  <-- not this one\nNo", Answer.NO),
        ("Yes <-\nNo <-", Answer.UNCLEAR),
    ],
)
def test_an_arrow_picks_the_way_that_it_points_at(ways: str, answer: Answer) -> None:
    spoken = read(f"Hi,\n\nDo you want an account email sent to your learners?\n{ways}\n\nThanks, Liam\n")
    assert read_preference(spoken).answer is answer


def test_dots_lead_to_any_value_or_none_where_other_lines_have_them() -> None:
    form = "New people ..... four\nAccount mail to them ......\nInvoice ....... as ever\nParking____no\n"
    assert [(s.question, s.text) for s in read(form).readings[0] if s.kind is SegmentKind.FORM] == [
        ("New people", "four"),
        ("Account mail to them", ""),
        ("Invoice", "as ever"),
        ("Parking", "no"),
    ]
    assert all(s.kind is SegmentKind.TEXT for s in read("And then ... silence.\n").readings[0])


@pytest.mark.parametrize(
    ("subject", "text", "answer"),
    [
        ("Please notify", "...me as soon as the accounts are there.", Answer.UNSTATED),
        ("Please do not send…", "…any account mail to these people.", Answer.NO),
        ("Please send the learners...", "the account mail, all of them.", Answer.YES),
    ],
)
def test_a_text_goes_on_with_the_sentence_of_its_subject(subject: str, text: str, answer: Answer) -> None:
    raw = f"From: Dana <d@acme.example>\nTo: s@learn.example\nSubject: {subject}\n\n{text}\n"
    if not raw.isascii():
        raw = raw.replace("\n\n", "\nContent-Type: text/plain; charset=utf-8\n\n", 1)
    spoken = read_newest(parse_message(raw.encode()))
    assert read_preference(spoken).answer is answer


def test_bars_below_an_attribution_are_quote_marks() -> None:
    asked = "| Should the roofers be mailed?\n| a) yes, all of them\n| b) no, none\n"
    spoken = read(f"TT Support wrote:\n\n{asked}\nb, please.\n")
    assert spoken.newest_text == "b, please."
    assert "Should the roofers be mailed?" in spoken.quoted
    assert read_preference(spoken).answer is Answer.NO


def test_a_drawn_table_below_an_attribution_stays_one() -> None:
    spoken = read("Tom wrote:\n| Notify learners | no |\n| Group | A |\n")
    assert "| Notify learners | no |" not in spoken.quoted


def test_what_a_forum_marks_as_struck_out_is_not_said() -> None:
    text = "On the mail: [s]please leave it off[/s] please send it to all five.\n"
    assert "leave" not in read(text).newest_text


def test_arrows_behind_a_question_lead_to_any_answer_and_an_empty_one_is_blank() -> None:
    asked = "2. Send the account mail? >> no, it must not go out to any of them\n"
    assert [s.text for s in read(asked).readings[0] if s.kind is SegmentKind.FORM] == [
        "no, it must not go out to any of them"
    ]
    lettered = "Question: May we mail the learners?\nAnswer:\nQuestion: Is it urgent?\nAnswer: Yes\n"
    assert [s.text for s in read(lettered).readings[0]] == ["", "Yes"]


def test_numbers_with_colons_in_one_line_answer_by_number() -> None:
    asked = "> 1. Preview attached.\n> 2. 6 rows?\n> 3. Could we send the learners the account mail?\n"
    spoken = read("1: fine. 2: fine, 6 rows. 3: no thank you.\n\n" + ATTRIBUTION + asked)
    assert ("Could we send the learners the account mail?", "no thank you.") in pairs(spoken)


def test_questions_numbered_with_dashes_are_answered_by_number() -> None:
    asked = "> 1 - Is Loom a department?\n> 2 - Shall the learners get the account mail?\n"
    assert pairs(read("1 - Yes\n2 - No\n\n" + ATTRIBUTION + asked))[1] == (
        "Shall the learners get the account mail?",
        "No",
    )


ACCOUNT_MAIL = "Should the new learners get the account email?"


def answer_to(text: str) -> Answer:
    return read_preference(read(text)).answer


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("We usually send the learners the welcome email.. yes\nbut not this time..", Answer.NO),
        ("Hi Anna...\nPlease don't email the learners about their accounts...", Answer.NO),
        ("Hello…\nplease send all learners the welcome email…", Answer.YES),
        (f"> {ACCOUNT_MAIL}\nWell...\nno...", Answer.NO),
        (f"> {ACCOUNT_MAIL}\nHmm…\nyes please…", Answer.YES),
    ],
)
def test_dots_that_end_sentences_lead_to_nothing(text: str, answer: Answer) -> None:
    assert answer_to(text) is answer


@pytest.mark.parametrize(
    ("ways", "answer"),
    [
        ("Yes <-- only the managers\nNo", Answer.UNCLEAR),
        ("Yes <-- is this the default?\nNo", Answer.UNCLEAR),
        ("Yes <-- no, thanks\nNo", Answer.NO),
        ("Yes\nNo <-- until 1 March", Answer.UNCLEAR),
        ("Yes\nNo √", Answer.NO),
    ],
)
def test_what_stands_behind_an_arrow_is_not_thrown_away(ways: str, answer: Answer) -> None:
    assert answer_to(f"Send the account email to new learners?\n{ways}\n") is answer


def test_an_arrow_within_a_quote_or_an_order_changes_nothing() -> None:
    assert answer_to(f"> {ACCOUNT_MAIL}\nYes\nNo <-- this one\n") is Answer.NO
    assert answer_to("Please add the learners <-- sheet attached\nPlease don't notify them\n") is Answer.NO
    pointed = read("Account mail?\nYes\nNo <-- this one\n")
    assert "[x]" not in pointed.newest_text


def test_capitals_of_names_or_of_support_answer_nothing() -> None:
    names = f"The surnames are in capitals now.{SUPPORTS}{ACCOUNT_MAIL}\nDana: Yes, send them to all\n"
    assert answer_to(names) is Answer.UNSTATED
    offered = f"My answers are in capitals below.{SUPPORTS}Hi Dana,\n{ACCOUNT_MAIL} (Y/N)\nNO\n"
    assert answer_to(offered) is Answer.NO


def test_a_quote_with_bars_goes_on_over_blank_lines_and_nests() -> None:
    asked = (
        "| Hi Dana,\n\n| please let us know if your new learners shall receive the account email\n| Thanks\n"
    )
    spoken = read(f"Please add Jo as well.\n\nSupport wrote:\n{asked}")
    assert spoken.newest_text == "Please add Jo as well."
    nested = read("Please add Jo.\n\nSupport wrote:\n| Hi\n| | Please don't send the account email.\n")
    assert nested.newest_text == "Please add Jo."
    german = read(f"Am 1.1.2024 schrieb Support:\n| {ACCOUNT_MAIL}\n\nNo\n")
    assert read_preference(german).answer is Answer.NO
    own = read("As I wrote:\n| Welcome email to learners: no\n| Number of learners: 12\n\nThanks, Dana\n")
    assert read_preference(own).answer is Answer.NO


def test_dots_at_the_end_of_a_subject_alone_join_nothing() -> None:
    raw = b"From: Dana <d@acme.example>\nTo: s@learn.example\nSubject: Welcome email to learners...\n\n"
    read_one = read_newest(parse_message(raw + b"yes we have 12 new people to add, sheet attached\n"))
    assert read_preference(read_one).answer is not Answer.YES


@pytest.mark.parametrize("below", ["No, please don't send it", "\nNo"])
def test_an_answer_may_stand_below_its_letter(below: str) -> None:
    assert answer_to(f"Q: Shall the learners get the account email?\nA:\n{below}\n") is Answer.NO


def test_a_list_of_numbers_in_the_quote_counts_no_hours_and_no_modules() -> None:
    hours = f"> 1. How many learners are there?\n> 2. {ACCOUNT_MAIL}\n>\n> We answer within\n> 1 - 2 days.\n"
    assert answer_to(f"1. 12\n2. No\n\n{ATTRIBUTION}{hours}") is Answer.NO
    modules = f"> 1. Which course (Module 1: Basics, Module 2: Advanced)?\n> 2. {ACCOUNT_MAIL}\n"
    assert answer_to(f"1. Basics\n2. No\n\n{ATTRIBUTION}{modules}") is Answer.NO


@pytest.mark.parametrize(
    ("form", "answer"),
    [
        ("Account mail:\n* Manila: yes\n* Cebu: no, they have SSO\n* Davao: tbc\n", Answer.UNCLEAR),
        (
            "Send account email to new learners:\n  Instructors (7)  - Y\n  Reception (3)  - N\n",
            Answer.UNCLEAR,
        ),
        ("Send account email to new learners:\n  Instructors (7)  - Y\n  Reception (3)  - Y\n", Answer.YES),
        (
            "Account email to learners: Yes*\nCost centre: 12\n\n* only those with a 1 in column G\n",
            Answer.UNCLEAR,
        ),
        ("Account email to learners: Yes*\nCost centre: 12\n\nThanks\n", Answer.YES),
        ("*Account mail to learners:* *Yes*\nRows: 3\n\nTo do:\n* import them\n* tell me\n", Answer.YES),
        ("account_mail_to_learners=true\nrows=20\n", Answer.YES),
        ("Account e-mail to learners: please tick\n( ) send  (x) don't send\n", Answer.NO),
        ("2) Do you want the account mail sent?\n--> We would rather you did not.\n", Answer.NO),
    ],
)
def test_lists_notes_and_arrows_of_a_form_belong_to_what_they_answer(form: str, answer: Answer) -> None:
    assert answer_to(form) is answer


@pytest.mark.parametrize("hostile", ["[s]" * 60_000, "[s][/s" * 30_000, ("yes" + " " * 90 + "x\n") * 1_000])
def test_marks_that_lead_nowhere_are_read_in_no_time(hostile: str) -> None:
    began = time.process_time()
    read(hostile)
    assert time.process_time() - began < seconds(1.0)
