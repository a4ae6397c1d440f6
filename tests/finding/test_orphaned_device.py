import pytest

from tests.finding.fleet import OTHER_TENANT, Fleet, account, ago, computer, guid, joined_report, report, row

SOMEONE = row(number=90, name="someone")


def test_a_device_that_claims_an_id_which_the_cloud_does_not_have_is_orphaned() -> None:
    finding = Fleet(entra=[SOMEONE], agents=[joined_report(1)]).only("orphaned-device")

    assert (finding["system"], finding["hostname"], finding["device_id"], finding["object_id"]) == (
        "agents",
        "pc-1",
        guid(1),
        None,
    )
    assert finding["join"] == "joined"


def test_a_domain_joined_device_claims_a_hybrid_join() -> None:
    fleet = Fleet(entra=[SOMEONE], agents=[joined_report(1, domain_joined="YES")])

    assert fleet.only("orphaned-device")["join"] == "hybrid"


def test_each_work_account_of_our_tenant_is_a_claim() -> None:
    fleet = Fleet(
        entra=[SOMEONE],
        agents=[report(workplace_joined="YES", work_accounts=[account(1), account(2, OTHER_TENANT), account(90)])],
    )

    finding = fleet.only("orphaned-device")

    assert (finding["device_id"], finding["join"]) == (guid(1), "registered")


def test_one_finding_per_host_and_claimed_id() -> None:
    reports = [
        joined_report(1, captured_at=ago(2)),
        joined_report(1),
        joined_report(2, captured_at=ago(3)),
        joined_report(1, name="pc-2"),
    ]
    findings = Fleet(entra=[SOMEONE], agents=reports).findings()

    assert sorted((item["hostname"], item["device_id"]) for item in findings) == [
        ("pc-1", guid(1)),
        ("pc-1", guid(2)),
        ("pc-2", guid(1)),
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"device_id": None},
        {"tenant_id": OTHER_TENANT},
        {"tenant_id": None},
        {"captured_at": ago(15)},
        {"captured_at": None},
        {"entra_joined": "NO"},
    ],
)
def test_what_is_no_fresh_claim_in_our_tenant_is_not_named(fields: dict[str, object]) -> None:
    assert Fleet(entra=[SOMEONE], agents=[joined_report(1, **fields)]).kinds() == []


def test_any_row_with_the_id_will_do() -> None:
    assert (
        Fleet(entra=[row(number=1, name="other", join="unknown", windows=False)], agents=[joined_report(1)]).kinds()
        == []
    )


@pytest.mark.parametrize("state", ["incomplete", "absent"])
def test_without_a_complete_entra_nothing_is_said(state: str) -> None:
    assert Fleet(entra=[SOMEONE], agents=[joined_report(1)], entra_state=state).kinds() == []  # type: ignore[arg-type]  # a parameter of the test


def test_an_id_among_the_soft_deleted_is_a_finding_that_says_so() -> None:
    fleet = Fleet(entra=[SOMEONE], deleted=[row(number=1)], agents=[joined_report(1)])

    assert '"soft_deleted":true' in fleet.only("orphaned-device")["evidence"]


@pytest.mark.parametrize(
    ("status", "severity"),
    [
        ("FAILED. Device is either disabled or deleted", "high"),
        ("FAILED. ERROR", "medium"),
        (None, "medium"),
        ("SUCCESS", "low"),
    ],
)
def test_what_the_device_was_told_decides_the_severity(status: str | None, severity: str) -> None:
    assert (
        Fleet(entra=[SOMEONE], agents=[joined_report(1, auth_status=status)]).only("orphaned-device")["severity"]
        == severity
    )


def test_it_takes_the_protections_of_the_computer_with_its_id_but_not_its_activity_or_age() -> None:
    server = computer(number=1, role="server", created_at=ago(1), last_logon_at=ago(1))
    fleet = Fleet(entra=[SOMEONE], directory=[server], agents=[joined_report(1, vdi=True)])

    assert fleet.only("orphaned-device")["blocked_by"] == "server;vdi"
