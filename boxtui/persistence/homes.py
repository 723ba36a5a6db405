"""The homes of a box: where `~` of a pattern may stand."""

import os
from collections.abc import Iterable

_NO_HOMES = frozenset(
    f"/{name}"
    for name in (
        *("", "bin", "sbin", "usr", "usr/bin", "usr/sbin", "dev", "proc"),
        *("nonexistent", "etc", "var", "home", "tmp", "run"),
    )
)
"""What service accounts have for a home: `~/bin` there would be the system's own /bin."""

_FIELDS = 7


def homes(passwd: bytes | None, environment: Iterable[str]) -> frozenset[str]:
    """Every home in passwd and $HOME; without a passwd to read, /root (and all of /home)."""
    found = {"/root"}
    for variable in environment:
        if variable.startswith("HOME="):
            found.add(variable.removeprefix("HOME="))
    for line in (passwd or b"").splitlines():
        fields = line.split(b":")
        if len(fields) == _FIELDS:
            found.add(os.fsdecode(fields[5]))
    normal = {os.path.normpath(home) for home in found if home.startswith("/")}
    return frozenset(normal - _NO_HOMES)
