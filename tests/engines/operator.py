"""An unprivileged user of this machine who runs boxtui, and logs in by ssh to reach an engine."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from tests.engines.sshd import Sshd

_CHECKOUT = Path(__file__).parents[2]
_PREFIX = "boxtui-t"

# $1 the user, $2 how many trees; then these, the folders that hide them, and after -- the command.
# Below a folder that is closed to others, such as /root, a tree is shown in this mount namespace.
_ENTER = """
user=$1 count=$2; shift 2
mount -t tmpfs -o mode=755 none /mnt
for number in $(seq "$count"); do
  mkdir "/mnt/$number"; mount --bind "$1" "/mnt/$number"
  trees="$trees $number:$1"; shift
done
while [ "$1" != -- ]; do mount -t tmpfs -o mode=755 none "$1"; shift; done; shift
for tree in $trees; do
  mkdir -p "${tree#*:}"; mount --bind "/mnt/${tree%%:*}" "${tree#*:}"
done
umount --lazy /mnt
cd /
exec setpriv --reuid "$user" --regid "$user" --clear-groups -- "$@"
"""


@dataclass(frozen=True)
class Outcome:
    code: int
    document: dict[str, Any]
    words: str


class Operator:
    """Lives for the `with` block. Only who logs in is in the group of the engine's socket."""

    def __init__(self, socket: Path, sshd: Sshd) -> None:
        self.name = f"{_PREFIX}{os.getpid()}"
        self.home = Path("/home", self.name)
        self.url = sshd.url(socket, self.name)
        self._group = socket.stat().st_gid
        self._sshd = sshd

    @property
    def environment(self) -> dict[str, str]:
        """What the user's processes are given, and nothing else."""
        return {
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            "HOME": str(self.home),
            "USER": self.name,
            "LANG": "C.UTF-8",
            "TERM": "xterm-256color",
            "PYTHONPATH": str(_CHECKOUT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def command(self, argv: Sequence[str]) -> list[str]:
        """Give the argv that runs another as this user; the process id stays the same."""
        trees = list(_needed())
        veils = sorted({str(veil) for tree in trees if (veil := _veil(tree))})
        hidden = [str(tree) for tree in trees if _veil(tree)]
        enter = ["unshare", "--mount", "--propagation", "private", "sh", "-ec", _ENTER, "sh"]
        return [*enter, self.name, str(len(hidden)), *hidden, *veils, "--", *argv]

    def boxtui(self, *words: str) -> list[str]:
        """Give the argv of boxtui on the engine behind ssh."""
        return self.command([sys.executable, "-m", "boxtui", "-H", self.url, *words])

    def ask(self, *words: str) -> Outcome:
        """Run a command of boxtui with --json."""
        done = subprocess.run(
            self.boxtui("--json", *words),
            env=self.environment, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="surrogateescape", check=False,
        )  # fmt: skip
        document = json.loads(done.stdout) if done.stdout.strip() else {}
        return Outcome(done.returncode, document, done.stderr)

    def __enter__(self) -> Self:
        for user in pwd.getpwall():
            owner = user.pw_name.removeprefix(_PREFIX)
            if owner != user.pw_name and not Path("/proc", owner).exists():
                _remove(user)  # of a run that was killed
        # locked for passwords but not for keys
        account = ("--create-home", "--home-dir", self.home, "--password", "*")
        groups = ("--user-group", "--groups", str(self._group))
        subprocess.run(["/usr/sbin/useradd", *account, *groups, self.name], check=True)
        entry = pwd.getpwnam(self.name)
        folder = self.home / ".ssh"
        folder.mkdir(mode=0o700)
        shutil.copy(self._sshd.key, folder / "id_ed25519")
        (folder / "known_hosts").write_text(self._sshd.known_host)
        for path in (folder, *folder.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid)
        return self

    def __exit__(self, *_: object) -> None:
        _remove(pwd.getpwnam(self.name))


def _remove(user: pwd.struct_passwd) -> None:
    """End what the user still runs, and take the account away."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and entry.stat().st_uid == user.pw_uid:
                os.kill(int(entry.name), signal.SIGKILL)
        except (FileNotFoundError, ProcessLookupError):
            continue
    # userdel says so where the account has no mail: that is no failure
    words = ["/usr/sbin/userdel", "--force", "--remove", user.pw_name]
    subprocess.run(words, check=True, capture_output=True)


def _needed() -> Iterator[Path]:
    """Give the trees that boxtui is run from: the checkout, the venv, its Python."""
    wanted = {_CHECKOUT, Path(sys.prefix), Path(sys.base_prefix)}
    yield from (tree for tree in sorted(wanted) if not wanted & set(tree.parents))


def _veil(tree: Path) -> Path | None:
    """Find the topmost folder above a tree that others may not pass; None where all are open."""
    above = reversed(tree.parents)
    return next((folder for folder in above if not folder.stat().st_mode & 0o001), None)
