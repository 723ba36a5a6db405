"""A Debian package's source, by `apt-get source` from the archives that apt here knows."""

import re
import subprocess
from pathlib import Path

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


class SourceUnavailableError(Exception):
    """Says why there is no source here."""


def fetch_source(package: str, suite: str, folder: Path) -> Path:
    """The unpacked upstream tree, fetched once into `folder`. Touches none of apt's own files."""
    for tree in folder.glob(f"{package}-*"):
        return tree
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb-src [signed-by={KEYRING}] {_archive()} {suite} main\n")
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/nonexistent",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": 1,
    }
    apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    _run([*apt, "update"], folder)
    _run([*apt, "source", "--download-only", package], folder)
    for archive in folder.glob(f"{package}_*.orig.tar.*"):
        _run(["tar", "--extract", "--no-same-owner", "--file", str(archive)], folder)
        return next(folder.glob(f"{package}-*"))
    raise SourceUnavailableError(f"apt-get source brought no upstream archive of {package}")


def _archive() -> str:
    """The Debian archive that apt is set up with, for another suite of it."""
    listed = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(ORIGIN) $(SUITE)"], Path("/")
    )
    for line in listed.splitlines():
        uri, _, rest = line.partition(" ")
        if rest.startswith("Debian ") and re.search(r"/debian/?$", uri):
            return uri
    raise SourceUnavailableError("apt on this system knows no Debian archive")


def _run(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=240, check=True
        )
    except FileNotFoundError as error:
        raise SourceUnavailableError(f"no {command[0]} here") from error
    except subprocess.CalledProcessError as error:
        raise SourceUnavailableError(f"{command[-1]}: {error.stderr.strip()[-300:]}") from error
    return done.stdout
