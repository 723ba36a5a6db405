"""The demo's own engine: where it lies, what it needs, how it comes and goes."""

import shutil
from pathlib import Path

from boxtui.demo import daemon, packages
from boxtui.demo.daemon import Daemon
from boxtui.demo.progress import Report, silent

_PACKAGES = {"dockerd": "docker.io", "ip": "iproute2"}


def of(state: Path) -> Daemon:
    """Name the private engine of a state folder, whether it runs or not."""
    return Daemon(folder(state) / "engine")


def folder(state: Path) -> Path:
    """Name the folder of all that the demo keeps."""
    return state / "demo"


def missing_packages() -> list[str]:
    """Name what must be installed before it can run."""
    return [package for program, package in _PACKAGES.items() if shutil.which(program) is None]


def start(state: Path, report: Report = silent) -> str:
    """Have it running, with what it needs installed; its URL."""
    if absent := missing_packages():
        packages.install(absent, report)
    own = of(state)
    daemon.start(own, report)
    return own.url


def clean(state: Path, report: Report = silent) -> bool:
    """Stop it and remove all that the demo keeps; False where there was nothing."""
    if not folder(state).exists():
        return False
    own = of(state)
    if own.folder.exists():
        daemon.clean(own, report)
    shutil.rmtree(folder(state))
    return True
