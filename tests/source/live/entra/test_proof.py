"""The arithmetic of what is there, and the comparison of what was told with what was found."""

from typing import Any

import msgspec
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.live.differences import differences
from reconcile.source.live.entra.changes import folded
from reconcile.source.live.entra.proof import at_first, standing
from reconcile.source.overlay import MEMBERS
from reconcile.source.schema import ENTRA

IDS = st.sets(st.integers(0, 12).map(str))


def told(there: set[str], gone: set[str]) -> pa.Table:
    items = [{"id": one} for one in there] + [{"id": one, "@removed": {"reason": "changed"}} for one in gone]
    return folded([msgspec.Raw(msgspec.json.encode(item)) for item in items]).table


@given(listed=IDS, there=IDS, gone=IDS)
def test_what_stands_is_what_was_listed_and_came_without_what_went(
    listed: set[str], there: set[str], gone: set[str]
) -> None:
    there -= gone
    ids, changes = pa.array(sorted(listed), pa.string()), told(there, gone)

    assert standing(ids, changes) == len((listed | there) - gone)
    assert at_first(ids, changes) == len(listed | gone)


def test_a_row_without_an_id_is_one_device() -> None:
    assert standing(pa.array(["1", None, None]), told({"2"}, {"1"})) == 3


Row = dict[str, Any]


def columns(rows: list[Row]) -> Any:
    table = pa.Table.from_pylist(rows, schema=ENTRA)
    return table.select


def compared(ours: list[Row], theirs: list[Row], *meanwhile: str) -> Any:
    return differences(columns(ours), columns(theirs), pa.array(meanwhile, pa.string()), "id", MEMBERS)


def test_the_same_rows_in_another_order_do_not_differ() -> None:
    rows: list[Row] = [{"id": "1", "displayName": "A", "physicalIds": ["x"]}, {"id": "2", "isManaged": None}]

    found = compared(rows, rows[::-1])

    assert (found.compared, found.count, str(found), list(found.rows())) == (2, 0, "", [])


def test_each_difference_is_told_by_device_and_member() -> None:
    ours: list[Row] = [{"id": "1", "displayName": "A", "physicalIds": []}, {"id": "2", "isManaged": True}, {"id": "3"}]
    theirs: list[Row] = [
        {"id": "1", "displayName": "B", "physicalIds": None},
        {"id": "2", "isManaged": True},
        {"id": "4"},
    ]

    found = compared(ours, theirs)

    assert list(found.rows()) == [
        ("4", "missing"),
        ("3", "no longer there"),
        ("1", "displayName"),
        ("1", "physicalIds"),
    ]
    assert str(found) == "missing 1, no longer there 1, displayName 1, physicalIds 1"
    assert (found.compared, found.count) == (2, 3)


def test_what_changed_meanwhile_is_not_compared() -> None:
    found = compared(
        [{"id": "1", "displayName": "A"}, {"id": "2"}], [{"id": "1", "displayName": "B"}, {"id": "3"}], "1", "2", "3"
    )

    assert (found.compared, found.count) == (0, 0)
