import random
import time
import uuid
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import connect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import LedgerError
from reconcile.ledger.moment import to_micros
from reconcile.ledger.store import Ledger, open_ledger

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
DAY = timedelta(days=1)
STALE = ("stale", "entra", "o-1")
PENDING = ("pending", "entra", "o-1")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


def sweep(ledger: Ledger, at: datetime, sightings: Iterable[tuple[str, str, str]] = (), run: str | None = None) -> None:
    ledger.record_sweep(run or f"{at:%Y%m%dT%H%M%SZ}", at, {"entra": 10}, {"stale": 1}, sightings)


def first_seen(ledger: Ledger) -> dict[tuple[str, str, str], int]:
    seen = ledger.first_seen()
    return dict(zip(zip(seen.kind, seen.system, seen.object, strict=True), seen.first_seen_at, strict=True))


def test_a_new_ledger_has_seen_nothing(file: Path) -> None:
    with open_ledger(file) as ledger:
        assert first_seen(ledger) == {}
        assert ledger.history(10) == []


def test_a_finding_was_first_seen_by_the_first_sweep_that_saw_it(file: Path) -> None:
    with open_ledger(file) as ledger:
        sweep(ledger, MONDAY, [STALE])
        sweep(ledger, MONDAY + DAY, [STALE, PENDING])
        assert first_seen(ledger) == {STALE: to_micros(MONDAY), PENDING: to_micros(MONDAY + DAY)}


def test_a_finding_that_went_and_came_back_keeps_its_first_time(file: Path) -> None:
    with open_ledger(file) as ledger:
        for day, sightings in enumerate([[STALE], [], [STALE]]):
            sweep(ledger, MONDAY + day * DAY, sightings)
        assert first_seen(ledger) == {STALE: to_micros(MONDAY)}


def test_an_older_sweep_replayed_later_moves_the_first_time_back(file: Path) -> None:
    with open_ledger(file) as ledger:
        sweep(ledger, MONDAY, [STALE])
        sweep(ledger, MONDAY - DAY, [STALE])
        assert first_seen(ledger) == {STALE: to_micros(MONDAY - DAY)}


def test_a_sighting_remembers_when_it_was_last_seen(file: Path) -> None:
    with open_ledger(file) as ledger:
        for at in (MONDAY, MONDAY + DAY, MONDAY - DAY):
            sweep(ledger, at, [STALE])
    with closing(connect(file)) as db:
        assert db.execute("SELECT last_seen_at FROM sighting").fetchall() == [(to_micros(MONDAY + DAY),)]


def test_the_same_sighting_twice_in_one_sweep_is_one(file: Path) -> None:
    with open_ledger(file) as ledger:
        sweep(ledger, MONDAY, [STALE, STALE])
        assert first_seen(ledger) == {STALE: to_micros(MONDAY)}


def test_history_has_the_counts_of_the_last_sweeps_oldest_first(file: Path) -> None:
    with open_ledger(file) as ledger:
        for day in (2, 0, 1):
            ledger.record_sweep(f"run-{day}", MONDAY + day * DAY, {}, {"stale": day, "pending": 0}, [])
        assert ledger.history(2) == [
            (MONDAY + 1 * DAY, {"pending": 0, "stale": 1}),
            (MONDAY + 2 * DAY, {"pending": 0, "stale": 2}),
        ]


def test_a_sweep_without_findings_is_part_of_the_history(file: Path) -> None:
    with open_ledger(file) as ledger:
        ledger.record_sweep("run", MONDAY, {"entra": 5}, {}, [])
        assert ledger.history(5) == [(MONDAY, {})]


def test_two_sweeps_of_one_second_are_two(file: Path) -> None:
    with open_ledger(file) as ledger:
        sweep(ledger, MONDAY, run="run")
        sweep(ledger, MONDAY, run="run-2")
        assert len(ledger.history(5)) == 2


def test_a_run_recorded_again_keeps_its_time_and_gets_the_new_counts(file: Path) -> None:
    with open_ledger(file) as ledger:
        ledger.record_sweep("run", MONDAY, {"entra": 10, "agents": 3}, {"stale": 1, "pending": 4}, [STALE])
        ledger.record_sweep("run", MONDAY + DAY, {"entra": 11}, {"stale": 2}, [STALE, PENDING])
        assert ledger.history(5) == [(MONDAY, {"stale": 2})]
        assert first_seen(ledger) == {STALE: to_micros(MONDAY), PENDING: to_micros(MONDAY)}
    with closing(connect(file)) as db:
        assert db.execute("SELECT system, rows FROM sweep_source").fetchall() == [("entra", 11)]


def test_a_sweep_is_recorded_whole_or_not_at_all(file: Path) -> None:
    with open_ledger(file) as ledger:
        with pytest.raises(LedgerError, match="cannot be used"):
            ledger.record_sweep("run", MONDAY, {}, {"stale": None}, [STALE])  # type: ignore[dict-item]  # that is the fault
        assert (ledger.history(5), first_seen(ledger)) == ([], {})
        sweep(ledger, MONDAY, [STALE], run="run")
        assert first_seen(ledger) == {STALE: to_micros(MONDAY)}


def test_two_hundred_thousand_sightings_are_recorded_in_seconds(file: Path) -> None:
    random.seed(2)
    sightings = [("stale", "entra", str(uuid.UUID(int=random.getrandbits(128)))) for _ in range(200_000)]
    with open_ledger(file) as ledger:
        for day in range(2):
            began = time.process_time()
            sweep(ledger, MONDAY + day * DAY, sightings)
            assert time.process_time() - began < 5  # about one second on an idle machine
        assert len(ledger.first_seen().object) == 200_000


@given(days=st.lists(st.integers(-400, 400), min_size=1, max_size=6))
def test_in_any_order_of_sweeps_the_earliest_is_the_first(
    days: list[int], tmp_path_factory: pytest.TempPathFactory
) -> None:
    with open_ledger(tmp_path_factory.mktemp("ledger") / "ledger.db") as ledger:
        for number, day in enumerate(days):
            sweep(ledger, MONDAY + day * DAY, [STALE], run=f"run-{number}")
        assert first_seen(ledger) == {STALE: to_micros(MONDAY + min(days) * DAY)}
        assert [at for at, _ in ledger.history(10)] == sorted(MONDAY + day * DAY for day in days)
