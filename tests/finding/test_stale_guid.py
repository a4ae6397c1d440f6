import pytest

from tests.finding.fleet import OTHER_TENANT, Fleet, account, ago, computer, guid, joined_report, report, row


def reimaged() -> Fleet:
    """The AD computer was made anew under the same name; the old hybrid row is still there."""
    return Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=2)])


def test_a_hybrid_row_whose_host_an_ad_computer_bears_under_another_guid_is_stale() -> None:
    finding = reimaged().only("stale-guid")

    assert (finding["severity"], finding["object_id"]) == ("high", guid(9001))
    assert guid(2) in finding["evidence"]


@pytest.mark.parametrize("fields", [{"enabled": False}, {"in_sync_scope": False}, {"role": "server"}])
def test_it_does_not_matter_whether_that_computer_is_enabled_or_in_scope(fields: dict[str, object]) -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=2, **fields)])

    assert "stale-guid" in fleet.kinds()


def test_any_name_of_the_computer_counts() -> None:
    fleet = Fleet(
        entra=[row(number=1, join="hybrid", name="alias")], directory=[computer(number=2, hosts=["pc-1", "alias"])]
    )

    assert fleet.kinds() == ["stale-guid"]


def test_a_row_that_an_id_proves_live_is_not_stale() -> None:
    by_guid = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=1), computer(number=2)])
    by_sid = Fleet(entra=[row(number=1, join="hybrid", sid="S-1-5-21-1-2-3-2")], directory=[computer(number=2)])
    by_report = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=2)], agents=[joined_report(1)])

    assert all("stale-guid" not in fleet.kinds() for fleet in (by_guid, by_sid, by_report))


def test_an_old_report_does_not_confirm() -> None:
    fleet = Fleet(
        entra=[row(number=1, join="hybrid")],
        directory=[computer(number=2)],
        agents=[joined_report(1, captured_at=ago(15))],
    )

    assert "stale-guid" in fleet.kinds()


@pytest.mark.parametrize("state", ["incomplete", "absent"])
def test_without_a_complete_directory_a_hybrid_row_is_unknown(state: str) -> None:
    fleet = reimaged()
    fleet.directory_state = state  # type: ignore[assignment]  # a parameter of the test

    assert "stale-guid" not in fleet.kinds()


def test_a_row_of_a_domain_that_the_snapshot_does_not_cover_is_unknown() -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid", sid="S-1-5-21-9-9-9-1")], directory=[computer(number=2)])

    assert "stale-guid" not in fleet.kinds()


def test_a_row_without_sid_is_ours_only_where_there_is_one_domain() -> None:
    elsewhere = computer(number=3, name="other", domain="emea.example.test", sid="S-1-5-21-7-7-7-3")
    two = Fleet(entra=[row(number=1, join="hybrid")], directory=[computer(number=2), elsewhere])
    listed = Fleet(entra=two.entra, directory=two.directory, domains=("corp.example.test",))

    assert "stale-guid" not in two.kinds()
    assert "stale-guid" in listed.kinds()


def test_a_listed_domain_without_a_computer_makes_the_directory_incomplete() -> None:
    fleet = reimaged()
    fleet.domains = ("corp.example.test", "emea.example.test")

    assert "stale-guid" not in fleet.kinds()


def test_a_joined_row_is_stale_when_its_host_reports_another_id() -> None:
    fleet = Fleet(entra=[row(number=1), row(number=2, name="pc-1")], agents=[joined_report(2)])

    finding = fleet.only("stale-guid")

    assert finding["device_id"] == guid(1)
    assert guid(2) in finding["evidence"]


def test_a_report_of_another_tenant_displaces_nothing() -> None:
    assert Fleet(entra=[row(number=1)], agents=[joined_report(2, tenant_id=OTHER_TENANT)]).kinds() == []


def test_without_a_known_tenant_no_report_claims_anything() -> None:
    assert Fleet(entra=[row(number=1)], agents=[joined_report(2)], tenant=None).kinds() == []


def test_a_report_from_before_the_registration_says_nothing() -> None:
    fleet = Fleet(entra=[row(number=1, registered_at=ago(0.5))], agents=[joined_report(2, captured_at=ago(1))])

    assert "stale-guid" not in fleet.kinds()


