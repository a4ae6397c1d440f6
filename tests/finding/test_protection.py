from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.finding.protection import unmatched_protections
from reconcile.finding.view import View
from reconcile.settings import PROTECTIONS, Policy
from reconcile.source.protected import Protected
from tests.finding.fleet import DOMAIN_SID, Fleet, account, ago, computer, guid, joined_report, report, row

SOMEONE = row(number=90, name="someone")


def disabled_row(**fields: object) -> dict[str, object]:
    return row(**{"number": 1, "enabled": False, **fields})


def of_row(*, directory: Any = None, agents: Any = None, **fields: Any) -> str:
    """What blocks a disabled row."""
    fleet = Fleet(
        entra=[disabled_row(**fields)], directory=[directory] if directory else [], agents=[agents] if agents else []
    )
    blocked: str = next(
        finding["blocked_by"]
        for finding in fleet.findings()
        if finding["kind"] == "disabled" and finding["system"] == "entra"
    )
    return blocked


@pytest.mark.parametrize(
    ("fields", "protection"),
    [
        ({"autopilot": "true"}, "autopilot"),
        ({"autopilot": "unknown"}, "autopilot-unknown"),
        ({"managed": True}, "managed"),
        ({"compliant": True}, "compliant"),
        ({"registered_at": ago(13)}, "new"),
        ({"created_at": ago(13)}, "new"),
        ({"last_activity_at": ago(29)}, "recently-active"),
        ({"managed_seen_at": ago(29)}, "recently-active"),
        ({"restricted": True}, "restricted-unit"),
        ({"azure_vm": True}, "vdi"),
        ({"windows": False, "os": "iOS"}, "not-windows"),
        ({"os": "Windows Server 2022"}, "server"),
    ],
)
def test_a_row_is_protected_by_what_it_says_of_itself(fields: dict[str, object], protection: str) -> None:
    assert of_row(**fields) == protection


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"managed": None, "compliant": None, "restricted": None, "azure_vm": None},
        {"registered_at": ago(15)},
        {"last_activity_at": ago(31)},
        {"managed_seen_at": ago(31)},
        {"managed_seen_at": ago(-5)},
        {"last_activity_at": ago(-5)},
        {"windows": None, "os": None},
    ],
)
def test_unknown_old_or_unbelievable_values_protect_nothing(fields: dict[str, object]) -> None:
    assert of_row(**fields) == ""


@pytest.mark.parametrize(
    ("fields", "protection"),
    [
        ({"role": "server"}, "server"),
        ({"role": "domain-controller"}, "domain-controller"),
        ({"role": "rodc"}, "rodc"),
        ({"role": "cluster"}, "cluster"),
        ({"role": "gmsa"}, "gmsa"),
        ({"role": "sso"}, "sso-account"),
        ({"critical": True}, "critical"),
        ({"created_at": ago(3)}, "new"),
        ({"last_logon_at": ago(3)}, "recently-active"),
        ({"spns_served": False}, "cluster-unknown"),
        ({"role": "server", "spns_served": False}, "server;cluster-unknown"),
        ({"role": None, "spns_served": False}, ""),
        ({"windows": False}, "not-windows"),
    ],
)
@pytest.mark.parametrize("anchor", ["guid", "sid"])
def test_a_row_is_protected_by_its_computer(fields: dict[str, object], protection: str, anchor: str) -> None:
    linked = {"sid": f"{DOMAIN_SID}-7"} if anchor == "sid" else {}
    number = 7 if anchor == "sid" else 1

    assert of_row(directory=computer(number=number, **fields), **linked) == protection


def test_the_role_in_the_directory_decides_over_the_name_of_the_operating_system() -> None:
    assert of_row(directory=computer(number=1, role="workstation"), os="Windows Server 2022") == ""
    assert of_row(directory=computer(number=1, role=None), os="Windows Server 2022") == "server"


def test_a_computer_is_protected_by_its_row() -> None:
    back = {"hostname": "PC-1", "retired_at": ago(60), "object_guid": guid(1)}
    fleet = Fleet(entra=[row(number=1, join="hybrid", managed=True)], directory=[computer(number=1)], retired=[back])

    assert {finding["system"]: finding["blocked_by"] for finding in fleet.findings()} == {
        "directory": "managed",
        "entra": "managed",
    }


