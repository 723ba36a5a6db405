"""How many cells a character takes: a rule for each code point, as tmux and most terminals have it.

The presentation selectors and joiners of emoji are of width 0 and change nothing before them, so
that the program inside and the widget outside agree on every column.
"""

import re
from collections.abc import Mapping

from wcwidth.table_wide import WIDE_EASTASIAN
from wcwidth.table_zero import ZERO_WIDTH

Ranges = tuple[tuple[int, int], ...]


def _newest(tables: Mapping[str, Ranges]) -> Ranges:
    return tables[list(tables)[-1]]


def _char_class(ranges: Ranges) -> str:
    return "".join(f"{re.escape(chr(a))}-{re.escape(chr(b))}" for a, b in ranges if a >= 0x80)


_ZERO = _char_class(_newest(ZERO_WIDTH))
_WIDE = _char_class(_newest(WIDE_EASTASIAN))

NOT_NARROW = re.compile(f"[{_ZERO}{_WIDE}]")
WIDE = re.compile(f"[{_WIDE}]")
ZERO = re.compile(f"[{_ZERO}]")
# Three alternatives, told apart by `lastindex`: 1 narrow, 2 wide, 3 of no width
RUNS = re.compile(f"([^{_ZERO}{_WIDE}]+)|([{_WIDE}]+)|([{_ZERO}]+)")


def width(char: str) -> int:
    """0, 1 or 2 for one printable code point."""
    if not NOT_NARROW.match(char):
        return 1
    return 2 if WIDE.match(char) else 0
