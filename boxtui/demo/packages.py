"""Debian's own packages, installed by apt without anything of theirs being started."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from boxtui.demo.progress import Report, silent
from boxtui.errors import NoEngineError

POLICY = Path("/usr/sbin/policy-rc.d")
POLICY_TEXT = (
    "#!/bin/sh\n# Written by boxtui while it installs packages; to be removed.\nexit 101\n"
)


def why_not_installable(os_release: Path = Path("/etc/os-release")) -> str | None:
    """Say why packages can't be installed here; None where they can."""
    if os.geteuid() != 0:
        return "this is not root"
    if shutil.which("apt-get") is None:
        return "this is neither Debian nor Ubuntu"
    fields = read_os_release(os_release)
    family = {fields.get("ID", ""), *fields.get("ID_LIKE", "").split()}
    if not family & {"debian", "ubuntu"}:
        return f"this is {fields.get('PRETTY_NAME', 'an unknown system')}, not Debian or Ubuntu"
    return None


def read_os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Give the fields of os-release(5), unquoted; empty where there is no such file."""
    fields: dict[str, str] = {}
    with suppress(FileNotFoundError):
        for line in path.read_text(encoding="utf-8").splitlines():
            name, separator, value = line.partition("=")
            if separator and not name.startswith("#"):
                fields[name.strip()] = value.strip().strip("\"'")
    return fields


def install(packages: Sequence[str], report: Report = silent) -> None:
    """Install packages with what they need; apt's own words are in the error where it fails."""
    refusal = why_not_installable()
    if refusal is not None:
        raise NoEngineError(
            f"can't install {', '.join(packages)}: {refusal}",
            hint="install and start Docker yourself, or name an engine with -H",
        )
    with nothing_started():
        report("apt-get update")
        _apt(["update"], report)
        report(f"apt-get install {' '.join(packages)}")
        _apt(["install", "--yes", "--no-install-recommends", *packages], report)


@contextmanager
def nothing_started(policy: Path = POLICY) -> Iterator[None]:
    """Keep apt from starting services, through policy-rc.d; one that is not ours is left alone."""
    ours = not policy.exists() or policy.read_bytes() == POLICY_TEXT.encode()
    if ours:
        policy.write_text(POLICY_TEXT)
        policy.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            policy.unlink(missing_ok=True)


def _apt(arguments: Sequence[str], report: Report) -> None:
    argv = ["apt-get", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=120", *arguments]
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment,
        text=True,
        errors="replace",
    ) as apt:
        assert apt.stdout is not None
        faults: list[str] = []
        for line in apt.stdout:
            words = line.strip()
            if words.startswith("E:"):
                faults.append(words)
            elif words.startswith(("Get:", "Unpacking", "Setting up")):
                report(words)
    if apt.returncode != 0:
        raise NoEngineError(
            f"apt-get {arguments[0]} failed with exit code {apt.returncode}",
            reason=" ".join(faults) or None,
            hint="run it by hand to see the whole of its words",
        )
