"""The ledger's file: opened with care, never silently made anew."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from reconcile.errors import LedgerError
from reconcile.ledger import retired, sweep
from reconcile.ledger.retired import Imported, Retired
from reconcile.ledger.schema import TABLES, VERSION
from reconcile.ledger.sweep import FirstSeen, Sweep

PATIENCE = 10.0
"""Seconds to wait for another run that is writing."""


class Ledger:
    """Every method raises LedgerError where the file cannot be read or written."""

    def __init__(self, file: Path, db: sqlite3.Connection) -> None:
        self.file = file
        self._db = db

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._db.close()

    def retired(self) -> list[Retired]:
        """One per identity, with its latest retirement; several may share an id."""
        with _explained(self.file):
            return retired.read(self._db)

    def import_retired(self, rows: Sequence[Retired]) -> Imported:
        """Retired again later is new; importing twice changes nothing."""
        with _explained(self.file), _transaction(self._db):
            return retired.keep(self._db, rows)

    def first_seen(self) -> FirstSeen:
        with _explained(self.file):
            return sweep.first_seen(self._db)

    def record_sweep(
        self,
        run: str,
        at: datetime,
        sources: Mapping[str, int],
        counts: Mapping[str, int],
        sightings: Iterable[tuple[str, str, str]],
    ) -> None:
        """A run that is recorded again keeps its time, and gets these counts."""
        with _explained(self.file), _transaction(self._db):
            sweep.record(self._db, Sweep(run, at, sources, counts), sightings)

    def history(self, limit: int) -> list[tuple[datetime, dict[str, int]]]:
        """The counts by kind of the last sweeps, oldest first."""
        with _explained(self.file):
            return sweep.history(self._db, limit)


def open_ledger(file: Path, patience: float = PATIENCE) -> Ledger:
    """The ledger in the file, which is made where there is none. Raises LedgerError."""
    with _explained(file), contextlib.ExitStack() as undo:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = not file.exists()
        db = sqlite3.connect(file, timeout=patience, isolation_level=None)
        undo.callback(db.close)
        if fresh:
            _create(db)
        _check_version(file, db)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("PRAGMA foreign_keys = ON")
        undo.pop_all()
        return Ledger(file, db)


def _create(db: sqlite3.Connection) -> None:
    with _transaction(db):
        if _version(db) == 0:  # else another run was quicker
            for table in TABLES:
                db.execute(table)
            db.execute(f"PRAGMA user_version = {VERSION}")


def _check_version(file: Path, db: sqlite3.Connection) -> None:
    version = _version(db)
    if version == 0:
        raise LedgerError(file, "holds no ledger: bring back a copy of it, or move it away to begin a new one")
    if version > VERSION:
        raise LedgerError(
            file, f"was written by a newer reconcile (schema {version}, this one knows {VERSION}): update reconcile"
        )


def _version(db: sqlite3.Connection) -> int:
    version: int = db.execute("PRAGMA user_version").fetchone()[0]
    return version


@contextlib.contextmanager
def _transaction(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if db.in_transaction:  # a full disk has already undone it
            db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


@contextlib.contextmanager
def _explained(file: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise LedgerError(file, _why(error)) from error


def _why(error: sqlite3.Error | OSError) -> str:
    code = getattr(error, "sqlite_errorcode", None)
    if code is not None and code & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return "is in use by another run: wait until it has ended"
    if code is not None and code & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
        return f"is damaged ({error}): bring back a copy of it, or move it away to begin a new one"
    return f"cannot be used: {error}"
