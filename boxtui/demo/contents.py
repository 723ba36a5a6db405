"""What the demo's boxes are given beyond their image, once, before their first start."""

import json
from collections.abc import Callable, Iterator

from boxtui.demo import phantom
from boxtui.demo.archive import Entry
from boxtui.demo.filler import Filler

PREPARED = ("app", "app/data", "app/repos", "app/config", "app/memory", "app/logs", "data", "home")
"""Folders that the demo's image has, for phantom's user to write in."""
_AGENT = "home/agent"


def of_box(name: str, when: int) -> Iterator[Entry]:
    """Give the entries for a box; nothing for most."""
    maker = _MAKERS.get(name)
    if maker is not None:
        yield from maker(when)


def _phantom(when: int) -> Iterator[Entry]:
    yield from phantom.overlay(when)
    yield from phantom.volumes(when)


def _hooks(when: int) -> Iterator[Entry]:
    filler = Filler(46, owner=phantom.UID, when=when)
    sessions = [{"id": f"s-{number}", "issue": 19 + number} for number in range(6)]
    yield filler.file("state/sessions.json", json.dumps(sessions).encode())
    for number in range(30):
        yield filler.file(f"state/cache/{number:02x}.json", filler.text(500, 30_000))
        yield filler.file(f"state/worktrees/issue-19/src/{number}.ts", filler.text(500, 9000))


def _hooks_dev(when: int) -> Iterator[Entry]:
    yield from _hooks(when)
    filler = Filler(47, owner=phantom.UID, when=when)
    for number in range(12):
        yield filler.file(
            f"{_AGENT}/.codex/sessions/rollout-{number}.jsonl", filler.text(9000, 90_000)
        )
    yield filler.file(f"{_AGENT}/.codex/config.toml", b'model = "o4"\n')


def _database(when: int) -> Iterator[Entry]:
    filler = Filler(48, owner=999, when=when)
    data = "var/lib/postgresql/data"
    yield filler.file(f"{data}/PG_VERSION", b"15\n")
    yield filler.file(f"{data}/postgresql.conf", b"listen_addresses = '*'\nport = 5432\n")
    yield filler.file(f"{data}/global/pg_control", filler.noise(8192))
    for number in range(120):
        yield filler.file(
            f"{data}/base/16384/{16400 + number}", filler.noise(8192 * (number % 9 + 1))
        )
    yield filler.file(f"{data}/pg_wal/000000010000000000000001", filler.noise(16 << 20))


def _cache(when: int) -> Iterator[Entry]:
    filler = Filler(49, owner=999, when=when)
    yield filler.file("data/dump.rdb", b"REDIS0011" + filler.noise(700_000))
    yield filler.file("data/appendonlydir/appendonly.aof.1.incr.aof", filler.text(90_000, 100_000))


_MAKERS: dict[str, Callable[[int], Iterator[Entry]]] = {
    "phantom": _phantom,
    "claude-hooks-boss": _hooks,
    "claude-hooks-dev": _hooks_dev,
    "claude-hooks-reviewer": _hooks,
    "shop-db-1": _database,
    "shop-cache-1": _cache,
}
