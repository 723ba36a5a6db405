"""What the global flags, the environment and the configuration come to."""

import os
from dataclasses import dataclass
from pathlib import Path

from boxtui import config
from boxtui.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """The global flags, the environment and the configuration, resolved."""

    config: config.Config
    config_path: Path
    state_dir: Path
    backup_dir: Path
    host: str | None = None
    context: str | None = None
    read_only: bool = False
    allow_exec: bool = False

    @property
    def engine_named(self) -> bool:
        """Whether someone said which engine to use; then there is no falling back."""
        named = self.host or self.context
        return bool(named or os.environ.get("DOCKER_HOST") or os.environ.get("DOCKER_CONTEXT"))


def resolve_settings(
    *,
    host: str | None = None,
    context: str | None = None,
    config_file: str | None = None,
    state_dir: str | None = None,
    backup_dir: str | None = None,
    read_only: bool = False,
    allow_exec: bool = False,
) -> Settings:
    """Flags win over the environment, the environment over the defaults."""
    if host is not None and context is not None:
        raise UsageError("--host and --context exclude each other", hint="give one of them")
    for flag, value in (("--host", host), ("--context", context), ("--config", config_file)):
        if value == "":
            raise UsageError(f"{flag} is empty")
    default = _xdg("XDG_CONFIG_HOME", ".config") / "boxtui" / "config.toml"
    path = Path(config_file).expanduser() if config_file is not None else default
    read = config.load(path, required=config_file is not None)
    state = _xdg("XDG_STATE_HOME", ".local/state") / "boxtui"
    backups = _xdg("XDG_DATA_HOME", ".local/share") / "boxtui" / "backups"
    return Settings(
        config=read,
        config_path=path,
        state_dir=_folder("--state-dir", state_dir, "BOXTUI_STATE_DIR", state),
        backup_dir=_folder("--backup-dir", backup_dir, "BOXTUI_BACKUP_DIR", backups),
        host=host,
        context=context,
        read_only=read_only or read.read_only,
        allow_exec=allow_exec,
    )


def _xdg(variable: str, default: str) -> Path:
    # the specification: a relative path there is to be ignored
    value = os.environ.get(variable, "")
    return Path(value) if value.startswith("/") else Path.home() / default


def _folder(flag: str, value: str | None, variable: str, default: Path) -> Path:
    if value == "":
        raise UsageError(f"{flag} is empty")
    chosen = value or os.environ.get(variable)
    path = Path(chosen).expanduser().absolute() if chosen else default
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path} is not a folder", hint=f"see {flag} or {variable}")
    return path


@dataclass(frozen=True, slots=True)
class AttachRequest:
    """A terminal to open at once and to end with: `boxtui attach`."""

    box: str
    user: str | None = None
    working_dir: str | None = None
    environment: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """What the command line answers with where the console is to be opened."""

    settings: Settings
    attach: AttachRequest | None = None
    color: bool = True
