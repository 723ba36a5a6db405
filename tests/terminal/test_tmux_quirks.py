"""Each quirk of tmux that the fuzz leaves out is one: tmux shows what is listed, and we what is."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxtui.terminal.terminal import Terminal
from tests.terminal.quirks import QUIRKS
from tests.terminal.tmux_oracle import Pane, Picture, Tmux, picture

LISTED = [
    row.split("\t")
    for row in Path(__file__).with_name("tmux_quirks.tsv").read_text().splitlines()
    if not row.startswith("#")
]
RESIZE = re.compile(r"\((\d+), (\d+)\)")


@pytest.fixture(scope="module")
def tmux() -> Iterator[Tmux]:
    with Tmux() as server:
        yield server


def outcome(tmux: Tmux, columns: int, lines: int, sequence: str) -> tuple[str, str]:
    """What tmux and what we show after the bytes, in words."""
    pane, terminal = Pane(tmux, columns, lines), Terminal(columns, lines)
    for index, part in enumerate(RESIZE.split(sequence)):
        if index % 3 == 0:
            data = part.encode().decode("unicode_escape").encode("latin-1")
            terminal.feed(data)
            pane.feed(data)
        elif index % 3 == 1:
            columns = int(part)
        else:
            pane.resize(columns, int(part))
            terminal.resize(columns=columns, lines=int(part))
    has_history = RESIZE.search(sequence)
    theirs = in_words(pane.picture(), pane.history() if has_history else [])
    ours = [line.rstrip() for line in terminal.history_display] if has_history else []
    pane.close()
    return theirs, in_words(picture(terminal), ours)


def in_words(shown: Picture, history: list[str]) -> str:
    rows = []
    for row in shown.rows:
        colours = "".join(str(cell[2]) if cell[2] != "default" else "." for cell in row)
        text = "".join(cell[0] for cell in row).rstrip()
        rows.append(f"{text}[{colours}]" if colours.strip(".") else text)
    words = "{},{} {}".format(*shown.cursor, "|".join(rows).rstrip("|"))
    return words + (f" history {'|'.join(history)}" if history else "")


@pytest.mark.parametrize("row", LISTED, ids=lambda row: f"{row[0]} {row[3]}")
def test_a_quirk_is_as_listed(tmux: Tmux, row: list[str]) -> None:
    _, columns, lines, sequence, theirs, ours, _ = row
    assert theirs != ours
    assert outcome(tmux, int(columns), int(lines), sequence) == (theirs, ours)


def test_every_quirk_left_out_is_listed() -> None:
    assert {name for name, _, _ in QUIRKS} <= {row[0] for row in LISTED}
