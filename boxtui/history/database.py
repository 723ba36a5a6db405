"""The database file: opened by several processes at once, versioned, for its owner alone."""

import os
import sqlite3
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from boxtui.errors import BoxtuiError, DamagedError, InternalError, NoSpaceError, UnsupportedError

_MIGRATIONS = (
    """
    CREATE TABLE scans (
        id INTEGER PRIMARY KEY,
        engine TEXT NOT NULL,
        container_id TEXT NOT NULL,
        scanned_at REAL NOT NULL,
        verdict TEXT NOT NULL,
        at_risk_bytes INTEGER,
        at_risk_files INTEGER,
        reason TEXT NOT NULL,
        document BLOB NOT NULL
    );
    CREATE INDEX scans_by_container ON scans (engine, container_id, scanned_at);
    CREATE TABLE sightings (
        engine TEXT NOT NULL,
        container_id TEXT NOT NULL,
        identity TEXT NOT NULL,
        box TEXT NOT NULL,
        image_id TEXT NOT NULL,
        image TEXT NOT NULL,
        created REAL NOT NULL,
        first_seen REAL NOT NULL,
        last_seen REAL NOT NULL,
        removed REAL,
        PRIMARY KEY (engine, container_id)
    ) WITHOUT ROWID;
    CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        time REAL NOT NULL,
        kind TEXT NOT NULL,
        engine TEXT NOT NULL,
        box TEXT NOT NULL,
        container_id TEXT,
        image_id TEXT,
        by TEXT NOT NULL,
        operation TEXT,
        lost TEXT,
        told INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX events_by_engine ON events (engine, time);
    CREATE TABLE operations (
        id TEXT PRIMARY KEY,
        engine TEXT NOT NULL,
        old_id TEXT,
        new_id TEXT,
        state TEXT NOT NULL,
        document TEXT NOT NULL
    );
    """,
    "ALTER TABLE operations ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
)
"""One script a version: never change one that was released, add the next."""

_BUSY_SECONDS = 10.0


class Database:
    """One connection, shared by threads under a lock; transactions are short."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        """None: kept in memory, for this process alone."""
        self._lock = threading.RLock()
        with self._explained():
            self._connection = self._open()
            try:
                self._migrate()
            except BaseException:
                self._connection.close()
                raise

    def _open(self) -> sqlite3.Connection:
        if self.path is None:
            return _connect(":memory:")
        if not self.path.exists():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _create(self.path)
        return _connect(self.path)

    def _migrate(self) -> None:
        version = self._version()
        if version > len(_MIGRATIONS):
            raise UnsupportedError(
                f"{self.path} was written by a newer boxtui",
                hint="upgrade boxtui, or give another --state-dir",
            )
        if version == len(_MIGRATIONS):
            return
        with self.transaction() as connection:
            # two that start at once must not both migrate: the second looks again
            for script in _MIGRATIONS[self._version() :]:
                for statement in script.split(";"):
                    connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {len(_MIGRATIONS)}")

    def _version(self) -> int:
        row = self._connection.execute("PRAGMA user_version").fetchone()
        return int(row[0])

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._explain(error) from error
        except OSError as error:
            raise InternalError(
                f"{self.path}: the history cannot be opened",
                reason=error.strerror,
                hint="make the folder writable, or give another with --state-dir",
            ) from error

    def _explain(self, error: sqlite3.DatabaseError) -> BoxtuiError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            return NoSpaceError(f"{self.path}: the disk is full", reason=str(error))
        if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
            return DamagedError(
                f"{self.path} is damaged",
                reason=str(error),
                hint="move it away: boxtui starts a new history; boxes are not affected",
            )
        return InternalError(
            f"{self.path}: the history cannot be used",
            reason=str(error),
            hint="make the folder writable, or give another with --state-dir",
        )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and alone among the writers from its first line."""
        with self._lock, self._explained():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has rolled it back already
                    self._connection.execute("ROLLBACK")
                raise

    def rows(self, query: str, parameters: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        """What a query gives."""
        with self._lock, self._explained():
            return self._connection.execute(query, parameters).fetchall()

    def close(self) -> None:
        """Give the file up."""
        with self._lock:
            self._connection.close()


def _connect(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _create(path: Path) -> None:
    """Put an empty database in WAL mode in place, whole.

    Going over to WAL fails at once while another process has the file open. And the file is never
    opened but by SQLite: closing it would drop the locks that this process holds on it.
    """
    descriptor, name = tempfile.mkstemp(prefix=".history-", dir=path.parent)
    os.close(descriptor)
    try:
        connection = _connect(name)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("VACUUM")  # an empty file would forget the mode
        connection.close()
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
