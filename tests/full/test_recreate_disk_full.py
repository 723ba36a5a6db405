"""The engine's own disk is full, at every step: a small loop-mounted data root."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from boxtui.demo import daemon
from tests.engines import images
from tests.engines.boxes import Boxes
from tests.engines.running import PrivateEngine
from tests.integration.faults import STEPS, Box, once_at

pytestmark = [pytest.mark.engine, pytest.mark.full, pytest.mark.root]


@pytest.fixture(scope="module")
def small_engine(
    tmp_path_factory: pytest.TempPathFactory, docker_config: Path, engine_cache: Path
) -> Iterator[PrivateEngine]:
    folder = tmp_path_factory.mktemp("small")
    disk = tmp_path_factory.mktemp("disk") / "disk.img"
    with disk.open("wb") as handle:
        handle.truncate(192 << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", disk], check=True)
    subprocess.run(["mount", "-o", "loop", disk, folder], check=True)
    own = PrivateEngine(daemon.Daemon(folder / "engine"), docker_config)
    try:
        own.start()
        images.ensure_busybox(own.docker, engine_cache)
        yield own
    finally:
        daemon.clean(own.daemon)
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.parametrize("step", STEPS)
def test_the_disk_fills_up(small_engine: PrivateEngine, tmp_path: Path, step: str) -> None:
    boxes = Boxes(small_engine)
    filler = small_engine.data_root / "filler"
    try:
        box = Box.make(small_engine.docker, boxes, tmp_path / "state")
        done = box.recreate(once_at(step, "start", lambda *_: fill(filler)))
        if done.code == 5:
            # with no byte left not even the old box can be started: room first, then recover
            filler.unlink()
            assert box.recover().code == 0
            box.check_whole()
            return
        filler.unlink()
        box.check_outcome(done)
    finally:
        filler.unlink(missing_ok=True)
        boxes.clean()


def fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as handle:
        for size in (1 << 20, 1 << 12, 1):
            with suppress(OSError):
                while True:
                    handle.write(bytes(size))
