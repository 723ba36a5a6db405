"""The images that tests run boxes of, made from what the machine has: no registry."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from boxtui.demo import roots
from tests.engines.docker_cli import DockerCLI

REALISTIC = ("bash", "tmux", "vim", "htop", "git", "python3", "less", "procps")


def ensure_busybox(docker: DockerCLI, cache: Path) -> str:
    """Have `busybox:latest`; its shell is /bin/sh."""
    return _ensure(docker, cache, "busybox", "busybox.tar", roots.busybox)


def ensure_realistic(docker: DockerCLI, cache: Path) -> str:
    """Have `realistic:latest`, a Debian with what people expect of a box."""
    suite = roots.read_os_release().get("VERSION_CODENAME", "stable")
    return _ensure(
        docker,
        cache,
        "realistic",
        f"realistic-{suite}.tar",
        lambda target: roots.debian(target, include=REALISTIC, suite=suite),
    )


def _ensure(
    docker: DockerCLI, cache: Path, name: str, file: str, make: Callable[[Path], None]
) -> str:
    if docker.attempt("image", "inspect", name).returncode == 0:
        return name
    tar = cache / file
    with locked(cache / f"{file}.lock"):
        if not tar.exists():
            make(tar)
        changes = ("--change", 'CMD ["/bin/sh"]', "--change", f"LABEL boxtui.test.image={name}")
        docker("import", *changes, tar, f"{name}:latest")
    return name


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock against other runs of the tests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
