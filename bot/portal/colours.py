"""The portal's colours, made from the one the operator chose, so that every text on them can be read."""

from dataclasses import dataclass

LIGHT_PAGE = (255, 255, 255)
DARK_PAGE = (30, 35, 39)
WHITE = (255, 255, 255)
BLACK = (18, 22, 26)
# WCAG 2.2 §1.4.3 asks for 4.5; a little more leaves room for rounding.
LEAST_CONTRAST = 4.6

Colour = tuple[int, int, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Palette:
    """CSS colours: of buttons and the words on them, and of links on a light and on a dark page."""

    button: str
    on_button: str
    link: str
    dark_link: str


def make_palette(colour: str) -> Palette:
    """From '#1f5fbf': as it is for buttons where black or white can be read on it, and readable kin."""
    chosen = (int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16))
    on_button, away = max(((WHITE, BLACK), (BLACK, WHITE)), key=lambda inks: contrast(inks[0], chosen))
    return Palette(
        button=_css(_until_readable(chosen, on=on_button, towards=away)),
        on_button=_css(on_button),
        link=_css(_until_readable(chosen, on=LIGHT_PAGE, towards=BLACK)),
        dark_link=_css(_until_readable(chosen, on=DARK_PAGE, towards=WHITE)),
    )


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio")."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _until_readable(colour: Colour, *, on: Colour, towards: Colour) -> Colour:
    """The colour mixed with as much of another as it needs to be read on a page."""
    for step in range(21):
        mixed = tuple(round(a + (b - a) * step / 20) for a, b in zip(colour, towards, strict=True))
        found = (mixed[0], mixed[1], mixed[2])
        if contrast(found, on) >= LEAST_CONTRAST:
            return found
    return towards


def _css(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