@pytest.mark.parametrize("anchor", [{"number": 1}, {"number": 7, "sid": f"{DOMAIN_SID}-1"}])
def test_a_computer_is_kept_alive_by_its_row_s_sync_with_intune(anchor: dict[str, Any]) -> None:
    back = {"hostname": "PC-1", "retired_at": ago(60), "object_guid": guid(1)}
    synced = row(**anchor, join="hybrid", last_activity_at=ago(80), managed_seen_at=ago(5))
    fleet = Fleet(entra=[synced], directory=[computer(number=1, last_logon_at=ago(300))], retired=[back])
    (finding,) = (finding for finding in fleet.findings() if finding["system"] == "directory")

    assert (finding["activity_source"], finding["last_activity_at"]) == ("intune", ago(5))
    assert finding["blocked_by"] == "recently-active"


def test_two_rows_of_one_computer_protect_each_other() -> None:
    entra = [disabled_row(join="hybrid"), row(number=2, join="hybrid", sid=f"{DOMAIN_SID}-1", autopilot="true")]

    assert Fleet(entra=entra, directory=[computer(number=1)]).only("disabled")["blocked_by"] == "autopilot"


def test_a_registered_row_neither_takes_nor_gives_a_machines_protection() -> None:
    assert of_row(directory=computer(number=1, role="server"), join="registered") == ""


@pytest.mark.parametrize("claim", [joined_report(1, vdi=True), report(vdi=True, work_accounts=[account(1)])])
def test_the_report_of_a_virtual_desktop_protects_every_row_that_it_claims(claim: dict[str, object]) -> None:
    assert of_row(agents=claim) == "recently-active;vdi"


def test_the_list_protects_by_id_sid_and_host_with_globs() -> None:
    def listed(value: str, kind: str) -> str:
        line = Protected(value=value, kind=kind, reason="", row=2)  # type: ignore[arg-type]  # a parameter of the test
        fleet = Fleet(entra=[disabled_row(sid="S-1-5-21-9-9-9-1", name="PC-1")], protected=(line,))
        return str(fleet.only("disabled")["blocked_by"])

    assert (
        listed(guid(1), "guid") == listed(guid(9001), "guid") == listed("S-1-5-21-9-9-9-1", "sid") == "protected-list"
    )
    assert (
        listed("pc-1", "host")
        == listed("pc-*", "host")
        == listed("p?-[0-9]", "host")
        == listed("*", "host")
        == "protected-list"
    )
    assert (
        listed("pc-", "host")
        == listed("c-1", "host")
        == listed("pc-[!1]", "host")
        == listed("pc.1", "host")
        == listed(guid(2), "guid")
        == ""
    )


def test_the_list_reaches_a_row_by_any_name_of_its_computer_and_by_its_guid() -> None:
    machine = computer(number=1, name="alias", hosts=["alias", "second"])
    for value, kind in (("second", "host"), (f"{DOMAIN_SID}-1", "sid"), (guid(1), "guid")):
        line = Protected(value=value, kind=kind, reason="", row=2)  # type: ignore[arg-type]  # a parameter of the test
        fleet = Fleet(entra=[disabled_row()], directory=[machine], protected=(line,))

        assert fleet.only("disabled")["blocked_by"] == "protected-list"


def test_a_line_that_matches_nothing_is_told() -> None:
    lines = (
        Protected("pc-*", "host", "", 2),
        Protected("x-*", "host", "", 3),
        Protected(guid(5), "guid", "", 4),
        Protected(guid(1), "guid", "", 5),
    )
    view = View(Fleet(entra=[disabled_row()], protected=lines).estate)

    assert [sentence.split(":")[0] for sentence in unmatched_protections(view)] == [
        "protected.csv row 3",
        "protected.csv row 4",
    ]


def test_all_that_apply_are_named_in_their_order() -> None:
    blocked = of_row(
        autopilot="true",
        managed=True,
        compliant=True,
        last_activity_at=ago(1),
        registered_at=ago(1),
        restricted=True,
        azure_vm=True,
    )

    assert blocked == "autopilot;managed;compliant;new;recently-active;restricted-unit;vdi"


@given(st.lists(st.sampled_from(PROTECTIONS), unique=True))
def test_only_what_is_lifted_by_name_is_lifted(lift: list[str]) -> None:
    entra = [disabled_row(autopilot="true", managed=True, windows=False)]
    blocked = Fleet(entra=entra, policy=Policy(lift=tuple(lift))).only("disabled")["blocked_by"]

    assert blocked == ";".join(name for name in ("autopilot", "managed", "not-windows") if name not in lift)


def test_the_windows_of_time_are_settings() -> None:
    entra = [disabled_row(registered_at=ago(20), last_activity_at=ago(40))]

    assert (
        Fleet(entra=entra, policy=Policy(new_days=30, recently_active_days=60)).only("disabled")["blocked_by"]
        == "new;recently-active"
    )
