"""How `preview` reads on a terminal."""

from collections import Counter
from typing import Any

from bot.cli.screen_text import console, harmless, one_line, print_hanging, table

ROWS_SHOWN = 30


def print_preview(found: dict[str, Any]) -> None:
    """One previewed file, for people."""
    out = console()
    out.print(one_line(found["file"], 300), style="bold")
    if found["kind"] == "sheet":
        _print_sheet(found)
        return
    grid = table("", "")
    sender, preference = found["sender"], found["preference"]
    grid.add_row("decision", f"{found['decision']}: {one_line(found['reason'], 300)}")
    grid.add_row(
        "from", f"{one_line(sender['address'])} ({sender['verified']}: {one_line(sender['why'], 200)})"
    )
    if found["automated"]:
        grid.add_row("automated", one_line(found["automated"]))
    grid.add_row("notify", preference["answer"])
    if preference["evidence"]:
        grid.add_row("", f'"{one_line(preference["evidence"], 300)}" ({preference["where"]})')
    out.print(grid)
    if found["newest_text"]:
        out.print()
        for line in harmless(found["newest_text"], 1500).splitlines():
            print_hanging(out, f"    {line}", 4, style="dim")
    for sheet in found["sheets"]:
        out.print()
        out.print(one_line(sheet["file"], 200), style="bold")
        _print_sheet(sheet)
    out.print()


def _print_sheet(found: dict[str, Any]) -> None:
    out = console()
    counts = Counter(row["outcome"] for row in found["rows"])
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    out.print(f"{found['verdict']}{': ' + told if told else ''}")
    if found["problem"]:
        print_hanging(out, f"    {one_line(found['problem'], 400)}", 4)
    if not found["rows"]:
        return
    grid = table("row", "email", "first name", "last name", "outcome", whole=("row", "email"))
    several = len({row["sheet"] for row in found["rows"]}) > 1
    for row in found["rows"][:ROWS_SHOWN]:
        notes = one_line("; ".join(filter(None, [row["reason"] or "", *row["repairs"]])), 120)
        grid.add_row(
            f"{one_line(row['sheet'], 20)} {row['row']}" if several else str(row["row"]),
            one_line(row["email"], 50),
            one_line(row["first_name"], 30),
            one_line(row["last_name"], 30),
            f"{row['outcome']}: {notes}" if notes else row["outcome"],
        )
    out.print(grid)
    if len(found["rows"]) > ROWS_SHOWN:
        out.print(f"… and {len(found['rows']) - ROWS_SHOWN} more rows (--json prints them all)")
