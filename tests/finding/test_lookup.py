import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reconcile.finding.lookup import NOWHERE, first_of, flatten, positions, stands_in

IDS = st.lists(st.sampled_from([None, "a", "b", "c", "d"]), max_size=12)


@given(IDS, IDS)
def test_a_value_stands_where_it_first_stands_and_null_stands_nowhere(
    of: list[str | None], among: list[str | None]
) -> None:
    expected = [among.index(value) if value is not None and value in among else NOWHERE for value in of]

    assert positions(pa.array(of, pa.string()), pa.array(among, pa.string())).tolist() == expected


@given(IDS, IDS)
def test_null_stands_in_nothing(of: list[str | None], among: list[str | None]) -> None:
    expected = [value is not None and value in among for value in of]

    assert stands_in(pa.array(of, pa.string()), pa.array(among, pa.string())).tolist() == expected


@given(st.lists(st.none() | st.lists(st.integers(0, 9), max_size=3), max_size=6))
def test_lists_are_flattened_with_their_rows(lists: list[list[int] | None]) -> None:
    array = pa.array(lists, pa.list_(pa.int64()))
    values, rows = flatten(array)

    assert list(zip(rows.tolist(), values.to_pylist(), strict=True)) == [
        (n, value) for n, items in enumerate(lists) for value in items or ()
    ]
    assert first_of(array).to_pylist() == [items[0] if items else None for items in lists]
