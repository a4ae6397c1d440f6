import pytest

from tests.finding.fleet import DOMAIN_SID, Fleet, ago, computer, guid, row

SID = f"{DOMAIN_SID}-1"


def retired(**fields: object) -> dict[str, object]:
    return {"hostname": "PC-1", "retired_at": ago(30), **fields}


def test_a_row_with_a_retired_device_id_is_back_whatever_its_object_id() -> None:
    finding = Fleet(entra=[row(number=1)], retired=[retired(device_id=guid(1), object_id=guid(5))]).only("resurrected")

    assert (finding["severity"], finding["object_id"]) == ("high", guid(9001))


@pytest.mark.parametrize(
    "identity", [{"object_guid": guid(1)}, {"sid": SID}, {"object_id": guid(9001)}, {"device_id": guid(1)}]
)
def test_any_id_of_the_identity_counts_in_entra(identity: dict[str, object]) -> None:
    assert "resurrected" in Fleet(entra=[row(number=1, sid=SID)], retired=[retired(**identity)]).kinds()


@pytest.mark.parametrize("identity", [{"object_guid": guid(1)}, {"sid": SID}, {"device_id": guid(1)}])
def test_and_in_the_directory(identity: dict[str, object]) -> None:
    fleet = Fleet(directory=[computer(number=1)], retired=[retired(**identity)], entra_state="absent")

    assert fleet.only("resurrected")["system"] == "directory"


def test_one_finding_per_system() -> None:
    fleet = Fleet(
        entra=[row(number=1, join="hybrid", sid=SID)],
        directory=[computer(number=1)],
        retired=[retired(device_id=guid(1), sid=SID)],
    )

    assert [finding["system"] for finding in fleet.findings()] == ["directory", "entra"]


def test_an_identity_counts_for_every_row_windows_or_not() -> None:
    phone = row(number=1, windows=False, os="iOS")
    no_id = {**row(number=1, sid=SID), "device_id": None}

    assert "resurrected" in Fleet(entra=[phone], retired=[retired(device_id=guid(1))]).kinds()
    assert "resurrected" in Fleet(entra=[no_id], retired=[retired(sid=SID)]).kinds()


def test_missing_ids_match_nothing() -> None:
    blank = {**row(name="other"), "object_id": None}

    assert (
        Fleet(entra=[blank], directory=[computer(number=1, sid=None, in_sync_scope=False)], retired=[retired()]).kinds()
        == []
    )


def pending(**fields: object) -> dict[str, object]:
    return row(
        **{"number": 7, "join": "hybrid", "pending": True, "registered_at": None, "created_at": ago(20), **fields}
    )


def test_a_pending_row_of_its_name_that_was_created_after_the_retirement_may_be_it() -> None:
    fleet = Fleet(entra=[pending()], directory=[computer(number=7)], retired=[retired(device_id=guid(1))])

    finding = fleet.only("resurrected")

    assert finding["severity"] == "low"
    assert "never planned" in finding["evidence"]


@pytest.mark.parametrize(
    "fields", [{"created_at": ago(40)}, {"created_at": None}, {"pending": False}, {"name": "pc-2"}, {"windows": False}]
)
def test_another_row_of_its_name_is_not_it(fields: dict[str, object]) -> None:
    fleet = Fleet(entra=[pending(**fields)], directory=[computer(number=7)], retired=[retired(device_id=guid(1))])

    assert "resurrected" not in fleet.kinds()


def test_of_several_retirements_of_a_name_the_earliest_is_enough() -> None:
    both = [retired(device_id=guid(1), retired_at=ago(10)), retired(device_id=guid(2), retired_at=ago(60))]
    fleet = Fleet(entra=[pending()], directory=[computer(number=7)], retired=both)

    assert "resurrected" in fleet.kinds()
