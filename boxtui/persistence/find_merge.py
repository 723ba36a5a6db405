"""Joins what find has seen with what the engine lists: sizes from one, deletions from the other."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.boundary import RUNTIME_TREES, Boundary
from boxtui.persistence.diff_list import Listed, depth_first
from boxtui.persistence.errand import Sight
from boxtui.persistence.find_output import Found, once


def merged(
    found: Mapping[str, Found],
    lines: Iterable[Listed],
    boundary: Boundary,
    sight: Sight,
    *,
    created: datetime,
    sees_hidden: bool,
) -> Iterator[FileRecord]:
    """All records, depth first.

    `found` is by path in the box. What the engine does not list counts where its inode is younger
    than the box, or was found in the writable layer itself: a copy made by a chmod to the same
    mode, or a name that is not UTF-8.
    """
    born = 0.0 if sees_hidden else created.timestamp()
    second = int(born)
    counted: dict[str, Found] = {}
    others: list[FileRecord] = []
    unlisted = dict(found)
    for line in lines:
        if boundary.runtime(line.path) or line.path in boundary.targets:
            continue
        if line.kind == "D":
            unlisted.pop(line.path, None)  # the whiteout itself, where a helper sees it
            others.append(FileRecord(line.path, FileType.DELETED))
            continue
        one = unlisted.pop(line.path, None)
        if one is not None:
            # a directory listed as changed with changes in it is so for their sake
            alone = not (line.holds or line.gaps)
            if one.record.type is not FileType.DIR or line.kind == "A" or alone:
                counted[line.path] = one
        elif not sees_hidden and boundary.shadow(line.path) is not None:
            sight.miss("what is hidden by mounts")
            others.append(FileRecord(line.path, _hidden_type(line)))
    for path, one in unlisted.items():
        if _counts_unlisted(path, one, boundary, born):
            counted[path] = one
        elif one.changed == second and _counts_unlisted(path, one, boundary, second - 1):
            # BusyBox tells whole seconds: the image's own, or a copy made when the box started
            sight.miss("what may have been copied up in the second in which the box was made")
    records = [*once(counted[path] for path in sorted(counted, key=depth_first)), *others]
    records.sort(key=lambda record: depth_first(record.path))
    yield from records


def _hidden_type(line: Listed) -> FileType:
    return FileType.DIR if line.holds else FileType.FILE


def _counts_unlisted(path: str, one: Found, boundary: Boundary, born: float) -> bool:
    if boundary.runtime(path) or path in boundary.targets:
        return False
    # BusyBox tells whole seconds: only a name that the engine cannot list gets the doubt's benefit
    if one.changed <= (born if _utf8(path) else int(born) - 1):
        return False
    if any(path.startswith(f"{tree}/") for tree in RUNTIME_TREES):
        return False
    if one.record.type is FileType.DIR:
        # the engine lists every directory that differs, unless it cannot spell its name
        return not _utf8(path)
    return True


def _utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def moved(found: Iterable[Found], prefix: str) -> dict[str, Found]:
    """Found names by the path they have in the box, from paths beneath a prefix."""
    cut = len(prefix.rstrip("/"))
    if not cut:
        return {one.record.path: one for one in found}
    result = {}
    for one in found:
        path = one.record.path[cut:] or "/"
        result[path] = replace(one, record=replace(one.record, path=path))
    return result