def test_creation_counts_where_registration_is_not_known_and_neither_known_is_unknown() -> None:
    agents = [joined_report(2)]
    created = Fleet(entra=[row(number=1, registered_at=None, created_at=ago(9))], agents=agents)
    neither = Fleet(entra=[row(number=1, registered_at=None)], agents=agents)

    assert "stale-guid" in created.kinds()
    assert "stale-guid" not in neither.kinds()


def test_a_row_that_was_active_after_the_report_is_not_displaced() -> None:
    fleet = Fleet(entra=[row(number=1, last_activity_at=ago(0.5))], agents=[joined_report(2, captured_at=ago(1))])

    assert "stale-guid" not in fleet.kinds()


OWNER = "ada@contoso.example"


def registered(**fields: object) -> dict[str, object]:
    return row(**{"number": 1, "join": "registered", "owners": [OWNER], **fields})


def owners_capture(**fields: object) -> dict[str, object]:
    return report(
        **{"account": f"AzureAD\\Ada, {OWNER}", "workplace_joined": "YES", "work_accounts": [account(7)], **fields}
    )


def test_a_registered_row_is_stale_when_its_owners_capture_lists_other_accounts() -> None:
    assert "stale-guid" in Fleet(entra=[registered()], agents=[owners_capture()]).kinds()


@pytest.mark.parametrize(
    "fields",
    [
        {"account": "CONTOSO\\bob, bob@contoso.example"},
        {"account": None},
        {"context": "system", "workplace_joined": "unknown"},
        {"work_accounts": [account(7), account(None)]},
        {"work_accounts": [account(7, None)]},
        {"work_accounts": [account(7, OTHER_TENANT)]},
        {"work_accounts": [account(7), account(1)]},
        {"work_accounts": []},
        {"host": "pc-2"},
        {"captured_at": ago(20)},
        {"captured_at": None},
    ],
)
def test_another_capture_does_not_displace_a_registered_row(fields: dict[str, object]) -> None:
    assert "stale-guid" not in Fleet(entra=[registered()], agents=[owners_capture(**fields)]).kinds()


@pytest.mark.parametrize("owners", [None, [], ["bob@contoso.example"], [OWNER, "bob@contoso.example"]])
def test_a_registered_row_of_another_or_unknown_owner_is_not_displaced(owners: list[str] | None) -> None:
    assert "stale-guid" not in Fleet(entra=[registered(owners=owners)], agents=[owners_capture()]).kinds()


def test_a_row_with_an_autopilot_id_is_never_stale() -> None:
    fleet = Fleet(entra=[row(number=1, join="hybrid", autopilot="true")], directory=[computer(number=2)])

    assert "stale-guid" not in fleet.kinds()


@pytest.mark.parametrize(
    "fields", [{"device_id": None}, {"windows": False, "os": "macOS"}, {"windows": None, "os": None}, {"host": None}]
)
def test_a_row_without_identity_windows_or_name_is_never_stale(fields: dict[str, object]) -> None:
    fleet = Fleet(entra=[{**row(number=1, join="hybrid"), **fields}], directory=[computer(number=2)])

    assert "stale-guid" not in fleet.kinds()


def test_a_netbios_name_of_fifteen_characters_stands_for_the_longer_name_that_it_begins() -> None:
    long_row = row(number=1, join="hybrid", name="production-server-01")
    cut = computer(number=2, name="production-serv", dns_name=None)
    other = computer(number=2, name="production-serv", dns_name="production-server-02.corp.example.test")

    assert "stale-guid" in Fleet(entra=[long_row], directory=[cut]).kinds()
    assert "stale-guid" not in Fleet(entra=[long_row], directory=[other]).kinds()


def test_our_tenant_is_needed_for_accounts_too() -> None:
    assert "stale-guid" not in Fleet(entra=[registered()], agents=[owners_capture()], tenant=None).kinds()


def test_a_computer_of_its_name_without_a_guid_may_be_its_own() -> None:
    nameless = computer(number=2, object_guid=None, sid=None)

    assert Fleet(entra=[row(number=1, join="hybrid")], directory=[nameless]).kinds() == []
    assert Fleet(entra=[row(number=1, join="hybrid")], directory=[nameless, computer(number=3)]).kinds() == []
