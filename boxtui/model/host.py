"""The engine itself, and where it was found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine says of itself, and by which way it was reached."""

    id: str
    """Cloned machines share it: never an identity by itself."""
    name: str
    version: str
    api_version: str
    host: str
    """The URL it was reached by, such as unix:///var/run/docker.sock or ssh://ops@prod."""
    context: str | None
    """The docker context that named the host, if one did."""
    root_dir: str
    """Where the engine keeps its data, on its own host."""
    storage_driver: str
    podman: bool = False
    rootless: bool = False

    @property
    def key(self) -> str:
        """What history and locks know this engine by: cloned ids are told apart by the rest."""
        return f"{self.id}|{self.name}|{self.root_dir}|{self.host}"
