"""Volumes as tars and back through the engine's archive API, for engines on other machines.

The volume is mounted into a helper that is made from an image already there and never started:
nothing runs, nothing is pulled. It is mounted at a path that images lack, or an empty volume would
be filled from the image. One volume a helper: the engine follows archived links inside it.
"""

import secrets
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager

from boxtui.backups.safety import TOP
from boxtui.errors import NotFoundError, UnsupportedError
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK
from boxtui.model.ports import Engine
from boxtui.model.volume import Volume

MOUNTED_AT = f"/{TOP}"

LOST = (
    "fractions of a second in times",
    "extended attributes but capabilities, and ACLs",
    "holes in sparse files (filled with zeros)",
    "sockets",
)
"""What the engine's own archive does not carry, of every volume."""


@contextmanager
def helper(
    engine: Engine,
    volume: str,
    *,
    labels: Mapping[str, str] | None = None,
    read_only: bool = True,
) -> Iterator[str]:
    """Make a helper with the volume in it, give its id, and remove it whatever happens.

    By the `labels` a later run knows whose it is, should this one be killed.
    """
    name = f"helper{TEMPORARY_MARK}{secrets.token_hex(6)}"
    mount = {
        "Type": "volume",
        "Source": volume,
        "Target": MOUNTED_AT,
        "ReadOnly": read_only,
        "VolumeOptions": {"NoCopy": True},
    }
    body = {
        "Image": any_image(engine),
        "Entrypoint": ["/never-started"],
        "Labels": {**(labels or {}), TEMPORARY_LABEL: "1"},
        "HostConfig": {"Mounts": [mount], "NetworkMode": "none"},
    }
    identity = engine.create_container(name, body)
    try:
        yield identity
    finally:
        # the helper's own anonymous volumes (the image may declare some) go with it
        engine.remove_container(identity, volumes=True, force=True)


def read_volume(
    engine: Engine, volume: str, *, labels: Mapping[str, str] | None = None
) -> Generator[bytes, None, None]:
    """Give the volume as a tar whose one top-level name is `_data`."""
    with (
        helper(engine, volume, labels=labels) as identity,
        engine.get_archive(identity, MOUNTED_AT) as stream,
    ):
        yield from stream


def write_volume(
    engine: Engine,
    volume: str,
    tar: Iterator[bytes],
    *,
    labels: Mapping[str, str] | None = None,
) -> None:
    """Unpack a verified tar into the volume.

    It is put at `/`: put into the volume itself, a relative link that leaves it makes the engine
    refuse the whole archive, and the volume's own owner and mode are lost.
    """
    with helper(engine, volume, labels=labels, read_only=False) as identity:
        engine.put_archive(identity, "/", tar)


def any_image(engine: Engine) -> str:
    """Give an image that is there, the smallest."""
    images = engine.list_images()
    if not images:
        raise UnsupportedError(
            "the engine has no image at all, so no helper can be made",
            hint="a helper is never started: any image will do, `docker import` makes one",
        )
    return min(images, key=lambda image: (image.size, image.id)).id


def find_volume(engine: Engine, name: str) -> Volume:
    """Find it, or raise NotFoundError: a helper would quietly make an empty one."""
    for volume in engine.list_volumes():
        if volume.name == name:
            return volume
    raise NotFoundError(f"there is no volume {name!r}", hint="`boxtui volumes` lists them")
