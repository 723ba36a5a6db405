"""Opens what lies in a box's directories without ever being led out of them by a link."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager

_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@contextmanager
def directory(root: str, path: str) -> Iterator[int]:
    """A descriptor of a directory beneath a root; OSError where a link or a file is on the way."""
    current = os.open(root, _FLAGS | os.O_DIRECTORY)
    try:
        for name in path.strip("/").split("/"):
            if name:
                inner = os.open(name, _FLAGS | os.O_DIRECTORY, dir_fd=current)
                os.close(current)
                current = inner
        yield current
    finally:
        os.close(current)


def read(root: str, path: str, limit: int) -> bytes | None:
    """The first bytes of a regular file beneath a root; None where there is none."""
    folder, _, name = path.rstrip("/").rpartition("/")
    try:
        with directory(root, folder) as parent:
            return read_at(parent, name, limit)
    except OSError:
        return None


def read_at(parent: int, name: str, limit: int) -> bytes | None:
    """The first bytes of a regular file in a directory; OSError where it cannot be opened."""
    descriptor = os.open(name, _FLAGS, dir_fd=parent)
    with os.fdopen(descriptor, "rb") as file:
        # a box may have put a pipe, a device or a whiteout there
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return None
        return file.read(limit)


def measure(root: str, path: str) -> tuple[int, int]:
    """Bytes and files beneath a directory: an inode once, links not followed."""
    size = files = 0
    inodes: set[tuple[int, int]] = set()
    with directory(root, path) as top:
        for _folder, _names, leaves, descriptor in os.fwalk(".", dir_fd=top):
            for name in leaves:
                try:
                    status = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if not stat.S_ISREG(status.st_mode):
                    continue
                files += 1
                inode = (status.st_dev, status.st_ino)
                if status.st_nlink == 1 or inode not in inodes:
                    size += status.st_size
                    inodes.add(inode)
    return size, files
