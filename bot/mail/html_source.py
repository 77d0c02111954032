"""Makes an HTML source fit to be parsed: without dead weight, not too long or deep, its styles apart."""

import re

from bot.mail.html_style import read_sheet

# Pictures within the source and remarks to Outlook: up to nine tenths of a mail, and no words.
_PICTURE = re.compile(r"(?<=[\"'(])data:[^\"'\s>)]{100,}")
_REMARK, _REMARK_END = re.compile(r"<!--\[if"), re.compile(r"endif\]-->")
_STYLE, _STYLE_END = (
    re.compile(r"<style\b([^<>]{0,500})>", re.IGNORECASE),
    re.compile(r"</style\s*>", re.IGNORECASE),
)
_LONGEST_SOURCE, _LONGEST = 4_000_000, 300_000
_DEEP = 400
_NESTING = re.compile(
    r"<(/?)(?:div|blockquote|section|article|center|ul|ol|dl|main|aside|header|footer|nav|form|fieldset"
    r"|span|font|table)\b[^>]{0,2000}>",
    re.IGNORECASE,
)


def read_source(html: str) -> tuple[str, dict[str, dict[str, str]]]:
    """The source to parse, and the simple rules of its style sheets by selector."""
    html, _ = _take_out(_PICTURE.sub("", html[:_LONGEST_SOURCE]), _REMARK, _REMARK_END)
    html, styles = _take_out(html, _STYLE, _STYLE_END)
    sheet: dict[str, dict[str, str]] = {}
    for opening, css in styles:
        if "print" not in opening.lower():
            for name, values in read_sheet(css).items():
                sheet.setdefault(name, {}).update(values)
    return _flatten(html[:_LONGEST]), sheet


def _take_out(
    html: str, opening: re.Pattern[str], closing: re.Pattern[str]
) -> tuple[str, list[tuple[str, str]]]:
    """The source without what stands from each opening to its closing, and those pieces."""
    kept: list[str] = []
    pieces: list[tuple[str, str]] = []
    at = 0
    while begin := opening.search(html, at):
        end = closing.search(html, begin.end())
        if end is None:
            break
        kept.append(html[at : begin.start()])
        pieces.append((begin.group(), html[begin.end() : end.start()]))
        at = end.end()
    return "".join(kept) + html[at:], pieces


def _flatten(html: str) -> str:
    """The same HTML without block tags nested beyond any use: the parser's time is quadratic in depth."""
    if html.count("<") < 2 * _DEEP:
        return html
    depth = 0

    def pass_tag(found: re.Match[str]) -> str:
        nonlocal depth
        depth = max(depth - 1, 0) if found.group(1) else depth + 1
        return " " if depth >= _DEEP + (not found.group(1)) else found.group()

    return _NESTING.sub(pass_tag, html)
