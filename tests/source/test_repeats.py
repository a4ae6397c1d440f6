import pyarrow as pa
import pytest

from reconcile.source.repeats import without_repeats
from reconcile.source.schema import ENTRA

ID = "aaaaaaaa-0000-4000-8000-000000000001"


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.Table.from_pylist(
        [{"file": "a", "row": n, "id": ID, **row} for n, row in enumerate(rows, 1)], schema=ENTRA
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"physicalIds": [None]}, {"physicalIds": ["x"]}),
        ({"physicalIds": []}, {"physicalIds": None}),
        ({"physicalIds": ["x", "y"]}, {"physicalIds": ["x\ny"]}),
        ({"isManaged": None}, {"isManaged": False}),
        ({"displayName": ""}, {"displayName": None}),
    ],
)
def test_values_that_differ_in_the_least_are_other_words(one: dict[str, object], other: dict[str, object]) -> None:
    kept, rejected, notes = without_repeats(table(one, other), "entra", "id")

    assert (len(kept), [item.row for item in rejected], notes) == (1, [2], [])


def test_the_first_stands_and_the_spelling_of_the_id_does_not_count() -> None:
    kept, rejected, notes = without_repeats(table({}, {"id": ID.upper()}, {"displayName": "x"}), "entra", "id")

    assert kept["row"].to_pylist() == [1]
    assert [item.row for item in rejected] == [3]
    assert notes == ["devices that stand twice in the same words, counted once: 1"]


def test_what_has_no_id_is_no_repeat() -> None:
    rows = table({"id": None}, {"id": None}, {"id": "x"}, {"id": "x"})

    assert without_repeats(rows, "entra", "id") == (rows, [], [])
