"""The AD computers of one export: as its file serves them, then checked and typed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.schema import DIRECTORY
from reconcile.source.snapshot import Rejected
from reconcile.source.times import Column
from reconcile.source.value import Culture, flags, guids, malformed_flags, malformed_guids, malformed_sids, read_times

FLAGS = tuple(field.name for field in DIRECTORY if field.type == pa.bool_())
NUMBERS = tuple(field.name for field in DIRECTORY if field.type == pa.int64() and field.name != "row")
TIMES = ("lastLogonTimestamp", "pwdLastSet", "whenCreated")
SERVED = pa.schema(
    [pa.field(field.name, pa.string()) if field.name in FLAGS + NUMBERS else field for field in DIRECTORY][1:]
)
"""The snapshot's columns but `file`, with flags and numbers still as text."""

ACCOUNTS = ("msds-groupmanagedserviceaccount", "msds-managedserviceaccount", "msds-delegatedmanagedserviceaccount")
"""Classes below `computer` that are accounts of services."""
OWN_NAME = r"^[^,\\]*,"
DOMAIN = r"(?i)(?:^|[^\\])(?:\\\\)*(?P<domain>(?:,\s*DC\s*=[^,\\]+)+)$"
"""The trailing parts, the first of which follows a comma that is not escaped."""
TOMBSTONE = r"\\0ADEL:[^,]*,CN=Deleted Objects,"
DISABLED = 0x2
BATCH = 20_000


@dataclass(frozen=True)
class Export:
    """What one file holds; `table` has the columns of SERVED."""

    shape: str
    encoding: str
    table: pa.Table
    records: int
    """All of the file, computers or not."""
    count: int | None = None
    """What the file itself says `records` should be."""
    proven: bool = False
    """Whether the server itself said that this is all."""
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()


def tabulate(rows: Iterable[tuple[object, ...]]) -> pa.Table:
    """Rows in the order of SERVED as a table, in batches so that a large file is not held twice."""
    pending, batches = iter(rows), []
    while batch := list(islice(pending, BATCH)):
        columns = [pa.array(values, field.type) for values, field in zip(zip(*batch, strict=True), SERVED, strict=True)]
        batches.append(pa.RecordBatch.from_arrays(columns, schema=SERVED))
    return pa.Table.from_batches(batches, SERVED)


def most_specific(classes: list[str]) -> str:
    """The class that decides; directories list it last, but need not."""
    kinds = {kind.lower(): kind for kind in classes}
    known = next((kinds[kind] for kind in (*ACCOUNTS, "computer") if kind in kinds), None)
    return known or (classes[-1] if classes else "")


def only_computers(table: pa.Table) -> tuple[pa.Table, list[str]]:
    """The rows that are live computers, and notes on the others."""
    kinds = pc.utf8_lower(pc.fill_null(table["objectClass"], fill_value=""))
    foreign = pc.invert(pc.is_in(kinds, pa.array(["", "computer", *ACCOUNTS])))
    deleted = pc.fill_null(
        pc.match_substring_regex(table["distinguishedName"], TOMBSTONE, ignore_case=True), fill_value=False
    )
    notes = [
        f"left out because {why}: {pc.sum(mask).as_py()}"
        for mask, why in ((foreign, "they are no computers"), (deleted, "they are deleted"))
        if pc.any(mask).as_py()
    ]
    return table.filter(pc.invert(pc.or_(foreign, deleted))), notes


def typed(table: pa.Table, file: str, culture: Culture | None) -> tuple[pa.Table, list[Rejected], list[str]]:
    """The rows of SERVED as rows of the snapshot, what of them cannot be used, and notes."""
    bad = _bad_ids(table, file)
    notes: list[str] = []
    for name in TIMES:
        times = read_times(table[name], culture)
        bad += _listed(table, file, name, times.malformed, "is no time")
        notes += _unread_dates(name, times.culture)
    for name in FLAGS:
        bad += _listed(table, file, name, malformed_flags(table[name]), "is neither true nor false")
        table = _replaced(table, name, flags(table[name]))
    for name in NUMBERS:
        numbers, malformed = _numbers(table[name])
        bad += _listed(table, file, name, malformed, "is no whole number")
        table = _replaced(table, name, numbers)
    table = _replaced(table, "enabled", pc.coalesce(table["enabled"], _not_disabled(table["userAccountControl"])))
    return table.add_column(0, DIRECTORY.field("file"), pa.repeat(file, len(table))).cast(DIRECTORY), bad, notes


def domains(names: Column) -> Column:
    """The DNS names of the domains that distinguished names end in, lower case; few places hold many computers."""
    places = pc.replace_substring_regex(_one(names), OWN_NAME, ",", max_replacements=1).dictionary_encode()
    tails = pc.struct_field(pc.extract_regex(places.dictionary, DOMAIN), "domain")
    dotted = pc.replace_substring_regex(pc.utf8_lower(tails), r"\s*,\s*dc\s*=\s*", ".")
    return pc.utf8_ltrim(dotted, ".").take(places.indices)


def _bad_ids(table: pa.Table, file: str) -> list[Rejected]:
    ids = table["objectGUID"]
    malformed = malformed_guids(ids)
    missing = pc.and_(pc.is_null(guids(ids)), pc.invert(malformed))
    return [
        *_listed(table, file, "objectGUID", malformed, "is no GUID"),
        *_listed(table, file, "objectGUID", missing, "is missing or all zero: the computer has no identity"),
        *_listed(table, file, "objectSid", malformed_sids(table["objectSid"]), "is no SID"),
    ]


def _listed(table: pa.Table, file: str, name: str, mask: Column, reason: str) -> Iterator[Rejected]:
    bad = table.select(["row", name]).filter(mask)
    for row, value in zip(*(column.to_pylist() for column in bad.columns), strict=True):
        yield Rejected("directory", file, row, name, value or "", reason, kept=True)


def _unread_dates(name: str, mask: pa.BooleanArray) -> list[str]:
    if not mask.true_count:
        return []
    hint = "set [directory] date_format and date_zone in settings.toml"
    return [f"{name} has dates written in a local way, which stay unknown ({mask.true_count}): {hint}"]


def _numbers(values: Column) -> tuple[Column, Column]:
    """The whole numbers, and which values are none."""
    texts = pc.utf8_trim_whitespace(values)
    whole = pc.match_substring_regex(texts, r"^-?\d{1,18}$")
    malformed = pc.and_(pc.not_equal(texts, ""), pc.invert(whole))
    numbers = pc.if_else(whole, texts, pa.scalar(None, pa.string())).cast(pa.int64())
    return numbers, pc.fill_null(malformed, fill_value=False)


def _not_disabled(control: Column) -> Column:
    return pc.equal(pc.bit_wise_and(control, DISABLED), 0)


def _replaced(table: pa.Table, name: str, values: Column) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)


def _one(values: Column) -> pa.Array:
    return values.combine_chunks() if isinstance(values, pa.ChunkedArray) else values
