"""The devices of Entra ID from files: every export read, judged whole, and put together."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import InputError
from reconcile.source import foreign
from reconcile.source.device import malformed, reject
from reconcile.source.graph_json import read_graph
from reconcile.source.listing import Page, raise_if_incomplete
from reconcile.source.portal import read_portal
from reconcile.source.reading import Reading
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Origin, Rejected
from reconcile.source.text import Positions, decode, probe
from reconcile.source.value import guids

PROBE = 4096


def read_entra(files: Sequence[Path], root: Path, assume_complete: bool) -> Reading:  # noqa: FBT001 - as in the settings
    """All devices of the files, named relative to the root; raises SourceIncomplete or InputError."""
    parts = [_part(path, path.relative_to(root).as_posix()) for path in files]
    pages = [page for _, read in parts for page in read]
    raise_if_incomplete(pages, assume_complete=assume_complete)
    table = pa.concat_tables([ENTRA.empty_table(), *(page.table for page in pages)])
    table, repeated, notes = _without_repeats(table)
    unreadable, unread = malformed(table)
    removed = sum(page.removed for page in pages)
    notes += unread + ([f"{removed} removed entries of a delta are no devices"] if removed else [])
    return Reading(
        table=table,
        rejected=(*(item for page in pages for item in page.rejected), *repeated, *unreadable),
        files=tuple(origin for origin, _ in parts),
        notes=tuple(notes),
    )


def _part(path: Path, file: str) -> tuple[Origin, list[Page]]:
    """The shape is told by how the file begins, not by its name."""
    encoding, sha256 = probe(path)
    with path.open("rb") as stream:
        start = decode(stream.read(PROBE))[0].lstrip()
    if not start:
        raise InputError(path, "is empty")
    if start[0] in "{[":
        shape, pages = read_graph(path, file, encoding)
    elif other := foreign.by_text(start):
        raise InputError(path, other)
    else:
        shape, page = read_portal(path, file)
        pages = [page]
    rows = sum(len(page.table) for page in pages)
    count = next((page.count for page in pages if page.count is not None), None)
    return Origin(file=file, sha256=sha256, shape=shape, encoding=encoding, rows=rows, count=count), pages


def _without_repeats(table: pa.Table) -> tuple[pa.Table, list[Rejected], list[str]]:
    """Each object id once, as it stands first; what says something else of it later is rejected."""
    later, first = _repeats(table)
    if not len(later):
        return table, [], []
    here, there = table.take(pa.array(later)), table.take(pa.array(first))
    same = _same(here, there)
    kept = np.ones(len(table), np.bool_)
    kept[later] = False
    notes = [f"{same.sum()} devices stand twice in the same words and count once"] if same.any() else []
    differs = pa.array(~same)
    return table.filter(pa.array(kept)), list(_contradictions(here.filter(differs), there.filter(differs))), notes


def _repeats(table: pa.Table) -> tuple[Positions, Positions]:
    """The rows whose object id stood before, and where it stood first."""
    ids = guids(table["id"]).combine_chunks()
    encoded = ids.dictionary_encode()
    if len(encoded.dictionary) + ids.null_count == len(ids):
        return np.array([], np.int64), np.array([], np.int64)
    codes = np.asarray(pc.fill_null(encoded.indices, -1), np.int64)
    rows = np.arange(len(codes))
    first = np.zeros(codes.max(initial=-1) + 2, np.int64)
    first[codes[::-1]] = rows[::-1]
    later = rows[(codes >= 0) & (first[codes] != rows)]
    return later, first[codes[later]]


def _same(here: pa.Table, there: pa.Table) -> npt.NDArray[np.bool_]:
    """Row by row, whether they say the same; where they stand does not count."""
    names = [name for name in ENTRA.names if name not in {"file", "row", "id"}]
    ones, others = here.select(names).to_pylist(), there.select(names).to_pylist()
    return np.array([one == other for one, other in zip(ones, others, strict=True)], np.bool_)


def _contradictions(here: pa.Table, there: pa.Table) -> Iterator[Rejected]:
    places = ["file", "row", "id"]
    for row, earlier in zip(here.select(places).to_pylist(), there.select(places).to_pylist(), strict=True):
        reason = f"this device stands already in {earlier['file']}, row {earlier['row']}, with other values"
        yield reject(row["file"], row["row"], "id", row["id"], reason, kept=False)
