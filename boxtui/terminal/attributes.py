"""What a cell looks like, packed into one integer, and the SGR sequences that change it.

From the lowest bit: 8 flags, 3 bits of underline style, 1 bit of protection (DECSCA), 26 bits of
foreground, 26 of background (so that all common attributes fit 64 bits), 26 of underline colour,
then the number of a hyperlink. A colour is `kind << 24 | value`; kind 0 is the default.

An SGR sequence is a pair of masks, `attr & keep | put`, whatever it is applied to: so the pair is
all that has to be remembered of a sequence once read.
"""

from functools import lru_cache
from typing import NamedTuple

BOLD, DIM, ITALIC, BLINK, INVERSE, HIDDEN, STRIKE, OVERLINE = (1 << bit for bit in range(8))
UNDERLINE_SHIFT = 8
UNDERLINE_MASK = 0b111 << UNDERLINE_SHIFT
PROTECTED = 1 << 11
FG_SHIFT, BG_SHIFT, UNDERLINE_COLOUR_SHIFT, LINK_SHIFT = 12, 38, 64, 90
COLOUR = (1 << 26) - 1
FG_MASK = COLOUR << FG_SHIFT
BG_MASK = COLOUR << BG_SHIFT
UNDERLINE_COLOUR_MASK = COLOUR << UNDERLINE_COLOUR_SHIFT
PALETTE, RGB = 1 << 24, 2 << 24

LOW_BITS = (1 << LINK_SHIFT) - 1
KEEP_ALL = -1
# SGR 0 leaves protection and links alone
RESET_KEEP = ~LOW_BITS | PROTECTED

UNDERLINE_STYLES = ("", "single", "double", "curly", "dotted", "dashed")

Masks = tuple[int, int]

_FLAGS = {
    1: BOLD,
    2: DIM,
    3: ITALIC,
    4: 1 << UNDERLINE_SHIFT,
    5: BLINK,
    6: BLINK,
    7: INVERSE,
    8: HIDDEN,
    9: STRIKE,
    21: 2 << UNDERLINE_SHIFT,
    22: 0,
    23: 0,
    24: 0,
    25: 0,
    27: 0,
    28: 0,
    29: 0,
    53: OVERLINE,
    55: 0,
    39: 0,
    49: 0,
    59: 0,
}
_CLEARS = {
    4: UNDERLINE_MASK,
    21: UNDERLINE_MASK,
    22: BOLD | DIM,
    23: ITALIC,
    24: UNDERLINE_MASK,
    25: BLINK,
    27: INVERSE,
    28: HIDDEN,
    29: STRIKE,
    55: OVERLINE,
    39: FG_MASK,
    49: BG_MASK,
    59: UNDERLINE_COLOUR_MASK,
}


def _colour(code: int, colour: int) -> Masks:
    if code == 38:
        return ~FG_MASK, colour << FG_SHIFT
    if code == 48:
        return ~BG_MASK, colour << BG_SHIFT
    return ~UNDERLINE_COLOUR_MASK, colour << UNDERLINE_COLOUR_SHIFT


def _table() -> dict[str, Masks]:
    table: dict[str, Masks] = {"": (RESET_KEEP, 0), "0": (RESET_KEEP, 0)}
    for code, put in _FLAGS.items():
        table[str(code)] = (~_CLEARS.get(code, 0), put)
    for offset in range(8):
        table[str(30 + offset)] = _colour(38, PALETTE | offset)
        table[str(40 + offset)] = _colour(48, PALETTE | offset)
        table[str(90 + offset)] = _colour(38, PALETTE | offset + 8)
        table[str(100 + offset)] = _colour(48, PALETTE | offset + 8)
    return table


_SINGLE = _table()
_EXTENDED = {"38": 38, "48": 48, "58": 58}
_INDEXED = {
    (part, str(index)): _colour(code, PALETTE | index)
    for part, code in _EXTENDED.items()
    for index in range(256)
}
_NOTHING: Masks = (KEEP_ALL, 0)


def number(text: str) -> int:
    """The value of some ASCII digits, "" being 0, saturating at 65535."""
    if len(text) > 5:
        text = text.lstrip("0")
        if len(text) > 5:
            return 65535
    return min(int(text), 65535) if text else 0


def _long_form(part: str, rest: list[str]) -> tuple[Masks, int]:
    """The colour that 38, 48 or 58 (`part`) and `rest` begin with, and how much of `rest` that is.

    `rest` is ["5", index, ...] or ["2", red, green, blue, ...].
    """
    kind = rest[0] if rest else ""
    if kind == "5":
        index = rest[1] if len(rest) > 1 else ""
        masks = _INDEXED.get((part, index)) or _INDEXED.get((part, str(number(index))))
        return masks or _NOTHING, 2
    if kind != "2":
        return _NOTHING, 1
    if len(rest) < 4:
        return _NOTHING, 4
    red, green, blue = number(rest[1]), number(rest[2]), number(rest[3])
    if red > 255 or green > 255 or blue > 255:
        return _NOTHING, 4
    return _colour(_EXTENDED[part], RGB | red << 16 | green << 8 | blue), 4


