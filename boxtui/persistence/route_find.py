"""A find run where the files are: in the running box, or in a helper beside it.

In the box (asked for, since it runs something there; GNU or BusyBox find): sees sizes, allocation,
owners, modes, hard links, chmod-only copies. Cannot see what mounts hide, layers committed by a
remount, or whether a directory that holds changes had its own owner or mode changed.

In a helper (asked for; an image that is already there, no network, the writable layer mounted
read-only): the same for any box, running or not, and what mounts hide.
"""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from boxtui.errors import BoxtuiError, EngineError
from boxtui.model.container import BASE_ID_LABEL, TEMPORARY_LABEL, TEMPORARY_MARK, Container, State
from boxtui.model.ports import Engine
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence import find_output
from boxtui.persistence.diff_list import listed
from boxtui.persistence.errand import Errand, RouteRefusedError
from boxtui.persistence.find_merge import merged, moved
from boxtui.persistence.find_output import Found, once
from boxtui.persistence.streamed import Streamed

_LAYER = "/layer"
_LONGEST_S = 3600
"""A helper that nobody ends any more ends by itself."""


class FindRoute:
    """Iterate for the records; `found` is what find saw, by path in the box."""

    def __init__(self, errand: Errand, found: Mapping[str, Found], *, sees_hidden: bool) -> None:
        self._errand = errand
        self._found = found
        self._sees_hidden = sees_hidden

    def __iter__(self) -> Iterator[FileRecord]:
        errand = self._errand
        if BASE_ID_LABEL in errand.container.labels:
            errand.sight.miss("layers committed by a remount")
        errand.watch.check()
        for record in merged(
            self._found,
            listed(errand.engine.changes(errand.container.id)),
            errand.boundary,
            errand.sight,
            created=errand.container.created,
            sees_hidden=self._sees_hidden,
        ):
            errand.watch.check()
            yield record


def in_box(errand: Errand) -> Mapping[str, Found]:
    """Run find in the box as its root; RouteRefusedError where it has none that will do."""
    if errand.container.state is not State.RUNNING:
        raise RouteRefusedError("the box does not run")
    since = errand.container.created
    return moved(_run_find(errand, errand.container.id, "/", since), "/")


def measure_in_box(errand: Errand, path: str) -> tuple[int, int]:
    """Bytes and files beneath a mountpoint of a running box: an inode once."""
    size = files = 0
    for record in once(_run_find(errand, errand.container.id, path, None)):
        if record.type is FileType.FILE:
            size += record.bytes or 0
            files += 1
    return size, files


def _run_find(errand: Errand, ref: str, root: str, since: datetime | None) -> Iterator[Found]:
    watch = errand.watch
    seen = 0
    with Streamed(errand.engine, ref, find_output.gnu_command(root, since), watch) as gnu:
        for one in find_output.parse_gnu(gnu):
            seen += 1
            watch.name()
            yield one
        # names that vanish while find looks make it end with 1: what it printed is still whole
        if gnu.code() in {0, 1} and (seen or not gnu.complained):
            return
    if seen:
        raise RouteRefusedError("the box's find ended before it had seen everything")
    mark = find_output.new_mark()
    command = find_output.busybox_command(root, since, mark, datetime.now(UTC))
    with Streamed(errand.engine, ref, command, watch) as busybox:
        for one in find_output.parse_busybox(busybox, mark):
            watch.name()
            yield one
        busybox.code()


def in_helper(errand: Errand) -> Mapping[str, Found]:
    """Run find over the writable layer in a container made for it and removed after it."""
    engine, container = errand.engine, errand.container
    document = engine.raw("container", container.id)
    upper = ((document.get("GraphDriver") or {}).get("Data") or {}).get("UpperDir")
    if not upper:
        raise RouteRefusedError("the engine does not say where its overlay directory is")
    refused: RouteRefusedError | None = None
    for image in _images(engine, container):
        try:
            with _helper(engine, container, image, upper) as helper:
                return moved(_run_find(errand, helper, _LAYER, None), _LAYER)
        except RouteRefusedError as error:
            refused = error
    raise refused or RouteRefusedError("no image here could run a helper")


def _images(engine: Engine, container: Container) -> list[str]:
    """The box's own image, then small ones that are known to have a find; none is pulled."""
    known = ("busybox", "alpine", "debian", "ubuntu")
    tags = [tag for image in engine.list_images() for tag in image.tags]
    small = [tag for name in known for tag in tags if tag.split(":")[0].endswith(name)]
    return [container.image_id, *small[:3]]


@contextmanager
def _helper(engine: Engine, container: Container, image: str, upper: str) -> Iterator[str]:
    name = f"{container.name}{TEMPORARY_MARK}helper-{secrets.token_hex(4)}"
    created = None
    try:
        created = engine.create_container(name, _helper_body(image, upper))
        engine.start(created)
    except EngineError as error:
        if created is not None:
            _remove(engine, created)
        raise RouteRefusedError(error.reason or error.message) from error
    try:
        yield created
    finally:
        _remove(engine, created)


def _remove(engine: Engine, helper: str) -> None:
    try:
        engine.remove_container(helper, volumes=True, force=True)
    except BoxtuiError:
        # gone already: it removes itself when it ends, and nothing of the box hangs on it
        return


def _helper_body(image: str, upper: str) -> dict[str, Any]:
    return {
        "Image": image,
        "Entrypoint": ["sleep", str(_LONGEST_S)],
        "Cmd": [],
        "User": "0:0",
        "Labels": {TEMPORARY_LABEL: "1"},
        "Healthcheck": {"Test": ["NONE"]},
        "NetworkDisabled": True,
        "HostConfig": {
            "AutoRemove": True,
            "NetworkMode": "none",
            "ReadonlyRootfs": True,
            "CapDrop": ["ALL"],
            "CapAdd": ["DAC_READ_SEARCH"],
            "SecurityOpt": ["no-new-privileges"],
            "Mounts": [
                {"Type": "bind", "Source": upper, "Target": _LAYER, "ReadOnly": True},
            ],
        },
    }
