"""What a path is: the most specific pattern wins."""

import pytest

from boxtui.errors import ConfigError
from boxtui.model.scan import PathClass
from boxtui.persistence import own_row
from boxtui.persistence.classify import Classifier
from boxtui.persistence.homes import homes
from boxtui.persistence.knowledge import Row, builtin, expand, relocated
from boxtui.persistence.patterns import Patterns


def classifier(
    *rows: Row,
    accepted: dict[str, str] | None = None,
    passwd: bytes = b"u:x:1000:1000::/home/u:/bin/sh\nsvc:x:9:9::/data/svc:/bin/sh\n",
    environment: tuple[str, ...] = (),
) -> Classifier:
    patterns = Patterns.build(
        (*builtin(), *rows),
        accepted or {},
        homes(passwd, environment),
        relocated(environment),
    )
    return Classifier(patterns)


@pytest.mark.parametrize(
    ("path", "path_class", "severity"),
    [
        ("/home/u/.claude.json", "cred", 4),
        ("/home/u/.claude/.credentials.json", "cred", 3),
        ("/home/u/.claude/projects/-app/x.jsonl", "agent", 4),
        ("/home/u/.claude/settings.local.json", "agent", 3),
        ("/home/u/.claude/something", "agent", 2),
        ("/home/u/.claude/statsig/x", "cache", 0),
        ("/home/u/.codex/sessions/2026/x.jsonl", "agent", 4),
        ("/home/u/.codex/state.sqlite", "cache", 1),
        ("/home/u/.gemini/tmp/abc/chats/1.json", "agent", 4),
        ("/home/u/.config/truffle/token", "cred", 3),
        ("/home/u/.config/gh/hosts.yml", "cred", 3),
        ("/home/u/.config/nvim/init.lua", "agent", 2),
        ("/home/u/services/web/index.js", "service", 3),
        ("/home/u/services/web/.env", "cred", 3),
        ("/home/u/notes/today.md", "work", 4),
        ("/home/u/repos/app/node_modules/x/index.js", "cache", 0),
        ("/home/u/repos/app/target/debug/app", "cache", 0),
        ("/home/u/repos/app/target/notes", "work", 4),
        ("/home/u/.nvm/versions/node/v22/lib/node_modules/npm/x", "tool", 2),
        ("/home/u/.cache/x/y.sqlite", "cache", 0),
        ("/home/u/.cache/huggingface/token", "cred", 3),
        ("/home/u/.cargo/bin/rg", "tool", 2),
        ("/home/u/.cargo/registry/x", "cache", 0),
        ("/home/u/whatever", "other", 2),
        ("/home/u/data.sqlite-wal", "db", 4),
        ("/data/svc/.ssh/id_ed25519", "cred", 4),
        ("/root/.ssh/id_ed25519", "cred", 4),
        ("/home/unlisted/.ssh/config", "cred", 4),
        ("/app/projects/x", "work", 4),
        ("/app/else", "other", 2),
        ("/opt/tool/bin/x", "service", 3),
        ("/opt/conda/bin/python", "tool", 2),
        ("/usr/bin/vim", "pkg", 0),
        ("/usr/local/bin/tool", "tool", 3),
        ("/usr/local/lib/python3.11/dist-packages/x/y.py", "pkg", 2),
        ("/var/lib/dpkg/status", "pkg", 3),
        ("/var/lib/apt/lists/x", "cache", 0),
        ("/var/lib/postgresql/data/base/1", "db", 4),
        ("/var/log/x.db", "log", 1),
        ("/tmp/x", "temp", 1),
        ("/etc/nginx/nginx.conf", "work", 2),
        ("/etc/passwd", "pkg", 3),
        ("/etc/cron.d/job", "work", 3),
        ("/data/dump.rdb", "db", 4),
        ("/data/other", "other", 2),
    ],
)
def test_builtin(path: str, path_class: str, severity: int) -> None:
    row = classifier().locate(path).row
    assert (row.path_class, row.severity) == (path_class, severity), row


def test_root_of_a_match_is_where_the_pattern_matched() -> None:
    assert classifier().locate("/home/u/.nvm/versions/x").root == "/home/u/.nvm"


def test_home_from_the_environment() -> None:
    known = classifier(environment=("HOME=/app/home",))
    assert known.locate("/app/home/.ssh/x").row.path_class is PathClass.CRED


def test_a_service_account_in_a_system_directory_is_no_home() -> None:
    known = classifier(passwd=b"root:x:0:0::/root:\nbin:x:2:2::/:/x\nsync:x:4:6::/usr:/x\n")
    assert known.locate("/bin/sh").row.path_class is PathClass.PKG


def test_a_variable_moves_a_place() -> None:
    known = classifier(environment=("CLAUDE_CONFIG_DIR=/state/claude", "CODEX_HOME=relative"))
    assert known.locate("/state/claude/projects/x").row.severity == 4
    assert known.locate("/state/claude/odd").row.path_class is PathClass.AGENT


def test_own_rows_go_before_builtin_ones() -> None:
    rows = (*own_row("~/.ssh", "noise", 0), *own_row("**/*.parquet", "work", 4))
    known = classifier(*rows)
    assert known.locate("/home/u/.ssh/id_rsa").row.path_class is PathClass.NOISE
    assert known.locate("/home/u/.cache/deep/x.parquet").row.path_class is PathClass.WORK


def test_an_accepted_loss_weighs_nothing_and_keeps_its_class() -> None:
    match = classifier(accepted={"~/notes": "copied nightly"}).locate("/home/u/notes/x")
    assert match.row.path_class is PathClass.WORK
    assert (match.severity, match.accepted) == (0, "copied nightly")


def test_mount_rows_speak_for_mounts_only() -> None:
    assert classifier().mounted("/data").path_class is PathClass.DB
    assert classifier().mounted("/data/sub").path_class is PathClass.OTHER
    assert classifier().mounted("/var/lib/postgresql/data").path_class is PathClass.DB


def test_expand_writes_braces_out() -> None:
    assert sorted(expand("~/{a,b{c,d}}/x/**")) == ["~/a/x", "~/bc/x", "~/bd/x"]


@pytest.mark.parametrize("pattern", ["relative/x", "/", "~/", "**/*", "~", ""])
def test_a_pattern_that_would_match_everything_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigError, match="is no pattern"):
        list(own_row(pattern, "work", 4))


def test_bad_class_and_severity_are_named() -> None:
    with pytest.raises(ConfigError, match="'nonsense' is no class"):
        list(own_row("/x", "nonsense", 4))
    with pytest.raises(ConfigError, match="0 to 4"):
        list(own_row("/x", "work", 5))


def test_every_builtin_row_is_told_once() -> None:
    patterns = [(row.pattern, row.mounts_only) for row in builtin()]
    assert len(patterns) == len(set(patterns))