def _colon_form(part: str) -> Masks:
    """`4:3`, `38:5:n`, `38:2:r:g:b` and `38:2:space:r:g:b`; anything else changes nothing."""
    head, *rest = part.split(":")
    if head == "4":
        style = number(rest[0])
        if style < len(UNDERLINE_STYLES):
            return ~UNDERLINE_MASK, style << UNDERLINE_SHIFT
    elif head in _EXTENDED:
        if rest[0] == "2" and len(rest) > 4:
            del rest[1]
        return _long_form(head, rest)[0]
    return _NOTHING


def sgr(params: str) -> Masks:
    """The masks `(keep, put)` that the parameters of an SGR sequence stand for."""
    step = _SINGLE.get(params)
    if step is not None:
        return step
    keep, put = _NOTHING
    parts = params.split(";")
    at = 0
    while at < len(parts):
        part = parts[at]
        at += 1
        step = _SINGLE.get(part)
        if step is None:
            step, taken = _other_form(part, parts, at)
            at += taken
        keep &= step[0]
        put = put & step[0] | step[1]
    return keep, put


def _other_form(part: str, parts: list[str], at: int) -> tuple[Masks, int]:
    """What is not a plain known number, and how many of `parts` from `at` on belong to it."""
    if part in _EXTENDED:
        return _long_form(part, parts[at : at + 4])
    if ":" in part:
        return _colon_form(part), 0
    return _SINGLE.get(str(number(part)), _NOTHING), 0


class Style(NamedTuple):
    """An attribute unpacked. Colours are "default", 0 to 255 or "#rrggbb"; link is 0 for none."""

    fg: str | int
    bg: str | int
    bold: bool
    dim: bool
    italic: bool
    blink: bool
    inverse: bool
    hidden: bool
    strike: bool
    overline: bool
    underline: str
    underline_colour: str | int
    protected: bool
    link: int


def colour_name(colour: int) -> str | int:
    if colour & RGB:
        return f"#{colour & 0xFFFFFF:06x}"
    return colour & 0xFF if colour & PALETTE else "default"


@lru_cache(maxsize=4096)
def style(attr: int) -> Style:
    return Style(
        fg=colour_name(attr >> FG_SHIFT & COLOUR),
        bg=colour_name(attr >> BG_SHIFT & COLOUR),
        bold=bool(attr & BOLD),
        dim=bool(attr & DIM),
        italic=bool(attr & ITALIC),
        blink=bool(attr & BLINK),
        inverse=bool(attr & INVERSE),
        hidden=bool(attr & HIDDEN),
        strike=bool(attr & STRIKE),
        overline=bool(attr & OVERLINE),
        underline=UNDERLINE_STYLES[(attr & UNDERLINE_MASK) >> UNDERLINE_SHIFT],
        underline_colour=colour_name(attr >> UNDERLINE_COLOUR_SHIFT & COLOUR),
        protected=bool(attr & PROTECTED),
        link=attr >> LINK_SHIFT,
    )


def flag_names(attr: int) -> set[str]:
    """Those of bold, italic, underline, strike, inverse, dim and hidden that `attr` has."""
    names = {
        "bold": attr & BOLD,
        "italic": attr & ITALIC,
        "underline": attr & UNDERLINE_MASK,
        "strike": attr & STRIKE,
        "inverse": attr & INVERSE,
        "dim": attr & DIM,
        "hidden": attr & HIDDEN,
    }
    return {name for name, bits in names.items() if bits}


def describe(attr: int) -> str:
    """The SGR parameters that make `attr` out of nothing: the answer to DECRQSS `m`."""
    codes = [str(bit + 1) for bit in range(3) if attr >> bit & 1]
    underline = (attr & UNDERLINE_MASK) >> UNDERLINE_SHIFT
    if underline:
        codes.append("4" if underline == 1 else f"4:{underline}")
    plain = ((BLINK, "5"), (INVERSE, "7"), (HIDDEN, "8"), (STRIKE, "9"), (OVERLINE, "53"))
    codes += [code for bit, code in plain if attr & bit]
    for code, shift in ((38, FG_SHIFT), (48, BG_SHIFT), (58, UNDERLINE_COLOUR_SHIFT)):
        codes += _describe_colour(code, attr >> shift & COLOUR)
    return ";".join(codes) or "0"


def _describe_colour(code: int, colour: int) -> list[str]:
    value = colour & 0xFFFFFF
    if colour & RGB:
        return [f"{code}:2:{value >> 16}:{value >> 8 & 255}:{value & 255}"]
    if not colour & PALETTE:
        return []
    if code == 58 or value > 15:
        return [f"{code}:5:{value}"]
    return [str(code - 8 + value if value < 8 else code + 52 + value - 8)]
