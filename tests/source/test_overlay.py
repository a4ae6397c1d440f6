"""Changes laid over a snapshot, against the same said with dicts."""

from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.overlay import MEMBERS, bit, newer, overlay
from reconcile.source.schema import CHANGES, ENTRA

NAMED = ("displayName", "isManaged", "physicalIds", "alternativeSecurityIds")
"""A text, a flag and two lists stand for all members."""

Row = dict[str, Any]
Table = dict[str, Row]

VALUES = st.fixed_dictionaries(
    {
        "displayName": st.sampled_from([None, "", "A", "B"]),
        "isManaged": st.sampled_from([None, True, False]),
        "physicalIds": st.sampled_from([None, [], ["x"], ["x", None]]),
        "alternativeSecurityIds": st.sampled_from([None, [], ["k"]]),
    }
)
IDS = st.integers(0, 9).map(str)
TABLES = st.dictionaries(IDS, VALUES, max_size=8)


@st.composite
def changes(draw: st.DrawFn) -> Table:
    """By id: what is named, and why it is gone."""
    found = {}
    for one in draw(st.sets(IDS, max_size=8)):
        removed = draw(st.sampled_from([None, None, "changed", "deleted"]))
        names = set() if removed else draw(st.sets(st.sampled_from(NAMED)))
        values = draw(VALUES)
        found[one] = {name: values[name] for name in NAMED if name in names} | {"removed": removed}
    return found


def base_of(rows: Table) -> pa.Table:
    return pa.Table.from_pylist([{"file": "f", "row": 1, "id": one, **row} for one, row in rows.items()], schema=ENTRA)


def changes_of(rows: Table) -> pa.Table:
    served = {one: sum(bit(name) for name in row if name != "removed") for one, row in rows.items()}
    listed = [{"file": "c", "row": 1, "id": one, "served": served[one], **row} for one, row in rows.items()]
    return pa.Table.from_pylist(listed, schema=CHANGES)


def laid_over(base: Table, over: Table) -> Table:
    empty = dict.fromkeys(NAMED)
    there = {one: empty | base.get(one, {}) | row for one, row in over.items() if row["removed"] is None}
    every = {**base, **there}
    return {
        one: {name: row[name] for name in NAMED} for one, row in every.items() if not over.get(one, {}).get("removed")
    }


def rows_of(table: pa.Table) -> Table:
    rows = {row["id"]: {name: row[name] for name in NAMED} for row in table.to_pylist()}
    assert len(rows) == len(table)
    return rows


@given(base=TABLES, over=changes())
def test_what_a_change_names_is_as_it_says_and_everything_else_as_it_was(base: Table, over: Table) -> None:
    found = overlay(base_of(base), changes_of(over))

    assert rows_of(found) == laid_over(base, over)
    assert found.schema == ENTRA


@given(base=TABLES, first=changes(), second=changes(), third=changes())
def test_changes_of_changes_are_as_one_after_the_other(base: Table, first: Table, second: Table, third: Table) -> None:
    """Except that a device which was gone in between keeps what nothing has named since: Graph serves it whole."""
    whole = {one: row if row["removed"] else dict.fromkeys(NAMED) | row for one, row in second.items()}
    last = {one: row if row["removed"] else dict.fromkeys(NAMED) | row for one, row in third.items()}
    tables = changes_of(first), changes_of(whole), changes_of(last)

    together = newer(newer(tables[0], tables[1]), tables[2])

    assert rows_of(overlay(base_of(base), together)) == laid_over(laid_over(laid_over(base, first), whole), last)
    assert together.schema == CHANGES
    assert len(set(together["id"].to_pylist())) == len(together)


@given(base=TABLES, first=changes(), second=changes())
def test_parts_of_changes_are_as_one_after_the_other_where_nothing_was_gone(
    base: Table, first: Table, second: Table
) -> None:
    first = {one: row for one, row in first.items() if not row["removed"]}

    together = newer(changes_of(first), changes_of(second))

    assert rows_of(overlay(base_of(base), together)) == laid_over(laid_over(base, first), second)


def test_where_the_row_stands_is_where_the_change_stands() -> None:
    changed = overlay(base_of({"1": {}, "2": {}}), changes_of({"2": {"displayName": "A", "removed": None}}))

    assert dict(zip(changed["id"].to_pylist(), changed["file"].to_pylist(), strict=True)) == {"1": "f", "2": "c"}


def test_some_columns_can_be_laid_over_alone() -> None:
    base, over = base_of({"1": {"displayName": "A"}}), changes_of({"1": {"displayName": "B", "removed": None}})
    names = ["id", "displayName"]

    found = overlay(base.select(names), over.select([*names, "served", "removed"]))

    assert found.to_pylist() == [{"id": "1", "displayName": "B"}]


def test_every_member_has_a_bit_of_its_own() -> None:
    assert sum(map(bit, MEMBERS)) == 2 ** len(MEMBERS) - 1
