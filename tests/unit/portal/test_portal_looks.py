"""Colours that can be read whatever the operator chose, and pages in the visitor's language."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigurationError
from bot.portal.assets import read_logo
from bot.portal.colours import DARK_PAGE, LIGHT_PAGE, contrast, make_palette
from bot.portal.pages import BUILT_IN, House, check_templates, choose_language, draw, languages
from bot.portal.serve import split_listen
from bot.values.customer import Site

HOUSE = House(site=Site(name="Acme <Learning>", login_url="https://learn.test/"))
FACTS = {"form_token": "t", "errors": {}, "signed_in": False, "email": '"><script>'}


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_ends_in_text_that_can_be_read(number: int) -> None:
    palette = make_palette(f"#{number:06x}")
    assert contrast(rgb(palette.button), rgb(palette.on_button)) >= 4.5
    assert contrast(rgb(palette.link), LIGHT_PAGE) >= 4.5
    assert contrast(rgb(palette.dark_link), DARK_PAGE) >= 4.5


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("xx, en;q=0.2, de;q=0.8", "de"),
        ("pt-BR", "pt-BR"),
        ("de;q=0", "en"),
        ("../../etc;q=nonsense,*", "en"),
    ],
)
def test_the_visitors_first_known_language_is_chosen(accepted: str, chosen: str) -> None:
    assert choose_language(accepted, ("de", "en", "pt-BR")) == chosen


def test_what_comes_from_outside_is_escaped() -> None:
    page, language = draw("newlink", HOUSE, accepted="", facts=FACTS)
    assert "<script" not in page
    assert "Acme &lt;Learning&gt;" in page
    assert language == "en"
    assert '<html lang="en" dir="ltr">' in page


def test_an_operators_folder_changes_a_block_and_adds_a_language(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "newlink.html").write_text(
        '{% extends "ours/newlink.html" %}{% block title %}Neuer Link{% endblock %}', encoding="utf-8"
    )
    house = House(site=HOUSE.site, folder=str(tmp_path))
    assert languages(str(tmp_path)) == ("de", "en")
    german, language = draw("newlink", house, accepted="de", facts=FACTS)
    assert language == "de"
    assert "<title>Neuer Link" in german
    assert "Neuer Link" not in draw("newlink", house, accepted="en", facts=FACTS)[0]


def test_a_broken_template_is_told_before_anybody_meets_it(tmp_path: Path) -> None:
    (tmp_path / "signin.html").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"signin\.html, line 1"):
        check_templates(str(tmp_path))


def test_our_own_templates_compile() -> None:
    check_templates("")
    assert len(list((BUILT_IN / "en").glob("*.html"))) > 10


def test_a_logo_must_be_a_picture_that_is_there(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    with pytest.raises(ConfigurationError, match="No such file"):
        read_logo(str(logo))
    logo.write_text("<svg/>", encoding="utf-8")
    assert read_logo(str(logo)) == (b"<svg/>", "image/svg+xml")
    with pytest.raises(ConfigurationError, match="must end in"):
        read_logo("logo.exe")


@pytest.mark.parametrize(
    ("listen", "found"), [("127.0.0.1:8080", ("127.0.0.1", 8080)), ("[::1]:80", ("::1", 80))]
)
def test_an_address_to_listen_on(listen: str, found: tuple[str, int]) -> None:
    assert split_listen(listen) == found


@pytest.mark.parametrize("listen", ["8080", "host:", "host:99999", "host:http"])
def test_an_address_that_is_none_is_a_mistake_in_the_configuration(listen: str) -> None:
    with pytest.raises(ConfigurationError, match=r"portal\.listen"):
        split_listen(listen)
