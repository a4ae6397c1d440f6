"""dual-state: the registered twin of a machine that is joined or hybrid."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa

from reconcile.finding.found import Found
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    arrow,
    equals,
    flatten,
    holds_at,
    positions,
    stands_in,
    where,
)
from reconcile.finding.view import View

KIND = "dual-state"
ACTION = "delete this registration; the machine's own row stays"


def dual_state(view: View) -> Iterator[Found]:
    twin = _by_one_report(view)
    by_report = twin != NOWHERE
    by_hardware = _by_hardware(view)
    twin = np.where(by_report, twin, by_hardware)
    rows = where(twin != NOWHERE)
    entra = view.estate.entra
    evidence = {
        "by": np.where(by_report[rows], "one report claims both", "shared hardware id").tolist(),
        "machine_object_id": arrow(entra["object_id"]).take(twin[rows]),
        "machine_device_id": arrow(entra["device_id"]).take(twin[rows]),
        "machine_join": arrow(entra["join"]).take(twin[rows]),
    }
    yield Found(KIND, "entra", rows, "medium", ACTION, evidence)


def _registered(view: View) -> Mask:
    return view.estate.takes_part & view.joined("registered")


def _machines(view: View) -> Mask:
    """Joined and hybrid rows; an Autopilot anchor that nobody ever used is not the machine's row."""
    anchor = equals(view.estate.entra["autopilot"], "true") & np.isnat(view.activity.seen)
    return view.estate.takes_part & view.joined("joined", "hybrid") & ~anchor


def _by_one_report(view: View) -> Positions:
    """Per registered row the machine's row that a report claims beside it. Rows may share a device id."""
    claims, ids = view.fresh_claims, arrow(view.estate.entra["device_id"])
    machines = where(_machines(view))
    machine = positions(claims.ids, ids.take(machines))
    of_machines = claims.device & (machine != NOWHERE)
    machine_of_report = np.full(len(view.estate.agents), NOWHERE, dtype=np.int64)
    machine_of_report[claims.reports[of_machines]] = machines[machine[of_machines]]
    beside = ~claims.device & holds_at(machine_of_report != NOWHERE, claims.reports)
    registered = where(_registered(view))
    claim = positions(ids.take(registered), claims.ids.filter(pa.array(beside)))
    twin = np.full(len(ids), NOWHERE, dtype=np.int64)
    twin[registered] = np.append(machine_of_report[claims.reports[beside]], NOWHERE)[claim]
    return twin


def _by_hardware(view: View) -> Positions:
    """Per registered row a machine's row that shares a hardware id which no other host bears; cloned machines share one."""
    owned = _hardware_ids(view, _registered(view))
    machines = _hardware(view, _machines(view), among=owned)
    twins = _hardware(view, _registered(view), among=pa.array(machines["id"], pa.string()))
    hosts = machines.fillna({"host": ""}).drop_duplicates(["id", "host"])
    of_one_host = machines.drop_duplicates("id")[lambda lines: ~lines["id"].isin(hosts["id"][hosts["id"].duplicated()])]
    pairs = twins.dropna(subset=["host"]).merge(of_one_host, on=["id", "host"], suffixes=("", "_machine"))
    found = np.full(len(view.estate.entra), NOWHERE, dtype=np.int64)
    found[pairs["row"].to_numpy(np.int64)] = pairs["row_machine"].to_numpy(np.int64)
    return found


def _hardware_ids(view: View, mask: Mask) -> pa.Array:
    return flatten(arrow(view.estate.entra["hardware_ids"]).filter(pa.array(mask)))[0]


def _hardware(view: View, mask: Mask, among: pa.Array) -> pd.DataFrame:
    """One line a row and hardware id that stands among these, with the row's host."""
    rows = where(mask)
    ids, entry = flatten(arrow(view.estate.entra["hardware_ids"]).take(rows))
    shared = stands_in(ids, among)
    ids, row = ids.filter(pa.array(shared)), rows[entry[shared]]
    return pd.DataFrame({"row": row, "id": ids.to_pylist(), "host": view.hosts.take(row).to_pylist()}, dtype=object)
