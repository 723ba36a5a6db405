"""A git repository written without git: commits, a remote that lags behind, work not committed."""

import hashlib
import struct
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from boxtui.demo.archive import Entry

AUTHOR = "Phantom <phantom@example.org>"


@dataclass(frozen=True, slots=True)
class Commit:
    """The whole of the files after this commit, and what was said of it."""

    message: str
    files: Mapping[str, str]


def entries(
    root: str,
    commits: Sequence[Commit],
    working: Mapping[str, str],
    *,
    pushed: int,
    owner: int,
    when: int,
) -> Iterator[Entry]:
    """Give the repository at `root`: `pushed` commits are known to its remote; paths are flat.

    What `working` has otherwise than the last commit is modified or untracked.
    """
    objects: dict[str, bytes] = {}
    names = []
    parent: str | None = None
    for number, commit in enumerate(commits):
        parent = _commit(objects, commit, parent, when + number * 3600)
        names.append(parent)
    last = commits[-1].files
    inside = {
        "HEAD": b"ref: refs/heads/main\n",
        "config": _CONFIG,
        "description": b"Unnamed repository\n",
        "refs/heads/main": f"{names[-1]}\n".encode(),
        "refs/remotes/origin/main": f"{names[pushed - 1]}\n".encode(),
        "index": _index({path: _blob(objects, text) for path, text in last.items()}),
    }
    for name, data in objects.items():
        inside[f"objects/{name[:2]}/{name[2:]}"] = data
    for path, data in inside.items():
        yield Entry(f"{root}/.git/{path}", data, owner=owner, mtime=when)
    for path, text in working.items():
        yield Entry(f"{root}/{path}", text.encode(), owner=owner, mtime=when + 86400)


_CONFIG = b"""[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = false
[remote "origin"]
\turl = https://git.example.org/phantom/ledger.git
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
"""


def _store(objects: dict[str, bytes], kind: str, body: bytes) -> str:
    data = f"{kind} {len(body)}\0".encode() + body
    name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
    objects[name] = zlib.compress(data)
    return name


def _blob(objects: dict[str, bytes], text: str) -> str:
    return _store(objects, "blob", text.encode())


def _commit(objects: dict[str, bytes], commit: Commit, parent: str | None, when: int) -> str:
    tree = b"".join(
        b"100644 " + path.encode() + b"\0" + bytes.fromhex(_blob(objects, text))
        for path, text in sorted(commit.files.items())
    )
    lines = [f"tree {_store(objects, 'tree', tree)}"]
    lines += [f"parent {parent}"] if parent else []
    lines += [f"author {AUTHOR} {when} +0000", f"committer {AUTHOR} {when} +0000"]
    return _store(objects, "commit", "\n".join([*lines, "", commit.message, ""]).encode())


def _index(blobs: Mapping[str, str]) -> bytes:
    """Give an index of version 2 whose stat data fits no file: git compares the contents."""
    data = struct.pack(">4sII", b"DIRC", 2, len(blobs))
    for path, name in sorted(blobs.items()):
        stat = struct.pack(">10I", 0, 0, 0, 0, 0, 0, 0o100644, 0, 0, 0)
        entry = stat + bytes.fromhex(name) + struct.pack(">H", len(path)) + path.encode()
        data += entry + b"\0" * (8 - len(entry) % 8)
    return data + hashlib.sha1(data, usedforsecurity=False).digest()
