"""What the rules are given: facts gathered by the caller; no rule asks an engine anything."""

from collections.abc import Mapping
from dataclasses import dataclass

from boxtui.model.container import Container
from boxtui.model.finding import Subject
from boxtui.model.scan import Entry, ScanResult
from boxtui.model.volume import Volume


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """One box."""

    container: Container
    """With details."""
    mounts: tuple[Entry, ...] = ()
    """Rows of the map for its mounts: from the scan, else from the mounts alone."""
    scan: ScanResult | None = None
    """The last scan of this very container."""
    tag_moved: bool | None = None
    layers: int | None = None
    """Of its image; None where unknown."""
    image_environment: tuple[str, ...] = ()
    """KEY=value lines that its image brings."""
    missing_sources: tuple[str, ...] = ()
    """Sources of binds that do not exist, where that can be known."""

    @property
    def subject(self) -> Subject:
        """The box, as a finding names it."""
        return Subject("container", self.container.id, self.container.name)

    @property
    def overlay(self) -> tuple[Entry, ...]:
        """Rows of the map beyond the base image; none before a scan."""
        return tuple(e for e in self.scan.entries if e.kind is None) if self.scan else ()


@dataclass(frozen=True, slots=True)
class Estate:
    """All that the engine holds; rules about several boxes look here."""

    boxes: tuple[BoxFacts, ...]
    containers: tuple[Container, ...] = ()
    """All that the engine has, audited or not; without details."""
    volumes: tuple[Volume, ...] = ()
    """Those that are audited."""
    users: Mapping[str, tuple[str, ...]] | None = None
    """Names of the boxes that use each volume, running or not; of all boxes, audited or not."""
