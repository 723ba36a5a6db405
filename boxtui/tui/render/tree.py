"""The map as a tree: mounts and overlay paths under the directories that hold them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from boxtui.model.mount import MountKind
from boxtui.model.scan import Entry, Flag

_HELD_APART = frozenset({Flag.SHADOWED})
_UNCLASSIFIED = 2.5


class MapOrder(StrEnum):
    """How siblings are sorted."""

    SIZE = "size"
    SEVERITY = "severity"
    PATH = "path"


@dataclass(slots=True)
class Node:
    """A row of the tree; `bytes` and `files` are what a recreate destroys in it and below."""

    path: str
    label: str
    depth: int = 0
    entry: Entry | None = None
    bytes: int = 0
    files: int = 0
    severity: float = 0
    children: list["Node"] = field(default_factory=list)

    @property
    def mount(self) -> MountKind | None:
        """What is mounted here, if something is."""
        return self.entry.kind if self.entry is not None else None


def build(entries: Iterable[Entry], order: MapOrder) -> list[Node]:
    """Nest entries by their paths; directories that only lead to one thing are joined with it."""
    root = Node("/", "/")
    index: dict[str, Node] = {"/": root}
    for entry in sorted(entries, key=lambda e: (e.path, e.kind is None)):
        node = _node(index, entry.path)
        if node.entry is None:
            node.entry = entry
        else:
            # a shadowed path lies under the mount of the same path
            node.children.append(Node(entry.path, "(beneath)", entry=entry))
    _sum(root)
    _join(root)
    _sort(root, order)
    tops = [root] if root.entry is not None else root.children
    for top in tops:
        _place(top, 0, "/" if top is not root else "")
    return tops


def _node(index: dict[str, Node], path: str) -> Node:
    found = index.get(path)
    if found is None:
        parent, _, label = path.rstrip("/").rpartition("/")
        found = index[path] = Node(path, label)
        _node(index, parent or "/").children.append(found)
    return found


def _sum(node: Node) -> None:
    entry = node.entry
    if entry is not None and counts(entry):
        node.bytes, node.files = entry.bytes or 0, entry.files or 0
        node.severity = _UNCLASSIFIED if entry.severity is None else entry.severity
    for child in node.children:
        _sum(child)
        node.bytes += child.bytes
        node.files += child.files
        node.severity = max(node.severity, child.severity)


def counts(entry: Entry) -> bool:
    """Whether a recreate destroys it: overlay content that no mount of boxtui's has replaced."""
    return entry.kind is None and not _HELD_APART & set(entry.flags)


def _join(node: Node) -> None:
    for child in node.children:
        while child.entry is None and len(child.children) == 1:
            only = child.children[0]
            label = f"{child.label}/{only.label}"
            child.path, child.label, child.entry = only.path, label, only.entry
            child.children = only.children
        _join(child)


def _sort(node: Node, order: MapOrder) -> None:
    match order:
        case MapOrder.SIZE:
            node.children.sort(key=lambda n: (-n.bytes, -_mount_bytes(n), n.label))
        case MapOrder.SEVERITY:
            node.children.sort(key=lambda n: (-n.severity, -n.bytes, n.label))
        case _:
            node.children.sort(key=lambda n: n.label)
    for child in node.children:
        _sort(child, order)


def _mount_bytes(node: Node) -> int:
    return (node.entry.bytes or 0) if node.entry is not None else 0


def _place(node: Node, depth: int, prefix: str) -> None:
    node.depth = depth
    node.label = prefix + node.label
    for child in node.children:
        _place(child, depth + 1, "")


def visible(nodes: Iterable[Node], folded: frozenset[str]) -> Iterator[Node]:
    """Walk the rows that no folded row hides."""
    for node in nodes:
        yield node
        if node.path not in folded or node.label == "(beneath)":
            yield from visible(node.children, folded)


def row_key(node: Node) -> str:
    """Give what a row is known by: one path may be mounted and shadowed at once."""
    return node.path if node.label != "(beneath)" else f"{node.path}\0beneath"
