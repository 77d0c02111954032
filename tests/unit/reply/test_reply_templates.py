"""Words are files: an operator's come first, by language, and a broken one is named with its line."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from reply_cases import SITE, a_report, flat, rows_of

from bot.errors import ConfigurationError
from bot.reply import template_set
from bot.reply.rehearsal import rehearse
from bot.reply.render import render_notice, render_results
from bot.reply.template_set import BUILT_IN, LETTERS, Templates
from bot.values.report import NoticeFacts

FACTS = NoticeFacts(
    first_name="Jane", username="jane@example.com", link="https://x.example/y", expires="", site=SITE
)


def write(folder: Path, name: str, words: str) -> Templates:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(words, encoding="utf-8")
    return Templates(folders=(str(folder),))


def test_every_letter_has_its_words() -> None:
    assert {path.name.removesuffix(".j2") for path in (BUILT_IN / "en").glob("*.j2")} == {
        *LETTERS,
        "letter",
        "phrases",
    }


def test_an_operator_s_words_win(tmp_path) -> None:
    ours = write(
        tmp_path,
        "en/notice.j2",
        '{% extends "letter.j2" %}{% block subject %}Hi {{ facts.first_name }}{% endblock %}'
        "{% block body %}{% call draw.para() %}Welcome to {{ facts.site.name }}!{% endcall %}{% endblock %}",
    )
    words = render_notice(FACTS, ours)
    assert words.subject == "Hi Jane"
    assert "Welcome to YourCompany!" in words.text
    assert "<p" in words.html
    assert "Welcome to YourCompany!" in words.html


def test_the_customer_s_own_folder_comes_before_the_operator_s(tmp_path) -> None:
    body = '{{% extends "letter.j2" %}}{{% block body %}}{}{{% endblock %}}'
    everyone = write(tmp_path / "all", "en/notice.j2", body.format("everyone's"))
    write(tmp_path / "acme", "en/notice.j2", body.format("Acme's own"))
    assert "everyone's" in render_notice(FACTS, everyone).text
    acme = everyone.speaking("en", str(tmp_path / "acme"))
    assert "Acme's own" in render_notice(FACTS, acme).text
    assert "now have an account" in render_results(a_report(rows_of(created=2)), acme).text


@pytest.fixture
def a_second_later(monkeypatch) -> Callable[[], None]:
    """Lets a second pass, after which files are looked at again."""

    def passes() -> None:
        now = template_set.monotonic() + template_set.LOOK_EVERY
        monkeypatch.setattr(template_set, "monotonic", lambda: now)

    return passes


def test_text_and_html_may_be_files_of_their_own(tmp_path, a_second_later) -> None:
    write(tmp_path, "notice.txt.j2", "Plain for {{ facts.first_name }}")
    ours = write(tmp_path, "notice.html.j2", "<p>Rich for {{ facts.first_name }}</p>")
    words = render_notice(FACTS, ours)
    assert words.text == "Plain for Jane\n"
    assert words.html == "<p>Rich for Jane</p>\n"
    assert words.subject == "An administrator created an account for you at YourCompany"
    write(tmp_path, "notice.subject.j2", "Your account, {{ facts.first_name }}")
    a_second_later()
    assert render_notice(FACTS, ours).subject == "Your account, Jane"


def test_a_language_is_served_by_its_folder_and_falls_back_to_english(tmp_path) -> None:
    german = write(
        tmp_path,
        "de/notice.j2",
        '{% extends "letter.j2" %}{% block subject %}Ihr Konto{% endblock %}'
        "{% block body %}Willkommen{% endblock %}",
    )
    austrian = render_notice(FACTS, german.speaking("de-AT"))
    assert austrian.subject == "Ihr Konto"
    assert '<html lang="de"' in austrian.html
    english = render_results(a_report(rows_of(created=2)), german.speaking("de-AT"))
    assert "Both learners" in english.text
    assert '<html lang="en"' in english.html
    assert "An administrator" in render_notice(FACTS, german.speaking("fr")).subject


def test_a_language_cannot_climb_out_of_its_folder(tmp_path) -> None:
    write(tmp_path / "elsewhere", "notice.j2", "stolen")
    inside = Templates(folders=(str(tmp_path / "own"),)).speaking("../elsewhere")
    assert "stolen" not in render_notice(FACTS, inside).text


def test_a_single_block_of_ours_can_be_changed(tmp_path) -> None:
    ours = write(
        tmp_path,
        "notice.j2",
        '{% extends "ours/notice.j2" %}{% block footer %}{{ draw.footer("Your friends") }}{% endblock %}',
    )
    text = flat(render_notice(FACTS, ours).text)
    assert text.startswith("Jane, A site administrator at YourCompany")
    assert text.endswith("Your password Your friends")


def test_words_outside_stay_escaped_in_an_operator_s_html(tmp_path) -> None:
    ours = write(tmp_path, "notice.html.j2", "<b>{{ facts.username }}</b>")
    facts = NoticeFacts(first_name="J", username="<i>x</i>", link="", expires="", site=SITE)
    assert render_notice(facts, ours).html == "<b>&lt;i&gt;x&lt;/i&gt;</b>\n"


@pytest.mark.parametrize(
    "broken",
    [
        "one\n{{ facts.no_such_thing }}",
        "one\n{% if %}",
        "one\n{{ 1 // 0 }}",
        "one\n{{ facts.__class__.__mro__ }}",
        "one\n{% include 'not-there' %}",
        "one\n{{ facts.first_name + 1 }}",
    ],
)
def test_a_broken_template_is_named_with_its_line(tmp_path, broken) -> None:
    ours = write(tmp_path, "en/notice.j2", broken)
    with pytest.raises(ConfigurationError) as caught:
        render_notice(FACTS, ours)
    assert '"notice"' in str(caught.value)
    assert "notice.j2, line 2" in str(caught.value) or "not-there" in str(caught.value)
    assert str(tmp_path) in str(caught.value)


def test_a_mended_template_is_taken_up_without_a_restart(tmp_path, a_second_later) -> None:
    ours = write(tmp_path, "notice.txt.j2", "before")
    assert render_notice(FACTS, ours).text == "before\n"
    write(tmp_path, "notice.txt.j2", "after, and longer")
    later = (tmp_path / "notice.txt.j2").stat().st_mtime + 5
    os.utime(tmp_path / "notice.txt.j2", (later, later))
    a_second_later()
    assert render_notice(FACTS, ours).text == "after, and longer\n"


def test_the_html_fetches_nothing_and_is_marked_up_for_all_readers() -> None:
    html = render_results(a_report(rows_of(created=2, invalid=1)), Templates()).html
    for fetched in ("src=", "url(", "<link", "@import", "<img", "<script", "<iframe"):
        assert fetched not in html
    assert '<html lang="en" dir="ltr">' in html
    assert html.count("<h1") == 1
    assert "<title>Re: New starters for March</title>" in html
    assert 'name="color-scheme" content="light dark"' in html
    assert 'scope="row"' in html
    assert "All 2" not in flat(html)


def test_our_own_words_pass_their_rehearsal() -> None:
    assert rehearse(Templates()) == []


def test_the_rehearsal_finds_every_broken_letter_once(tmp_path) -> None:
    for name in LETTERS:
        ours = write(tmp_path, f"{name}.j2", "{{ facts.no_such_thing }}")
    complaints = rehearse(ours)
    assert [name for name in LETTERS if not any(f'"{name}"' in one for one in complaints)] == []
    assert len(complaints) == len(LETTERS)


def test_the_rehearsal_reaches_the_branches_of_a_letter(tmp_path) -> None:
    ours = write(
        tmp_path,
        "results.j2",
        '{% extends "ours/results.j2" %}{% block notification %}'
        '{% if facts.dry_run and facts.preference.answer == "unclear" %}{{ nothing }}{% endif %}'
        "{% endblock %}",
    )
    assert len(rehearse(ours)) == 1


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_colour_of_words_can_be_read_by_day_and_by_night() -> None:
    layout = (BUILT_IN / "layout.html.j2").read_text(encoding="utf-8")
    style, body = layout.split("</style>")
    by_day = {found.lower() for found in re.findall(r"[\s;\"]color:(#\w{6})", body)}
    by_day |= set(re.findall(r'"(#\w{6})"', style.split("%}")[2] + style.split("%}")[3]))
    night = set(re.findall(r"\{ color: (#\w{6})", style))
    assert len(by_day) >= 3
    assert len(night) >= 5
    assert min(contrast(colour, paper) for colour in by_day for paper in ("#ffffff", "#eaf2fd")) >= 4.5
    assert min(contrast(colour, paper) for colour in night for paper in ("#1e2327", "#1c2a3d")) >= 4.5


@pytest.mark.parametrize("ours_first", [True, False])
def test_an_operator_s_words_and_ours_are_compiled_apart(tmp_path, ours_first) -> None:
    theirs = write(tmp_path / "tidy", "en/phrases-of-nobody.j2", "")
    template_set._environment.cache_clear()
    template_set._compiled.cache_clear()
    order = [Templates(), theirs] if ours_first else [theirs, Templates()]
    assert {render_notice(FACTS, words).text for words in order} == {render_notice(FACTS, theirs).text}
    reaching = write(tmp_path / "reaching", "en/notice.subject.j2", "{{ facts.__class__.__mro__ }}")
    with pytest.raises(ConfigurationError, match="unsafe"):
        render_notice(FACTS, reaching)
