import pytest

from tests.finding.fleet import Fleet, ago, computer, row

COMPUTER = computer(number=1)


def pending(**fields: object) -> Fleet:
    return Fleet(
        entra=[row(**{"number": 1, "join": "hybrid", "pending": True, "registered_at": None, **fields})],
        directory=[COMPUTER],
    )


def test_a_hybrid_row_that_never_finished_registering_is_pending() -> None:
    assert pending(created_at=ago(40)).only("pending")["blocked_by"] == ""


def test_a_young_one_is_protected_as_new() -> None:
    assert pending(created_at=ago(2)).only("pending")["blocked_by"] == "new"


@pytest.mark.parametrize("fields", [{"pending": None}, {"pending": False}, {"windows": False}, {"join": "joined"}])
def test_unknown_or_other_rows_are_not_pending(fields: dict[str, object]) -> None:
    assert "pending" not in pending(**fields).kinds()


def test_a_row_that_does_not_say_its_system_counts_as_windows_here() -> None:
    assert "pending" in pending(windows=None, os=None).kinds()
