"""Copying to the clipboard of the operator's own terminal, also from within tmux and screen.

OSC 52 reaches the outermost terminal through SSH. tmux heeds it only where `set-clipboard` is on,
and passes it on wrapped only where `allow-passthrough` is: so inside tmux its own command is asked
first, which works with its defaults; screen takes the sequence wrapped, in short pieces.
"""

import base64
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from textual.app import App

_SCREEN_PIECE = 240
_TMUX_SECONDS = 2


def copy(app: App[Any], text: str) -> None:
    """Send a text to the clipboard, by every way that this terminal may heed."""
    if os.environ.get("TMUX") and _by_tmux(text):
        return
    driver = app._driver  # noqa: SLF001 - Textual has no public way to write a sequence
    if driver is not None:
        driver.write(sequence(text, os.environ))


def sequence(text: str, environ: Mapping[str, str]) -> str:
    """Give the OSC 52 sequence as this terminal takes it."""
    data = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
    plain = f"\x1b]52;c;{data}\x07"
    terminal = environ.get("TERM", "")
    if environ.get("TMUX") or terminal.startswith("tmux"):
        return f"{plain}\x1bPtmux;\x1b{plain}\x1b\\"
    if environ.get("STY") or terminal.startswith("screen"):
        pieces = [plain[i : i + _SCREEN_PIECE] for i in range(0, len(plain), _SCREEN_PIECE)]
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def _by_tmux(text: str) -> bool:
    """Have tmux keep it in a buffer and hand it to its terminal; False where it would not."""
    try:
        done = subprocess.run(
            ["tmux", "load-buffer", "-w", "-"],
            input=text.encode("utf-8", "surrogateescape"),
            capture_output=True,
            timeout=_TMUX_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
