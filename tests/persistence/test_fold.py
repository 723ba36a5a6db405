"""Names folded into the topmost paths of one class."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from boxtui.model.mount import Mount, MountKind
from boxtui.model.scan import FileRecord, FileType, PathClass
from boxtui.persistence import fold as fold_module
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.diff_list import depth_first
from boxtui.persistence.fold import Fold
from tests.persistence.test_classify import classifier

HOME = "/home/u"


def volume(target: str) -> Mount:
    return Mount(MountKind.VOLUME, "v", target, read_only=False)


def folded(records: Iterable[FileRecord], mounts: Iterable[Mount] = ()) -> Fold:
    mounts = tuple(mounts)
    fold = Fold(classifier(), Boundary(mounts), mounts, files=True)
    for record in sorted(records, key=lambda record: depth_first(record.path)):
        fold.add(record)
    fold.finish()
    return fold


def file(path: str, size: int = 1) -> FileRecord:
    return FileRecord(path, FileType.FILE, size, size, mtime=1.0)


def directory(path: str) -> FileRecord:
    return FileRecord(path, FileType.DIR)


def paths(fold: Fold) -> dict[str, PathClass]:
    return {one.path: one.key.match.row.path_class for one in fold.folded}


def test_a_class_is_folded_up_to_where_its_pattern_matched() -> None:
    fold = folded([file(f"{HOME}/.nvm/a/b"), file(f"{HOME}/.nvm/c"), file(f"{HOME}/notes/x")])
    assert paths(fold) == {f"{HOME}/.nvm": PathClass.TOOL, f"{HOME}/notes": PathClass.WORK}


def test_a_lone_file_is_not_folded_into_its_home() -> None:
    assert list(paths(folded([file(f"{HOME}/.claude.json")]))) == [f"{HOME}/.claude.json"]


def test_a_mixed_directory_is_split_and_no_further_than_needed() -> None:
    names = ["web/a", "web/b", "api/.env", "api/c", "api/lib/d"]
    assert paths(folded(file(f"{HOME}/services/{name}") for name in names)) == {
        f"{HOME}/services/api/.env": PathClass.CRED,
        f"{HOME}/services/api/c": PathClass.SERVICE,
        f"{HOME}/services/api/lib": PathClass.SERVICE,
        f"{HOME}/services/web": PathClass.SERVICE,
    }


def test_unclassified_content_folds_into_an_image_directory_but_never_into_the_root() -> None:
    assert list(paths(folded([file("/app/a"), file("/app/b/c"), file("/x")]))) == ["/app", "/x"]


def test_mountpoints_runtime_files_and_the_way_to_a_mount_are_no_changes() -> None:
    records = [
        directory("/way"), directory("/way/to"), directory("/way/to/mount"),
        file("/etc/hosts"), file("/etc/resolv.conf"), file("/.dockerenv"),
        directory("/dev"), file("/dev/console"), directory("/sys"),
    ]  # fmt: skip
    fold = folded(records, [volume("/way/to/mount")])
    assert not fold.folded
    assert not fold.files
    assert fold.total.directories == fold.total.files == 0


def test_the_way_to_a_mount_counts_once_something_else_lies_there() -> None:
    records = [directory("/app"), directory("/app/data"), file("/app/projects")]
    fold = folded(records, [volume("/app/data")])
    assert (fold.total.directories, fold.total.files) == (1, 1)
    assert list(paths(fold)) == ["/app/projects"]


def test_what_a_mount_hides_is_told_apart() -> None:
    fold = folded([file("/app/data/old"), file("/app/new")], [volume("/app/data")])
    assert [(one.path, one.key.shadow) for one in fold.folded] == [
        ("/app/data", "/app/data"),
        ("/app/new", None),
    ]


def test_a_link_into_a_mount_stands_alone() -> None:
    link = FileRecord(f"{HOME}/repos", FileType.LINK, target="../../app/repos")
    fold = folded([link, file(f"{HOME}/notes/x")], [volume("/app")])
    assert [(one.path, one.key.link) for one in fold.folded] == [
        (f"{HOME}/notes", None),
        (f"{HOME}/repos", "../../app/repos"),
    ]


def test_a_git_repository_is_work() -> None:
    names = ["thing/.git/HEAD", "thing/a", "thing/b/c", "thing/.env", "else/x"]
    fold = folded(file(f"/code/{name}") for name in names)
    assert paths(fold) == {
        "/code/else": PathClass.OTHER,
        "/code/thing/.env": PathClass.CRED,
        "/code/thing/.git": PathClass.WORK,
        "/code/thing/a": PathClass.WORK,
        "/code/thing/b": PathClass.WORK,
    }
    assert fold.repositories == ["/code/thing"]


def test_empty_directories_are_rows_of_their_own() -> None:
    fold = folded([directory("/app"), directory("/app/empty")])
    assert list(paths(fold)) == ["/app"]
    assert fold.total.directories == 2


def test_too_many_names_of_several_classes_are_shown_as_the_worst() -> None:
    many = fold_module._MOST_LOOSE + 10
    fold = folded([*(file(f"/heap/{n:06}") for n in range(many)), file("/heap/z.db", 5)])
    (one,) = fold.folded
    assert (one.path, one.mixed) == ("/heap", True)
    assert one.sum.files == many + 1


NAMES = st.sampled_from(["a", "b", ".env", "x.db", ".git", "notes", ".ssh", "\udcff", "n\nl"])
PATHS = st.lists(NAMES, min_size=1, max_size=5).map(lambda names: "/home/u/" + "/".join(names))


@given(st.dictionaries(PATHS, st.integers(0, 100), max_size=30))
def test_entries_are_disjoint_and_their_sums_are_the_totals(sizes: dict[str, int]) -> None:
    # a name is a file only where no other name lies beneath it
    names = [p for p in sizes if not any(other.startswith(p + "/") for other in sizes)]
    fold = folded(file(path, sizes[path]) for path in names)
    assert sum(one.sum.bytes for one in fold.folded) == sum(sizes[p] for p in names)
    assert sum(one.sum.files for one in fold.folded) == len(names) == fold.total.files
    entries = [one.path for one in fold.folded]
    for path in names:
        assert sum(path == e or path.startswith(e + "/") for e in entries) == 1
