"""A snapshot's file that grows page by page, and has its name only once it is whole."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GUID = 36
SPREAD = np.uint64(0x9E3779B97F4A7C15)
GROUP = 1 << 15
"""Rows of a row group: so many are held in memory."""
REPEATING = ["file", "trustType", "operatingSystem", "operatingSystemVersion", "model", "manufacturer", "profileType"]
"""Columns of few different values; for the others, a dictionary is made in vain."""


class Growing:
    """A context manager; what was not finished when it ends is removed."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._part = path.with_name(f".{path.name}")
        self._writer = pq.ParquetWriter(self._part, schema, compression="zstd", use_dictionary=REPEATING)
        self._thread = ThreadPoolExecutor(1)
        self._writing: Future[None] | None = None
        self._held: list[pa.Table] = []
        self.rows = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._thread.shutdown()
        self._writer.close()
        self._part.unlink(missing_ok=True)

    def add(self, table: pa.Table) -> None:
        self._held.append(table)
        self.rows += len(table)
        if sum(map(len, self._held)) >= GROUP:
            self._flush()

    def finish(self) -> None:
        self._flush()
        self._settle()
        self._writer.close()
        self._part.replace(self._path)

    def _flush(self) -> None:
        """A group is written while the next one comes in."""
        self._settle()
        if self._held:
            self._writing = self._thread.submit(self._writer.write_table, pa.concat_tables(self._held), GROUP)
        self._held = []

    def _settle(self) -> None:
        """Raises what the writing of the last group raised."""
        if self._writing:
            self._writing.result()
        self._writing = None


def without_repeats(path: Path, ids: Sequence[pa.ChunkedArray]) -> tuple[pa.Array, list[str]]:
    """The ids, each once. Where pages overlapped, an object stays as it was read last, and the file is written anew.

    A row whose id is null is no repeat.
    """
    every = pa.chunked_array([chunk for column in ids for chunk in column.chunks], pa.string()).combine_chunks()
    if _all_differ(every):
        return every, []
    codes = np.asarray(pc.fill_null(every.dictionary_encode().indices, -1))
    last = codes == -1
    last[len(every) - 1 - np.unique(codes[::-1], return_index=True)[1]] = True
    _keep(path, last)
    return every.filter(pa.array(last)), [f"devices that stood on two pages, counted once: {(~last).sum()}"]


def _all_differ(ids: pa.StringArray) -> bool:
    """By a number made of each GUID's ends, which takes a tenth of the memory: where no number repeats, no id does."""
    if ids.null_count or ids.offset or pc.min_max(pc.binary_length(ids)).as_py() != {"min": GUID, "max": GUID}:
        return _are_distinct(ids)
    letters = np.frombuffer(ids.buffers()[2], np.uint8)[: GUID * len(ids)].reshape(-1, GUID)
    first, last = (np.ascontiguousarray(part).view(np.uint64)[:, 0] for part in (letters[:, :8], letters[:, -8:]))
    numbers = np.sort(first * SPREAD ^ last)
    return not (numbers[1:] == numbers[:-1]).any() or _are_distinct(ids)


def _are_distinct(ids: pa.StringArray) -> bool:
    return bool(pc.count_distinct(ids).as_py() + ids.null_count == len(ids))


def _keep(path: Path, rows: npt.NDArray[np.bool_]) -> None:
    with pq.ParquetFile(path) as file, Growing(path, file.schema_arrow) as kept:
        at = 0
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            kept.add(table.filter(pa.array(rows[at : at + len(table)])))
            at += len(table)
        kept.finish()
