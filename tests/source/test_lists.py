"""Columns of lists."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.lists import sift, upns, with_values

LISTS = st.lists(
    st.none() | st.lists(st.none() | st.sampled_from(["a@b.example", "c@d.example", "e"]), max_size=4), max_size=6
)
Lists = list[list[str | None] | None]


def array(lists: Lists) -> pa.ListArray:
    return pa.array(lists, pa.list_(pa.string()))


@given(LISTS, st.integers(0, 6))
def test_lists_keep_their_shape_when_their_values_change(lists: Lists, start: int) -> None:
    part = array(lists).slice(start)
    doubled = pa.array([None if value is None else value * 2 for value in part.flatten().to_pylist()], pa.string())
    expected = [
        None if each is None else [None if value is None else value * 2 for value in each] for each in lists[start:]
    ]
    assert with_values(part, doubled).to_pylist() == expected


@given(LISTS, st.integers(0, 6))
def test_sifting_keeps_empty_apart_from_null(lists: Lists, start: int) -> None:
    part = array(lists).slice(start)
    keep = pa.array([value == "e" for value in part.flatten().to_pylist()], pa.bool_())
    expected = [None if each is None else [value for value in each if value == "e"] for each in lists[start:]]
    assert sift(part, part.flatten(), keep).to_pylist() == expected


@given(LISTS)
def test_user_principal_names_stand_once_in_their_order(lists: Lists) -> None:
    expected = []
    for each in lists:
        found = None if each is None else list(dict.fromkeys(value for value in each if value and "@" in value))
        expected.append(None if each and not found else found)
    assert upns(array(lists), array(lists).flatten()).to_pylist() == expected


@pytest.mark.parametrize("owner", ["Ann", "ann@", "@contoso.example", "Ann Bee@contoso.example", "a@b@c"])
def test_what_is_no_user_principal_name_says_that_there_is_an_owner_and_not_who(owner: str) -> None:
    lists = array([[owner]])
    assert upns(lists, lists.flatten()).to_pylist() == [None]
