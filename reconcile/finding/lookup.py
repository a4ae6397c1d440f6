"""Arrow kernels and numpy masks under names in which a rule can be read.

Masks and positions are numpy arrays of a frame's length. Unknown is never true: a null is in no mask.
"""

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
    if _is_much_longer(among, of):
        rows = where(mask_of(pc.is_in(among, value_set=of, skip_nulls=True)))
        return np.append(rows, NOWHERE)[_index_in(of, among.take(rows))]
    return _index_in(of, among)


def _index_in(of: pa.Array, among: pa.Array) -> Positions:
    found = pc.index_in(of, value_set=among, skip_nulls=True)
    return np.asarray(pc.fill_null(found, NOWHERE).to_numpy(zero_copy_only=False), dtype=np.int64)


def stands_in(of: pa.Array, among: pa.Array) -> Mask:
    """Whether each value stands among the others; a null does not."""
    if _is_much_longer(among, of):
        among = among.filter(pc.is_in(among, value_set=of, skip_nulls=True))
    return mask_of(pc.is_in(of, value_set=among, skip_nulls=True))


def _is_much_longer(among: pa.Array, of: pa.Array) -> bool:
    """Then it is quicker to look for the few among the many than to hash the many."""
    return bool(len(among) > 2 * len(of))


def take(array: pa.Array, rows: Positions) -> pa.Array:
    """The values at the rows; null at -1."""
    return array.take(pa.array(rows, mask=rows == NOWHERE))


def take_times(values: Times, rows: Positions) -> Times:
    """The times at the rows; NaT at -1."""
    return np.append(values, np.datetime64("NaT", "us"))[rows]


def flatten(lists: pa.Array) -> tuple[pa.Array, Positions]:
    """Every value of the lists, and the row that each stands in."""
    return pc.list_flatten(lists), np.asarray(pc.list_parent_indices(lists), dtype=np.int64)


def first_of(lists: pa.Array) -> pa.Array:
    """The first value of each list; null where there is none."""
    count = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    return take(pc.list_flatten(lists), np.where(count > 0, np.cumsum(count) - count, NOWHERE))


def holds_at(mask: Mask, rows: Positions) -> Mask:
    """Whether the mask holds at each of the rows; not at -1."""
    return np.append(mask, np.False_)[rows]


def where(mask: Mask) -> Positions:
    return np.flatnonzero(mask).astype(np.int64)


def newest(*columns: Times) -> Times:
    """The latest known time of each row."""
    latest = columns[0]
    for column in columns[1:]:
        latest = np.fmax(latest, column)
    return latest


def merge(into: npt.NDArray[Any], rows: Positions, values: npt.NDArray[Any], how: np.ufunc) -> None:
    """Merge the values into these rows; a row may come several times."""
    if len(rows) and np.bincount(rows).max() > 1:
        how.at(into, rows, values)
    else:
        into[rows] = how(into[rows], values)


def spread(rows: Positions, length: int) -> Mask:
    """A mask that is true at the rows."""
    mask = np.zeros(length, dtype=np.bool_)
    mask[rows[rows != NOWHERE]] = True
    return mask


def clock(values: Times) -> pa.Array:
    """Times as text to the second, for evidence; null where unknown."""
    stamps = pa.array(values.astype("datetime64[s]"), pa.timestamp("s", "UTC"))
    return pc.strftime(stamps, format="%Y-%m-%dT%H:%M:%SZ")
