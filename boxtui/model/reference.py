"""How people name a box: a name, a unique id prefix, or PROJECT/SERVICE."""

from collections.abc import Iterable

from boxtui.errors import AmbiguousError, NotFoundError
from boxtui.model.container import Container

_SHOWN = 5


def find_box(containers: Iterable[Container], reference: str) -> Container:
    """Pick the one container meant; an exact name or id wins over a prefix or a service."""
    known = [c for c in containers if not c.temporary]
    exact = [c for c in known if reference in (c.name, c.id)]
    if len(exact) == 1:
        return exact[0]
    fits = [c for c in known if _fits(c, reference)]
    if not fits:
        raise NotFoundError(
            f"no box is called {reference!r}", hint="`boxtui ps -a` lists every name and id"
        )
    if len(fits) > 1:
        names = ", ".join(sorted(c.name for c in fits)[:_SHOWN])
        raise AmbiguousError(
            f"{reference!r} fits {len(fits)} boxes: {names}", hint="give the whole name"
        )
    return fits[0]


def _fits(container: Container, reference: str) -> bool:
    if reference and container.id.startswith(reference):
        return True
    project, slash, service = reference.partition("/")
    return bool(slash) and (container.project, container.service) == (project, service)
