"""Folders of this machine as tars and back, through GNU tar: nothing of an entry is lost.

Used where boxtui is root on the engine's host. GNU tar is the one program that keeps sub-second
times, every extended attribute, ACLs and holes, and it costs a third of `tarfile`.
"""

import contextlib
import fcntl
import functools
import os
import re
import shutil
import subprocess
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO

from boxtui.backups.parts import BLOCK
from boxtui.backups.safety import TOP
from boxtui.errors import EngineError, UnsupportedError

_CREATE = (
    "--create",
    "--format=pax",
    "--pax-option=delete=atime,delete=ctime",
    "--xattrs",
    "--xattrs-include=*",
    "--acls",
    "--sparse",
    "--numeric-owner",
    "--quoting-style=escape",
    # `.` becomes the one top-level name, in names and hard links but not in symbolic links
    f"--transform=flags=rh;s,^\\.,{TOP},",
)
_EXTRACT = (
    "--extract",
    "--xattrs",
    "--xattrs-include=*",
    "--acls",
    "--numeric-owner",
    "--preserve-permissions",
    "--same-owner",
    "--quoting-style=escape",
)
_EXTRACT_AS_USER = (
    "--extract",
    "--no-same-owner",
    "--preserve-permissions",
    "--quoting-style=escape",
)
_CHANGED = re.compile(
    r"^tar: (?P<path>.*): "
    r"(file changed as we read it|File removed before we read it|File shrank by \d+ bytes.*)$"
)
_IGNORED = re.compile(r"^tar: (?P<path>.*): socket ignored$")
_ENVIRONMENT = {**os.environ, "LC_ALL": "C"}


@functools.cache
def has_gnu_tar() -> bool:
    """Whether the `tar` of this machine is GNU's."""
    if shutil.which("tar") is None:
        return False
    told = subprocess.run(["tar", "--version"], capture_output=True, check=False, text=True)
    return "GNU tar" in told.stdout


class FolderReader:
    """A folder as a tar, in blocks; afterwards, what changed meanwhile and what was left out."""

    def __init__(self, folder: Path) -> None:
        _require_gnu_tar()
        self.folder = folder
        self.changed: tuple[str, ...] = ()
        self.sockets: tuple[str, ...] = ()

    def __iter__(self) -> Generator[bytes, None, None]:
        """Read to the end; EngineError with tar's own words if it could not."""
        with TemporaryFile() as errors:
            process = subprocess.Popen(
                ["tar", *_CREATE, "--directory", self.folder, "."],
                stdout=subprocess.PIPE,
                stderr=errors,
                stdin=subprocess.DEVNULL,
                env=_ENVIRONMENT,
                bufsize=0,
            )
            assert process.stdout is not None
            try:
                yield from _blocks(process.stdout)
                code = process.wait()
            finally:
                _end(process)
            self._judge(code, _lines(errors))

    def _judge(self, code: int, lines: list[str]) -> None:
        changed, sockets, other = [], [], []
        for line in lines:
            if match := _CHANGED.match(line):
                changed.append(_inside(match["path"]))
            elif match := _IGNORED.match(line):
                sockets.append(_inside(match["path"]))
            else:
                other.append(line)
        # 1 says that files changed while they were read; what is there is still a whole tar
        if code not in (0, 1):
            words = "; ".join(other[:3]) or f"tar ended with {code}"
            raise EngineError(f"could not read {self.folder}", reason=words)
        self.changed, self.sockets = tuple(dict.fromkeys(changed)), tuple(sockets)


def write_folder(folder: Path, tar: Iterator[bytes]) -> None:
    """Unpack a tar whose one top-level name is `_data` as the folder of that name.

    The archive must have been verified: GNU tar is told to keep everything it holds.
    """
    _require_gnu_tar()
    if folder.name != TOP:
        raise UnsupportedError(f"{folder} is no volume's folder: it should be called {TOP}")
    _unpack(folder, ["tar", *_EXTRACT, "--directory", os.fspath(folder.parent)], tar)


def extract_members(folder: Path, tar: Iterator[bytes], names: Iterable[str]) -> None:
    """Unpack some names, and all below them, into a folder; verified as for write_folder.

    Who is not root owns what is unpacked, and can keep neither trusted attributes nor owners.
    """
    _require_gnu_tar()
    options = _EXTRACT if os.geteuid() == 0 else _EXTRACT_AS_USER
    with NamedTemporaryFile() as listed:
        listed.write(b"".join(os.fsencode(name) + b"\0" for name in names))
        listed.flush()
        chosen = ("--null", "--no-wildcards", "--verbatim-files-from", "--files-from", listed.name)
        _unpack(folder, ["tar", *options, "--directory", os.fspath(folder), *chosen], tar)


def _unpack(folder: Path, argv: list[str], tar: Iterator[bytes]) -> None:
    with TemporaryFile() as errors:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            env=_ENVIRONMENT,
            bufsize=0,
        )
        assert process.stdin is not None
        try:
            _feed(process.stdin, tar)
            code = process.wait()
        finally:
            _end(process)
        if code:
            words = "; ".join(_lines(errors)[:3]) or f"tar ended with {code}"
            raise EngineError(f"could not write {folder}", reason=words)


def _feed(pipe: IO[bytes], tar: Iterator[bytes]) -> None:
    """Write all of it; a tar that gave up early is judged by its exit code, not by the pipe."""
    try:
        for block in tar:
            view = memoryview(block)
            while view:
                view = view[os.write(pipe.fileno(), view) :]
    except BrokenPipeError:
        pass
    finally:
        pipe.close()


def _blocks(pipe: IO[bytes]) -> Iterator[bytes]:
    """Hand on what the pipe gives, a block at most at a time."""
    with contextlib.suppress(PermissionError):
        # a pipe as large as a block saves most switches; a user over their share keeps 64 KiB
        fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, BLOCK)
    while block := pipe.read(BLOCK):
        yield block


def _end(process: "subprocess.Popen[bytes]") -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    if process.poll() is None:
        process.kill()
        process.wait()


def _lines(errors: IO[bytes]) -> list[str]:
    errors.seek(0)
    lines = errors.read(1 << 20).decode("utf-8", "surrogateescape").splitlines()
    return [line for line in lines if not line.startswith("tar: Exiting with failure")]


def _inside(quoted: str) -> str:
    """The path inside the folder that tar's message names, with its backslash escapes undone."""
    raw = re.sub(rb"\\([0-7]{3}|.)", _unescaped, os.fsencode(quoted))
    return os.fsdecode(raw).removeprefix("./") or "."


def _unescaped(match: re.Match[bytes]) -> bytes:
    what = match[1]
    if what.isdigit():
        return bytes([int(what, 8)])
    return {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b"}.get(what, what)


def _require_gnu_tar() -> None:
    if not has_gnu_tar():
        raise UnsupportedError("this machine has no GNU tar", hint="install it: apt install tar")
