"""The demo's image: from what the engine has, can pull, or the machine can give it."""

import hashlib
import io
import json
import platform
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from boxtui.demo import packages, roots
from boxtui.demo.archive import Entry, stream
from boxtui.demo.contents import PREPARED
from boxtui.demo.phantom import UID
from boxtui.demo.progress import Report
from boxtui.demo.story import LABELS
from boxtui.errors import BoxtuiError, NoEngineError
from boxtui.model.ports import Engine

REPOSITORY = "boxtui-demo"
TAGS = {"agent": "4", "postgres": "15", "redis": "7"}
PULLED = "boxtui.demo.pulled"
"""A label: the reference that the demo pulled, to be removed with it."""
_WANTED = "debian:stable-slim"
_GOOD = ("debian", "ubuntu", "python", "node")
_PACKAGES = ("bash", "git", "less", "procps", "python3-minimal", "tmux", "vim-tiny")


def reference(word: str) -> str:
    """Name the image of a box, such as boxtui-demo/postgres:15."""
    return f"{REPOSITORY}/{word}:{TAGS[word]}"


def ensure(engine: Engine, folder: Path, report: Report) -> None:
    """Have the demo's image under all its names; `folder` keeps what took long to make."""
    known = {tag for image in engine.list_images() for tag in image.tags}
    wanted = {reference(word) for word in TAGS}
    if wanted <= known:
        return
    base, pulled = _base(engine, known, folder, report)
    report(f"preparing the demo's image from {base}")
    made = _prepare(engine, base, pulled)
    for word, tag in TAGS.items():
        engine.tag_image(made, f"{REPOSITORY}/{word}", tag)


def remove(engine: Engine, report: Report) -> None:
    """Remove the demo's images, and the one that it pulled."""
    for image in engine.list_images():
        if not LABELS.items() <= image.labels.items():
            continue
        for tag in image.tags or (image.id,):
            report(f"removing image {tag}")
            engine.remove_image(tag, force=True)
        if pulled := image.labels.get(PULLED):
            try:
                engine.remove_image(pulled)
            except BoxtuiError as error:
                # a box of somebody else's stands on it by now: it stays
                report(f"{pulled} stays: {error.reason or error.message}")


def _base(engine: Engine, known: set[str], folder: Path, report: Report) -> tuple[str, str | None]:
    """Find the image to stand on, and the reference that had to be pulled for it."""
    for tag in sorted(known, key=lambda tag: (tag != _WANTED, tag)):
        if tag.partition(":")[0] in _GOOD:
            return tag, None
    try:
        report(f"pulling {_WANTED}")
        for line in engine.pull(_WANTED):
            report(str(line.get("status", "")))
    except BoxtuiError as error:
        report(f"no registry gives it ({error.reason or error.message}): from this machine then")
        return _import(engine, folder, report), None
    return _WANTED, _WANTED


def _import(engine: Engine, folder: Path, report: Report) -> str:
    """Load a root from this machine: debootstrap's where it can be had, else busybox alone."""
    for make in (_debian, _busybox):
        try:
            tar = make(folder, report)
        except NoEngineError as error:
            report(error.message)
            continue
        name = f"{REPOSITORY}/base:{make.__name__.strip('_')}"
        with tempfile.TemporaryFile(dir=folder) as archive:
            _docker_archive(archive, tar, name)
            archive.seek(0)
            report(f"loading {name} into the engine")
            engine.load_image(archive)
        return name
    raise NoEngineError(
        "no image can be had: no registry answers, and neither debootstrap nor busybox is here",
        hint="apt-get install busybox-static",
    )


def _debian(folder: Path, report: Report) -> Path:
    target = folder / "debian.tar"
    if not target.exists():
        report("making a small Debian with debootstrap: about a minute")
        roots.debian(target, include=_PACKAGES, report=report)
    return target


def _busybox(folder: Path, report: Report) -> Path:
    target = folder / "busybox.tar"
    if shutil.which("busybox") is None:
        packages.install(["busybox-static"], report)
    roots.busybox(target)
    return target


def _docker_archive(archive: io.IOBase, layer: Path, name: str) -> None:
    """Write what `docker save` would: one layer, one config, one name."""
    with layer.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    config = {
        "architecture": _architecture(),
        "created": datetime.now(UTC).isoformat(),
        "os": "linux",
        "config": {"Cmd": ["/bin/sh"], "Labels": LABELS, "Env": ["PATH=" + _PATH]},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for path, document in (("config.json", config), ("manifest.json", manifest)):
            body = json.dumps(document).encode()
            member = tarfile.TarInfo(path)
            member.size = len(body)
            tar.addfile(member, io.BytesIO(body))
        tar.add(layer.resolve(), "layer.tar")


_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def _architecture() -> str:
    machine = platform.machine()
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)


def _prepare(engine: Engine, base: str, pulled: str | None) -> str:
    """Commit the base with the demo's users and folders in it; the image's id."""
    body = {"Image": base, "Cmd": ["sh"], "Labels": LABELS}
    box = engine.create_container(f"{REPOSITORY}-image", body)
    try:
        engine.put_archive(box, "/", stream(_prepared(_users(engine, box))))
        labels = LABELS | ({PULLED: pulled} if pulled else {})
        return engine.commit(box, body={"Labels": labels, "Cmd": ["sh"]})
    finally:
        engine.remove_container(box, force=True)


def _users(engine: Engine, box: str) -> dict[str, bytes]:
    """Give the base's own lists of users and groups, with the demo's added."""
    files = {}
    for path, line in (
        ("etc/passwd", f"phantom:x:{UID}:{UID}:phantom:/home/phantom:/bin/sh\n"),
        ("etc/group", f"phantom:x:{UID}:\n"),
    ):
        with engine.get_archive(box, f"/{path}") as body:
            data = io.BytesIO(b"".join(body))
        with tarfile.open(fileobj=data) as tar:
            found = tar.extractfile(tar.getmembers()[0])
            files[path] = (found.read() if found else b"") + line.encode()
    return files


def _prepared(files: dict[str, bytes]) -> Iterator[Entry]:
    for path, content in files.items():
        yield Entry(path, content)
    for path in PREPARED:
        owner = 0 if path in {"home", "data"} else UID
        yield Entry(path, mode=0o755, owner=owner, folder=True)
    for path in ("state", "home/agent"):
        yield Entry(path, mode=0o755, owner=UID, folder=True)
