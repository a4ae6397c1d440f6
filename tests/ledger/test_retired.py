from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.ledger.retired import Imported, Retired
from reconcile.ledger.store import open_ledger

RETIRED_AT = datetime(2025, 3, 1, 12, 30, 15, 250, tzinfo=UTC)
LAPTOP = Retired("d-1", "g-1", "S-1-5-21-1", "o-1", "LT-0001", RETIRED_AT)


def imported(file: Path, rows: Sequence[Retired]) -> Imported:
    with open_ledger(file) as ledger:
        return ledger.import_retired(rows)


def retired(file: Path) -> list[Retired]:
    with open_ledger(file) as ledger:
        return ledger.retired()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def test_what_was_imported_is_read_back_as_it_was(file: Path) -> None:
    sid_only = Retired(None, None, "S-1-5-21-2", None, None, RETIRED_AT - timedelta(days=1))
    assert imported(file, [LAPTOP, sid_only]) == Imported(new=2, known=0)
    assert retired(file) == [sid_only, LAPTOP]


def test_an_import_of_nothing_is_nothing(file: Path) -> None:
    assert imported(file, []) == Imported(new=0, known=0)
    assert retired(file) == []


def test_importing_twice_changes_nothing(file: Path) -> None:
    rows = [LAPTOP, replace(LAPTOP, sid=None), replace(LAPTOP, retired_at=RETIRED_AT + timedelta(days=9))]
    imported(file, rows)
    first = retired(file)
    assert imported(file, rows) == Imported(new=0, known=3)
    assert retired(file) == first


def test_the_same_row_twice_in_one_import_is_one_identity(file: Path) -> None:
    assert imported(file, [LAPTOP, LAPTOP]) == Imported(new=1, known=1)


def test_an_identity_retired_again_later_has_the_later_time(file: Path) -> None:
    imported(file, [LAPTOP])
    again = replace(LAPTOP, retired_at=RETIRED_AT + timedelta(days=30), hostname="LT-0001-NEW")
    assert imported(file, [again]) == Imported(new=1, known=0)
    assert retired(file) == [again]


def test_an_older_retirement_of_a_known_identity_changes_nothing(file: Path) -> None:
    imported(file, [LAPTOP])
    assert imported(file, [replace(LAPTOP, retired_at=RETIRED_AT - timedelta(days=30))]) == Imported(new=0, known=1)
    assert retired(file) == [LAPTOP]


def test_a_later_retirement_without_a_host_name_keeps_the_known_one(file: Path) -> None:
    imported(file, [LAPTOP, replace(LAPTOP, retired_at=RETIRED_AT + timedelta(days=1), hostname=None)])
    assert [row.hostname for row in retired(file)] == ["LT-0001"]


def test_a_device_retired_under_a_new_object_id_is_another_identity(file: Path) -> None:
    resurrected = replace(LAPTOP, object_id="o-2", retired_at=RETIRED_AT + timedelta(days=1))
    imported(file, [LAPTOP, resurrected])
    assert retired(file) == [LAPTOP, resurrected]


def test_the_same_instant_in_another_zone_is_the_same_retirement(file: Path) -> None:
    berlin = timezone(timedelta(hours=1))
    imported(file, [LAPTOP])
    assert imported(file, [replace(LAPTOP, retired_at=RETIRED_AT.astimezone(berlin))]) == Imported(new=0, known=1)


def test_a_time_without_its_zone_is_refused_and_nothing_is_kept(file: Path) -> None:
    with pytest.raises(TypeError, match="offset-naive"):
        imported(file, [LAPTOP, replace(LAPTOP, sid=None, retired_at=RETIRED_AT.replace(tzinfo=None))])
    assert retired(file) == []


ids = st.sampled_from([None, "a", "b"])
rows_of_retired = st.lists(
    st.builds(
        Retired,
        device_id=st.sampled_from(["a", "b"]),
        object_guid=ids,
        sid=ids,
        object_id=st.none(),
        hostname=ids,
        retired_at=st.sampled_from([RETIRED_AT + timedelta(days=day) for day in range(3)]),
    ),
    max_size=8,
)


@given(rows=rows_of_retired)
def test_any_import_repeated_adds_nothing_and_keeps_the_latest_time(
    rows: list[Retired], tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("ledger") / "ledger.db"
    imported(file, rows)
    first = retired(file)
    assert imported(file, rows).new == 0
    assert retired(file) == first
    latest: dict[object, datetime] = {}
    for row in rows:
        key = (row.device_id, row.object_guid, row.sid)
        latest[key] = max(latest.get(key, row.retired_at), row.retired_at)
    assert {(row.device_id, row.object_guid, row.sid): row.retired_at for row in first} == latest
