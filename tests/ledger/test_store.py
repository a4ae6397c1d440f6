from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import connect

import pytest

from reconcile.errors import LedgerError
from reconcile.ledger.retired import Retired
from reconcile.ledger.store import open_ledger

AT = datetime(2026, 11, 23, 6, tzinfo=UTC)
GONE = Retired("d-1", None, None, None, "PC-1", AT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "ledger.db"


def pragma(file: Path, name: str) -> object:
    with closing(connect(file)) as db:
        return db.execute(f"PRAGMA {name}").fetchone()[0]


def test_a_missing_ledger_is_made_with_its_folder(file: Path) -> None:
    open_ledger(file).close()
    assert pragma(file, "user_version") == 1


def test_the_ledger_is_durable_before_it_answers(file: Path) -> None:
    with open_ledger(file) as ledger:
        assert pragma(file, "journal_mode") == "wal"
        assert ledger._db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_what_was_kept_is_there_when_it_is_opened_again(file: Path) -> None:
    with open_ledger(file) as ledger:
        ledger.import_retired([GONE])
    with open_ledger(file) as ledger:
        assert ledger.retired() == [GONE]


def test_two_runs_may_read_while_one_writes(file: Path) -> None:
    with open_ledger(file) as first, open_ledger(file) as second:
        first.import_retired([GONE])
        assert second.retired() == [GONE]


def test_a_ledger_of_a_newer_reconcile_is_refused_and_left_as_it_is(file: Path) -> None:
    open_ledger(file).close()
    with closing(connect(file)) as db:
        db.execute("PRAGMA user_version = 2")
    before = file.read_bytes()
    with pytest.raises(
        LedgerError, match=r"ledger\.db was written by a newer reconcile \(schema 2, this one knows 1\)"
    ):
        open_ledger(file)
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"device,reason\n" * 1000)
    with pytest.raises(LedgerError, match="is damaged"):
        open_ledger(file)
    assert file.read_bytes() == b"device,reason\n" * 1000


def test_an_emptied_ledger_is_not_begun_anew(file: Path) -> None:
    file.parent.mkdir()
    file.touch()
    with pytest.raises(LedgerError, match="holds no ledger"):
        open_ledger(file)
    assert file.stat().st_size == 0


def test_another_programs_database_is_refused_and_left_as_it_is(file: Path) -> None:
    file.parent.mkdir()
    with closing(connect(file)) as db:
        db.execute("CREATE TABLE songs (name)")
    before = file.read_bytes()
    with pytest.raises(LedgerError, match="holds no ledger"):
        open_ledger(file)
    assert file.read_bytes() == before


def test_a_damaged_page_is_an_error_where_it_is_read(file: Path) -> None:
    with open_ledger(file) as ledger:
        ledger.record_sweep("run", AT, {}, {}, [("stale", "entra", f"o-{number}") for number in range(2000)])
    content = bytearray(file.read_bytes())
    content[8192:] = b"\xff" * (len(content) - 8192)
    file.write_bytes(content)
    with open_ledger(file) as ledger, pytest.raises(LedgerError, match="is damaged"):
        ledger.first_seen()


def test_a_ledger_that_another_run_writes_is_waited_for_and_then_named(file: Path) -> None:
    open_ledger(file).close()
    with closing(connect(file)) as other, open_ledger(file, patience=0.05) as ledger:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="is in use by another run"):
            ledger.import_retired([GONE])
        other.rollback()
        assert ledger.import_retired([GONE]).new == 1


def test_a_folder_in_its_place_is_an_error_that_names_it(file: Path) -> None:
    file.mkdir(parents=True)
    with pytest.raises(LedgerError, match=r"ledger\.db cannot be used"):
        open_ledger(file)


def test_a_file_where_the_reports_folder_should_be_is_an_error(file: Path) -> None:
    file.parent.touch()
    with pytest.raises(LedgerError, match=r"ledger\.db cannot be used"):
        open_ledger(file)


def test_the_first_two_runs_at_once_make_one_ledger(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked before either had made it."""
    open_ledger(file).close()
    with open_ledger(file) as ledger:
        ledger.import_retired([GONE])
    monkeypatch.setattr(Path, "exists", lambda _: False)
    with open_ledger(file) as ledger:
        assert ledger.retired() == [GONE]


def test_a_full_disk_keeps_what_was_there_and_says_so(file: Path) -> None:
    with open_ledger(file) as ledger:
        ledger.import_retired([GONE])
        ledger._db.execute("PRAGMA max_page_count = 14")
        with pytest.raises(LedgerError, match="cannot be used: database or disk is full"):
            ledger.record_sweep(
                "run", AT, {}, {"stale": 1}, [("stale", "entra", f"o-{number}") for number in range(9000)]
            )
        assert (ledger.retired(), ledger.history(9), ledger.first_seen().kind) == ([GONE], [], [])
