import pytest

from tests.finding.fleet import DOMAIN_SID, Fleet, ago, computer, guid, row

SOMEONE = row(number=90, name="someone", sid=f"{DOMAIN_SID}-90")


def found(*computers: dict[str, object], **fleet: object) -> list[str]:
    values = {"entra": [SOMEONE], **fleet}
    findings = Fleet(directory=list(computers), **values).findings()  # type: ignore[arg-type]  # the fields of a Fleet
    return [finding["object_guid"] for finding in findings if finding["kind"] == "orphaned-directory"]


def test_a_synced_workstation_without_a_cloud_row_is_orphaned() -> None:
    assert found(computer(number=1)) == [guid(1)]
    assert found(computer(number=1, enabled=False)) == [guid(1)]


@pytest.mark.parametrize(
    "fields",
    [
        {"in_sync_scope": False},
        {"in_sync_scope": None},
        {"role": "server"},
        {"role": "domain-controller"},
        {"role": "rodc"},
        {"role": "cluster"},
        {"role": "gmsa"},
        {"role": "sso"},
        {"role": None},
        {"windows": False},
        {"windows": None},
        {"object_guid": None},
    ],
)
def test_only_windows_workstations_that_are_known_to_be_in_scope_are_named(fields: dict[str, object]) -> None:
    assert found(computer(number=1, **fields)) == []


def test_a_row_with_its_guid_or_its_sid_is_its_row_whatever_the_row_is() -> None:
    by_guid = row(number=1, windows=False, join="unknown", name="other")
    by_sid = row(number=77, name="other", sid=f"{DOMAIN_SID}-1")

    assert found(computer(number=1), entra=[by_guid]) == found(computer(number=1), entra=[by_sid]) == []


def test_where_entra_served_no_sids_the_evidence_says_so() -> None:
    fleet = Fleet(entra=[row(number=90, name="someone")], directory=[computer(number=1)])

    assert "Entra served no SIDs" in fleet.only("orphaned-directory")["evidence"]


@pytest.mark.parametrize("state", ["incomplete", "absent"])
def test_without_a_complete_entra_nothing_is_said(state: str) -> None:
    assert found(computer(number=1), entra_state=state) == []


def test_an_unconfirmed_hybrid_row_of_its_name_has_the_finding() -> None:
    fleet = Fleet(entra=[row(number=2, join="hybrid")], directory=[computer(number=1)])

    assert fleet.kinds() == ["stale-guid"]


def test_an_unknown_hybrid_row_of_its_name_keeps_it_open() -> None:
    fleet = Fleet(entra=[row(number=2, join="hybrid")], directory=[computer(number=1)], directory_state="incomplete")

    assert fleet.kinds() == []


def test_a_hybrid_row_of_its_name_without_an_id_saves_it() -> None:
    null_id = {**row(number=2, join="hybrid", windows=None), "device_id": None}

    assert found(computer(number=1), entra=[null_id]) == []


@pytest.mark.parametrize("fields", [{"join": "joined"}, {"join": "registered"}, {"windows": False}, {"name": "pc-2"}])
def test_another_row_of_its_name_saves_nothing(fields: dict[str, object]) -> None:
    assert found(computer(number=1), entra=[row(**{"number": 2, "join": "hybrid", **fields})]) == [guid(1)]


def test_a_confirmed_hybrid_row_of_its_name_belongs_to_another_computer() -> None:
    entra = [row(number=2, join="hybrid")]

    assert found(computer(number=1), computer(number=2, name="renamed"), entra=entra) == [guid(1)]


def test_a_new_computer_waits_for_its_first_sync() -> None:
    fleet = Fleet(entra=[SOMEONE], directory=[computer(number=1, created_at=ago(3))])

    assert fleet.only("orphaned-directory")["blocked_by"] == "new"


def test_a_soft_deleted_row_is_no_row_and_the_evidence_names_it() -> None:
    fleet = Fleet(entra=[SOMEONE], deleted=[row(number=1)], directory=[computer(number=1)])

    assert '"soft_deleted":true' in fleet.only("orphaned-directory")["evidence"]
