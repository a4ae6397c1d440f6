from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from reconcile.errors import TooManyBadRows
from reconcile.source.pull import raise_if_too_bad, save
from reconcile.source.reading import Reading
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Rejected
from reconcile.workspace import Run

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)


def reading(rows: int, *rejected: Rejected) -> Reading:
    table = pa.Table.from_pylist([{"file": "a", "row": n, "id": str(n)} for n in range(rows)], schema=ENTRA)
    return Reading(table, rejected, ())


def bad(row: int, field: str = "deviceId", *, kept: bool = True) -> Rejected:
    return Rejected("entra", "a", row, field, "x", "why", kept)


def refused(allowed: float, of: Reading) -> bool:
    try:
        raise_if_too_bad("entra", len(of.table), of.rejected, allowed, Path("1-rejected.csv"))
    except TooManyBadRows:
        return True
    return False


def test_a_source_is_refused_above_the_share_and_not_at_it() -> None:
    assert not refused(0.01, reading(100, bad(1)))
    assert refused(0.01, reading(99, bad(1)))
    assert refused(0.01, reading(100, bad(1), bad(2)))


def test_a_row_is_bad_once_however_many_of_its_values_are() -> None:
    assert not refused(0.01, reading(100, bad(1), bad(1, "id"), bad(1, "isManaged")))


def test_rows_that_were_left_out_count_with_the_rest() -> None:
    assert not refused(0.01, reading(99, bad(1, "", kept=False)))


def test_captures_that_say_nothing_do_not_count() -> None:
    assert not refused(0.01, reading(2, bad(1, "status"), bad(2, "status")))


@pytest.fixture(name="run")
def run_fixture(tmp_path: Path) -> Run:
    (tmp_path / "export.json").write_text("{}", encoding="utf-8")
    return Run(tmp_path)


def test_a_row_of_which_not_even_the_id_is_known_makes_a_snapshot_incomplete(run: Run) -> None:
    files = [run.folder / "export.json"]

    assert save("entra", reading(3, bad(4)), run, NOW, files).complete
    assert save("entra", reading(3, bad(4, "id", kept=False)), run, NOW, files).complete
    assert not save("entra", reading(3, bad(4, "", kept=False)), run, NOW, files).complete
