"""Reads an HTML body as lines: quotes counted; what nobody sees and what is struck out is left out."""

import re
from collections.abc import Iterator
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from bot.mail.frame_words import frame_words
from bot.mail.html_page import Container, Page, Place
from bot.mail.html_quotes import Role, role_of
from bot.mail.html_source import read_source
from bot.mail.html_style import Attributes, Style, style_of
from bot.mail.lines import Line, bound_lines
from bot.mail.tables import read_table

_SKIPPED = {
    "style",
    "script",
    "head",
    "title",
    "meta",
    "template",
    "noscript",
    "svg",
    "object",
    "iframe",
    "-comment",
    "-doctype",
    "datalist",
}
_STRUCK = {"s", "strike", "del"}
_BLOCKS = {
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "td",
    "th",
    "tr",
    "ul",
    "tbody",
    "thead",
    "tfoot",
}
_SPACED = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "dl", "pre", "table"}
_CLOUD = re.compile(
    r"docs\.google|drive\.google|1drv\.ms|onedrive|sharepoint\.com|dropbox\.com|box\.com|icloud\.com"
)
# Word's tick boxes and smile, which are letters of the Wingdings font.
_WINGDINGS = str.maketrans(
    {"þ": "☑", "ý": "☒", "x": "☒", "ü": "☑", "¨": "☐", "o": "☐", "q": "☐", "J": "", "à": "→"}
)
# Without attributes, only these mean anything.
_NOTABLE = _SKIPPED | _STRUCK | _BLOCKS | {"br", "img", "input", "select", "a"}
_MOST_TABLES = 300


def read_html(html: str) -> list[Line]:
    """The lines of an HTML body as a reader sees it.

    White words are hidden, unless there are no others: some programs write so in dark mode. Broken HTML
    is read as browsers read it; time is linear, also in 20,000 nested elements.
    """
    source, sheet = read_source(html)
    tree = LexborHTMLParser(source)
    if tree.root is None:
        return []
    walk = _Walk(Page(), sheet, keep_white=False)
    lines = walk.read(tree.root, Place())
    if walk.dropped_white and not any(line.text for line in lines):
        lines = _Walk(Page(), sheet, keep_white=True).read(tree.root, Place())
    return bound_lines(lines)


