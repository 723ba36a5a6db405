"""Real programs on a real pty, recorded: what they write, to be replayed elsewhere."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time
from dataclasses import dataclass
from pathlib import Path

COLUMNS, LINES = 80, 24
QUIET, PATIENCE = 0.4, 15.0


@dataclass(frozen=True)
class Play:
    """A program and the keys it gets, each as soon as it has nothing more to say."""

    name: str
    command: tuple[str, ...]
    keys: tuple[bytes, ...] = ()


PLAYS = (
    Play("ls", ("ls", "--color=always", "-la", "/usr/bin")),
    Play("git log", ("git", "--no-pager", "log", "--graph", "--color=always", "--stat", "-40")),
    Play("less", ("less", "-R", "text"), (b" ", b"G", b"/line 7\r", b"n", b"u", b"q")),
    Play(
        "vim",
        ("vim", "-u", "NONE", "-N", "--cmd", "set notgc mouse=a ruler hlsearch", "text"),
        (b":syntax on\r", b"\x06", b"/line\r", b"iwritten\x1b", b"dd", b":vsplit\r", b":q!\r:q!\r"),
    ),
    Play(
        "vim 24-bit",
        ("vim", "-u", "NONE", "-N", "--cmd", "set tgc | colorscheme desert | syntax on", "code.py"),
        (b"\x06", b"\x02", b"G", b"gg", b":q!\r"),
    ),
    Play("htop", ("htop", "--delay=100"), (b"\x1bOB", b"\x1bOB", b"t", b"q")),
    Play(
        "bash",
        ("bash", "--norc", "--noprofile", "-i"),
        (
            b"PS1='\\[\\e[1;32m\\]box\\[\\e[m\\]$ '\r",
            b"echo " + b"long " * 30 + b"\x01\x1b[C\x1b[C\x0b\x19\x15",
            b"printf '%s\\n' {1..40}\r",
            b"\x12print",
            b"\x03",
            b"clear\r",
            b"exit\r",
        ),
    ),
    Play("python", ("python3", "-q", "-i"), (b"print('x' * 200)\r", b"1/0\r", b"exit()\r")),
    Play(
        "tmux",
        ("tmux", "-L", "recorded", "-f", "/dev/null", "new-session", "sh"),
        (b'\x02"', b"ls /\r", b"\x02%", b"echo hello\r", b"\x02z", b"\x02z", b"\x02d"),
    ),
    Play("tmux is gone", ("tmux", "-L", "recorded", "kill-server")),
    Play(
        "dialog",
        ("dialog", "--menu", "Choose", "15", "50", "5", "1", "one", "2", "two"),
        (b"\x1b[B", b"\t", b"\r"),
    ),
    Play("apt", ("apt-get", "-s", "-o", "APT::Color=1", "install", "--reinstall", "coreutils")),
)


def write_files(folder: Path) -> None:
    """What the programs look at."""
    lines = [
        f"line {number}: \u6f22\u5b57 e\u0301 \u2500\u2502 {'x' * (number % 90)}"
        for number in range(300)
    ]
    (folder / "text").write_text("\n".join(lines))
    code = [
        f"def f{number}(x: int) -> str:  # {number}\n    return f'{{x}}' + \"y\""
        for number in range(80)
    ]
    (folder / "code.py").write_text("\n".join(code))


def record(play: Play, folder: Path) -> bytes:
    """All that the program writes until it ends."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "TERM": "xterm-256color",
        "LC_ALL": "C.UTF-8",
        "TMUX_TMPDIR": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    cwd = Path(__file__).parent if play.command[0] == "git" else folder
    program = subprocess.Popen(
        play.command,
        stdin=follower,
        stdout=follower,
        stderr=follower,
        env=environment,
        cwd=cwd,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
    )
    os.close(follower)
    output = b""
    try:
        for key in (*play.keys, b""):
            output += _read_until_quiet(leader)
            if key:
                os.write(leader, key)
        output += _read_until_quiet(leader)
    finally:
        program.kill()
        program.wait()
        os.close(leader)
    return output


def _read_until_quiet(leader: int) -> bytes:
    """What comes until nothing more does for a while, or the program ends."""
    output = b""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        readable, _, _ = select.select([leader], [], [], QUIET)
        if not readable:
            break
        try:
            part = os.read(leader, 65536)
        except OSError:
            break
        if not part:
            break
        output += part
        # programs ask who is there, and wait
        for query, answer in ((rb"\x1b\[6n", b"\x1b[1;1R"), (rb"\x1b\[c", b"\x1b[?1;2c")):
            for _ in re.findall(query, part):
                os.write(leader, answer)
    return output
