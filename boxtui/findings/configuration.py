"""The pack about how a box is set up, and about its image."""

import re
from collections.abc import Iterable

from boxtui import formatting
from boxtui.findings.facts import BoxFacts
from boxtui.findings.rule import Hit, box_rule
from boxtui.model.finding import Severity

MANY_LAYERS = 100
"""Of the 127 at which engines refuse a further commit."""

_SECRET = re.compile(
    r"(^|_)(TOKEN|SECRET|PASSWORD|PASSWD|PASS|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?"
    r"|AUTH)(_|$)|(^|_)PAT$",
    re.IGNORECASE,
)
_NOT_SECRET = re.compile(r"_(FILE|PATH|DIR|URL|TTL|EXPIRY|TYPE|METHOD|NAME|SOCK)$", re.IGNORECASE)
_KNOWN_VALUE = re.compile(
    r"^(gh[pousr]_\w{20,}|github_pat_\w{20,}|sk-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA\w{16}"
    r"|glpat-[\w-]{16,}|npm_\w{30,}|eyJ[\w-]+\.eyJ[\w-]+\.)"
)
_TRIVIAL = frozenset({"", "0", "1", "true", "false", "yes", "no", "none", "null", "***"})


@box_rule(
    "no-restart-policy",
    Severity.LOW,
    "After a reboot of the host, or a crash, the box stays down until somebody starts it.",
    key="box.restart_policy",
)
def no_restart_policy(box: BoxFacts) -> Iterable[Hit]:
    """Boxes that nothing starts again."""
    details = box.container.details
    if details is None or details.auto_remove or details.restart_policy not in {"", "no"}:
        return
    fix = (("docker", "update", "--restart", "unless-stopped", box.container.name),)
    yield Hit(box.subject, ("restart policy: no",), fix)


@box_rule(
    "tag-moved",
    Severity.MEDIUM,
    "The image's reference points elsewhere now: the next recreate gives a different box.",
    key="box.recreate",
)
def tag_moved(box: BoxFacts) -> Iterable[Hit]:
    """Boxes whose reference names another image now."""
    if box.tag_moved:
        details = box.container.details
        reference = details.image_ref if details else box.container.image
        said = f"{formatting.plain(reference)} is no longer {box.container.image_id[:19]}"
        yield Hit(box.subject, (said,), (("boxtui", "recreate", box.container.name),))


@box_rule(
    "layer-depth",
    Severity.HIGH,
    "Engines refuse a commit at about 125 layers: then the box can be remounted no more.",
    key="box.remount",
)
def layer_depth(box: BoxFacts) -> Iterable[Hit]:
    """Boxes whose image has grown by many commits."""
    if box.layers is not None and box.layers >= MANY_LAYERS:
        yield Hit(box.subject, (f"its image has {box.layers} layers",))


@box_rule(
    "secret-in-env",
    Severity.MEDIUM,
    "Secrets in the environment show in `docker inspect`, and a commit bakes them into an image.",
)
def secret_in_env(box: BoxFacts) -> Iterable[Hit]:
    """Secrets in the environment that its image does not bring; values are never shown."""
    details = box.container.details
    own = details.environment if details else ()
    brought = set(box.image_environment)
    names = [line.partition("=")[0] for line in own if line not in brought and is_secret(line)]
    if names:
        yield Hit(box.subject, tuple(f"{formatting.plain(name)}=***" for name in names))


def is_secret(line: str) -> bool:
    """Whether a KEY=value line looks like a secret."""
    name, _, value = line.partition("=")
    if value.lower() in _TRIVIAL:
        return False
    if _KNOWN_VALUE.match(value):
        return True
    return bool(_SECRET.search(name)) and not _NOT_SECRET.search(name)