class _Walk:
    """One pass over the tree with a stack of its own: mails nest deeper than Python's recursion."""

    def __init__(self, page: Page, sheet: dict[str, dict[str, str]], *, keep_white: bool) -> None:
        self._page = page
        self._sheet = sheet
        self._keep_white = keep_white
        self._tables = 0
        self.dropped_white = False

    def read(self, root: LexborNode, place: Place) -> list[Line]:
        """Every visible word under `root`, in lines."""
        self._walk(root, place)
        self._page.end_line()
        return self._page.lines

    def _walk(self, root: LexborNode, place: Place) -> None:
        stack: list[tuple[LexborNode, Place, bool]] = [(root, place, False)]
        while stack:
            node, place, leaving = stack.pop()
            tag = node.tag or ""
            if leaving:
                self._leave(tag, node, place)
            elif tag == "-text":
                self._write_text(node, place)
            else:
                inner = self._enter(tag, node, place)
                if inner is not None:
                    stack.append((node, place, True))
                    stack.extend((child, inner, False) for child in reversed(list(_children(node))))

    def _write_text(self, node: LexborNode, place: Place) -> None:
        if place.white and not place.backed and not self._keep_white:
            self.dropped_white = True
            return
        text = node.text_content or ""
        if place.symbols:
            text = text.translate(_WINGDINGS)
        self._page.write(text if place.keeps_spaces else text.replace("\n", " "), place)

    def _enter(self, tag: str, node: LexborNode, place: Place) -> Place | None:
        """Begin an element; None when nothing in it is to be read."""
        attributes = node.attributes
        if not attributes and not self._sheet and tag not in _NOTABLE:
            return place
        if tag in _SKIPPED or "hidden" in attributes:
            return None
        style = style_of(tag, attributes, self._sheet)
        if style.hidden:
            return None
        if tag in _STRUCK or style.struck:
            self._page.strike()
            return None
        if tag == "br":
            self._break_line(place)
            return None
        if self._write_control(tag, node, attributes, place):
            return None
        if tag in _SPACED and "mso" not in (attributes.get("class") or "").lower():
            self._page.blank()
        elif tag in _BLOCKS:
            self._page.end_line()
        if tag == "li":
            self._page.write("- ", place)
        inner = self._take_role(node, _inherit(place, style, tag, attributes))
        if inner is not None and tag == "table" and self._tables < _MOST_TABLES and not _holds_table(node):
            self._write_table(node, inner)
            return None
        return inner

    def _leave(self, tag: str, node: LexborNode, place: Place) -> None:
        if tag == "a":
            href = node.attributes.get("href") or ""
            if _CLOUD.search(href) and href not in (node.text() or ""):
                self._page.write(f" <{href}>", place)
        if tag in _SPACED and "mso" not in (node.attributes.get("class") or "").lower():
            self._page.blank()
        elif tag in _BLOCKS:
            self._page.end_line()
        if tag == "blockquote" and place.container:
            place.container.quote_seen = True

    def _break_line(self, place: Place) -> None:
        before = len(self._page.lines)
        self._page.end_line()
        if len(self._page.lines) == before:
            self._page.blank()

    def _write_control(self, tag: str, node: LexborNode, attributes: Attributes, place: Place) -> bool:
        """Write what an image or a form field shows; True when the element is one."""
        if tag == "img":
            alt = (attributes.get("alt") or "").strip()
            if box := frame_words().pictures.get(alt.lower()):
                self._page.write(box, place)
            elif alt and len(alt) <= 8 and not re.search(r"[\x00-\x7f]", alt):
                self._page.write(alt, place)
        elif tag == "input":
            kind = (attributes.get("type") or "text").lower()
            if kind in {"checkbox", "radio"}:
                self._page.write("[x] " if "checked" in attributes else "[ ] ", place)
            elif kind in {"text", "email"}:
                self._page.write(attributes.get("value") or "", place)
        elif tag == "select":
            chosen = node.css_first("option[selected]")
            self._page.write((chosen.text() or "") if chosen is not None else "", place)
        return tag in {"img", "input", "select"}

    def _take_role(self, node: LexborNode, place: Place) -> Place | None:
        """What the element's marks make of its words; None when they are a signature."""
        role = role_of(node.tag or "", node.attributes)
        if role is Role.SIGNATURE and not place.depth:
            return None
        if role is Role.QUOTED or (role is Role.INDENTED and (place.depth or place.container)):
            return replace(place, depth=place.depth + 1, container=None)
        if role is Role.INDENTED:
            return replace(place, indented=True)
        if role in {Role.DIVIDER, Role.DIVIDER_IF_HEADED} and not place.depth:
            if role is Role.DIVIDER or _begins_with_label(node):
                self._page.divide()
        elif role in {Role.CONTAINER, Role.ATTRIBUTION} and not place.depth and place.container is None:
            return _enter_container(role, node, place)
        return place

    def _write_table(self, node: LexborNode, place: Place) -> None:
        """A table without tables in it: rows of short cells are labels and values, the rest is layout."""
        self._tables += 1
        rows: list[list[list[Line]]] = []
        for row in node.css("tr"):
            cells = []
            for cell in row.css("td, th"):
                inside = _Walk(Page(), self._sheet, keep_white=self._keep_white)
                cells.append(inside.read(cell, place))
                self.dropped_white |= inside.dropped_white
            rows.append(cells)
        self._page.lines += read_table(rows)
        self._page.blank()


def _holds_table(node: LexborNode) -> bool:
    """Whether a table holds tables: then it only lays out the page."""
    return any(found.tag == "table" and found.mem_id != node.mem_id for found in node.traverse())


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        yield child
        child = child.next


def _inherit(place: Place, style: Style, tag: str, attributes: Attributes) -> Place:
    """The place inside an element: what its style says, else what held outside."""
    if not style.values and tag != "pre" and "face" not in attributes:
        return place
    family = style.values.get("font-family", "") + (attributes.get("face") or "").lower()
    return replace(
        place,
        keeps_spaces=tag == "pre" or style.keeps_spaces or place.keeps_spaces,
        white=place.white if style.white is None else style.white,
        backed=place.backed if style.backed is None else style.backed,
        tint=place.tint if style.tint is None else style.tint,
        symbols="wingdings" in family if family else place.symbols,
    )


def _enter_container(role: Role, node: LexborNode, place: Place) -> Place:
    """A wrapper with a forwarded mail is left to the line cutter, one with quotes is taken apart."""
    start = (node.text() or "")[:3000].lower()
    if frame_words().forwarded.search(start):
        return place
    if role is Role.CONTAINER and node.css_first("blockquote") is not None:
        return replace(place, container=Container())
    if role is Role.CONTAINER and (frame_words().original.search(start[:200]) or _begins_with_label(node)):
        return place
    return replace(place, depth=place.depth + 1)


def _begins_with_label(node: LexborNode) -> bool:
    """Whether the element's text begins like a header block: `From: …`."""
    return bool(re.match(r"\s*\W{0,3}[^\W\d][^:\n]{0,20}?\s?[:：]", (node.text() or "")[:200]))
