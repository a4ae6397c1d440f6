"""Columns of lists: the same lists with fewer or other values."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

UPN = r"^[^@\s]+@[^@\s]+$"
SEVERAL = 2


def with_values(lists: pa.ListArray, values: pa.Array) -> pa.ListArray:
    """The lists with these in place of their flattened values; null stays null."""
    return _lists(np.asarray(pc.fill_null(pc.list_value_length(lists), 0)), values, lists.is_null())


def sift(lists: pa.ListArray, values: pa.Array, keep: pa.BooleanArray) -> pa.ListArray:
    """As `with_values`, without those that are not to be kept."""
    parents = pc.list_parent_indices(lists).filter(keep)
    lengths = np.bincount(np.asarray(parents), minlength=len(lists))
    return _lists(lengths, values.filter(keep), lists.is_null())


def upns(lists: pa.ListArray, values: pa.StringArray) -> pa.ListArray:
    """The user principal names among the values, each once; null where there are owners and none has one."""
    found = sift(lists, values, pc.fill_null(pc.match_substring_regex(values, UPN), fill_value=False))
    nameless = pc.and_(pc.greater(pc.list_value_length(lists), 0), pc.equal(pc.list_value_length(found), 0))
    named = pc.if_else(pc.fill_null(nameless, fill_value=True), pa.scalar(None, found.type), found)
    return named if (pc.max(pc.list_value_length(named)).as_py() or 0) < SEVERAL else _each_once(named)


def _each_once(lists: pa.ListArray) -> pa.ListArray:
    values = lists.flatten()
    parents = np.asarray(pc.list_parent_indices(lists), np.int64)
    codes = np.asarray(values.dictionary_encode().indices, np.int64)
    first = np.zeros(len(values), np.bool_)
    first[np.unique(parents * len(values) + codes, return_index=True)[1]] = True
    return sift(lists, values, pa.array(first))


def _lists(lengths: np.ndarray, values: pa.Array, is_null: pa.BooleanArray) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=is_null)
