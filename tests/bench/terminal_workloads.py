"""What the terminal's benchmark feeds: made, not recorded, so that it is the same everywhere."""

import random

COLUMNS, LINES = 80, 24
CHUNK = 16_384
WORDS = (
    "error warning info debug request response container volume mount layer image restart "
    "healthy starting connection timeout retry 127.0.0.1 GET /index.html 200 OK"
).split()


def _words(rng: random.Random, size: int) -> str:
    text = ""
    while len(text) < size:
        text += rng.choice(WORDS) + " "
    return text[:size]


def plain(rng: random.Random) -> str:
    """A log: lines of ASCII."""
    return _words(rng, rng.randint(30, 78)) + "\r\n"


def coloured(rng: random.Random) -> str:
    """`ls --color`, a prompt, a test runner: a sequence every few characters."""
    parts = []
    for _ in range(8):
        style = rng.choice(("01;34", "01;32", "31", "33;1", "36", "0;35", "38;5;208", "4"))
        parts.append(f"\x1b[0m\x1b[{style}m{_words(rng, rng.randint(4, 9))}\x1b[0m")
    return "  ".join(parts)[:400] + "\x1b[0m\r\n"


def dense(rng: random.Random) -> str:
    """A full screen painted again and again, as by an agent's interface."""
    row = rng.randint(1, LINES)
    return f"\x1b[{row};1H\x1b[38;5;{rng.randrange(256)}m{_words(rng, COLUMNS)}"


def cjk(rng: random.Random) -> str:
    return "".join(chr(rng.randint(0x4E00, 0x9FA5)) for _ in range(36)) + "\r\n"


def yes(_: random.Random) -> str:
    return "y\r\n"


def vim(rng: random.Random) -> str:
    """An editor with 24-bit highlighting: a few characters a colour."""
    row = rng.randint(1, LINES)
    parts = [f"\x1b[{row};1H"]
    for _ in range(6):
        red, green, blue = (rng.choice((0x28, 0x83, 0xD7, 0xFB)) for _ in "rgb")
        parts.append(f"\x1b[38;2;{red};{green};{blue}m{_words(rng, 13)}")
    return "".join(parts) + "\x1b[m\x1b[K"


def bulk(rng: random.Random) -> str:
    """`cat` of a large file: no escape at all, long lines."""
    return _words(rng, rng.randint(100, 200)) + "\r\n"


# name: generator, columns, lines, the goal against stock pyte
WORKLOADS = {
    "plain ASCII": (plain, COLUMNS, LINES, 7),
    "SGR-heavy": (coloured, COLUMNS, LINES, 4),
    "dense": (dense, COLUMNS, LINES, 4),
    "CJK": (cjk, COLUMNS, LINES, 5),
    "y\\r\\n": (yes, COLUMNS, LINES, 3),
    "vim 24-bit": (vim, COLUMNS, LINES, 5),
    "ESC-free bulk": (bulk, 200, 50, 40),
}


def chunks(name: str, size: int) -> list[bytes]:
    """About `size` bytes of a workload in feeds of 16 KB."""
    rng = random.Random(name)
    make = WORKLOADS[name][0]
    parts, total = [], 0
    while total < size:
        part = make(rng).encode()
        parts.append(part)
        total += len(part)
    data = b"".join(parts)
    return [data[at : at + CHUNK] for at in range(0, len(data), CHUNK)]
