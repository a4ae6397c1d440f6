"""The portal's "Download devices" CSV, and others with Graph's names for columns."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError
from reconcile.source import foreign
from reconcile.source.delimited import read_delimited
from reconcile.source.device import TIMES, devices, reject
from reconcile.source.listing import Page
from reconcile.source.lists import sift, upns
from reconcile.source.schema import ENTRA, TEXTS
from reconcile.source.snapshot import Rejected
from reconcile.source.text import Positions
from reconcile.source.value import flags, malformed_flags

NAMES = {
    "objectid": "id",
    "jointype (trusttype)": "trustType",
    "jointype": "trustType",
    "registrationtime": "registrationDateTime",
}
"""The portal's own names for what Graph names otherwise."""
OWNERS = ("usernames", "registeredowners")
NOTHING = pa.array(["n/a", "none", "null", "-"])
"""What stands where there is neither yes nor no."""


def read_portal(path: Path, file: str) -> tuple[str, Page]:
    """The shape in words, and the rows as one page; raises InputError."""
    export = read_delimited(path)
    served = {name.casefold(): export.table[name].combine_chunks() for name in export.table.column_names if name}
    named = {NAMES.get(name, name).casefold(): column for name, column in served.items()}
    if not {"id", "deviceid", "displayname"} <= named.keys():
        raise InputError(path, foreign.by_names(export.table.column_names))
    rows = np.asarray(export.lines)
    columns, rejected = _columns(named, file, rows)
    bad = [reject(file, line, "", text, reason, kept=False) for line, text, reason in export.bad]
    table = devices({**columns, "registeredOwners": _owners(served, len(rows))}, file, rows)
    return "portal CSV", Page(file, table, (*bad, *rejected))


def _columns(
    named: Mapping[str, pa.StringArray], file: str, rows: Positions
) -> tuple[dict[str, pa.Array], list[Rejected]]:
    columns: dict[str, pa.Array] = {}
    rejected: list[Rejected] = []
    for field in ENTRA:
        texts = named.get(field.name.casefold())
        if texts is None or field.type == TEXTS:
            continue
        if field.type == pa.string():
            columns[field.name] = _blank(texts) if field.name in TIMES else texts
        else:
            columns[field.name] = flags(_blank(texts))
            rejected += _no_flags(texts, file, rows, field.name)
    return columns, rejected


def _no_flags(texts: pa.StringArray, file: str, rows: Positions, field: str) -> list[Rejected]:
    wrong = np.flatnonzero(malformed_flags(_blank(texts)))
    return [
        reject(file, rows[at], field, texts[at].as_py(), "is neither true nor false", kept=True)
        for at in wrong.tolist()
    ]


def _blank(texts: pa.StringArray) -> pa.StringArray:
    return pc.if_else(pc.is_in(pc.ascii_lower(pc.utf8_trim_whitespace(texts)), value_set=NOTHING), "", texts)


def _owners(served: Mapping[str, pa.StringArray], rows: int) -> pa.ListArray:
    """Both columns may name them, by name or by user principal name."""
    columns = [_blank(served[name]) for name in OWNERS if name in served]
    if not columns:
        return pa.nulls(rows, TEXTS)
    joined = pc.replace_substring(pc.binary_join_element_wise(*columns, ";"), ",", ";")
    pieces = pc.split_pattern(joined, ";")
    names = pc.utf8_trim_whitespace(pieces.flatten())
    return upns(*_filled(pieces, names))


def _filled(lists: pa.ListArray, values: pa.StringArray) -> tuple[pa.ListArray, pa.StringArray]:
    filled = sift(lists, values, pc.not_equal(values, ""))
    return filled, filled.flatten()
