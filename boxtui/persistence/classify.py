"""What a path is: patterns matched name by name, from the root of a box downwards."""

from dataclasses import dataclass

from boxtui.model.scan import PathClass
from boxtui.persistence.knowledge import OTHER, Row
from boxtui.persistence.patterns import Node, Patterns

_OPEN = frozenset({PathClass.WORK, PathClass.SERVICE, PathClass.OTHER})
"""Classes within which a pattern of any depth may speak; elsewhere the place decides."""

_HOMES = "/home"


@dataclass(frozen=True, slots=True)
class Match:
    """The row that speaks for a path, and the topmost path it speaks for."""

    row: Row
    root: str
    accepted: str | None = None
    """Why the user accepts its loss."""

    @property
    def severity(self) -> int | None:
        """What its loss would mean, once what is accepted no longer counts."""
        return 0 if self.accepted is not None else self.row.severity


UNKNOWN = Match(OTHER, "/")


@dataclass(frozen=True, slots=True)
class Place:
    """A directory: its match, and how far the patterns have been matched on the way to it."""

    path: str
    match: Match
    nodes: tuple[Node, ...]

    def join(self, name: str) -> str:
        """The path of a name in it."""
        return f"/{name}" if self.path == "/" else f"{self.path}/{name}"


class Classifier:
    """Says what a path of one box is."""

    def __init__(self, patterns: Patterns) -> None:
        self._patterns = patterns
        self.top = Place("/", UNKNOWN, (patterns.root,))
        self._anywhere = patterns.anywhere
        self.homes = frozenset(
            path for path, nodes in patterns.starts.items() if patterns.home in nodes
        )

    def match(self, place: Place, name: str) -> Match:
        """What a name in a directory is, without regard to what lies beneath it."""
        if not place.nodes:
            # most names lie deep below all anchored patterns: only names of any depth can match
            nodes = tuple(self._anywhere.step(name))
            return self._best(place, name, nodes) if nodes else place.match
        return self._best(place, name, self._nodes(place, name))

    def enter(self, place: Place, name: str) -> Place:
        """Go down into a directory."""
        path = place.join(name)
        nodes = self._nodes(place, name)
        match = self._best(place, name, nodes)
        deeper = [node for node in nodes if node.literal or node.globs]
        deeper.extend(self._patterns.starts.get(path, ()))
        if place.path == _HOMES and self._patterns.home not in deeper:
            deeper.append(self._patterns.home)
        moved = self._moved(path)
        return Place(path, moved or match, tuple(deeper))

    def locate(self, path: str) -> Match:
        """What a single path is."""
        place = self.top
        names = [name for name in path.split("/") if name]
        for name in names[:-1]:
            place = self.enter(place, name)
        return self.enter(place, names[-1]).match if names else place.match

    def mounted(self, path: str) -> Row:
        """The row that speaks for a mount at a path."""
        place = self.top
        best = OTHER
        names = [name for name in path.split("/") if name]
        for depth, name in enumerate(names, 1):
            rows = [row for node in self._nodes(place, name) for row in node.rows]
            fits = [row for row in rows if not row.mounts_only or depth == len(names)]
            if fits:
                best = max(fits, key=lambda row: row.rank)
            place = self.enter(place, name)
        moved = self._moved(path)
        return moved.row if moved else best

    def _moved(self, path: str) -> Match | None:
        for node in self._patterns.starts.get(path, ()):
            if node is not self._patterns.home and node.rows:
                return Match(max(node.rows, key=lambda row: row.rank), path)
        return None

    def _nodes(self, place: Place, name: str) -> tuple[Node, ...]:
        found: list[Node] = []
        for node in place.nodes:
            found.extend(node.step(name))
        found.extend(self._anywhere.step(name))
        return tuple(found)

    def _best(self, place: Place, name: str, nodes: tuple[Node, ...]) -> Match:
        held = place.match
        rows = [row for node in nodes for row in node.rows if _may_speak(row, held.row)]
        accepted = held.accepted
        for node in nodes:
            accepted = accepted if node.accepted is None else node.accepted
        if not rows and accepted == held.accepted:
            return held
        row = max(rows, key=lambda row: row.rank) if rows else held.row
        root = place.join(name) if rows or accepted != held.accepted else held.root
        return Match(row, root, accepted)


def _may_speak(row: Row, held: Row) -> bool:
    if row.mounts_only or (held.own and not row.own):
        return False
    return row.own or row.anchored or held.path_class in _OPEN
