"""Devices of Entra as rows of the snapshot, and which of their values cannot be used."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Rejected
from reconcile.source.times import Column, read_times
from reconcile.source.value import guids, malformed_guids, malformed_sids

TIMES = ("approximateLastSignInDateTime", "registrationDateTime", "createdDateTime", "deletedDateTime")
PENDING = "pending"
SHOWN = 200


def devices(columns: Mapping[str, pa.Array], file: str, rows: npt.NDArray[np.int64]) -> pa.Table:
    """A table of the snapshot; a column that is not given is null."""
    own = {"file": pa.repeat(file, len(rows)), "row": pa.array(rows, pa.int64())}
    given = {**columns, **own}
    return pa.table([given.get(field.name, pa.nulls(len(rows), field.type)) for field in ENTRA], schema=ENTRA)


def reject(file: str, row: int, field: str, value: object, reason: str, *, kept: bool) -> Rejected:
    return Rejected("entra", file, int(row), field, str(value)[:SHOWN], reason, kept)


def malformed(table: pa.Table) -> tuple[list[Rejected], list[str]]:
    """Ids and times that cannot be read, and notes on dates that a local culture wrote."""
    rejected, notes = list(_ids(table)), []
    for name in TIMES:
        times = read_times(without_pending(table[name]))
        rejected += _listed(table, name, times.malformed, "is no time")
        if times.culture.true_count:
            notes.append(
                f"{times.culture.true_count} dates of {name} have no zone and were left unread: "
                "export Graph's JSON, or dates in UTC as 2026-01-31T12:00:00Z"
            )
    return rejected, notes


def without_pending(texts: Column) -> Column:
    """The times of registration, "" where the portal says that there is none yet."""
    return pc.if_else(pc.equal(pc.ascii_lower(pc.utf8_trim_whitespace(texts)), PENDING), "", texts)


def _ids(table: pa.Table) -> Iterator[Rejected]:
    yield from _listed(table, "id", pc.is_null(guids(table["id"])), "is no object id")
    yield from _listed(table, "deviceId", malformed_guids(table["deviceId"]), "is no GUID")
    sid = "onPremisesSecurityIdentifier"
    yield from _listed(table, sid, malformed_sids(table[sid]), "is no SID")


def _listed(table: pa.Table, field: str, wrong: Column, reason: str) -> Iterator[Rejected]:
    for item in table.select(["file", "row", field]).filter(wrong).to_pylist():
        value = item[field] or ""
        yield reject(item["file"], item["row"], field, value, reason if value else "is missing", kept=True)
