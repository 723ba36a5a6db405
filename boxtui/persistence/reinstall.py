"""Lists of what was installed in a box, from its own books: what makes it again."""

import json
import os
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace

from boxtui.model.scan import Entry, PathClass
from boxtui.persistence import beneath
from boxtui.persistence.boundary import ancestors
from boxtui.persistence.overlay_walk import Layers

_MOST_BYTES = 32 << 20
_MOST_NAMES = 2000
_STATUS = "/var/lib/dpkg/status"
_STATES = "/var/lib/apt/extended_states"
_DIST_INFO = re.compile(r"(.+)-([^-]+)\.(dist|egg)-info")
_DEPTH = 6
_ON_THE_WAY = re.compile(r"lib|versions|envs|venvs|node|v?\d[\w.]*|python\d[\d.]*|global|install")
"""Names on the way from a toolchain's directory to its packages."""
_INSTALLED = "install ok installed"

Mend = tuple[str, str]
"""The path whose loss a command mends, and the command."""


def with_lists(entries: Sequence[Entry], layers: Layers) -> list[Entry]:
    """The entries, each with the commands that make again what was installed there."""
    lists: dict[int, list[str]] = {}
    rows = list(entries)
    for path, command in _all(rows, layers):
        index = _holder(rows, path)
        if index is not None:
            lists.setdefault(index, []).append(command)
    for index, commands in lists.items():
        rows[index] = replace(rows[index], reinstall=tuple(commands))
    return rows


def _holder(rows: Sequence[Entry], path: str) -> int | None:
    above = {path, *ancestors(path)}
    return next((i for i, e in enumerate(rows) if e.kind is None and e.path in above), None)


def _all(rows: Sequence[Entry], layers: Layers) -> Iterator[Mend]:
    yield from _apt(layers)
    for entry in rows:
        if entry.kind is None and entry.path_class in {PathClass.TOOL, PathClass.PKG}:
            yield from _npm(entry.path, layers)
            yield from _pip(entry.path, layers)
            yield from _cargo(entry.path, layers)


# -- apt -------------------------------------------------------------------------------------------


def _apt(layers: Layers) -> Iterator[Mend]:
    """Packages that the image has not, without those that came as dependencies."""
    now = _newest(layers.tops, _STATUS)
    if now is None:
        return
    before = _packages(_newest(layers.bases, _STATUS) or b"")
    every = (*layers.tops, *layers.bases)
    automatic = _automatic(_newest(every, _STATES) or b"")
    added = sorted(_packages(now) - before - automatic)
    if added:
        yield _STATUS, f"apt-get install -y {' '.join(map(shlex.quote, added[:_MOST_NAMES]))}"


def _newest(layers: Sequence[str], path: str) -> bytes | None:
    return next((d for d in (beneath.read(la, path, _MOST_BYTES) for la in layers) if d), None)


def _stanzas(text: bytes) -> Iterator[dict[str, str]]:
    for stanza in text.decode(errors="replace").split("\n\n"):
        fields = (line.partition(":") for line in stanza.splitlines() if line[:1].strip())
        yield {name: value.strip() for name, _, value in fields}


def _packages(status: bytes) -> set[str]:
    found = (s for s in _stanzas(status) if s.get("Status") == _INSTALLED)
    return {stanza["Package"] for stanza in found if "Package" in stanza}


def _automatic(states: bytes) -> set[str]:
    found = (s for s in _stanzas(states) if s.get("Auto-Installed") == "1")
    return {stanza["Package"] for stanza in found if "Package" in stanza}


# -- npm, pip, cargo -------------------------------------------------------------------------------


def _npm(root: str, layers: Layers) -> Iterator[Mend]:
    for folder in _named(root, layers, "node_modules"):
        packages = []
        for name in _packages_in(folder, layers):
            told = _newest(layers.tops, f"{folder}/{name}/package.json")
            version = _version(told)
            if version is not None and name not in {"npm", "corepack"}:
                packages.append(shlex.quote(f"{name}@{version}"))
        if packages:
            yield folder, f"npm install -g {' '.join(sorted(packages))}"


def _packages_in(folder: str, layers: Layers) -> Iterator[str]:
    for name in _names(folder, layers):
        if name.startswith("@"):
            yield from (f"{name}/{inner}" for inner in _names(f"{folder}/{name}", layers))
        elif not name.startswith("."):
            yield name


def _version(package: bytes | None) -> str | None:
    try:
        version = json.loads(package or b"{}").get("version")
    except (ValueError, AttributeError):
        return None
    return version if isinstance(version, str) else None


def _pip(root: str, layers: Layers) -> Iterator[Mend]:
    for leaf in ("site-packages", "dist-packages"):
        for folder in _named(root, layers, leaf):
            matches = (_DIST_INFO.fullmatch(name) for name in _names(folder, layers))
            pins = sorted(shlex.quote(f"{m[1]}=={m[2]}") for m in matches if m)
            if pins:
                yield folder, f"pip install {' '.join(pins)}"


def _cargo(root: str, layers: Layers) -> Iterator[Mend]:
    home = root.removesuffix("/bin")
    data = _newest(layers.tops, f"{home}/.crates.toml")
    if data is None:
        return
    try:
        crates = tomllib.loads(data.decode()).get("v1", {})
    except (ValueError, AttributeError):
        return
    for crate in sorted(crates)[:_MOST_NAMES]:
        name, _, rest = crate.partition(" ")
        version = rest.partition(" ")[0]
        yield f"{home}/bin", f"cargo install {shlex.quote(name)} --version {shlex.quote(version)}"


def _names(folder: str, layers: Layers) -> list[str]:
    """Names in a directory of the writable layer, of all that lies beyond the base."""
    found: set[str] = set()
    for top in layers.tops:
        try:
            with beneath.directory(top, folder) as parent, os.scandir(parent) as names:
                found.update(entry.name for entry in names)
        except OSError:
            continue
    return sorted(found)[:_MOST_NAMES]


def _named(root: str, layers: Layers, leaf: str) -> Iterator[str]:
    """Directories of that name in the usual places beneath a root."""
    if root.endswith(f"/{leaf}"):
        yield root
        return
    places = [root]
    for place in places:
        names = _names(place, layers)
        if leaf in names:
            yield f"{place}/{leaf}"
        elif place.count("/") - root.count("/") < _DEPTH and len(places) < _MOST_NAMES:
            places += [f"{place}/{name}" for name in names if _ON_THE_WAY.fullmatch(name)]
