"""What an HTML mail's styles do to its words: hidden, struck out, coloured; asked by the HTML reader."""

import re
from dataclasses import dataclass

Attributes = dict[str, str | None]

_COMMENT = re.compile(r"/\*.*?\*/|<!--|-->", re.DOTALL)
_RULE = re.compile(r"([^{}]{1,500})\{([^{}]{0,4000})\}")
_SELECTOR = re.compile(r"(?:[a-z][a-z0-9]*)?(?:[.#][\w-]+)?", re.IGNORECASE)
_SMALL = re.compile(r"(\d*\.?\d+)\s*(px|pt|em|rem|%)?")
_WHITE = {"#fff", "#ffffff", "white", "#fefefe", "#fdfdfd", "rgb(255,255,255)", "rgba(255,255,255,1)"}
_GREY_OR_BLACK = re.compile(
    r"#?([0-9a-f])([0-9a-f]?)\1\2\1\2$|(?:windowtext|black|auto|inherit|initial|unset|gr[ae]y|dimgr[ae]y|white|currentcolor|text1)$"
)
_RGB = re.compile(r"rgba?\((\d+),(\d+),(\d+)")


@dataclass(frozen=True, slots=True)
class Style:
    """The declarations in force on one element: property to value, both lower-cased."""

    values: dict[str, str]

    @property
    def hidden(self) -> bool:
        """Nobody who looks at the mail sees it."""
        get = self.values.get
        if get("display") == "none" or get("visibility") in {"hidden", "collapse"}:
            return True
        if get("mso-hide") == "all" or _is_tiny(get("font-size", "")) or get("opacity") in {"0", "0.0", "0%"}:
            return True
        return get("overflow") == "hidden" and (_is_zero(get("max-height")) or _is_zero(get("height")))

    @property
    def struck(self) -> bool:
        """The words are crossed out."""
        return "line-through" in self.values.get("text-decoration", "") + self.values.get(
            "text-decoration-line", ""
        )

    @property
    def white(self) -> bool | None:
        """Whether the words are white; None where nothing is said about it."""
        colour = self.values.get("color")
        return None if colour is None else colour.replace(" ", "") in _WHITE

    @property
    def backed(self) -> bool | None:
        """Whether there is something darker than paper behind the words; None where nothing is said."""
        ground = self.values.get("background-color") or self.values.get("background")
        if ground is None or ground in {"transparent", "none", "inherit", "initial"}:
            return None
        return ground.replace(" ", "").split("!")[0] not in _WHITE

    @property
    def tint(self) -> str | None:
        """A colour that stands out, '' for black and grey; None where nothing is said."""
        colour = self.values.get("color")
        if colour is None:
            return None
        colour = colour.replace(" ", "")
        rgb = _RGB.match(colour)
        if rgb:
            return "" if max(map(int, rgb.groups())) - min(map(int, rgb.groups())) < 32 else colour
        return "" if _GREY_OR_BLACK.match(colour) else colour

    @property
    def keeps_spaces(self) -> bool:
        """Line ends in the source are line ends on the screen."""
        return self.values.get("white-space", "").startswith("pre")


def _is_tiny(size: str) -> bool:
    """Smaller than anybody can read: up to 2 px, the size of hidden preheaders."""
    found = _SMALL.match(size)
    if not found:
        return False
    number, unit = float(found.group(1)), found.group(2) or "px"
    return number <= {"px": 2, "pt": 1.5, "em": 0.12, "rem": 0.12, "%": 12}[unit]


def _is_zero(size: str | None) -> bool:
    found = _SMALL.match(size or "")
    return found is not None and float(found.group(1)) == 0


def read_declarations(css: str) -> dict[str, str]:
    """`a: b; c: d` as a mapping, lower-cased, without `!important`; the last one wins."""
    values: dict[str, str] = {}
    for declaration in css.lower()[:4000].split(";"):
        name, colon, value = declaration.partition(":")
        if colon:
            values[name.strip()] = value.replace("!important", "").strip()
    return values


def read_sheet(css: str) -> dict[str, dict[str, str]]:
    """The rules with simple selectors (`tag`, `.class`, `#id`, `tag.class`) of one style sheet.

    Rules inside `@media` hold for some screens only, so they are passed over.
    """
    rules: dict[str, dict[str, str]] = {}
    for selectors, body in _RULE.findall(_drop_at_rules(_COMMENT.sub("", css[:100_000]))):
        declarations = read_declarations(body)
        for selector in selectors.split(","):
            name = selector.strip()
            if name and _SELECTOR.fullmatch(name):
                rules.setdefault(name.lower(), {}).update(declarations)
    return rules


def _drop_at_rules(css: str) -> str:
    """The sheet without its `@media {…{…}…}` and other at-blocks."""
    kept: list[str] = []
    at, depth = 0, 0
    for found in re.finditer(r"@[a-z-]+[^{};]*\{|@[a-z-]+[^{};]*;|[{}]", css, re.IGNORECASE):
        piece = found.group()
        if depth == 0 and piece.startswith("@"):
            kept.append(css[at : found.start()])
            depth, at = (1 if piece.endswith("{") else 0), found.end()
        elif depth and piece.endswith("{"):
            depth += 1
        elif depth and piece == "}":
            depth -= 1
            at = found.end()
    return "".join(kept) + ("" if depth else css[at:])


def style_of(tag: str, attributes: Attributes, sheet: dict[str, dict[str, str]]) -> Style:
    """What is declared for one element: by tag, by class, by id, and inline, the later the stronger."""
    values: dict[str, str] = {}
    if sheet:
        values.update(sheet.get(tag, {}))
        for name in (attributes.get("class") or "").lower().split():
            values.update(sheet.get(f".{name}", {}))
            values.update(sheet.get(f"{tag}.{name}", {}))
        if attributes.get("id"):
            values.update(sheet.get(f"#{(attributes['id'] or '').lower()}", {}))
    inline = attributes.get("style")
    if inline:
        values.update(read_declarations(inline))
    if tag == "font" and attributes.get("color"):
        values["color"] = (attributes["color"] or "").lower()
    if attributes.get("bgcolor"):
        values["background-color"] = (attributes["bgcolor"] or "").lower()
    return Style(values)
