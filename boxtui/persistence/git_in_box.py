"""The same question put to the box's own git, where something may be run in the box.

As the repository's owner, not as root: what its configuration names runs where it belongs.
"""

from boxtui.errors import EngineError
from boxtui.model.ports import Engine
from boxtui.model.scan import Flag

_SCRIPT = """
cd "$1" || exit 9
g() { git -c core.fsmonitor=false -c core.hooksPath=/dev/null -c safe.directory='*' "$@"; }
s=$(g status --porcelain --ignore-submodules=all) || exit 9
p=$(g rev-list --max-count=1 --branches --not --remotes) || exit 9
if [ -n "$s" ] || g rev-parse -q --verify refs/stash >/dev/null; then echo git-uncommitted; fi
if [ -n "$p" ]; then echo git-unpushed; fi
"""


def git_flags_in_box(engine: Engine, container_id: str, path: str) -> set[Flag] | None:
    """Flags of the repository at a path of a running box; None where its git cannot tell."""
    try:
        owner = engine.run(container_id, ["stat", "-c", "%u", f"{path}/.git"], user="0")
        uid = owner.stdout.decode(errors="replace").strip()
        if owner.exit_code or not uid.isdigit():
            return None
        told = engine.run(
            container_id,
            ["sh", "-c", _SCRIPT, "sh", path],
            user=uid,
            environment={"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )
    except EngineError:
        return None
    if told.exit_code:
        return None
    return {Flag(word) for word in told.stdout.decode().split()}
