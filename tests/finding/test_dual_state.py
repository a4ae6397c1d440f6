import pytest

from tests.finding.fleet import Fleet, account, ago, guid, joined_report, report, row


def twin(**fields: object) -> dict[str, object]:
    return row(**{"number": 1, "join": "registered", **fields})


def machine(**fields: object) -> dict[str, object]:
    return row(**{"number": 2, **fields})


def claims_both(**fields: object) -> dict[str, object]:
    return joined_report(2, **{"workplace_joined": "YES", "work_accounts": [account(1)], **fields})


def test_a_registered_row_that_a_report_claims_beside_the_join_is_a_twin() -> None:
    finding = Fleet(entra=[twin(name="old-name"), machine()], agents=[claims_both()]).only("dual-state")

    assert (finding["device_id"], finding["severity"]) == (guid(1), "medium")
    assert guid(9002) in finding["evidence"]


def test_two_reports_that_claim_one_each_are_no_proof() -> None:
    fleet = Fleet(
        entra=[twin(name="x"), machine()], agents=[joined_report(2), report(host="x", work_accounts=[account(1)])]
    )

    assert "dual-state" not in fleet.kinds()


def test_an_old_report_is_no_proof() -> None:
    assert "dual-state" not in Fleet(entra=[twin(), machine()], agents=[claims_both(captured_at=ago(20))]).kinds()


def test_a_machine_that_the_cloud_does_not_have_has_no_twin() -> None:
    assert "dual-state" not in Fleet(entra=[twin()], agents=[claims_both()]).kinds()


@pytest.mark.parametrize("join", ["joined", "hybrid"])
def test_a_shared_hardware_id_makes_twins(join: str) -> None:
    fleet = Fleet(entra=[twin(hardware_ids=["h1"]), machine(join=join, hardware_ids=["h0", "h1"])])

    assert fleet.only("dual-state")["device_id"] == guid(1)


def test_the_name_alone_makes_no_twins() -> None:
    assert Fleet(entra=[twin(), machine()]).kinds() == []
    assert Fleet(entra=[twin(hardware_ids=[]), machine(hardware_ids=[])]).kinds() == []
    assert Fleet(entra=[twin(hardware_ids=["h1"]), machine(hardware_ids=["h2"])]).kinds() == []


def test_a_hardware_id_that_machines_of_other_hosts_bear_is_a_clone() -> None:
    clone = row(number=3, name="pc-3", hardware_ids=["h1"])

    assert Fleet(entra=[twin(hardware_ids=["h1"]), machine(hardware_ids=["h1"]), clone]).kinds() == []
    assert Fleet(entra=[twin(hardware_ids=["h1"]), clone]).kinds() == []


def test_a_registration_of_another_host_with_the_same_hardware_id_takes_nothing_away() -> None:
    elsewhere = row(number=4, name="pc-4", join="registered", hardware_ids=["h1"])

    assert Fleet(entra=[twin(hardware_ids=["h1"]), machine(hardware_ids=["h1"]), elsewhere]).only("dual-state")[
        "device_id"
    ] == guid(1)


def test_rows_without_a_name_share_no_host() -> None:
    nameless = {"name": None, "host": None, "hardware_ids": ["h1"]}

    assert "dual-state" not in Fleet(entra=[{**twin(), **nameless}, {**machine(), **nameless}]).kinds()


def test_every_row_with_the_claimed_id_is_a_twin() -> None:
    again = {**twin(name="again"), "object_id": guid(77)}
    not_the_machine = {**machine(join="unknown"), "object_id": guid(78)}
    fleet = Fleet(entra=[not_the_machine, twin(), again, machine()], agents=[claims_both()])

    assert [finding["object_id"] for finding in fleet.findings() if finding["kind"] == "dual-state"] == [
        guid(77),
        guid(9001),
    ]


def test_an_autopilot_anchor_that_nobody_used_is_not_the_machines_row() -> None:
    anchor = machine(autopilot="true", hardware_ids=["h1"])
    used = machine(autopilot="true", hardware_ids=["h1"], last_activity_at=ago(60))

    assert Fleet(entra=[twin(hardware_ids=["h1"]), anchor]).kinds() == []
    assert "dual-state" in Fleet(entra=[twin(hardware_ids=["h1"]), used]).kinds()


def test_the_machines_protection_does_not_block_its_twin_but_vdi_does() -> None:
    entra = [twin(), machine(managed=True, compliant=True)]

    assert Fleet(entra=entra, agents=[claims_both()]).only("dual-state")["blocked_by"] == "recently-active"
    assert Fleet(entra=entra, agents=[claims_both(vdi=True)]).only("dual-state")["blocked_by"] == "recently-active;vdi"


@pytest.mark.parametrize("fields", [{"windows": False}, {"windows": None}, {"device_id": None}])
def test_rows_that_are_not_windows_or_have_no_id_are_no_twins(fields: dict[str, object]) -> None:
    fleet = Fleet(entra=[twin(hardware_ids=["h1"], **fields), machine(hardware_ids=["h1"])])

    assert "dual-state" not in fleet.kinds()
