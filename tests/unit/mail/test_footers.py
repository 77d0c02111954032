"""What stands below a name and speaks to its reader is no part of what the sender says."""

import pytest

from bot.mail.contacts import Names
from bot.mail.footers import drop_footers
from bot.mail.lines import Line


def _kept(last: str) -> list[str]:
    lines = [Line(text) for text in ("Please add these.", "", "Joy Hartley", "", last)]
    return [line.text for line in drop_footers(lines, Names(), spoken=False)]


@pytest.mark.parametrize(
    "last",
    [
        '"We welcome everyone!"',
        "Join our newsletter; reply STOP to leave.",
        "Abbestellen Sie den Newsletter.",
        "Suivez-nous !",
    ],
)
def test_a_footer_below_a_name_goes(last: str) -> None:
    assert last not in _kept(last)


@pytest.mark.parametrize(
    "last", ["PS: no newsletter, but email them.", "Please email them too.", "We'd like to opt out."]
)
def test_what_the_sender_adds_stays(last: str) -> None:
    assert last in _kept(last)


def test_a_framed_footer_goes_where_no_name_stands_above_it() -> None:
    framed = "~ Sign up to our mailing list: all new subscribers get a welcome mail ~"
    lines = [
        Line(text) for text in ("Here it is.", "", "Lucinda x", "", "~ Please do not print this ~", framed)
    ]
    assert framed not in [line.text for line in drop_footers(lines, Names(), spoken=False)]
    said = [Line("Here it is."), Line(""), Line("~ email them please ~")]
    assert said[2] in drop_footers(said, Names(), spoken=False)


@pytest.mark.parametrize("said", ["*** Nobody should be notified ***", "**Nobody wants to be emailed**"])
def test_what_the_sender_stresses_stays(said: str) -> None:
    lines = [Line("Please add them."), Line(""), Line(said)]
    assert lines[2] in drop_footers(lines, Names(), spoken=False)
