"""Recordings of real programs, replayed to ours and to tmux, compared cell by cell on the way."""

import shutil
from pathlib import Path

import pytest

from boxtui.terminal.terminal import Terminal
from tests.terminal.differential import compare
from tests.terminal.recordings import COLUMNS, LINES, PLAYS, Play, record, write_files
from tests.terminal.tmux_oracle import SYNC, Pane, Tmux, picture

STOPS = 8


def frames(data: bytes) -> list[bytes]:
    """The recording in a few parts, none ending within a sequence or a character."""
    parts, at = [], 0
    size = max(1, len(data) // STOPS)
    while at < len(data):
        end = data.find(b"\n", at + size)
        end = len(data) if end < 0 else end + 1
        parts.append(data[at:end])
        at = end
    return parts


@pytest.mark.parametrize("play", PLAYS, ids=lambda play: play.name)
def test_a_recording_looks_as_in_tmux(play: Play, tmp_path: Path) -> None:
    if shutil.which(play.command[0]) is None:
        pytest.skip(f"{play.command[0]} is not installed here")
    write_files(tmp_path)
    data = record(play, tmp_path)
    assert data, "nothing was recorded"
    with Tmux() as tmux:
        pane = Pane(tmux, COLUMNS, LINES)
        terminal = Terminal(COLUMNS, LINES)
        for number, part in enumerate(frames(data)):
            terminal.feed(part)
            terminal.feed(SYNC)
            pane.feed(part)
            found = compare(pane.picture(), picture(terminal), (), hidden=True)
            assert found is None, f"after part {number}: {found} {part[-300:]!r}"
        pane.close()
