"""Pulling one system: read, judged, and kept as a snapshot with its entry in the manifest."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow.parquet as pq

from reconcile.errors import TooManyBadRows
from reconcile.settings import Settings
from reconcile.source.agents import read_agents
from reconcile.source.directory import read_directory
from reconcile.source.entra import read_entra
from reconcile.source.reading import Reading
from reconcile.source.snapshot import Entry, Rejected, bad_rows, digest, unread_rows
from reconcile.workspace import Run, System


def read_exports(system: System, files: Sequence[Path], root: Path, settings: Settings) -> Reading | None:
    """What the system's files say; None where there are none, which is absent and not empty.

    Raises SourceError, SourceIncomplete or InputError.
    """
    if not files:
        return None
    if system == "entra":
        return read_entra(files, root, settings.entra.complete)
    if system == "directory":
        return read_directory(files, root, settings.directory)
    return read_agents(files, root, settings.agents.trust_mtime)


def raise_if_too_bad(system: System, rows: int, rejected: Sequence[Rejected], allowed: float, listed_in: Path) -> None:
    """Refuse a source with too large a share of bad rows.

    A capture that cannot be read stays as a row that says nothing: no rule needs the absence of a report, so it spoils nothing.
    """
    left_out = len({(item.file, item.row) for item in rejected if not item.kept})
    bad = bad_rows(item for item in rejected if item.field != "status" or not item.kept)
    if bad > allowed * (rows + left_out):
        raise TooManyBadRows(system, bad, rows + left_out, allowed, listed_in)


def save(system: System, reading: Reading, run: Run, now: datetime, files: Sequence[Path]) -> Entry:
    """Write the snapshot into the run's folder; its entry says how it was obtained."""
    path = run.snapshot(system)
    pq.write_table(reading.table, path, compression="zstd")
    return Entry(
        system=system,
        tenant=reading.tenant,
        domains=reading.domains,
        taken_at=_taken_at(files, now),
        rows=reading.table.num_rows,
        bad_rows=bad_rows(reading.rejected),
        complete=not unread_rows(reading.rejected),
        sha256=digest(path),
        tool_version=version("reconcile"),
        files=reading.files,
        notes=reading.notes,
    )


def _taken_at(files: Sequence[Path], now: datetime) -> datetime:
    """The age of the oldest file; an export says nothing of its own time."""
    oldest = min(path.stat().st_mtime for path in files)
    return min(datetime.fromtimestamp(oldest, UTC), now)
