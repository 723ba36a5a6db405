"""All patterns as one trie of names, walked beside the tree of a box."""

import fnmatch
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from boxtui.persistence.knowledge import Row

_GLOB = re.compile(r"[*?\[]")


@dataclass(slots=True)
class Node:
    """A place within the patterns; what stands here speaks for the path that led to it."""

    rows: list[Row] = field(default_factory=list)
    accepted: str | None = None
    """The reason for which the user accepts the loss of what lies here."""
    literal: dict[str, "Node"] = field(default_factory=dict)
    globs: list[tuple[re.Pattern[str], "Node"]] = field(default_factory=list)

    def child(self, name: str) -> "Node":
        """The node for one more name of a pattern, made where it is missing."""
        if not _GLOB.search(name):
            return self.literal.setdefault(name, Node())
        glob = re.compile(fnmatch.translate(name))
        for known, node in self.globs:
            if known.pattern == glob.pattern:
                return node
        node = Node()
        self.globs.append((glob, node))
        return node

    any_glob: re.Pattern[str] | None = None
    """All of `globs` at once, once they are complete: most names match none of many."""

    def complete(self) -> None:
        """No more patterns will be placed here."""
        self.any_glob = re.compile("|".join(glob.pattern for glob, _ in self.globs) or r"(?!)")

    def step(self, name: str) -> Iterator["Node"]:
        """Where a name leads from here."""
        literal = self.literal.get(name)
        if literal is not None:
            yield literal
        if not self.globs or (self.any_glob is not None and not self.any_glob.match(name)):
            return
        for glob, node in self.globs:
            if glob.match(name):
                yield node


@dataclass(frozen=True, slots=True)
class Patterns:
    """Where matching begins: at the root, in each home, and at every depth."""

    root: Node
    home: Node
    anywhere: Node
    starts: Mapping[str, tuple[Node, ...]]
    """The nodes that begin at a directory: homes, and what variables have moved."""

    @classmethod
    def build(
        cls,
        rows: Iterable[Row],
        accepted: Mapping[str, str],
        homes: Iterable[str],
        moved: Mapping[str, str],
    ) -> "Patterns":
        """Rows and accepted losses ({pattern: reason}) of a box with these homes."""
        patterns = cls(Node(), Node(), Node(), {})
        for row in rows:
            patterns.place(row.pattern).rows.append(row)
        for pattern, reason in accepted.items():
            patterns.place(pattern).accepted = reason
        starts: dict[str, tuple[Node, ...]] = dict.fromkeys(homes, (patterns.home,))
        for directory, place in moved.items():
            starts[directory] = (*starts.get(directory, ()), patterns.place(place))
        patterns.anywhere.complete()
        return cls(patterns.root, patterns.home, patterns.anywhere, starts)

    def place(self, pattern: str) -> Node:
        """The node at the end of a pattern."""
        anchor, rest = self.root, pattern
        if pattern == "~" or pattern.startswith("~/"):
            anchor, rest = self.home, pattern[1:]
        elif pattern.startswith("**/"):
            anchor, rest = self.anywhere, pattern[3:]
        for name in filter(None, rest.split("/")):
            anchor = anchor.child(name)
        return anchor
