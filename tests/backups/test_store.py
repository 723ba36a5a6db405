import os
import random
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from boxtui.backups.parts import read_part
from boxtui.backups.retention import Policy, removable
from boxtui.backups.store import Store
from boxtui.backups.verify import require_whole, verify
from boxtui.errors import BoxtuiError, DamagedError, NotFoundError
from boxtui.model.backup import Backup, BackupKind, Consistency, PartKind

TREE_BYTES = 300_000


@pytest.fixture
def tars(tmp_path: Path) -> dict[str, bytes]:
    made = {}
    for number, name in enumerate(("first", "second")):
        data = tmp_path / name / "_data"
        data.mkdir(parents=True)
        (data / "big").write_bytes(random.Random(number).randbytes(TREE_BYTES))
        (data / "text").write_text("note\n" * 100)
        run = subprocess.run(
            ["tar", "--format=pax", "-C", data.parent, "-c", "_data"],
            check=True,
            capture_output=True,
        )
        made[name] = run.stdout
    return made


def save(store: Store, tars: dict[str, bytes], target: str = "phantom") -> Backup:
    with store.draft(target) as draft:
        parts, files, size = [], 0, 0
        for name, data in tars.items():
            with draft.part(name, kind=PartKind.VOLUME, source=name) as writer:
                for start in range(0, len(data), 65_536):
                    writer.write(data[start : start + 65_536])
                parts.append(writer.close())
            files += writer.files
            size += writer.content_bytes
        return draft.publish(
            Backup(
                id="",
                kind=BackupKind.BOX,
                target=target,
                created=datetime.now(UTC),
                location="",
                files=files,
                bytes=size,
                stored_bytes=sum(p.stored_bytes for p in parts),
                consistency=Consistency.LIVE,
                interrupted_s=0.0,
                parts=tuple(parts),
            )
        )


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "backups")


def test_what_was_written_is_read_back(store: Store, tars: dict[str, bytes]) -> None:
    saved = save(store, tars)
    again = store.get(saved.id)
    assert again == saved
    assert (again.files, again.bytes) == (6, 2 * (TREE_BYTES + 500))
    for part in again.parts:
        assert b"".join(read_part(store.folder(again), part)) == tars[part.name]
    assert all(v.ok for v in verify(store.folder(again), again))


def test_zstd_and_tar_alone_read_a_part(
    store: Store, tars: dict[str, bytes], tmp_path: Path
) -> None:
    saved = save(store, tars)
    out = tmp_path / "out"
    out.mkdir()
    file = store.folder(saved) / saved.parts[0].file
    subprocess.run(f"zstd -dc {file} | tar x -C {out}", shell=True, check=True)
    assert (out / "_data/text").read_text() == "note\n" * 100


def test_only_the_owner_may_read(store: Store, tars: dict[str, bytes]) -> None:
    folder = store.folder(save(store, tars))
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(f.stat().st_mode) for f in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(store.root.stat().st_mode) == 0o700


def test_a_failure_leaves_nothing(store: Store) -> None:
    def fail() -> None:
        with store.draft("x") as draft, draft.part("p", kind=PartKind.VOLUME, source="p") as part:
            part.write(b"\0" * 512)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(store.root.iterdir()) == []


def test_a_tar_cut_short_by_the_engine_is_never_published(
    store: Store, tars: dict[str, bytes]
) -> None:
    with pytest.raises(DamagedError, match="ends in the middle"):
        save(store, {"first": tars["first"][:100_000]})
    assert store.catalogue() == ([], [])


