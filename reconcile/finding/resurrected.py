"""resurrected: retired and verified gone, and back."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from reconcile.finding.found import Column, Found
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    arrow,
    clock,
    is_true,
    positions,
    take_times,
    times,
    where,
)
from reconcile.finding.view import View
from reconcile.source.value import hosts

KIND = "resurrected"
ACTION = "find out what brought it back, then retire it again"


def resurrected(view: View) -> Iterator[Found]:
    """By id whatever the row says of itself; by host name only a pending row that was created after the retirement."""
    entra, directory = view.estate.entra, view.estate.directory
    by_object = _first_of(view, [("object_id", arrow(entra["object_id"]))])
    in_entra = _where_known(_by_id(view, arrow(entra["device_id"]), arrow(entra["sid"])), by_object)
    yield _found(view, "entra", where(in_entra != NOWHERE), in_entra)
    in_directory = _by_id(view, arrow(directory["object_guid"]), arrow(directory["sid"]))
    yield _found(view, "directory", where(in_directory != NOWHERE), in_directory)
    by_name = _by_name(view, is_true(entra["pending"]) & view.windows_or_unsaid & (in_entra == NOWHERE))
    rows = where(by_name != NOWHERE)
    evidence = {"by": ["host name of a pending row, never planned"] * len(rows), **_retirement(view, by_name[rows])}
    yield Found(KIND, "entra", rows, "low", ACTION, evidence)


def _found(view: View, system: str, rows: Positions, retirements: Positions) -> Found:
    evidence = {"by": ["id"] * len(rows), **_retirement(view, retirements[rows])}
    return Found(KIND, "entra" if system == "entra" else "directory", rows, "high", ACTION, evidence)


def _by_id(view: View, guids: pa.Array, sids: pa.Array) -> Positions:
    """Per row the retirement with its GUID, as device_id or objectGUID, or with its SID."""
    return _first_of(view, [("device_id", guids), ("object_guid", guids), ("sid", sids)])


def _first_of(view: View, pairs: list[tuple[str, pa.Array]]) -> Positions:
    found = np.full(len(pairs[0][1]), NOWHERE, dtype=np.int64)
    for column, values in pairs:
        found = _where_known(found, positions(values, arrow(view.estate.retired[column])))
    return found


def _where_known(first: Positions, second: Positions) -> Positions:
    return np.where(first != NOWHERE, first, second)


def _by_name(view: View, mask: Mask) -> Positions:
    """Per pending row the earliest retirement of a host of its name, where the row was created after it."""
    retired, entra = view.estate.retired, view.estate.entra
    at = times(retired["retired_at"])
    earliest = np.argsort(at, kind="stable")
    names = hosts(arrow(retired["hostname"])).take(pa.array(earliest))
    found = positions(arrow(entra["host"]), names if isinstance(names, pa.Array) else names.combine_chunks())
    found = np.where(found == NOWHERE, NOWHERE, earliest[found]) if len(earliest) else found
    after = times(entra["created_at"]) > take_times(at, found)
    return np.where(mask & after, found, NOWHERE)


def _retirement(view: View, rows: Positions) -> dict[str, Column]:
    retired = view.estate.retired
    return {
        "retired_at": clock(times(retired["retired_at"])[rows]),
        "retired_hostname": arrow(retired["hostname"]).take(rows),
        "retired_object_id": arrow(retired["object_id"]).take(rows),
    }
