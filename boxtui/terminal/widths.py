"""How many cells a character takes: a rule for each code point, as tmux and most terminals have it.

The presentation selectors and joiners of emoji are of width 0 and change nothing before them, so
that the program inside and the widget outside agree on every column. The wcwidth package gives
spacing marks no width and a regional indicator two cells, as parts of a cluster; taken one by one,
as the C libraries that programs ask do, each has one.
"""

import re
from collections.abc import Mapping

from wcwidth.table_mc import CATEGORY_MC
from wcwidth.table_wide import WIDE_EASTASIAN
from wcwidth.table_zero import ZERO_WIDTH

Ranges = tuple[tuple[int, int], ...]
ASTRAL = 0x10000
REGIONAL = frozenset(range(0x1F1E6, 0x1F200))
ALL_ASTRAL = "\U00010000-\U0010ffff"


def _newest(tables: Mapping[str, Ranges]) -> Ranges:
    return tables[list(tables)[-1]]


def _without(ranges: Ranges, codes: frozenset[int]) -> Ranges:
    """The ranges less some code points."""
    left: list[tuple[int, int]] = []
    for first, last in ranges:
        inside = sorted(codes.intersection(range(first, last + 1)))
        for code in inside:
            if first < code:
                left.append((first, code - 1))
            first = code + 1  # noqa: PLW2901 - what is left of the range
        if first <= last:
            left.append((first, last))
    return tuple(left)


def _char_class(ranges: Ranges, *, astral: bool) -> str:
    return "".join(
        f"{re.escape(chr(first))}-{re.escape(chr(last))}"
        for first, last in ranges
        if first >= 0x80 and (first >= ASTRAL) == astral
    )


# Python's re has a bitmap for the basic plane but walks a list for the planes beyond: those are
# kept out of whatever has to be fast.
_SPACING = frozenset(
    code for first, last in _newest(CATEGORY_MC) for code in range(first, last + 1)
)
_ZEROES = _without(_newest(ZERO_WIDTH), _SPACING)
_WIDES = _without(_newest(WIDE_EASTASIAN), REGIONAL)
_ZERO = _char_class(_ZEROES, astral=False)
_WIDE = _char_class(_WIDES, astral=False)
_ASTRAL_ZERO = _char_class(_ZEROES, astral=True)
_ASTRAL_WIDE = _char_class(_WIDES, astral=True)

# Finds nothing in text that is surely all narrow
NOT_NARROW = re.compile(f"[{_ZERO}{_WIDE}{ALL_ASTRAL}]")
# Finds what `cells` cannot take
UNEVEN = re.compile(f"[{_ZERO}{ALL_ASTRAL}]")
WIDE_RUN = re.compile(f"([{_WIDE}]+)")
RUNS = re.compile(
    f"([^{_ZERO}{_WIDE}{ALL_ASTRAL}]+)|([{_WIDE}]+)|([{_ZERO}]+)"
    f"|([{_ASTRAL_WIDE}]+)|([{_ASTRAL_ZERO}]+)|([{ALL_ASTRAL}])"
)
# The width that each of its alternatives, by `lastindex`, stands for
RUN_WIDTHS = (1, 1, 2, 0, 2, 0, 1)


def width(char: str) -> int:
    """0, 1 or 2 for one printable code point."""
    match = RUNS.match(char)
    return RUN_WIDTHS[match.lastindex or 0] if match else 1


def cells(text: str) -> list[str]:
    """Text in which `UNEVEN` finds nothing, a cell each, "" behind each wide one."""
    content: list[str] = []
    wide = False
    for run in WIDE_RUN.split(text):
        if wide:
            pairs = [""] * (2 * len(run))
            pairs[::2] = run
            content += pairs
        else:
            content += run
        wide = not wide
    return content
