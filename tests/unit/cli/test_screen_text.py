"""What goes to a terminal fits its width, and stays one line in a pipe."""

import io

from rich.console import Console

from bot.cli.screen_text import print_hanging, table

WORDS = "ok  IMAP folders: INBOX can be written to; to be made at the first run: Rollcall/Done, Rollcall/Held"


def printed(text: str, *, terminal: bool) -> list[str]:
    """The lines of a text on a console of 60 columns."""
    out = Console(file=io.StringIO(), force_terminal=terminal, width=60, soft_wrap=True, no_color=True)
    print_hanging(out, text, 4)
    file = out.file
    assert isinstance(file, io.StringIO)
    return file.getvalue().splitlines()


def test_a_long_line_goes_on_below_its_words() -> None:
    assert printed(WORDS, terminal=True) == [
        "ok  IMAP folders: INBOX can be written to; to be made at the",
        "    first run: Rollcall/Done, Rollcall/Held",
    ]


def test_in_a_pipe_it_stays_one_line() -> None:
    assert printed(WORDS, terminal=False) == [WORDS]


def test_an_address_is_never_cut_in_two() -> None:
    address = "a.very.long.local.part.indeed@a-domain-that-goes-on.yourcompany.test"
    assert printed(f"!!  no account for {address}", terminal=True)[1] == f"    {address}"


def test_a_table_without_headings_has_no_empty_first_line() -> None:
    grid = table("", "")
    grid.add_row("letters to send", "0")
    out = Console(file=io.StringIO(), width=60)
    out.print(grid)
    file = out.file
    assert isinstance(file, io.StringIO)
    assert file.getvalue().splitlines()[0].startswith("letters to send")
