"""Images."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from boxtui.model.container import BASE_ID_LABEL, BASE_REF_LABEL, Container


@dataclass(frozen=True, slots=True)
class Image:
    """One image of the engine's store."""

    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    created: datetime | None
    size: int
    """Bytes of all its layers."""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def dangling(self) -> bool:
        """Whether no tag names it."""
        return not self.tags


def names(images: Iterable[Image]) -> dict[str, str]:
    """What each reference names now: image ids by `canonical` reference."""
    return {canonical(tag): image.id for image in images for tag in image.tags}


def tag_moved(container: Container, named: Mapping[str, str]) -> bool | None:
    """Whether the reference a box was made from names another image now; `named` from `names`.

    Of a box that boxtui remounted, the reference and image beneath its commits. False where the
    reference is an id or has a digest: such never move. None where the engine knows the reference
    no longer (it was untagged or removed), or where nothing was inspected yet.
    """
    labels, details = container.labels, container.details
    if BASE_ID_LABEL in labels:
        reference, base = labels.get(BASE_REF_LABEL), labels[BASE_ID_LABEL]
    else:
        reference, base = details.image_ref if details else None, container.image_id
    if not reference:
        return None
    if "@" in reference or base.removeprefix("sha256:").startswith(
        reference.removeprefix("sha256:")
    ):
        return False
    now = named.get(canonical(reference))
    return None if now is None else now != base


def canonical(reference: str) -> str:
    """Spell a reference out: "debian" is "docker.io/library/debian:latest"."""
    host, slash, rest = reference.partition("/")
    if not slash or not ("." in host or ":" in host or host == "localhost"):
        host, rest = "docker.io", reference
    if host in {"docker.io", "index.docker.io"}:
        host, rest = "docker.io", rest if "/" in rest else f"library/{rest}"
    if ":" not in rest.rpartition("/")[2]:
        rest += ":latest"
    return f"{host}/{rest}"
