"""What the mounts alone tell of a box that nobody has scanned: the map's rows for them."""

from collections.abc import Mapping

from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.scan import Entry
from boxtui.model.volume import Volume
from boxtui.persistence.classify import Classifier
from boxtui.persistence.homes import homes
from boxtui.persistence.knowledge import Row, builtin
from boxtui.persistence.mounts import circumstances, mount_entries
from boxtui.persistence.patterns import Patterns


def rows_of_mounts(
    container: Container,
    info: EngineInfo,
    volumes: Mapping[str, Volume],
    rows: tuple[Row, ...] = (),
) -> tuple[Entry, ...]:
    """Give one row a mount; asks nothing of the engine. `rows` are the user's own knowledge."""
    environment = container.details.environment if container.details else ()
    patterns = Patterns.build((*builtin(), *rows), {}, homes(None, environment), {})
    box = circumstances(container, info)
    return tuple(mount_entries(container, box, volumes, Classifier(patterns)))
