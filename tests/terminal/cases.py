"""Random cases for the differential fuzz: tokens of terminal output, grouped between checkpoints.

A case is the same for a seed for ever, so that a number names it.
"""

import random
from dataclasses import dataclass

Step = bytes | tuple[int, int]

TEXTS = (
    "a",
    "xyz",
    "hello world",
    "0123456789",
    " ",
    "    ",
    "The quick brown fox jumps over the lazy dog",
    "é",
    "naïve",
    "漢字",
    "日本語テキスト",
    "한글",
    "e\u0301",
    "─│┌┐",
    "😀",
    "a😀b漢c",
    "\u200b",
    "\uff46\uff55\uff4c\uff4c",
)
MOTIONS = "ABCDEFGHIZ`adefE"
CONTROLS = (b"\r", b"\n", b"\r\n", b"\b", b"\t", b"\x0b", b"\x0c", b"\a", b"\x0e", b"\x0f")
ESCAPES = (b"D", b"E", b"M", b"H", b"7", b"8", b"=", b">", b"(0", b"(B", b")0", b")B", b"#8", b"c")
MODES = (
    *((b"?6", 3), (b"?7", 3), (b"4", 3), (b"?25", 1), (b"?1", 1), (b"ALTERNATE", 4)),
    *((b"?1000", 1), (b"?1006", 1), (b"?2004", 1), (b"?12", 1), (b"34", 1), (b"?1004", 1)),
)
STRINGS = (
    b"\x1b]0;title\x07",
    b"\x1b]2;title\x1b\\",
    b"\x1b]8;;http://example.org/\x1b\\",
    b"\x1b]8;;\x1b\\",
    b"\x1b]52;c;aGVsbG8=\x07",
    b"\x1b]133;A\x07",
    b"\x1b]1337;x=y\x07",
    b"\x1bPq#0;2;0;0;0~~\x1b\\",
    b"\x1b_Gdata\x1b\\",
    b"\x1b^private\x1b\\",
    b"\x1bXsos\x1b\\",
    b"\x1bkname\x1b\\",
)
ODD = (
    b"\x1b[?4m",
    b"\x1b[>4;2m",
    b"\x1b[>4m",
    b"\x1b[?6n",
    b"\x1b[?996n",
    b"\x1b[?1r",
    b"\x1b[1;2A",
    b"\x1b[1;2;3;4H",
    b"\x1b[0;1c",
    b"\x1b[c",
    b"\x1b[>c",
    b"\x1b[6n",
    b"\x1b[7J",
    b"\x1b[7K",
    b"\x1b[<u",
    b"\x1b[=1;1u",
    b"\x1b[>1u",
    b"\x1b[?u",
    b"\x1b[=c",
    b"\x1b[>q",
    b"\x1b[4 q",
    b"\x1b[?2026h",
    b"\x1b[?2026l",
    b"\x1b[3\x1b[2C",
    b"\x1b[2\x18x",
    b"\x1b[1\n2C",
    b"\x1b[;H",
    b"\x1b[0q",
    b"\x1b[10;20t",
)


@dataclass(frozen=True)
class Case:
    """Steps are bytes to feed or a (columns, lines) to resize to; pictures are compared between."""

    columns: int
    lines: int
    steps: tuple[tuple[Step, ...], ...]

    @property
    def data(self) -> bytes:
        """All the bytes, in their order."""
        return b"".join(step for group in self.steps for step in group if isinstance(step, bytes))


def make_case(seed: int) -> Case:
    rng = random.Random(seed)
    columns = first_columns = rng.choice((20, 10, 40, 80, 5, 13))
    lines = first_lines = rng.choice((6, 4, 10, 24, 3))
    alternate = rng.choice((b"?1049", b"?1049", b"?1047", b"?47"))
    groups = []
    for _ in range(rng.randint(1, 6)):
        group: list[Step] = [
            token(rng, columns, lines).replace(b"ALTERNATE", alternate)
            for _ in range(rng.randint(3, 14))
        ]
        if rng.random() < 0.12:
            columns = max(2, columns + rng.randint(-8, 8))
            lines = max(2, lines + rng.randint(-4, 4))
            group.append((columns, lines))
        groups.append(tuple(group))
    return Case(first_columns, first_lines, tuple(groups))


def token(rng: random.Random, columns: int, lines: int) -> bytes:
    kinds = (_text, _control, _motion, _place, _erase, _edit, _sgr, _region, _escape, _mode)
    rare = (_string, _odd, _repeat, _tabs, _saved, _long_text)
    if rng.random() < 0.2:
        return rng.choice(rare)(rng, columns, lines)
    weights = (30, 14, 8, 8, 6, 8, 14, 3, 5, 4)
    return rng.choices(kinds, weights)[0](rng, columns, lines)


