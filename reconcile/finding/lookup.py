"""Arrow kernels and numpy masks under names in which a rule can be read.

Masks and positions are numpy arrays of a frame's length. Unknown is never true: a null is in no mask.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    import pandas as pd

Mask = npt.NDArray[np.bool_]
Times = npt.NDArray[np.datetime64]
"""UTC, in microseconds; unknown is NaT, and nothing compares with NaT."""
Positions = npt.NDArray[np.int64]
"""Row numbers in a frame; -1 where there is none."""

NOWHERE = -1


def arrow(column: "pd.Series[Any]") -> pa.Array:
    """The column as one Arrow array, without a copy where it is one already."""
    array = pa.array(column.array)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def mask_of(array: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(array, False).to_numpy(zero_copy_only=False), dtype=np.bool_)  # noqa: FBT003 - Arrow's own order of arguments


def is_true(column: "pd.Series[Any]") -> Mask:
    return mask_of(arrow(column))


def is_false(column: "pd.Series[Any]") -> Mask:
    return mask_of(pc.invert(arrow(column)))


def is_known(column: "pd.Series[Any]") -> Mask:
    return mask_of(pc.is_valid(arrow(column)))


def equals(column: "pd.Series[Any]", text: str) -> Mask:
    return mask_of(pc.equal(arrow(column), text))


def times(column: "pd.Series[Any]") -> Times:
    array = arrow(column).cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    return np.asarray(pc.fill_null(array, np.iinfo(np.int64).min), dtype=np.int64).view("datetime64[us]")


def positions(of: pa.Array, among: pa.Array) -> Positions:
    """Where each value first stands among the others; a null stands nowhere."""
    found = pc.index_in(of, value_set=among, skip_nulls=True)
    return np.asarray(pc.fill_null(found, NOWHERE).to_numpy(zero_copy_only=False), dtype=np.int64)


def stands_in(of: pa.Array, among: pa.Array) -> Mask:
    """Whether each value stands among the others; a null does not."""
    return mask_of(pc.is_in(of, value_set=among, skip_nulls=True))


def take(array: pa.Array, rows: Positions) -> pa.Array:
    """The values at the rows; null at -1."""
    return array.take(pa.array(rows, mask=rows == NOWHERE))


def take_times(values: Times, rows: Positions) -> Times:
    """The times at the rows; NaT at -1."""
    if not len(values):
        return np.full(len(rows), np.datetime64("NaT", "us"))
    return np.where(rows == NOWHERE, np.datetime64("NaT", "us"), values[rows])


def flatten(lists: pa.Array) -> tuple[pa.Array, Positions]:
    """Every value of the lists, and the row that each stands in."""
    return pc.list_flatten(lists), np.asarray(pc.list_parent_indices(lists), dtype=np.int64)


def first_of(lists: pa.Array) -> pa.Array:
    """The first value of each list; null where there is none."""
    count = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    return take(pc.list_flatten(lists), np.where(count > 0, np.cumsum(count) - count, NOWHERE))


def where(mask: Mask) -> Positions:
    return np.flatnonzero(mask).astype(np.int64)


def newest(*columns: Times) -> Times:
    """The latest known time of each row."""
    latest = columns[0]
    for column in columns[1:]:
        latest = np.fmax(latest, column)
    return latest


def spread(rows: Positions, length: int) -> Mask:
    """A mask that is true at the rows."""
    mask = np.zeros(length, dtype=np.bool_)
    mask[rows[rows != NOWHERE]] = True
    return mask


def clock(values: Times) -> pa.Array:
    """Times as text to the second, for evidence; null where unknown."""
    stamps = pa.array(values.astype("datetime64[s]"), pa.timestamp("s", "UTC"))
    return pc.strftime(stamps, format="%Y-%m-%dT%H:%M:%SZ")


def texts(values: Sequence[str | None]) -> pa.Array:
    return pa.array(values, pa.string())
