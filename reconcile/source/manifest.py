"""What a run has kept: the manifest, and the snapshots that it names, read back as they were left."""

import csv
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reconcile.errors import InputError
from reconcile.source.overlay import overlay
from reconcile.source.schema import PARTS
from reconcile.source.snapshot import REJECTED_COLUMNS, Manifest, Rejected, digest
from reconcile.workspace import Part, Run, System


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
    table = _read(run.snapshot(system), entry.sha256)
    return _with_parts(table, run, manifest) if system == "entra" else table


def _with_parts(table: pa.Table, run: Run, manifest: Manifest) -> pa.Table:
    """With what changed since it was read, and the deleted devices. One that is both is active: it was restored."""
    changes, deleted = load_part("changes", run, manifest), load_part("deleted", run, manifest)
    if changes is not None:
        table = overlay(table, changes)
    if deleted is not None:
        restored = pc.is_in(deleted["id"], value_set=table["id"].combine_chunks())
        table = pa.concat_tables([table, deleted.filter(pc.invert(restored))])
    return table


def load_part(part: Part, run: Run, manifest: Manifest) -> pa.Table | None:
    """What a live pull of Entra left beside the devices; None where it was not asked for. Raises InputError."""
    entra = manifest.sources.get("entra")
    kept = entra.live.parts.get(part) if entra and entra.live else None
    return None if kept is None else _read(run.part(part), kept.sha256).cast(PARTS[part])


def _read(path: Path, sha256: str) -> pa.Table:
    if not path.exists() or digest(path) != sha256:
        raise InputError(path, "is not the snapshot that the manifest names; pull again")
    return pq.read_table(path)


def write_rejected(run: Run, rejected: Sequence[Rejected]) -> None:
    with run.rejected.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(REJECTED_COLUMNS)
        writer.writerows(astuple(item) for item in rejected)


def read_rejected(run: Run, system: System) -> list[Rejected]:
    """What an earlier run listed of the system; nothing where the list is gone, or was altered so that it cannot be read."""
    try:
        with run.rejected.open(encoding="utf-8-sig", newline="") as file:
            return [_rejected(row) for row in csv.DictReader(file) if row["system"] == system]
    except (OSError, ValueError, KeyError, csv.Error):
        return []


def _rejected(row: dict[str, Any]) -> Rejected:
    return Rejected(**{**row, "row": int(row["row"]), "kept": row["kept"] == "True"})
