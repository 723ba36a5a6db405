"""Believable bulk: the files of toolchains and package caches, by the thousand, the same each time.

The programs are stand-ins: they have the size of the real ones and do not run.
"""

import json
import random
from collections.abc import Iterator

from boxtui.demo.archive import Entry

MEGABYTE = 1 << 20
_WORDS = (
    "async await buffer cache chunk client config const context cursor decode default encode error "
    "event export flush format frame function handle header import index input length limit list "
    "match merge message module option output parse path pending process promise queue range "
    "reader record reject request resolve result retry return route schema session signal source "
    "state stream string target token trace update value version window worker writer yield"
).split()


class Filler:
    """Makes contents out of one seed; each is another, none costs more than a copy."""

    def __init__(self, seed: int, *, owner: int, when: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - bulk, no secret
        self._owner, self._when = owner, when
        self._noise = self._random.randbytes(4 * MEGABYTE)
        lines = (self._line() for _ in range(6000))
        self._text = "\n".join(lines).encode()

    def _line(self) -> str:
        words = self._random.choices(_WORDS, k=self._random.randint(2, 8))
        return f"{'  ' * self._random.randint(0, 3)}{'.'.join(words[:2])}({', '.join(words[2:])});"

    def text(self, low: int, high: int) -> bytes:
        """Some lines of code, of a length in this range."""
        size = self._random.randint(low, high)
        start = self._random.randrange(len(self._text) - high)
        return self._text[start : start + size]

    def noise(self, size: int) -> bytes:
        """Bytes that don't compress, as of programs and archives."""
        start = self._random.randrange(len(self._noise) // 2)
        whole = self._noise[start:] * (size // (len(self._noise) - start) + 1)
        return whole[:size]

    def file(self, path: str, content: bytes, *, mode: int = 0o644) -> Entry:
        """A file of the box's user, changed some time in the last weeks."""
        age = self._random.randrange(30 * 86400)
        return Entry(path, content, mode, self._owner, self._when - age)

    def programs(self, folder: str, sizes: dict[str, float]) -> Iterator[Entry]:
        """Executables by name, with their sizes in MB."""
        for name, megabytes in sizes.items():
            content = b"\x7fELF\x02\x01\x01" + self.noise(int(megabytes * MEGABYTE))
            yield self.file(f"{folder}/{name}", content, mode=0o755)

    def npm(self, folder: str, names: list[str], files: int) -> Iterator[Entry]:
        """Packages as npm installs them; about so many files in each."""
        for name in names:
            version = f"{self._random.randint(0, 9)}.{self._random.randint(0, 20)}.1"
            package = {"name": name, "version": version, "main": "lib/index.js", "license": "MIT"}
            root = f"{folder}/{name}"
            yield self.file(f"{root}/package.json", json.dumps(package, indent=2).encode())
            yield self.file(f"{root}/README.md", f"# {name}\n\n".encode() + self.text(300, 4000))
            yield self.file(f"{root}/LICENSE", b"MIT License\n" + self.text(900, 1100))
            for number in range(files):
                kind = ("lib/{}.js", "lib/{}.d.ts", "dist/esm/{}.js", "dist/cjs/{}.js.map")[
                    number % 4
                ]
                word = f"{_WORDS[number // 4 % len(_WORDS)]}{number // (4 * len(_WORDS)) or ''}"
                yield self.file(f"{root}/{kind.format(word)}", self.text(300, 7000))

    def crates(self, folder: str, names: list[str], files: int) -> Iterator[Entry]:
        """Cargo's registry: each crate as an archive, and unpacked."""
        index = "index.crates.io-6f17d22bba15001f"
        for name in names:
            crate = f"{name}-{self._random.randint(0, 4)}.{self._random.randint(0, 30)}.2"
            yield self.file(f"{folder}/cache/{index}/{crate}.crate", self.noise(180_000))
            root = f"{folder}/src/{index}/{crate}"
            yield self.file(f"{root}/Cargo.toml", f'[package]\nname = "{name}"\n'.encode())
            yield self.file(f"{root}/.cargo-ok", b'{"v":1}')
            for number in range(files):
                word = f"{_WORDS[number % len(_WORDS)]}{number // len(_WORDS) or ''}"
                part = ("src", "src/imp", "tests", "benches")[number % 4]
                yield self.file(f"{root}/{part}/{word}.rs", self.text(400, 9000))

    def wheels(self, folder: str, names: list[str], files: int) -> Iterator[Entry]:
        """Python packages as pip installs them for a user."""
        for name in names:
            yield self.file(f"{folder}/{name}/__init__.py", self.text(100, 2000))
            info = f"{folder}/{name}-{self._random.randint(1, 9)}.1.dist-info"
            yield self.file(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\n".encode())
            yield self.file(f"{info}/RECORD", self.text(500, 3000))
            for number in range(files):
                word = f"{_WORDS[number % len(_WORDS)]}{number // len(_WORDS) or ''}"
                yield self.file(f"{folder}/{name}/{word}.py", self.text(400, 8000))
                yield self.file(
                    f"{folder}/{name}/__pycache__/{word}.cpython-311.pyc", self.noise(3000)
                )
