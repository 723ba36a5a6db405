"""Git work, judged without running anything that the repository names."""

import shutil
import subprocess
from pathlib import Path

import pytest

from boxtui.model.scan import Flag
from boxtui.persistence.git_work import git_flags

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git on this machine")

UNCOMMITTED, UNPUSHED = Flag.GIT_UNCOMMITTED, Flag.GIT_UNPUSHED


def git(repository: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "init.defaultBranch=main")
    done = subprocess.run(
        ["git", *settings, "-C", repository, *arguments], capture_output=True, check=True, text=True
    )
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Cloned, one commit, all pushed."""
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "origin"], check=True)
    subprocess.run(["git", "clone", "-q", tmp_path / "origin", tmp_path / "work"], check=True)
    work = tmp_path / "work"
    (work / "a").write_text("a")
    git(work, "add", "a")
    git(work, "commit", "-qm", "one")
    git(work, "push", "-q", "origin", "HEAD")
    return work


def judged(repository: Path) -> set[Flag] | None:
    return git_flags(str(repository.parent), f"/{repository.name}")


def test_all_pushed(repository: Path) -> None:
    assert judged(repository) == set()


def test_behind_is_not_unpushed(repository: Path) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    git(repository, "push", "-q", "origin", "HEAD")
    git(repository, "reset", "-q", "--hard", "HEAD~1")
    assert judged(repository) == set()


@pytest.mark.parametrize("packed", [False, True])
def test_a_commit_that_is_nowhere_else(repository: Path, packed: bool) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "two")
    if packed:
        git(repository, "gc", "-q")
    assert judged(repository) == {UNPUSHED}


def test_changed_new_and_stashed_files(repository: Path) -> None:
    (repository / "new").write_text("x")
    assert judged(repository) == {UNCOMMITTED}
    git(repository, "stash", "-q", "--include-untracked")
    assert judged(repository) == {UNCOMMITTED}
    git(repository, "stash", "drop", "-q")
    assert judged(repository) == set()
    (repository / "a").write_text("b")
    assert judged(repository) == {UNCOMMITTED}


def test_ignored_files_are_no_work(repository: Path) -> None:
    (repository / ".git/info/exclude").write_text("*.tmp\n")
    (repository / "x.tmp").write_text("x")
    assert judged(repository) == set()


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "fresh")
    assert judged(tmp_path / "fresh") == set()


def test_nothing_that_the_repository_names_is_run(repository: Path, tmp_path: Path) -> None:
    trap, mark = tmp_path / "trap", tmp_path / "ran"
    trap.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    trap.chmod(0o755)
    for hook in ("post-checkout", "pre-commit", "post-index-change", "fsmonitor-watchman"):
        shutil.copy(trap, repository / ".git/hooks" / hook)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.process", "diff.evil.textconv"):
        git(repository, "config", key, str(trap))
    git(repository, "config", "include.path", str(trap))
    (repository / ".gitattributes").write_text("* filter=evil diff=evil\n")
    (repository / "a").write_text("b")
    mark.unlink(missing_ok=True)
    assert judged(repository) == {UNCOMMITTED}
    assert not mark.exists()


def test_what_is_no_repository_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    assert judged(tmp_path / "x") is None
    (tmp_path / "x/.git").symlink_to("/")
    assert judged(tmp_path / "x") is None


def test_a_damaged_repository_is_unknown(repository: Path) -> None:
    (repository / ".git/index").write_bytes(b"nonsense")
    assert judged(repository) is None
