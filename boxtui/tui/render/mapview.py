"""The persistence map: the sentence, the tree's rows, and what is to be said of the row chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from boxtui import formatting
from boxtui.model.container import Container
from boxtui.model.mount import MountKind
from boxtui.model.scan import Entry, Flag, Method, ScanResult
from boxtui.tui.render import columns, words
from boxtui.tui.render.columns import Column
from boxtui.tui.render.tree import Node, row_key
from boxtui.tui.snapshot import Scanning
from boxtui.tui.spans import Line, Role, Span
from boxtui.tui.symbols import Symbols, bar

_BAR_CELLS = 8
_GRAVE = 3

_KINDS = {
    MountKind.VOLUME: "volume",
    MountKind.ANONYMOUS: "anonymous volume",
    MountKind.BIND: "bind",
    MountKind.TMPFS: "tmpfs",
    MountKind.CONFIG: "config",
    MountKind.SECRET: "secret",
}

_METHODS = {
    Method.OVERLAY_DIR: "overlay directory",
    Method.IN_BOX: "find in the box",
    Method.HELPER: "helper",
    Method.ARCHIVE: "archive",
    Method.DIFF: "the engine's diff",
}

_FLAGS = {
    Flag.SHADOWED: "hidden under a mount",
    Flag.SIBLING_OF_MOUNT: "belongs with the mount beside it",
    Flag.SYMLINK_INTO_VOLUME: "a link into a volume: the target lasts, the link does not",
    Flag.DELETED: "deleted from the image",
    Flag.LISTENER: "a process listens from here",
    Flag.GIT_UNCOMMITTED: "uncommitted work in git",
    Flag.GIT_UNPUSHED: "unpushed work in git",
    Flag.DATABASE_ANONYMOUS: "a database in an anonymous volume",
}

_SHORT_FLAGS = {
    Flag.SHADOWED: "hidden",
    Flag.SIBLING_OF_MOUNT: "sibling",
    Flag.SYMLINK_INTO_VOLUME: "link",
    Flag.DELETED: "deleted",
    Flag.LISTENER: "listens",
    Flag.GIT_UNCOMMITTED: "uncommitted",
    Flag.GIT_UNPUSHED: "unpushed",
    Flag.DATABASE_ANONYMOUS: "database",
}


@dataclass(frozen=True, slots=True)
class MapTable:
    """The rows of the tree that are to be seen."""

    nodes: Sequence[Node]
    folded: frozenset[str]
    whole: int
    """Bytes that the longest bar stands for."""
    symbols: Symbols

    def __len__(self) -> int:
        return len(self.nodes)

    def key(self, index: int) -> str:
        return row_key(self.nodes[index])

    def head(self, width: int) -> Line:
        return columns.head(_layout(width), width)

    def line(self, index: int, width: int) -> Line:
        node = self.nodes[index]
        cells: dict[str, Span | Line] = {
            "path": self._path(node),
            "size": self._size(node),
            "bar": Span(self._bar(node), Role.RISK if node.severity >= _GRAVE else Role.BAR),
            "files": Span(self._files(node), Role.MUTED),
            "lasts": self._dots(node),
            "class": self._class(node),
        }
        return columns.row(_layout(width), cells, width, ellipsis=self.symbols.ellipsis)

    def _path(self, node: Node) -> Line:
        sign = " "
        if node.children:
            sign = self.symbols.closed if node.path in self.folded else self.symbols.opened
        entry = node.entry
        role = Role.PLAIN if entry is not None else Role.MUTED
        if entry is not None and Flag.DELETED in entry.flags:
            role = Role.MUTED
        spans = [Span("  " * node.depth + sign + " ", Role.MUTED)]
        spans.append(Span(formatting.plain(node.label), role))
        if entry is not None and Flag.SYMLINK_INTO_VOLUME in entry.flags and entry.source:
            target = formatting.plain(entry.source)
            spans.append(Span(f" {self.symbols.arrow} {target}", Role.MUTED))
        return tuple(spans)

    def _size(self, node: Node) -> Span:
        if node.mount is not None:
            known = node.entry.bytes if node.entry else None
            return Span("" if known is None else formatting.size(known), Role.MUTED)
        return Span(formatting.size(node.bytes), Role.NUMBER)

    def _bar(self, node: Node) -> str:
        if node.mount is not None or not self.whole:
            return ""
        return bar(node.bytes / self.whole, _BAR_CELLS, self.symbols)

    def _files(self, node: Node) -> str:
        if node.mount is not None:
            known = node.entry.files if node.entry else None
            return "" if known is None else formatting.count(known)
        return formatting.count(node.files)

    def _dots(self, node: Node) -> Line:
        return words.dots(node.entry.survives, self.symbols) if node.entry else ()

    def _class(self, node: Node) -> Line:
        return class_words(node.entry) if node.entry else ()


def class_words(entry: Entry) -> Line:
    """Say what a path is, in a word or two."""
    spans: list[Span] = []
    if entry.kind is not None:
        role = Role.RISK if entry.kind in {MountKind.ANONYMOUS, MountKind.TMPFS} else Role.GOOD
        spans.append(Span(_KINDS[entry.kind] + (" ro" if entry.read_only else ""), role))
    else:
        grave = entry.severity is not None and entry.severity >= _GRAVE
        spans.append(Span(entry.path_class.value, Role.BROKEN if grave else Role.MUTED))
    spans.extend(Span(f" {_SHORT_FLAGS[flag]}", Role.RISK) for flag in entry.flags)
    return tuple(spans)


def _layout(width: int) -> columns.Layout:
    table = (
        Column("path", "PATH", 20, 60),
        Column("size", "SIZE", 8, 8, right=True),
        Column("bar", "", _BAR_CELLS, _BAR_CELLS, rank=2),
        Column("files", "FILES", 7, 7, rank=3, right=True),
        Column("lasts", "LASTS", 5, 5),
        Column("class", "WHAT", 8, 28, rank=1),
    )
    return columns.allot(table, width)


def summary(
    box: Container,
    scan: ScanResult | None,
    *,
    now_line: Line,
    width: int,
) -> list[Line]:
    """Say aloud what a recreate destroys, and how old that knowledge is."""
    if scan is None:
        lines: list[Line] = [(Span(part),) for part in wrap(unscanned_words(box), width)]
    else:
        role = Role.RISK if scan.at_risk_bytes or scan.at_risk_files else Role.PLAIN
        lines = [(Span(part, role),) for part in wrap(_sentence(scan.summary), width)]
    if now_line:
        lines.append(now_line)
    return lines


def _sentence(summary: str) -> str:
    text = formatting.plain(summary)
    return text[:1].upper() + text[1:]


def unscanned_words(box: Container) -> str:
    """Say what the mounts alone tell."""
    kept = [m for m in box.mounts if m.kind not in {MountKind.TMPFS, MountKind.ANONYMOUS}]
    if not kept:
        return "No path of this box is mounted: all that it has written dies on a recreate."
    return f"{len(kept)} mounted paths last. What lies beside them nobody has measured yet."


def freshness(scan: ScanResult | None, scanning: Scanning | None, error: str, words_: str) -> Line:
    """Say where the figures come from, or how far the scan under way has come."""
    if scanning is not None:
        if scanning.waiting:
            return (Span("waiting for another scan", Role.FOCUS),)
        seen = f"{formatting.count(scanning.files)} names"
        if scanning.bytes:
            seen += f", {formatting.size(scanning.bytes)}"
        return (Span(f"scanning: {seen}", Role.FOCUS),)
    if error:
        return (Span(f"the scan failed: {formatting.plain(error)}", Role.BROKEN),)
    if scan is None:
        return (Span("not scanned", Role.MUTED),)
    text = f"scanned {words_}, {_METHODS[scan.method]}"
    if not scan.complete:
        return (Span(f"{text}, ", Role.MUTED), Span("incomplete", Role.RISK))
    return (Span(text, Role.MUTED),)


def wrap(text: str, width: int) -> list[str]:
    """Break a sentence at blanks."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return [*lines, line] if line else lines


def about(node: Node | None, symbols: Symbols, now_words: str) -> list[Line]:
    """Say in words what the chosen row is, what it survives, and how to make it again."""
    if node is None or node.entry is None:
        return []
    entry = node.entry
    lines: list[Line] = [_headline(entry, symbols)]
    if entry.source and entry.kind is not None:
        lines.append((Span("from ", Role.MUTED), Span(formatting.plain(entry.source))))
    lines += [(Span(_FLAGS[flag], Role.RISK),) for flag in entry.flags]
    if entry.detail:
        lines.append((Span(formatting.plain(entry.detail)),))
    if entry.newest is not None:
        lines.append((Span(f"newest change {now_words}", Role.MUTED),))
    if entry.reinstall:
        again = formatting.plain("; ".join(entry.reinstall))
        lines.append((Span("made again by ", Role.MUTED), Span(again)))
    return lines


def _headline(entry: Entry, symbols: Symbols) -> Line:
    survives = (*words.dots(entry.survives, symbols), Span(f" {words.lasts(entry.survives)}  "))
    return (*survives, *class_words(entry))
