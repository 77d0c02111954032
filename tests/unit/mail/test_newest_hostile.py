"""Bodies made to be slow, deep or senseless end in a result, and soon."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.mail.newest import read_newest
from bot.mail.second_opinion import cut_elsewhere
from bot.values.message import Address, Message, TextPart
from bot.values.request import SegmentKind, Spoken
from tests.pace import seconds

# Of processor time: the machine may be busy with others. The target is a second.
PATIENCE = 2.0


def a_message(plain: str | None = None, html: str | None = None, subject: str = "New learners") -> Message:
    texts = [TextPart(kind="plain", text=plain)] if plain is not None else []
    texts += [TextPart(kind="html", text=html)] if html is not None else []
    return Message(
        message_id="<1@acme.example>",
        subject=subject,
        sender=Address(name="Dana Smith", email="dana@acme.example"),
        from_count=1,
        texts=tuple(texts),
        alternatives=len(texts) == 2,
    )


def read_in_time(message: Message) -> Spoken:
    began = time.process_time()
    spoken = read_newest(message)
    assert time.process_time() - began < seconds(PATIENCE)
    return spoken


PIECES = [
    "please notify all of them. ",
    "please notify all of them\n",
    "On ",
    "On x\n",
    "On 3 March x@y.z 10:33 ",
    "> On 3 March\n",
    "From: a@b.c\n",
    "From: a To: b Sent: c ",
    "Thanks\n",
    "--\nDana\n",
    "[x] [ ] ",
    "[x] a [ ] b\n",
    "\n",
    " ",
    " \n",
    ">",
    "~~a",
    "a: b\n",
    "a\tb\n",
    "| a ",
    "|\n",
    "| |\n",
    "a |\n\ta\n",
    "intended recipient. ",
    "do not click links. ",
    "_",
    "a? yes\n",
    "a?\n",
    "a",
    "disclaimer: mail ",
    "a\u0336",
]


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_a_megabyte_of_plain_text_is_read_in_time(piece: str) -> None:
    read_in_time(a_message(piece * (1_000_000 // len(piece))))


@pytest.mark.parametrize("piece", PIECES, ids=repr)
def test_one_line_of_twenty_kilobytes_is_read_in_time(piece: str) -> None:
    read_in_time(a_message((piece.replace("\n", " ") * 20_000)[:20_000]))


HTML = {
    "divs": "<div>" * 20_000 + "yes" + "</div>" * 20_000,
    "blanks": "<b>a</b>" + " \n" * 200_000 + "<s>no</s> / yes",
    "quotes": "<blockquote>" * 20_000 + "yes",
    "containers": '<div class="gmail_quote">' * 20_000 + "yes",
    "tables": "<table><tr><td>" * 10_000 + "yes",
    "flat tables": "<table><tr><td>a<td>b</table>" * 10_000,
    "paragraphs": "<p>please notify all of them.</p>" * 10_000,
    "bold": "<b>a</b>" * 125_000,
    "colours": '<span style="color:red">a</span>' * 10_000,
    "open tags": "<b><i>" * 40_000,
    "styles": "<style>" + ".a{color:red}" * 70_000 + "</style>yes",
    "media": "<style>" + "@media x{" * 90_000 + "</style>yes",
    "picture": '<img src="data:image/png;base64,' + "A" * 1_000_000 + '">yes',
    "open styles": "</style>" + "<style>" * 140_000,
    "open remarks": "<!--[if x]>" * 90_000,
    "angles": "<" * 1_000_000,
}


@pytest.mark.parametrize("name", HTML)
def test_hostile_html_is_read_in_time(name: str) -> None:
    spoken = read_in_time(a_message(html=HTML[name]))
    if name in {"divs", "styles", "picture"}:
        assert spoken.newest_text == "yes"


def test_words_below_a_very_long_quote_are_still_heard() -> None:
    quote = "".join(f"> line {number} of a long history\n" for number in range(40_000))
    spoken = read_in_time(a_message(f"{quote}\nPlease do not notify them.\n", subject="Re: New"))
    assert spoken.newest_text == "Please do not notify them."
    assert len(spoken.quoted) <= 20_000


@pytest.mark.parametrize(
    "piece", ["\n", " \n", "On a ", "-\n", "From:\n", "_", "Le a\n", "disclaimer: mail, "]
)
def test_the_second_opinion_is_asked_only_what_it_can_answer_in_time(piece: str) -> None:
    began = time.process_time()
    cut_elsewhere(piece * 20_000)
    assert time.process_time() - began < seconds(PATIENCE)


_SCRAPS = st.sampled_from(
    [
        *(
            "> ",
            "\n",
            "On Mon, 9 Mar 2026 at 10:33, X <x@y.z> wrote:",
            "From: ",
            "Sent: 1",
            "To: b",
            "Subject: c",
        ),
        *(
            "-- \n",
            "Thanks,",
            "Yes",
            "[x] ",
            "No",
            "| a | b |",
            "\t",
            "~~",
            "<p>",
            "</div>",
            "&gt;",
            "PS: ",
            "?",
        ),
        *(
            "-----Original Message-----",
            "Begin forwarded message:",
            "\u200b",
            "\x00",
            "\u0336",
            "a: ",
            "é",
            "👍",
        ),
    ]
)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(_SCRAPS, max_size=40).map("".join),
    st.lists(_SCRAPS, max_size=40).map("".join),
    st.text(max_size=40),
)
def test_no_mixture_of_frames_breaks_the_reading(plain: str, html: str, subject: str) -> None:
    spoken = read_newest(a_message(plain, html, subject))
    assert spoken.readings
    for reading in spoken.readings:
        assert all(segment.kind in SegmentKind for segment in reading)


def test_a_drawn_table_whose_first_line_is_one_cell_is_read() -> None:
    spoken = read_newest(a_message("| a note across\n| Ada | Lee | yes\n| Bob | Kay | no\n"))
    assert "Ada" in spoken.newest_text


def test_a_message_without_any_body_says_nothing() -> None:
    spoken = read_newest(a_message(subject=""))
    assert spoken == Spoken(newest_text="", readings=((),))
