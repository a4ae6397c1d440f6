import pytest

from tests.finding.fleet import OTHER_TENANT, TENANT, Fleet, ago, computer, guid, joined_report, report, row

BYSTANDER = computer(number=50, name="bystander", in_sync_scope=False)
OWNER = "ada@contoso.example"


def test_a_hybrid_row_without_any_computer_of_its_id_or_host_is_orphaned() -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid")], directory=[BYSTANDER])

    assert fleet.only("orphaned-cloud")["device_id"] == guid(1)


@pytest.mark.parametrize("state", ["incomplete", "absent"])
def test_unknown_is_never_gone(state: str) -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid")], directory=[BYSTANDER], directory_state=state)  # type: ignore[arg-type]  # a parameter of the test

    assert fleet.kinds() == []


def test_a_computer_that_bears_its_host_makes_it_stale_guid_instead() -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=2)])

    assert "orphaned-cloud" not in fleet.kinds()


def test_a_hybrid_row_is_not_judged_by_its_devices_denial() -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=1)], agents=[report()])

    assert fleet.kinds() == []


def test_a_joined_row_whose_device_denies_the_join_is_orphaned() -> None:
    assert Fleet(entra=[row(number=1)], agents=[report()]).kinds() == ["orphaned-cloud"]


def test_the_newest_report_that_can_answer_decides() -> None:
    joined_again = Fleet(
        entra=[row(number=1)], agents=[report(captured_at=ago(3)), report(entra_joined="YES", tenant_id=OTHER_TENANT)]
    )
    newest_is_mute = Fleet(entra=[row(number=1)], agents=[report(captured_at=ago(3)), report(entra_joined="unknown")])

    assert joined_again.kinds() == []
    assert newest_is_mute.kinds() == ["orphaned-cloud"]


def test_no_denial_while_a_fresh_report_of_the_host_claims_the_device_slot() -> None:
    fleet = Fleet(entra=[row(number=1)], agents=[joined_report(2, captured_at=ago(3)), report(captured_at=ago(1))])

    assert "orphaned-cloud" not in fleet.kinds()


def test_a_claim_whose_id_or_tenant_cannot_be_read_still_keeps_a_denial_off() -> None:
    unreadable = report(captured_at=ago(3), entra_joined="YES")

    assert Fleet(entra=[row(number=1)], agents=[unreadable, report()]).kinds() == []


@pytest.mark.parametrize(
    "fields", [{"captured_at": ago(15)}, {"captured_at": None}, {"captured_at": ago(-0.1)}, {"host": "pc-2"}]
)
def test_a_report_that_is_not_fresh_or_of_another_host_denies_nothing(fields: dict[str, object]) -> None:
    assert Fleet(entra=[row(number=1)], agents=[report(**fields)]).kinds() == []


def test_a_report_within_the_hour_ahead_is_fresh() -> None:
    assert Fleet(entra=[row(number=1)], agents=[report(captured_at=ago(-0.03))]).kinds() == ["orphaned-cloud"]


def test_a_report_from_before_the_registration_or_the_last_activity_denies_nothing() -> None:
    reinstalled = Fleet(entra=[row(number=1, registered_at=ago(0.5))], agents=[report()])
    active = Fleet(entra=[row(number=1, last_activity_at=ago(0.5))], agents=[report()])

    assert reinstalled.kinds() == active.kinds() == []


def registered(**fields: object) -> dict[str, object]:
    return row(**{"number": 1, "join": "registered", "owners": [OWNER], **fields})


def owners_capture(**fields: object) -> dict[str, object]:
    return report(**{"account": f"PC-1\\ada, {OWNER.upper()}", **fields})


def test_a_registered_row_is_denied_by_its_owner_in_the_owners_own_session() -> None:
    assert Fleet(entra=[registered()], agents=[owners_capture()]).kinds() == ["orphaned-cloud"]


@pytest.mark.parametrize(
    "fields",
    [
        {"context": "system", "workplace_joined": "unknown"},
        {"context": "unknown"},
        {"context": "remote"},
        {"account": "PC-1\\bob, bob@contoso.example"},
        {"account": "NT AUTHORITY\\SYSTEM"},
        {"account": None},
        {"layout": "legacy"},
        {"workplace_joined": "unknown"},
        {"captured_at": ago(20)},
    ],
)
def test_another_context_account_or_layout_denies_no_registration(fields: dict[str, object]) -> None:
    assert Fleet(entra=[registered()], agents=[owners_capture(**fields)]).kinds() == []


def test_a_device_that_is_joined_says_nothing_of_a_registration() -> None:
    joined = joined_report(2, workplace_joined="unknown", context="system")
    fleet = Fleet(entra=[registered(), row(number=2)], agents=[joined])

    assert fleet.kinds() == []


def test_a_row_with_an_autopilot_id_is_never_orphaned_and_one_of_unknown_state_is_reported_but_blocked() -> None:
    assert Fleet(entra=[row(number=1, autopilot="true")], agents=[report()]).kinds() == []
    assert (
        Fleet(entra=[row(number=1, autopilot="unknown")], agents=[report()]).only("orphaned-cloud")["blocked_by"]
        == "autopilot-unknown"
    )


@pytest.mark.parametrize("join", ["joined", "hybrid", "registered"])
def test_rows_without_an_identity_match_nothing(join: str) -> None:
    no_id = {**row(number=1, join=join, owners=[OWNER]), "device_id": None}

    assert Fleet(entra=[no_id], directory=[BYSTANDER], agents=[owners_capture()]).kinds() == []


def test_a_row_of_unknown_join_is_not_judged_by_joins() -> None:
    assert Fleet(entra=[row(number=1, join="unknown")], directory=[BYSTANDER], agents=[report()]).kinds() == []


def test_the_tenant_of_the_claim_decides() -> None:
    assert Fleet(entra=[row(number=1)], agents=[joined_report(1, tenant_id=TENANT)]).kinds() == []
