import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxtui.backups.local import FolderReader, write_folder
from boxtui.backups.tarstream import TarEntry, TarWalk
from boxtui.errors import EngineError, UnsupportedError

FACTS = "%P\\0%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%l\\0%n\\0"


def facts(folder: Path) -> set[tuple[str, ...]]:
    """What `find` says of every name, the sizes of folders left out."""
    run = subprocess.run(
        ["find", ".", "-printf", FACTS], cwd=folder, check=True, capture_output=True
    )
    fields = run.stdout.decode("utf-8", "surrogateescape").split("\0")[:-1]
    rows = {tuple(fields[i : i + 9]) for i in range(0, len(fields), 9)}
    return {(*r[:5], "" if r[1] == "d" else r[5], *r[6:]) for r in rows}


def checksums(folder: Path) -> bytes:
    script = "find . -type f -print0 | sort -z | xargs -0 sha256sum"
    return subprocess.check_output(["sh", "-c", script], cwd=folder)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    root = tmp_path / "from" / "_data"
    (root / "sub" / "deep").mkdir(parents=True)
    (root / "file").write_bytes(os.urandom(3_000_000))
    (root / "sub" / "script").write_text("#!/bin/sh\n")
    (root / "sub" / "script").chmod(0o4755)
    os.link(root / "file", root / "sub" / "deep" / "hard")
    (root / "link").symlink_to("./file")
    (root / "out").symlink_to("/etc/passwd")
    os.mkfifo(root / "pipe")
    with open(os.fsencode(root) + b"/\xff\n\x1b[31m", "wb") as file:  # noqa: PTH123
        file.write(b"odd")
    with (root / "sparse").open("wb") as file:
        file.seek(50 << 20)
        file.write(b"end")
    os.utime(root / "file", ns=(1, 1_600_000_000_123_456_789))
    os.utime(root / "sub", ns=(1, 1_500_000_000_987_654_321))
    (root / "sub" / "deep").chmod(0o555)
    root.chmod(0o1777)
    return root


def test_a_folder_comes_back_as_it_was(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "to" / "_data"
    target.mkdir(parents=True)
    write_folder(target, iter(FolderReader(source)))
    assert facts(target) == facts(source)
    assert checksums(target) == checksums(source)
    assert (target / "sparse").stat().st_blocks * 512 < 1 << 20


def test_every_name_lies_below_the_one_top(source: Path) -> None:
    entries: list[TarEntry] = []
    walk = TarWalk(entries.append, "x")
    for block in FolderReader(source):
        walk.feed(block)
    walk.finish()
    assert {e.name.split("/")[0] for e in entries} == {"_data"}
    assert {e.target for e in entries if e.type == "link"} == {"./file", "/etc/passwd"}
    assert all(e.target.startswith("_data/") for e in entries if e.type == "hardlink")


def test_a_socket_is_named_not_lost_in_silence(source: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(source / "sub" / "a socket"))
        reader = FolderReader(source)
        assert sum(map(len, reader)) > 0
    assert reader.sockets == ("sub/a socket",)
    assert reader.changed == ()


def test_a_file_that_changes_while_it_is_read_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "_data"
    folder.mkdir()
    grown = folder / "grows\n"
    grown.write_bytes(b"x" * (8 << 20))
    reader = FolderReader(folder)
    blocks = iter(reader)
    next(blocks)
    # the pipe holds 64 KiB: tar is still in the file
    with grown.open("ab") as file:
        file.write(b"more")
    rest = list(blocks)
    assert rest
    assert reader.changed == ("grows\n",)


def test_a_folder_that_cannot_be_read_is_an_error_in_tars_words(tmp_path: Path) -> None:
    with pytest.raises(EngineError) as caught:
        list(FolderReader(tmp_path / "gone"))
    assert "No such file" in (caught.value.reason or "")


def test_a_reader_given_up_leaves_no_process(source: Path) -> None:
    before = children()
    blocks = iter(FolderReader(source))
    next(blocks)
    meanwhile = children()
    blocks.close()
    assert len(meanwhile - before) == 1
    assert children() <= before


def children() -> set[str]:
    """The processes that this one has started; the tests' engine may be among them."""
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_source_that_fails_midway_fails_the_write(tmp_path: Path) -> None:
    target = tmp_path / "_data"
    target.mkdir()

    def broken() -> Iterator[bytes]:
        yield b"\0" * 100
        raise ZeroDivisionError

    before = children()
    with pytest.raises(ZeroDivisionError):
        write_folder(target, broken())
    assert children() <= before


def test_what_is_no_tar_is_an_error(tmp_path: Path) -> None:
    target = tmp_path / "_data"
    target.mkdir()
    with pytest.raises(EngineError, match="could not write"):
        write_folder(target, iter([b"this is not a tar" * 100]))


def test_only_a_volumes_folder_is_written(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedError, match="_data"):
        write_folder(tmp_path / "etc", iter([]))
