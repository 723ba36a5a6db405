"""Root file systems from what the machine has: no registry is needed for an image."""

import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from boxtui.demo.packages import read_os_release
from boxtui.demo.progress import Report, silent
from boxtui.errors import NoEngineError

_USERS = "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n"
_GROUPS = "root:x:0:\nnogroup:x:65534:\n"


def busybox(target: Path) -> None:
    """Write the tar of a root that has nothing but a static busybox."""
    program = shutil.which("busybox")
    if program is None:
        raise NoEngineError("busybox is not installed", hint="apt-get install busybox-static")
    listed = subprocess.run([program, "--list"], capture_output=True, text=True, check=True)
    with _whole(target) as partial, tarfile.open(partial, "w") as tar:
        for folder in ("bin", "etc", "root", "home", "var", "tmp", "proc", "sys", "dev"):
            member = tarfile.TarInfo(folder)
            member.type, member.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(member)
        _add(tar, "etc/passwd", _USERS.encode())
        _add(tar, "etc/group", _GROUPS.encode())
        _add(tar, "bin/busybox", Path(program).read_bytes(), mode=0o755)
        for applet in sorted({*listed.stdout.split()} - {"busybox"}):
            member = tarfile.TarInfo(f"bin/{applet}")
            member.type, member.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(member)


def debian(
    target: Path, *, include: Sequence[str] = (), suite: str | None = None, report: Report = silent
) -> None:
    """Write the tar of a minimal root made by debootstrap, of the machine's own suite if none."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="root-") as folder:
        root = Path(folder, "root")
        bootstrap(root, include=include, suite=suite, report=report)
        shutil.rmtree(root / "var/cache/apt", ignore_errors=True)
        shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
        with _whole(target) as partial:
            subprocess.run(
                ["tar", "-C", root, "--numeric-owner", "--one-file-system", "-cf", partial, "."],
                check=True,
            )


def bootstrap(
    root: Path, *, include: Sequence[str] = (), suite: str | None = None, report: Report = silent
) -> None:
    """Make a minimal root in a folder; about 40 seconds."""
    if shutil.which("debootstrap") is None:
        raise NoEngineError("debootstrap is not installed", hint="apt-get install debootstrap")
    fields = read_os_release()
    components = "main,universe" if fields.get("ID") == "ubuntu" else "main"
    suite = suite or fields.get("VERSION_CODENAME", "stable")
    argv = ["debootstrap", "--variant=minbase", f"--components={components}"]
    argv += [f"--include={','.join(include)}"] if include else []
    with subprocess.Popen(
        [*argv, suite, str(root), mirror()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
    ) as running:
        assert running.stdout is not None
        last = ""
        for line in running.stdout:
            last = line.strip() or last
            report(last)
    if running.returncode != 0:
        raise NoEngineError(
            f"debootstrap of {suite} failed with exit code {running.returncode}", reason=last
        )


def mirror() -> str:
    """Give the address that apt itself takes the machine's packages from."""
    known = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    for line in known.stdout.splitlines():
        address, _, component = line.partition(" ")
        if component == "main" and address.startswith(("http://", "https://", "file:")):
            return address
    raise NoEngineError(
        "apt knows no address to take packages from",
        reason=known.stderr.strip() or None,
        hint="apt-get update",
    )


@contextmanager
def _whole(target: Path) -> Iterator[Path]:
    """Give a path to write to; the target appears under its name only when it is whole."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.partial-{os.getpid()}")
    try:
        yield partial
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, content: bytes, *, mode: int = 0o644) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = len(content), mode
    tar.addfile(member, io.BytesIO(content))
