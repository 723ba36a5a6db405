"""The box's own passwd, read where the route allows it."""

import os
import stat
import tarfile

from boxtui.errors import NotFoundError
from boxtui.persistence.archive_headers import opened
from boxtui.persistence.errand import Errand
from boxtui.persistence.overlay_walk import Layers

_MOST_BYTES = 1 << 20


def passwd_of_layers(layers: Layers) -> bytes | None:
    """/etc/passwd as the layers show it; None where there is none that can be read."""
    for layer in (*layers.tops, *layers.bases):
        try:
            found = _read(layer)
        except FileNotFoundError:
            continue
        except OSError:
            return None
        return found
    return None


def _read(layer: str) -> bytes | None:
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    root = os.open(layer, flags | os.O_DIRECTORY)
    try:
        etc = os.open("etc", flags | os.O_DIRECTORY, dir_fd=root)
        try:
            file = os.open("passwd", flags, dir_fd=etc)
        finally:
            os.close(etc)
    finally:
        os.close(root)
    with os.fdopen(file, "rb") as passwd:
        # a box may have put a pipe or a whiteout there
        if not stat.S_ISREG(os.fstat(file).st_mode):
            return None
        return passwd.read(_MOST_BYTES)


def passwd_of_box(errand: Errand) -> bytes | None:
    """/etc/passwd of a box that does not run, from the engine; None where there is none."""
    try:
        stream = errand.engine.get_archive(errand.container.id, "/etc/passwd")
    except NotFoundError:
        return None
    try:
        with stream, opened(stream) as tar:
            member = tar.next()
            file = tar.extractfile(member) if member is not None and member.isreg() else None
            return None if file is None else file.read(_MOST_BYTES)
    except tarfile.TarError:
        return None
