import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reconcile.errors import InputError
from reconcile.source.manifest import (
    load,
    load_part,
    read_manifest,
    read_rejected,
    write_manifest,
    write_rejected,
)
from reconcile.source.overlay import bit
from reconcile.source.pull import save
from reconcile.source.reading import Reading
from reconcile.source.schema import CHANGES, DIRECTORY, ENTRA, INTUNE, PARTS
from reconcile.source.snapshot import Entry, Live, Manifest, PartEntry, Rejected, digest
from reconcile.workspace import Part, Run

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


@pytest.fixture(name="run")
def run_fixture(tmp_path: Path) -> Run:
    (tmp_path / "export.json").write_text("{}", encoding="utf-8")
    return Run(tmp_path)


def devices(*rows: dict[str, Any], schema: pa.Schema = ENTRA) -> pa.Table:
    return pa.Table.from_pylist([{"file": "a", "row": 1, **row} for row in rows], schema=schema)


def keep(run: Run, table: pa.Table, **parts: pa.Table) -> Manifest:
    """A live snapshot with what stands beside it, and its manifest as it is read back."""
    entry = save("entra", Reading(table, (), ()), run, NOW, [run.folder / "export.json"])
    kept = {name: keep_part(run, name, part) for name, part in parts.items()}  # type: ignore[arg-type]
    live = Live(endpoint="https://graph.example", query="id", requests=3, count=2, sweeps=1, link="l", parts=kept)  # type: ignore[arg-type]
    members = {name: getattr(entry, name) for name in Entry.__struct_fields__}
    write_manifest(run, Manifest(run="r", taken_at=NOW, sources={"entra": Entry(**members | {"live": live})}))
    return read_manifest(run)


def keep_part(run: Run, part: Part, table: pa.Table) -> PartEntry:
    pq.write_table(table, run.part(part))
    return PartEntry(sha256=digest(run.part(part)), rows=len(table), count=len(table))


def test_a_snapshot_is_read_back_as_it_was_saved(run: Run) -> None:
    table = devices({"id": "1"}, {"id": "2"})
    entry = save("entra", Reading(table, (), ()), run, NOW, [run.folder / "export.json"])
    write_manifest(run, Manifest(run="r", taken_at=NOW, sources={"entra": entry}))

    manifest = read_manifest(run)

    assert manifest.sources["entra"] == entry
    assert load("entra", run, manifest) == table
    assert load("directory", run, manifest) is None
    assert load_part("intune", run, manifest) is None
    assert entry.taken_at <= NOW


def test_a_live_snapshot_says_how_it_was_obtained(run: Run) -> None:
    manifest = keep(run, devices({"id": "1"}), intune=INTUNE.empty_table())

    assert manifest.sources["entra"].live == Live(
        endpoint="https://graph.example",
        query="id",
        requests=3,
        count=2,
        sweeps=1,
        link="l",
        parts={"intune": PartEntry(sha256=digest(run.part("intune")), rows=0, count=0)},
    )


def test_what_changed_is_laid_over_and_the_deleted_stand_beside(run: Run) -> None:
    changes = devices(
        {"id": "1", "displayName": "new", "served": bit("displayName")},
        {"id": "2", "served": 0, "removed": "changed"},
        {"id": "4", "displayName": "four", "served": bit("displayName")},
        schema=CHANGES,
    )
    deleted = devices(
        {"id": "2", "deletedDateTime": "2026-11-01T00:00:00Z"}, {"id": "4", "deletedDateTime": "2026-11-01T00:00:00Z"}
    )
    manifest = keep(run, devices({"id": "1", "model": "M"}, {"id": "2"}, {"id": "3"}), changes=changes, deleted=deleted)

    table = load("entra", run, manifest)

    assert table is not None
    rows = {row["id"]: (row["displayName"], row["model"], row["deletedDateTime"]) for row in table.to_pylist()}
    assert rows == {
        "1": ("new", "M", None),
        "2": (None, None, "2026-11-01T00:00:00Z"),
        "3": (None, None, None),
        "4": ("four", None, None),
    }
    assert table.schema == ENTRA


def test_the_parts_of_entra_are_no_other_systems(run: Run) -> None:
    manifest = keep(run, devices({"id": "1"}), deleted=devices({"id": "2"}))
    computers = DIRECTORY.empty_table()
    entry = save("directory", Reading(computers, (), ()), run, NOW, [run.folder / "export.json"])
    manifest.sources["directory"] = entry

    assert load("directory", run, manifest) == computers


@pytest.mark.parametrize("part", ["changes", "deleted"])
@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_part_that_is_not_as_it_was_left_is_refused(part: Part, harm: str, run: Run) -> None:
    manifest = keep(run, devices({"id": "1"}), **{part: PARTS[part].empty_table()})
    run.part(part).unlink() if harm == "missing" else os.truncate(run.part(part), 10)

    with pytest.raises(InputError, match=f"1-entra-{part}.parquet: is not the snapshot that the manifest names"):
        load("entra", run, manifest)


@pytest.mark.parametrize("harm", ["altered", "missing"])
def test_a_snapshot_that_is_not_as_it_was_left_is_refused(harm: str, run: Run) -> None:
    manifest = keep(run, devices({"id": "1"}))
    run.snapshot("entra").unlink() if harm == "missing" else os.truncate(run.snapshot("entra"), 10)

    with pytest.raises(InputError, match=r"1-entra.parquet: is not the snapshot that the manifest names; pull again"):
        load("entra", run, manifest)


def test_a_manifest_that_is_missing_or_damaged_is_told(run: Run) -> None:
    with pytest.raises(InputError, match="did not finish"):
        read_manifest(run)
    run.manifest.write_text('{"run": 1}', encoding="utf-8")
    with pytest.raises(InputError, match="not a manifest of this version"):
        read_manifest(run)


LISTED = [
    Rejected("entra", "a.json", 3, "deviceId", 'x,"y"\nz', "is no GUID", kept=True),
    Rejected("entra", "a.json", 4, "", "é", "is no device", kept=False),
]


def test_the_list_of_what_could_not_be_used_is_read_back_system_by_system(run: Run) -> None:
    other = Rejected("directory", "b.csv", 1, "objectSid", "x", "is no SID", kept=True)
    write_rejected(run, [LISTED[0], other, LISTED[1]])

    assert read_rejected(run, "entra") == LISTED
    assert read_rejected(run, "directory") == [other]
    assert read_rejected(run, "agents") == []


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"system;row\nentra;1\n",
        b"system,row\nentra,x\n",
        b"system,row,more\nentra,1,2\n",
        b"system\nentra,1\n",
        b"\xff\xfe\xff",
    ],
)
def test_a_list_that_was_altered_is_as_good_as_gone(data: bytes, run: Run) -> None:
    run.rejected.write_bytes(data)

    assert read_rejected(run, "entra") == []


def test_a_list_that_is_gone_lists_nothing(run: Run) -> None:
    assert read_rejected(run, "entra") == []
