"""Many lines as a few blocks of bytes, and back: what a snapshot is mostly made of.

The texts are one UTF-8 block; the attributes 64-bit words, those that do not fit (links, coloured
underlines) a list in JSON. For each line `sizes` has 1 (all cells alike), n (n words: attributes
and counts of cells in turn), -n (a word for each of n cells) or 0 (see the list).
"""

import json
import re
import sys
from array import array
from collections.abc import Iterable

from boxtui.terminal.rows import SEPARATOR, SHORT, WORD, Line

NEWLINE = "\n"
CONTROL = re.compile("[\x01-\x09\x0b-\x1f\x7f-\x9f]")  # all but the two that separate
BIGGEST = 1 << 160  # attributes are smaller
WIDEST = 1 << 16

Attrs = "int | array[int] | list[int]"


def require(holds: bool) -> None:
    """ValueError, unless what was read is as it has to be."""
    if not holds:
        raise ValueError


def number(value: object, low: int, high: int) -> int:
    """An integer (no boolean) in [low, high]; ValueError if it is none."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def lines_out(lines: Iterable[Line | str]) -> list[bytes]:
    """Texts, words, sizes, wraps and the list of what is no word."""
    texts: list[str] = []
    words, sizes, wraps = array("Q"), array("i"), bytearray()
    big: list[int | list[int]] = []
    for line in lines:
        if isinstance(line, str):
            texts.append(line)
            words.append(0)
            sizes.append(1)
            wraps.append(0)
            continue
        texts.append(line.packed)
        wraps.append(line.wrapped)
        attrs = line.packed_attrs
        if isinstance(attrs, array):
            words += attrs
            sizes.append(-len(attrs))
        elif (attrs if isinstance(attrs, int) else max(attrs)) >= WORD:
            big.append(attrs)
            sizes.append(0)
        elif isinstance(attrs, int):
            words.append(attrs)
            sizes.append(1)
        else:
            words.extend(attrs)
            sizes.append(len(attrs))
    if sys.byteorder == "big":
        words.byteswap()
        sizes.byteswap()
    text = NEWLINE.join(texts).encode()
    return [text, words.tobytes(), sizes.tobytes(), bytes(wraps), json.dumps(big).encode()]


def lines_in(blocks: list[bytes]) -> list[Line | str]:
    """The lines that `lines_out` was given; ValueError where that cannot be."""
    text, packed_words, packed_sizes, wraps, packed_big = blocks
    joined = text.decode()
    require(not CONTROL.search(joined))
    words, sizes = array("Q"), array("i")
    words.frombytes(packed_words)
    sizes.frombytes(packed_sizes)
    if sys.byteorder == "big":
        words.byteswap()
        sizes.byteswap()
    big = iter(json.loads(packed_big))
    lines: list[Line | str] = []
    at = 0
    texts = joined.split(NEWLINE) if sizes else []
    for text_in, size, wrapped in zip(texts, sizes, wraps, strict=True):
        if size == 1 and not wrapped and not words[at] and SEPARATOR not in text_in:
            lines.append(text_in)
            at += 1
            continue
        end = at + abs(size)
        attrs: int | array[int] | list[int]
        if size == 1:
            attrs = words[at]
        elif size < 0:
            attrs = words[at:end]
        else:
            attrs = words[at:end].tolist() if size else _big_in(next(big, None))
        at = end
        lines.append(_line_in(text_in, attrs, wrapped))
    require(at == len(words))
    return lines


def _big_in(value: object) -> int | list[int]:
    if isinstance(value, list):
        require(all(type(item) is int and 0 <= item < BIGGEST for item in value))
        return value
    return number(value, 0, BIGGEST)


def _line_in(text: str, attrs: "int | array[int] | list[int]", wrapped: int) -> Line:
    require(len(text) <= WIDEST and wrapped <= SHORT)
    line = Line(text, attrs, wrapped)
    if isinstance(attrs, array):
        require(len(attrs) == line.width)
    elif isinstance(attrs, list):
        counts = attrs[1::2]
        require(len(attrs) % 2 == 0 and min(counts) > 0 and sum(counts) == line.width)
    return line
