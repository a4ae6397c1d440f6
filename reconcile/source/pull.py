"""Pulling one system: its exports read, judged, and saved as a snapshot with its entry in the manifest."""

import csv
from collections.abc import Sequence
from dataclasses import astuple
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.errors import InputError, SourceError, TooManyBadRows
from reconcile.settings import Settings
from reconcile.source.agents import read_agents
from reconcile.source.directory import read_directory
from reconcile.source.entra import read_entra
from reconcile.source.reading import Reading
from reconcile.source.snapshot import REJECTED_COLUMNS, Entry, Manifest, Rejected, bad_rows, digest
from reconcile.workspace import Run, System


def read_exports(system: System, files: Sequence[Path], root: Path, settings: Settings) -> Reading | None:
    """What the system's files say; None where there are none, which is absent and not empty.

    Raises SourceError, SourceIncomplete or InputError.
    """
    if getattr(settings, system).live:
        raise SourceError(
            system,
            f"live pulls are not in this version; put an export into {root / system} and set live = false",
        )
    if not files:
        return None
    if system == "entra":
        return read_entra(files, root, settings.entra.complete)
    if system == "directory":
        return read_directory(files, root, settings.directory)
    return read_agents(files, root, settings.agents.trust_mtime)


def raise_if_too_bad(system: System, reading: Reading, allowed: float, listed_in: Path) -> None:
    """Refuse a source with too large a share of bad rows.

    A capture that cannot be read stays as a row that says nothing: no rule needs the absence of a report, so it spoils nothing.
    """
    left_out = len({(item.file, item.row) for item in reading.rejected if not item.kept})
    bad = bad_rows(item for item in reading.rejected if item.field != "status" or not item.kept)
    if bad > allowed * (reading.table.num_rows + left_out):
        raise TooManyBadRows(system, bad, reading.table.num_rows + left_out, allowed, listed_in)


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
        complete=not _unread_rows(reading),
        sha256=digest(path),
        tool_version=version("reconcile"),
        files=reading.files,
        notes=reading.notes,
    )


def write_manifest(run: Run, manifest: Manifest) -> None:
    run.manifest.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=2))


def read_manifest(run: Run) -> Manifest:
    try:
        return msgspec.json.decode(run.manifest.read_bytes(), type=Manifest)
    except FileNotFoundError as error:
        raise InputError(
            run.manifest, "there is no manifest: the pull of this run did not finish; run reconcile pull"
        ) from error
    except msgspec.DecodeError as error:
        raise InputError(run.manifest, f"is not a manifest of this version: {error}") from error


def load(system: System, run: Run, manifest: Manifest) -> pa.Table | None:
    """The snapshot as it was saved; None where the system is absent. Raises InputError where it was altered since."""
    entry = manifest.sources.get(system)
    if entry is None:
        return None
    path = run.snapshot(system)
    if not path.exists() or digest(path) != entry.sha256:
        raise InputError(path, "is not the snapshot that the manifest names; pull again")
    return pq.read_table(path)


def write_rejected(run: Run, rejected: Sequence[Rejected]) -> None:
    with run.rejected.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REJECTED_COLUMNS)
        writer.writerows(astuple(item) for item in rejected)


def _unread_rows(reading: Reading) -> bool:
    """Rows of which not even the id is known: whoever is missing may be one of them."""
    return any(not item.kept and not item.field for item in reading.rejected)


def _taken_at(files: Sequence[Path], now: datetime) -> datetime:
    """The age of the oldest file; an export says nothing of its own time."""
    oldest = min(path.stat().st_mtime for path in files)
    return min(datetime.fromtimestamp(oldest, UTC), now)
