"""Whether a git repository in a box has work that exists nowhere else.

The repository is not trusted: its configuration could name programs to run. So the host's git gets
a directory of its own, with a configuration of ours, the repository's index and references copied
into it, and only reads the objects and the files where they lie.
"""

import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from boxtui.model.scan import Flag
from boxtui.persistence import beneath

_MOST_BYTES = 256 << 20
_MOST_REFS = 20_000
_LONGEST_S = 30
_FILES = ("HEAD", "index", "packed-refs", "shallow", "info/exclude", "refs/stash")
_KEPT = re.compile(
    rb"^\s*(filemode|autocrlf|eol|ignorecase|symlinks|objectformat)\s*=\s*([\w-]+)\s*$",
    re.IGNORECASE | re.MULTILINE,
)


def git_flags(root: str, path: str) -> set[Flag] | None:
    """Flags of the repository at a path beneath a root of this machine; None where unknown."""
    git = shutil.which("git")
    if git is None:
        return None
    with tempfile.TemporaryDirectory(prefix="boxtui-git-") as folder:
        try:
            with beneath.directory(root, f"{path}/.git") as descriptor:
                _copy(descriptor, folder)
            # through the descriptor: the path itself may have become a link meanwhile
            with (
                beneath.directory(root, path) as tree,
                beneath.directory(root, f"{path}/.git/objects") as objects,
            ):
                return _judge(git, folder, tree, objects)
        except (OSError, subprocess.SubprocessError):
            return None


def _copy(git_dir: int, folder: str) -> None:
    for name in _FILES:
        _copy_file(git_dir, name, folder)
    for name in _references(git_dir):
        _copy_file(git_dir, name, folder)
    config = beneath.read_at(git_dir, "config", 1 << 20) or b""
    lines = ["[core]", "repositoryformatversion = 0", "bare = false"]
    extensions: list[str] = []
    for key, value in _KEPT.findall(config):
        said = f"{key.decode().lower()} = {value.decode()}"
        (extensions if said.startswith("objectformat") else lines).append(said)
    if extensions:
        lines[1] = "repositoryformatversion = 1"
        lines += ["[extensions]", *extensions]
    Path(folder, "config").write_text("\n".join(lines) + "\n")
    Path(folder, "objects").mkdir(exist_ok=True)
    Path(folder, "refs").mkdir(exist_ok=True)


def _copy_file(git_dir: int, name: str, folder: str) -> None:
    parent, _, leaf = name.rpartition("/")
    try:
        with beneath.directory(f"/proc/self/fd/{git_dir}/.", parent) as descriptor:
            data = beneath.read_at(descriptor, leaf, _MOST_BYTES)
    except FileNotFoundError:
        return
    if data is not None:
        target = Path(folder, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _references(git_dir: int) -> Iterator[str]:
    """Names of loose references, such as refs/heads/main."""
    number = 0
    with beneath.directory(f"/proc/self/fd/{git_dir}/.", "refs") as refs:
        for folder, _, names, descriptor in os.fwalk(".", dir_fd=refs):
            for name in names:
                number += 1
                if number > _MOST_REFS:
                    raise OSError("too many references")
                if stat.S_ISREG(os.stat(name, dir_fd=descriptor, follow_symlinks=False).st_mode):
                    yield os.path.normpath(f"refs/{folder}/{name}")


def _judge(git: str, folder: str, tree: int, objects: int) -> set[Flag]:
    environment = {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": folder,
        "LC_ALL": "C",
        "GIT_DIR": folder,
        "GIT_WORK_TREE": f"/proc/self/fd/{tree}/.",
        "GIT_OBJECT_DIRECTORY": f"/proc/self/fd/{objects}/.",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_LAZY_FETCH": "1",
    }
    safe = ("core.hooksPath=/dev/null", "core.fsmonitor=false", "safe.directory=*")
    settings = [word for setting in safe for word in ("-c", setting)]

    def run(*arguments: str) -> bytes:
        return subprocess.run(
            [git, *settings, *arguments],
            env=environment,
            cwd=f"/proc/self/fd/{tree}/.",
            pass_fds=(tree, objects),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST_S,
            check=True,
        ).stdout

    flags = set()
    if run("status", "--porcelain", "-z", "--ignore-submodules=all") or _stashed(folder):
        flags.add(Flag.GIT_UNCOMMITTED)
    # a branch without a commit has nothing to push; a detached HEAD may have
    detached = [] if Path(folder, "HEAD").read_bytes().startswith(b"ref:") else ["HEAD"]
    if run("rev-list", "--max-count=1", "--branches", *detached, "--not", "--remotes", "--"):
        flags.add(Flag.GIT_UNPUSHED)
    return flags


def _stashed(folder: str) -> bool:
    return Path(folder, "refs", "stash").exists()
