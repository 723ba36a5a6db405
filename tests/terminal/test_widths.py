"""Widths, against the C library's: the one that programs in a box go by."""

import ctypes
import locale

import pytest

from boxtui.terminal import Terminal
from boxtui.terminal.widths import width

# Where the two have other versions of Unicode or another view of fillers
APART = (
    *(range(0x2630, 0x2638), range(0x302E, 0x3030), range(0x3164, 0x3165), range(0x3248, 0x3250)),
    *(range(0x268A, 0x2690), range(0x31E4, 0x31E6), range(0x4DC0, 0x4E00), range(0xFFA0, 0xFFA1)),
    range(0x1171E, 0x1171F),
    *(range(0x16F51, 0x16F88), range(0x16FF0, 0x16FF2), range(0x1D165, 0x1D173)),
    *(range(0x1D300, 0x1D377),),
)


@pytest.fixture
def c_library() -> ctypes.CDLL:
    library = ctypes.CDLL(None)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        pytest.skip("this system has no C.UTF-8 locale to compare with")
    return library


def test_each_code_point_as_in_the_c_library(c_library: ctypes.CDLL) -> None:
    apart = {code for each in APART for code in each}
    differing = []
    for code in range(0xA0, 0x20000):
        if 0xD800 <= code < 0xE000 or code in apart:
            continue
        theirs = c_library.wcwidth(ctypes.c_wchar(chr(code)))
        if theirs >= 0 and theirs != width(chr(code)):
            differing.append((hex(code), theirs, width(chr(code))))
    assert differing == []


def test_a_flag_is_two_cells_and_a_joined_family_six() -> None:
    terminal = Terminal(20, 2)
    terminal.feed("🇩🇪|👨\u200d👩\u200d👧|⚠\ufe0f|".encode())
    assert [terminal.cell(0, x)[0] for x in (2, 9, 11)] == ["|", "|", "|"]
    assert terminal.cell(0, 10)[0] == "⚠\ufe0f"