def test_a_full_disk_is_raised_and_leaves_nothing(
    store: Store, tars: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        save(store, tars)
    assert list(store.root.iterdir()) == []


def flips(backup: Backup, folder: Path) -> Iterator[tuple[Path, int]]:
    chance = random.Random(7)
    for file in sorted(folder.iterdir()):
        size = file.stat().st_size
        yield from ((file, chance.randrange(size)) for _ in range(17))


def test_one_flipped_byte_anywhere_is_caught_and_named(
    store: Store, tars: dict[str, bytes]
) -> None:
    saved = save(store, tars)
    folder = store.folder(saved)
    tried = 0
    for file, offset in flips(saved, folder):
        original = file.read_bytes()
        flipped = bytearray(original)
        flipped[offset] ^= 0x40
        file.write_bytes(flipped)
        with pytest.raises(BoxtuiError) as caught:
            require_whole(folder, store.get(saved.id))
        name = file.name.removesuffix(".tar.zst")
        assert ("manifest" if name == "manifest.json" else f"part {name}") in caught.value.message
        file.write_bytes(original)
        tried += 1
    assert tried == 51
    require_whole(folder, store.get(saved.id))


@pytest.mark.parametrize("harm", ["cut", "drop", "swap", "stranger"])
def test_parts_that_are_cut_dropped_exchanged_or_strange_are_named(
    store: Store, tars: dict[str, bytes], harm: str
) -> None:
    saved = save(store, tars)
    folder = store.folder(saved)
    first, second = (folder / p.file for p in saved.parts)
    match harm:
        case "cut":
            os.truncate(first, first.stat().st_size // 2)
        case "drop":
            first.unlink()
        case "swap":
            data = first.read_bytes()
            first.write_bytes(second.read_bytes())
            second.write_bytes(data)
        case "stranger":
            (folder / "first").write_text("not ours")
    bad = {v.name for v in verify(folder, saved) if not v.ok}
    assert bad == ({"first", "second"} if harm == "swap" else {"first"})


def test_a_damaged_folder_is_listed_as_damaged_and_others_as_whole(
    store: Store, tars: dict[str, bytes]
) -> None:
    good, bad = save(store, tars), save(store, tars)
    (store.folder(bad) / "manifest.json").write_text("{}")
    whole, damaged = store.catalogue()
    assert whole == [good]
    assert [d.location for d in damaged] == [str(store.folder(bad))]


def test_another_backups_folder_name_is_refused(store: Store, tars: dict[str, bytes]) -> None:
    saved = save(store, tars)
    store.folder(saved).rename(store.root / "20260101T000000Z-other-000000")
    with pytest.raises(DamagedError, match="belongs to"):
        store.get("20260101T000000Z-other-000000")


def test_forget_removes_and_prefixes_find(store: Store, tars: dict[str, bytes]) -> None:
    saved = save(store, tars)
    assert store.get(saved.id[:-3]) == saved
    store.forget(saved)
    with pytest.raises(NotFoundError):
        store.get(saved.id)
    assert list(store.root.iterdir()) == []


CRASH = """
import sys
from pathlib import Path
from boxtui.backups.store import Store
from boxtui.model.backup import PartKind
with Store(Path(sys.argv[1])).draft("crash") as draft:
    with draft.part("p", kind=PartKind.VOLUME, source="p") as writer:
        writer.write(bytes(512))
        print("ready", flush=True)
        sys.stdin.read()
"""


def test_what_a_killed_process_leaves_is_swept_and_a_living_ones_is_not(store: Store) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(store.root)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    assert store.sweep() == []
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert store.catalogue() == ([], [])
    assert len(store.sweep()) == 1
    assert list(store.root.iterdir()) == []


def test_retention_keeps_days_weeks_months_and_the_last_good_one(
    store: Store, tars: dict[str, bytes]
) -> None:
    one = save(store, {"first": tars["first"]})
    start = datetime(2026, 3, 31, 12, tzinfo=UTC)
    backups = [
        replace(one, id=f"b{n:03}", created=start - timedelta(hours=12 * n)) for n in range(120)
    ]
    gone = {b.id for b in removable(backups, Policy(last=1, daily=3, monthly=2), lambda _: True)}
    kept = [b.id for b in backups if b.id not in gone]
    # newest of 31, 30, 29 March (two a day), and of March and February
    assert kept == ["b000", "b002", "b004", "b062"]
    bad_newest = removable(backups, Policy(last=1), lambda b: b.id not in {"b000", "b001"})
    assert {b.id for b in backups} - {b.id for b in bad_newest} == {"b000", "b002"}
    assert removable([one], Policy(), lambda _: True) == []
