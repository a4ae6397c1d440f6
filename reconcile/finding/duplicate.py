"""duplicate: same host, same join, older, and nothing proves it live."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.found import Found
from reconcile.finding.lookup import NOWHERE, Mask, Positions, arrow, clock, equals, flatten, mask_of, where
from reconcile.finding.testimony import known_owner
from reconcile.finding.view import View

KIND = "duplicate"
ACTION = "delete this cloud object if its newer sibling is the machine"


@dataclass(frozen=True)
class _Siblings:
    """Rows that share host, join and owner with another one; one entry a row."""

    rows: Positions
    group: Positions
    seen: Positions
    """The row's activity, in microseconds."""
    hardware: pa.Array
    """The hardware ids; null or empty where they are not known."""


def duplicate(view: View, *, taken: Mask) -> Iterator[Found]:
    """`taken` are the rows that stale-guid or orphaned-cloud name; they still count as a newer sibling."""
    siblings = _siblings(view)
    newer, shared = _newest_sibling(view, siblings)
    named = (newer != NOWHERE) & (view.candidates & ~taken)[siblings.rows]
    rows, sibling, shared = siblings.rows[named], siblings.rows[newer[named]], shared[named]
    entra, seen = view.estate.entra, view.activity.seen
    evidence = {
        "newer_object_id": arrow(entra["object_id"]).take(sibling),
        "newer_device_id": arrow(entra["device_id"]).take(sibling),
        "newer_activity_at": clock(seen[sibling]),
        "shares_hardware_id": shared.tolist(),
    }
    yield Found(KIND, "entra", rows, pa.array(np.where(shared, "medium", "low")), ACTION, evidence)


def _siblings(view: View) -> _Siblings:
    entra = view.estate.entra
    known = view.estate.takes_part & ~np.isnat(view.activity.seen) & view.joined("joined", "registered")
    rows = where(known & np.asarray(pc.is_valid(view.hosts)))
    owner = pc.fill_null(known_owner(arrow(entra["owners"])), "")
    owner = pc.if_else(equals(entra["join"], "registered"), owner, "")
    key = pc.binary_join_element_wise(arrow(entra["join"]), view.hosts, owner, "\n").take(rows)
    group = np.asarray(pc.dictionary_encode(key).indices, dtype=np.int64)
    several = np.bincount(group)[group] > 1 if len(group) else np.zeros(0, dtype=np.bool_)
    rows, group = rows[several], group[several]
    seen = view.activity.seen[rows].view(np.int64)
    return _Siblings(rows, group, seen, arrow(entra["hardware_ids"]).take(rows))


def _newest_sibling(view: View, siblings: _Siblings) -> tuple[Positions, Mask]:
    """Per entry the entry of its newest later sibling that may be the same machine, or -1, and whether they share hardware.

    Two that are both recently active and have known, different hardware are two machines. Only a recently active row
    can have such a sibling, and all its later siblings are recently active too: so each case is a maximum over a group,
    never a comparison of all pairs.
    """
    count = len(siblings.rows)
    unknown_hardware = ~mask_of(pc.greater(pc.list_value_length(siblings.hardware), 0))
    recent = view.activity.seen[siblings.rows] >= view.estate.days_ago(view.estate.policy.recently_active_days)
    any_later = _latest(siblings.group, siblings.seen, np.ones(count, dtype=np.bool_))
    unknown_later = _latest(siblings.group, siblings.seen, unknown_hardware)
    shared_later = _latest_sharing(siblings)
    free = ~recent | unknown_hardware
    newer = np.where(free, any_later, _later_of(siblings.seen, unknown_later, shared_later))
    newer = np.where((newer != NOWHERE) & (siblings.seen[newer] > siblings.seen), newer, NOWHERE)
    shares = (shared_later != NOWHERE) & (siblings.seen[shared_later] > siblings.seen)
    newer = np.where(shares & (newer != NOWHERE), shared_later, newer)
    return newer, shares & (newer != NOWHERE)


def _latest(group: Positions, seen: Positions, eligible: Mask) -> Positions:
    """Per entry the latest eligible entry of its group, or -1."""
    latest = np.full(int(group.max(initial=-1)) + 1, NOWHERE, dtype=np.int64)
    order = np.flatnonzero(eligible)[np.argsort(seen[eligible], kind="stable")]
    latest[group[order]] = order
    return latest[group]


def _latest_sharing(siblings: _Siblings) -> Positions:
    """Per entry the latest entry of its group that shares a hardware id with it, itself included, or -1."""
    ids, entry = flatten(siblings.hardware)
    order = np.lexsort((entry, siblings.seen[entry]))
    ids, entry = np.asarray(pc.dictionary_encode(ids.take(order)).indices), entry[order]
    machine = (
        pd.DataFrame({"group": siblings.group[entry], "id": ids}).groupby(["group", "id"]).ngroup().to_numpy(np.int64)
    )
    latest = np.full(len(machine), NOWHERE, dtype=np.int64)
    latest[machine] = entry
    latest = latest[machine]
    order = np.lexsort((latest, siblings.seen[latest]))
    found = np.full(len(siblings.rows), NOWHERE, dtype=np.int64)
    found[entry[order]] = latest[order]
    return found


def _later_of(seen: Positions, left: Positions, right: Positions) -> Positions:
    left_is_later = (left != NOWHERE) & ((right == NOWHERE) | (seen[left] >= seen[right]))
    return np.where(left_is_later, left, right)
