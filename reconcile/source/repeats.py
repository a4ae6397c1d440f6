"""Objects that stand twice: pages overlap, and an older export may lie beside a newer one."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.snapshot import Rejected
from reconcile.source.text import Positions
from reconcile.source.value import guids
from reconcile.workspace import System

SLICE = 1 << 16
NOUNS: dict[System, str] = {"entra": "device", "directory": "computer", "agents": "capture"}


def without_repeats(table: pa.Table, system: System, field: str) -> tuple[pa.Table, list[Rejected], list[str]]:
    """Each id of the field once, as it stands first; what says something else of it later is rejected, with its row."""
    later, first = _repeats(table[field])
    if not len(later):
        return table, [], []
    here, there = table.take(later), table.take(first)
    same = _same(here, there, field)
    kept = np.ones(len(table), np.bool_)
    kept[later] = False
    notes = [f"{NOUNS[system]}s that stand twice in the same words, counted once: {same.sum()}"] if same.any() else []
    differs = pa.array(~same)
    rejected = _contradictions(here.filter(differs), there.filter(differs), system, field)
    return table.filter(pa.array(kept)), list(rejected), notes


def _repeats(ids: pa.ChunkedArray) -> tuple[Positions, Positions]:
    """The rows whose id stood before, and where it stood first."""
    encoded = guids(ids).combine_chunks().dictionary_encode()
    if len(encoded.dictionary) + encoded.null_count == len(encoded):
        return np.array([], np.int64), np.array([], np.int64)
    codes = np.asarray(pc.fill_null(encoded.indices, -1), np.int64)
    rows = np.arange(len(codes))
    first = np.zeros(codes.max(initial=-1) + 2, np.int64)
    first[codes[::-1]] = rows[::-1]
    later = rows[(codes >= 0) & (first[codes] != rows)]
    return later, first[codes[later]]


def _same(here: pa.Table, there: pa.Table, field: str) -> npt.NDArray[np.bool_]:
    """Row by row, whether they say the same; where they stand and how the id is spelled does not count."""
    same = np.ones(len(here), np.bool_)
    for name in sorted(set(here.column_names) - {"file", "row", field}):
        same &= equal(here[name], there[name])
    return same


def equal(ones: pa.ChunkedArray, others: pa.ChunkedArray) -> npt.NDArray[np.bool_]:
    """Null equals null. Arrow compares no lists: these go through Python, a slice at a time."""
    if pa.types.is_list(ones.type):
        starts = range(0, len(ones), SLICE)
        pairs = ((ones.slice(at, SLICE).to_pylist(), others.slice(at, SLICE).to_pylist()) for at in starts)
        equal = (one == other for lists in pairs for one, other in zip(*lists, strict=True))
        return np.fromiter(equal, np.bool_, len(ones))
    both_null = pc.and_(pc.is_null(ones), pc.is_null(others))
    return np.asarray(pc.or_(pc.fill_null(pc.equal(ones, others), fill_value=False), both_null))


def _contradictions(here: pa.Table, there: pa.Table, system: System, field: str) -> Iterator[Rejected]:
    places = ["file", "row", field]
    for row, earlier in zip(here.select(places).to_pylist(), there.select(places).to_pylist(), strict=True):
        reason = f"this {NOUNS[system]} stands already in {earlier['file']}, row {earlier['row']}, with other values"
        yield Rejected(system, row["file"], row["row"], field, row[field], reason, kept=False)
