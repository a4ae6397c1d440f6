import pytest

from tests.finding.fleet import DOMAIN_SID, Fleet, ago, computer, guid, row

SOMEONE = row(number=90, name="someone")


def test_a_disabled_row_is_found_whatever_its_join_or_identity() -> None:
    rows = [
        row(number=n, name=f"pc-{n}", join=join, enabled=False)
        for n, join in enumerate(("joined", "registered", "unknown"), 1)
    ]
    no_id = {**row(name="blank", enabled=False), "object_id": guid(5), "windows": None, "os": None}

    assert Fleet(entra=[*rows, no_id]).kinds() == ["disabled"] * 4


def test_unknown_is_not_disabled() -> None:
    assert (
        Fleet(
            entra=[row(number=1, enabled=None)],
            directory=[computer(number=2, name="x", in_sync_scope=False, enabled=None)],
        ).kinds()
        == []
    )


def test_another_system_is_found_and_protected() -> None:
    assert (
        Fleet(entra=[row(number=1, enabled=False, windows=False, os="iOS")]).only("disabled")["blocked_by"]
        == "not-windows"
    )


def test_where_the_computer_is_disabled_too_the_directory_is_the_master() -> None:
    by_guid = Fleet(entra=[row(number=1, join="hybrid", enabled=False)], directory=[computer(number=1, enabled=False)])
    by_sid = Fleet(
        entra=[row(number=3, enabled=False, sid=f"{DOMAIN_SID}-1")], directory=[computer(number=1, enabled=False)]
    )
    cloud_only = Fleet(entra=[row(number=1, join="hybrid", enabled=False)], directory=[computer(number=1)])

    assert '"master":"directory"' in by_guid.only("disabled")["evidence"]
    assert '"master":"directory"' in by_sid.only("disabled")["evidence"]
    assert "master" not in cloud_only.only("disabled")["evidence"]


@pytest.mark.parametrize("role", ["workstation", "server"])
def test_a_disabled_computer_without_a_row_is_found_in_the_directory(role: str) -> None:
    fleet = Fleet(entra=[SOMEONE], directory=[computer(number=1, role=role, enabled=False, in_sync_scope=False)])

    assert fleet.only("disabled")["system"] == "directory"


@pytest.mark.parametrize("role", ["domain-controller", "rodc", "cluster", "gmsa", "sso", None])
def test_other_roles_are_not_named(role: str | None) -> None:
    assert Fleet(entra=[SOMEONE], directory=[computer(number=1, role=role, enabled=False)]).kinds() == []


def test_a_computer_without_a_row_is_not_named_where_entra_cannot_say_so() -> None:
    fleet = Fleet(directory=[computer(number=1, enabled=False, last_logon_at=ago(300))], entra_state="absent")

    assert fleet.kinds() == []
