"""`retired.csv`: what was retired before this tool kept the ledger."""

import difflib
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError
from reconcile.ledger.retired import Retired
from reconcile.source.delimited import read_delimited
from reconcile.source.faults import Fault, refuse
from reconcile.source.value import guids, malformed_guids, malformed_sids, read_times, sids

READERS = {"device_id": guids, "object_guid": guids, "sid": sids, "object_id": guids}
IDS = tuple(READERS)
FIELDS = (*IDS, "hostname", "retired_at")
SPELLINGS = {
    "deviceid": "device_id",
    "azureaddeviceid": "device_id",
    "objectguid": "object_guid",
    "sid": "sid",
    "objectsid": "sid",
    "onpremisessecurityidentifier": "sid",
    "objectid": "object_id",
    "id": "object_id",
    "hostname": "hostname",
    "host": "hostname",
    "name": "hostname",
    "displayname": "hostname",
    "computername": "hostname",
    "retiredat": "retired_at",
    "retireddatetime": "retired_at",
}
"""What Graph, PowerShell and people call the columns, letters only."""
DAY = r"^(\d{4}-\d{2}-\d{2})$"
NO_ID = r"^\{?0{8}-0{4}-0{4}-0{4}-0{12}\}?$"

Columns = dict[str, pa.StringArray]


def read_retired(path: Path) -> list[Retired]:
    """Every row, or an InputError that says what is wrong with which."""
    try:
        read = read_delimited(path)
    except OSError as error:
        raise InputError(path, f"cannot be read: {error.strerror}") from error
    filled = _filled(read.table)
    columns, lines = _columns(path, read.table.filter(filled)), read.lines.filter(filled)
    cut = [Fault(line, "line", f"{reason}: {text!r}") for line, text, reason in read.bad]
    refuse(path, [*cut, *_malformed(columns, lines), *_nameless(columns, lines), *_timeless(columns, lines)])
    ids = [READERS[name](columns[name]) for name in IDS]
    hostname = pc.if_else(pc.equal(columns["hostname"], ""), None, columns["hostname"])
    rows = zip(*(column.to_pylist() for column in (*ids, hostname, _times(columns))), strict=True)
    return [Retired(*row) for row in rows]


def _filled(table: pa.Table) -> pa.ChunkedArray:
    """Which rows hold anything: spreadsheets leave rows of bare delimiters at the end."""
    texts = pc.binary_join_element_wise(*table.columns, "")
    return pc.not_equal(pc.utf8_trim_whitespace(texts), "")


def _columns(path: Path, table: pa.Table) -> Columns:
    """Trimmed, under the names of Retired; empty where the file has no such column."""
    meanings = [_meaning(path, name) for name in table.column_names]
    for name in FIELDS:
        if meanings.count(name) > 1:
            raise InputError(path, f"more than one column of the header means {name}")
    if "retired_at" not in meanings or set(IDS).isdisjoint(meanings):
        raise InputError(path, f"the header must have retired_at, and at least one of {', '.join(IDS)}")
    known = dict(zip(meanings, table.columns, strict=True))
    missing = pa.chunked_array([[""] * len(table)], pa.string())
    return {name: pc.utf8_trim_whitespace(known.get(name, missing)).combine_chunks() for name in FIELDS}


def _meaning(path: Path, column: str) -> str | None:
    """The field of Retired; None for what says nothing of it, such as a ticket."""
    letters = re.sub(r"[^a-z]", "", column.casefold())
    near = difflib.get_close_matches(letters, SPELLINGS, n=1, cutoff=0.85)
    if near and letters not in SPELLINGS:
        raise InputError(path, f"the column {column!r} is unknown; is it {SPELLINGS[near[0]]}?")
    return SPELLINGS.get(letters)


def _malformed(columns: Columns, lines: pa.Int64Array) -> Iterator[Fault]:
    for name in IDS:
        kind, malformed = ("SID", malformed_sids) if name == "sid" else ("GUID", malformed_guids)
        for line, text in _where(malformed(columns[name]), lines, columns[name]):
            yield Fault(line, name, f"{text!r} is no {kind}")


def _nameless(columns: Columns, lines: pa.Int64Array) -> Iterator[Fault]:
    """The all-zero GUID says no device; a malformed id is a fault of its own."""
    said = [pc.replace_substring_regex(columns[name], NO_ID, "") for name in IDS]
    nothing = pc.equal(pc.binary_join_element_wise(*said, ""), "")
    for line, host in _where(nothing, lines, columns["hostname"]):
        yield Fault(
            line, "id", f"at least one of {', '.join(IDS)} must be given: a host name alone ({host!r}) says no device"
        )


def _timeless(columns: Columns, lines: pa.Int64Array) -> Iterator[Fault]:
    for line, text in _where(pc.is_null(_times(columns)), lines, columns["retired_at"]):
        yield Fault(
            line,
            "retired_at",
            f"{text!r} is neither a day (2025-03-31) nor a time with its zone (2025-03-31T14:00:00Z)",
        )


def _times(columns: Columns) -> pa.TimestampArray:
    """A day alone is its first moment, UTC."""
    return read_times(pc.replace_substring_regex(columns["retired_at"], DAY, r"\1T00:00:00Z")).values


def _where(mask: pa.BooleanArray, lines: pa.ChunkedArray, texts: pa.StringArray) -> Iterator[tuple[int, str]]:
    return zip(lines.filter(mask).to_pylist(), texts.filter(mask).to_pylist(), strict=True)
