import pytest

from reconcile.settings import Policy
from tests.finding.fleet import OTHER_TENANT, Fleet, account, ago, computer, joined_report, report, row

SOMEONE = row(number=90, name="someone")


def test_a_row_that_no_system_has_seen_for_longer_than_the_threshold_is_stale() -> None:
    finding = Fleet(entra=[row(number=1, last_activity_at=ago(91))]).only("stale")

    assert (finding["activity_source"], finding["last_activity_at"]) == ("entra", ago(91))
    assert '"asked":["entra"]' in finding["evidence"]


def test_the_threshold_itself_is_not_over_it() -> None:
    assert Fleet(entra=[row(number=1, last_activity_at=ago(90))]).kinds() == []


def test_blank_is_never_old() -> None:
    assert Fleet(entra=[row(number=1, last_activity_at=None, created_at=ago(2000))]).kinds() == []


def test_the_newest_of_all_systems_decides() -> None:
    old = row(number=1, join="hybrid", last_activity_at=ago(300))
    seen_by_logon = Fleet(entra=[old], directory=[computer(number=1, last_logon_at=ago(50))])
    seen_by_password = Fleet(
        entra=[old], directory=[computer(number=1, last_logon_at=ago(200), password_set_at=ago(50))]
    )
    seen_by_cloud = Fleet(
        entra=[row(number=1, join="hybrid", last_activity_at=ago(5))],
        directory=[computer(number=1, last_logon_at=ago(300))],
    )
    seen_by_report = Fleet(entra=[old], directory=[computer(number=1)], agents=[joined_report(1, captured_at=ago(80))])

    assert seen_by_logon.kinds() == seen_by_password.kinds() == seen_by_cloud.kinds() == seen_by_report.kinds() == []


def test_the_sync_with_intune_counts_and_is_named() -> None:
    seen = Fleet(entra=[row(number=1, last_activity_at=ago(300), managed_seen_at=ago(5))])
    silent = Fleet(entra=[row(number=1, last_activity_at=ago(300), managed_seen_at=ago(120))]).only("stale")
    no_sign_in = Fleet(entra=[row(number=1, managed_seen_at=ago(120))]).only("stale")
    seen_later = Fleet(entra=[row(number=1, last_activity_at=ago(110), managed_seen_at=ago(120))]).only("stale")

    assert seen.kinds() == []
    assert (silent["activity_source"], silent["last_activity_at"]) == ("intune", ago(120))
    assert '"asked":["entra","intune"]' in silent["evidence"]
    assert '"asked":["intune"]' in no_sign_in["evidence"]
    assert (seen_later["activity_source"], seen_later["last_activity_at"]) == ("entra", ago(110))
    assert '"asked":["entra","intune"]' in seen_later["evidence"]


def test_on_a_tie_intune_is_named_last() -> None:
    entra = Fleet(entra=[row(number=1, last_activity_at=ago(120), managed_seen_at=ago(120))])
    directory = Fleet(
        entra=[row(number=1, join="hybrid", managed_seen_at=ago(120))],
        directory=[computer(number=1, last_logon_at=ago(120))],
    )
    agents = Fleet(entra=[row(number=1, managed_seen_at=ago(120))], agents=[joined_report(1, captured_at=ago(120))])

    assert entra.only("stale")["activity_source"] == "entra"
    assert directory.only("stale")["activity_source"] == "directory"
    assert agents.only("stale")["activity_source"] == "agents"


def test_the_deciding_system_is_named_and_all_that_answered() -> None:
    fleet = Fleet(
        entra=[row(number=1, join="hybrid", last_activity_at=ago(300))],
        directory=[computer(number=1, last_logon_at=ago(120))],
        agents=[joined_report(1, captured_at=ago(200))],
    )
    finding = fleet.only("stale")

    assert (finding["activity_source"], finding["last_activity_at"]) == ("directory", ago(120))
    assert '"asked":["entra","directory","agents"]' in finding["evidence"]

    fleet.entra[0]["managed_seen_at"] = ago(150)
    assert '"asked":["entra","directory","agents","intune"]' in fleet.only("stale")["evidence"]


def test_a_computer_linked_by_sid_counts() -> None:
    old = row(number=7, last_activity_at=ago(300), sid="S-1-5-21-1-2-3-1")

    assert Fleet(entra=[old], directory=[computer(number=1, last_logon_at=ago(5))]).kinds() == []


def test_a_report_linked_by_name_only_is_no_activity() -> None:
    fleet = Fleet(entra=[row(number=1, last_activity_at=ago(300))], agents=[joined_report(5, captured_at=ago(60))])

    assert "stale" in fleet.kinds()


def test_a_report_of_another_tenant_is_no_activity_and_a_work_account_is() -> None:
    old = row(number=1, join="registered", last_activity_at=ago(300))

    assert "stale" in Fleet(entra=[old], agents=[joined_report(1, tenant_id=OTHER_TENANT)]).kinds()
    assert "stale" not in Fleet(entra=[old], agents=[report(captured_at=ago(60), work_accounts=[account(1)])]).kinds()


def test_a_time_of_the_day_after_tomorrow_is_unknown() -> None:
    future = Fleet(
        entra=[row(number=1, join="hybrid", last_activity_at=ago(300))],
        directory=[computer(number=1, last_logon_at=ago(-2))],
    )
    tomorrow = Fleet(
        entra=[row(number=1, join="hybrid", last_activity_at=ago(300))],
        directory=[computer(number=1, last_logon_at=ago(-0.9))],
    )
    only_future = Fleet(entra=[row(number=1, last_activity_at=ago(-2))])
    synced_in_the_future = Fleet(entra=[row(number=1, last_activity_at=ago(300), managed_seen_at=ago(-2))])

    assert future.only("stale")["activity_source"] == "entra"
    assert tomorrow.kinds() == only_future.kinds() == []
    assert synced_in_the_future.only("stale")["activity_source"] == "entra"
    assert '"asked":["entra"]' in synced_in_the_future.only("stale")["evidence"]


def test_hybrid_rows_wait_for_a_directory_that_is_configured_and_not_complete() -> None:
    hybrid, joined = (
        row(number=1, join="hybrid", last_activity_at=ago(300)),
        row(number=2, name="pc-2", last_activity_at=ago(300)),
    )

    assert Fleet(entra=[hybrid, joined], directory_state="incomplete").kinds() == ["stale"]
    assert Fleet(entra=[hybrid, joined], directory_state="absent").kinds() == ["stale", "stale"]


def test_other_systems_are_found_and_protected() -> None:
    assert (
        Fleet(entra=[row(number=1, windows=False, os="iOS", last_activity_at=ago(300))]).only("stale")["blocked_by"]
        == "not-windows"
    )


@pytest.mark.parametrize(("role", "blocked_by"), [("workstation", ""), ("server", "server")])
def test_a_silent_computer_without_a_row_is_found_in_the_directory(role: str, blocked_by: str) -> None:
    silent = computer(number=1, role=role, last_logon_at=ago(200), in_sync_scope=False)

    assert Fleet(entra=[SOMEONE], directory=[silent]).only("stale")["blocked_by"] == blocked_by


def test_a_computer_with_a_row_is_told_by_its_row() -> None:
    fleet = Fleet(
        entra=[row(number=1, join="hybrid", last_activity_at=ago(200))],
        directory=[computer(number=1, last_logon_at=ago(200))],
    )

    assert fleet.only("stale")["system"] == "entra"


def test_the_threshold_is_a_setting() -> None:
    assert Fleet(entra=[row(number=1, last_activity_at=ago(91))], policy=Policy(stale_days=180)).kinds() == []
