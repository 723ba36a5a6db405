"""A tree of everything that a volume can hold, and what independent programs say of such a tree."""

import os
import socket
import stat
import struct
import subprocess
from pathlib import Path
from typing import NamedTuple

CAPABILITY = "security.capability"
_ACL = "system.posix_acl_access"


class Facts(NamedTuple):
    kind: str
    mode: str
    owner: str
    group: str
    size: str
    mtime: str
    target: str
    device: str


def build(root: Path, *, many: int = 500, sparse: int = 1 << 30) -> None:
    """Fill a volume's folder; root alone can."""
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "big").write_bytes(os.urandom(5_000_000))
    (root / "empty").touch()
    (root / "setuid").write_text("#!/bin/sh\n")
    (root / "setuid").chmod(0o6755)
    os.link(root / "big", root / "sub" / "deep" / "hard")
    (root / "inside").symlink_to("sub/deep/hard")
    (root / "outside").symlink_to("../../../etc/passwd")
    (root / "absolute").symlink_to("/etc")
    (root / "dangling").symlink_to("n" * 200)
    os.mkfifo(root / "pipe", 0o640)
    os.mknod(root / "null", 0o666 | stat.S_IFCHR, os.makedev(1, 3))
    os.mknod(root / "block", 0o660 | stat.S_IFBLK, os.makedev(7, 0))
    _odd_names(root)
    _attributes(root)
    with (root / "sparse").open("wb") as file:
        file.seek(sparse)
        file.write(b"end")
    for number in range(many):
        folder = root / "many" / str(number % 10)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(number)).write_bytes(bytes([number % 256]) * number)
    for number, path in enumerate(("big", "setuid", "empty", "sub/deep")):
        os.chown(root / path, 1000 + number, 70000 + number)
        os.utime(root / path, ns=(1, 1_600_000_000_123_456_789 + number))
    os.utime(root / "outside", ns=(1, 1_500_000_000_111_222_333), follow_symlinks=False)
    os.lchown(root / "outside", 33, 33)
    (root / "sub" / "deep").chmod(0o555)
    # a capability goes with a change of owner: last
    os.setxattr(root / "setuid", CAPABILITY, struct.pack("<IIIII", 0x02000001, 1 << 10, 0, 0, 0))
    os.chown(root, 999, 999)
    root.chmod(0o1770)
    os.utime(root, ns=(1, 1_400_000_000_000_000_000))


def _odd_names(root: Path) -> None:
    for name in (b"\xff\xfe", b"new\nline", b"\x1b[31mred", b"-rf", b"a=b", b" ", b".wh.x", b"*"):
        with open(os.fsencode(root) + b"/" + name, "wb") as file:  # noqa: PTH123 - bytes
            file.write(name)
    (root / ("l" * 255)).write_text("long")
    deep = root
    for _ in range(12):
        deep /= "d" * 100
    deep.mkdir(parents=True)
    (deep / "file").write_text("deep")


def _attributes(root: Path) -> None:
    (root / "attributes").write_text("with attributes")
    os.setxattr(root / "attributes", "user.colour", b"\x00blue\xff")
    os.setxattr(root / "attributes", "trusted.ours", b"yes")
    entries = ((1, 6, -1), (2, 4, 1234), (4, 4, -1), (16, 6, -1), (32, 0, -1))
    acl = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *entry) for entry in entries)
    os.setxattr(root / "attributes", _ACL, acl)


def add_socket(root: Path) -> None:
    """Leave a socket there: no tar can hold one."""
    with socket.socket(socket.AF_UNIX) as bound:
        here = Path.cwd()
        os.chdir(root)
        try:
            bound.bind("socket")
        finally:
            os.chdir(here)


def facts(root: Path) -> dict[str, Facts]:
    """What `find` says of each name; a directory has no size, as that is the file system's."""
    shown = r"%P\0%y\0%m\0%U\0%G\0%s\0%T@\0%l\0"
    told = subprocess.check_output(["find", ".", "-printf", shown], cwd=root)
    fields = told.decode("utf-8", "surrogateescape").split("\0")[:-1]
    found = {}
    for at in range(0, len(fields), 8):
        path, kind, mode, owner, group, size, mtime, target = fields[at : at + 8]
        device = str((root / path).lstat().st_rdev) if kind in "bc" else ""
        kept = "" if kind == "d" else size
        found[path] = Facts(kind, mode, owner, group, kept, mtime, target, device)
    return found


def checksums(root: Path) -> bytes:
    script = "find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum"
    return subprocess.check_output(["sh", "-c", script], cwd=root)


def hard_links(root: Path) -> set[frozenset[str]]:
    told = subprocess.check_output(
        ["find", ".", "-type", "f", "-links", "+1", "-printf", r"%i %p\0"], cwd=root
    )
    groups: dict[bytes, set[str]] = {}
    for line in told.split(b"\0")[:-1]:
        inode, _, path = line.partition(b" ")
        groups.setdefault(inode, set()).add(os.fsdecode(path))
    return {frozenset(group) for group in groups.values()}


def attributes(root: Path) -> dict[str, dict[str, bytes]]:
    """All extended attributes, ACLs among them."""
    found = {}
    for path in facts(root):
        whole = root / path
        names = os.listxattr(whole, follow_symlinks=False)
        if names:
            found[path] = {n: os.getxattr(whole, n, follow_symlinks=False) for n in names}
    return found


def disk_usage(root: Path) -> int:
    """Bytes as `du` counts them."""
    return int(subprocess.check_output(["du", "-s", "-B1", "."], cwd=root).split()[0])
