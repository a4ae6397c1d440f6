"""Every rule over one estate, as the findings frame."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.activity import SYSTEMS, Activity
from reconcile.finding.disabled import disabled
from reconcile.finding.dual_state import dual_state
from reconcile.finding.duplicate import duplicate
from reconcile.finding.estate import Estate
from reconcile.finding.evidence import context, encode
from reconcile.finding.found import Found
from reconcile.finding.lookup import Mask, arrow, spread
from reconcile.finding.orphaned_cloud import orphaned_cloud
from reconcile.finding.orphaned_device import orphaned_device
from reconcile.finding.orphaned_directory import orphaned_directory
from reconcile.finding.pending import pending
from reconcile.finding.protection import Protections
from reconcile.finding.resurrected import resurrected
from reconcile.finding.stale import stale
from reconcile.finding.stale_guid import stale_guid
from reconcile.finding.view import View
from reconcile.frame.columns import FINDINGS, to_frame

KINDS = (
    "stale-guid",
    "orphaned-cloud",
    "duplicate",
    "orphaned-directory",
    "orphaned-device",
    "dual-state",
    "disabled",
    "pending",
    "stale",
    "resurrected",
)
"""In the order in which they are told; the first three exclude each other in this order."""

_RANKED = pa.schema([*(field for field in FINDINGS if field.name != "first_seen_at"), pa.field("rank", pa.int8())])


def find(view: View, seen: pd.DataFrame) -> pd.DataFrame:
    """The findings (`frame.columns.FINDINGS`), sorted by kind and object; `seen` is what earlier sweeps saw (`SEEN`)."""
    protections = Protections(view)
    tables = [_table(view, found, protections) for found in _found(view) if len(found.rows)]
    table = pa.concat_tables(tables) if tables else _RANKED.empty_table()
    order = [(name, "ascending") for name in ("rank", "system", "hostname", "object_id", "object_guid", "device_id")]
    return to_frame(_first_seen(table.sort_by(order), seen, view.estate), FINDINGS)


def _found(view: View) -> Iterator[Found]:
    replaced = tuple(stale_guid(view))
    orphans = tuple(orphaned_cloud(view, stale_guid=_named(view, replaced)))
    yield from replaced
    yield from orphans
    yield from duplicate(view, taken=_named(view, (*replaced, *orphans)))
    for rule in (orphaned_directory, orphaned_device, dual_state, disabled, pending, stale, resurrected):
        yield from rule(view)


def _named(view: View, found: Sequence[Found]) -> Mask:
    rows = np.concatenate([item.rows for item in found])
    return spread(rows, len(view.estate.entra))


def _table(view: View, found: Found, protections: Protections) -> pa.Table:
    columns = {"entra": _entra, "directory": _directory, "agents": _agents}[found.system](view, found)
    count = len(found.rows)
    columns |= {
        "kind": _all(found.kind, count),
        "severity": found.severity if isinstance(found.severity, pa.Array) else _all(found.severity, count),
        "system": _all(found.system, count),
        "action": _all(found.action, count),
        "blocked_by": protections.of_found(found),
        "evidence": encode({**found.evidence, **context(view, found)}),
        "rank": pa.array(np.full(count, KINDS.index(found.kind), dtype=np.int8)),
    }
    return pa.table(
        [columns[f.name].cast(f.type) if f.name in columns else pa.nulls(count, f.type) for f in _RANKED],
        schema=_RANKED,
    )


def _entra(view: View, found: Found) -> dict[str, pa.Array]:
    entra, rows = view.estate.entra, found.rows
    by_guid = pa.array(view.links.by_guid[rows], mask=view.links.by_guid[rows] < 0)
    return {
        "hostname": arrow(entra["name"]).take(rows),
        "object_guid": arrow(view.estate.directory["object_guid"]).take(by_guid),
        **{name: arrow(entra[name]).take(rows) for name in ("object_id", "device_id", "sid", "join", "enabled")},
        "owner": _owners(arrow(entra["owners"]).take(rows)),
        **_activity(view.activity, found),
    }


def _owners(owners: pa.Array) -> pa.Array:
    """Joined; null where none is known."""
    return pc.if_else(pc.greater(pc.list_value_length(owners), 0), pc.binary_join(owners, ";"), None)


def _directory(view: View, found: Found) -> dict[str, pa.Array]:
    directory, rows = view.estate.directory, found.rows
    return {
        "hostname": arrow(directory["name"]).take(rows),
        **{name: arrow(directory[name]).take(rows) for name in ("object_guid", "sid", "enabled")},
        **_activity(view.directory_activity, found),
    }


def _agents(view: View, found: Found) -> dict[str, pa.Array]:
    agents, rows = view.estate.agents, found.rows
    assert found.claimed is not None
    assert found.joins is not None
    return {
        "hostname": pc.coalesce(arrow(agents["name"]).take(rows), arrow(agents["host"]).take(rows)),
        "device_id": found.claimed,
        "join": found.joins,
        "last_activity_at": arrow(agents["captured_at"]).take(rows),
        "activity_source": _all("agents", len(rows)),
    }


def _activity(activity: Activity, found: Found) -> dict[str, pa.Array]:
    source = activity.source[found.rows]
    return {
        "last_activity_at": pa.array(activity.seen[found.rows], pa.timestamp("us", "UTC")),
        "activity_source": pa.array(SYSTEMS, pa.string()).take(pa.array(source, mask=source < 0)),
    }


def _first_seen(table: pa.Table, seen: pd.DataFrame, estate: Estate) -> pa.Table:
    """With the time of the first sweep that saw each finding: this one where no earlier one did."""
    known = pc.binary_join_element_wise(*(arrow(seen[name]) for name in ("kind", "system", "object")), "\n")
    at = pc.index_in(
        pc.binary_join_element_wise(table["kind"], table["system"], sighting(table), "\n"), value_set=known
    )
    now = pa.scalar(estate.now, pa.timestamp("us", "UTC"))
    return table.append_column(
        "first_seen_at", pc.coalesce(arrow(seen["first_seen_at"]).take(at.combine_chunks()), now)
    )


def sighting(findings: pa.Table) -> pa.ChunkedArray:
    """The key by which the ledger knows a finding's object: object_id, object_guid, or host and claimed id of a report."""
    by_report = pc.binary_join_element_wise(findings["hostname"], findings["device_id"], " ", null_handling="replace")
    without_id = pc.coalesce(findings["device_id"], findings["hostname"], pa.scalar(""))
    by_entra = pc.coalesce(findings["object_id"], without_id)
    by_directory = pc.coalesce(findings["object_guid"], findings["sid"], findings["hostname"], pa.scalar(""))
    return pc.if_else(
        pc.equal(findings["system"], "entra"),
        by_entra,
        pc.if_else(pc.equal(findings["system"], "directory"), by_directory, by_report),
    )


def _all(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text), count)
