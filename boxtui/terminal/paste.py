"""What pasting and a change of focus send to the program."""

import re

from boxtui.terminal.modes import Modes

PASTE_START, PASTE_END = b"\x1b[200~", b"\x1b[201~"

# Without ESC and CSI nothing that is pasted can end the bracket, or press keys such as ctrl+c.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_NEWLINES = re.compile("\r\n|\n")


def encode_paste(text: str, modes: Modes) -> bytes:
    """Pasted text as typed: lines end with CR, control characters but tab are left out."""
    typed = _NEWLINES.sub("\r", _CONTROLS.sub("", text)).encode("utf-8", "replace")
    return PASTE_START + typed + PASTE_END if modes.bracketed_paste else typed


def encode_focus(focused: bool, modes: Modes) -> bytes:
    if not modes.focus_events:
        return b""
    return b"\x1b[I" if focused else b"\x1b[O"