def _count(rng: random.Random, limit: int) -> bytes:
    return rng.choice((b"", b"0", b"1", b"2", b"3", str(rng.randint(1, limit + 3)).encode()))


def _csi(*parameters: bytes, final: str) -> bytes:
    return b"\x1b[" + b";".join(parameters) + final.encode()


def _text(rng: random.Random, columns: int, _: int) -> bytes:
    text = rng.choice(TEXTS)
    if rng.random() < 0.15 and text != "\u200b":
        text *= rng.randint(1, max(1, columns // 2))
    return text.encode()


def _long_text(rng: random.Random, columns: int, lines: int) -> bytes:
    words = [rng.choice(TEXTS) for _ in range(rng.randint(1, columns))]
    breaks = (" ", " ", "", "\r\n")
    return "".join(word + rng.choice(breaks) for word in words)[: columns * lines].encode()


def _control(rng: random.Random, *_: int) -> bytes:
    return rng.choices(CONTROLS, (6, 6, 12, 5, 5, 1, 1, 1, 1, 1))[0]


def _motion(rng: random.Random, columns: int, _: int) -> bytes:
    return _csi(_count(rng, columns), final=rng.choice(MOTIONS))


def _place(rng: random.Random, columns: int, lines: int) -> bytes:
    return _csi(_count(rng, lines), _count(rng, columns), final=rng.choice("HHf"))


def _erase(rng: random.Random, columns: int, _: int) -> bytes:
    if rng.random() < 0.3:
        return _csi(_count(rng, columns), final="X")
    return _csi(rng.choice((b"", b"0", b"1", b"2")), final=rng.choice("JKK"))


def _edit(rng: random.Random, columns: int, lines: int) -> bytes:
    final = rng.choice("@PLMST")
    return _csi(_count(rng, columns if final in "@P" else lines), final=final)


def _sgr(rng: random.Random, *_: int) -> bytes:
    simple = (0, 1, 2, 3, 4, 5, 7, 8, 9, 21, 22, 23, 24, 25, 27, 28, 29, 39, 49, 53, 55, 59)
    parts = []
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        kind = rng.random()
        if kind < 0.4:
            parts.append(str(rng.choice(simple)))
        elif kind < 0.7:
            base = rng.choice((30, 40, 90, 100))
            parts.append(str(base + rng.randrange(8)))
        else:
            colour = rng.choice((38, 48))
            parts.append(rng.choice(_COLOURS).format(colour, *(rng.randrange(256) for _ in "rgb")))
    return _csi(";".join(parts).encode(), final="m") if rng.random() < 0.9 else b"\x1b[m"


_COLOURS = (
    "{0};5;{1}",
    "{0}:5:{1}",
    "{0};2;{1};{2};{3}",
    "{0}:2::{1}:{2}:{3}",
    "{0}:2:{1}:{2}:{3}",
)


def _region(rng: random.Random, _: int, lines: int) -> bytes:
    if rng.random() < 0.3:
        return b"\x1b[r"
    return _csi(_count(rng, lines), _count(rng, lines), final="r")


def _escape(rng: random.Random, *_: int) -> bytes:
    weights = (6, 5, 8, 3, 5, 5, 1, 1, 3, 3, 1, 1, 1, 1)
    return b"\x1b" + rng.choices(ESCAPES, weights)[0]


def _mode(rng: random.Random, *_: int) -> bytes:
    number = rng.choices([mode for mode, _ in MODES], [weight for _, weight in MODES])[0]
    return b"\x1b[" + number + rng.choice((b"h", b"l"))


def _string(rng: random.Random, *_: int) -> bytes:
    return rng.choice(STRINGS)


def _odd(rng: random.Random, *_: int) -> bytes:
    return rng.choice(ODD)


def _repeat(rng: random.Random, columns: int, _: int) -> bytes:
    return _csi(_count(rng, columns), final="b")


def _tabs(rng: random.Random, *_: int) -> bytes:
    return rng.choice((b"\x1bH", b"\x1b[g", b"\x1b[3g", b"\t\t", b"\x1b[2I", b"\x1b[Z"))


def _saved(rng: random.Random, *_: int) -> bytes:
    return rng.choice((b"\x1b[s", b"\x1b[u", b"\x1b7", b"\x1b8"))
