import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tokens import READING, WRITER, Application
from tests.cli.small import Small
from tests.graph_lab import graph_lab


@dataclass(frozen=True)
class Ward:
    """A lab to be examined, and the folder of who examines it."""

    lab: Lab
    url: str
    small: Small

    def examine(self, *also: str, tenant: str | None = None, now: datetime | None = None) -> Result:
        named = ", ".join(f'"{name}"' for name in also)
        self.small.settings(
            f'[tenant]\nid = "{tenant or self.lab.tenant.tenant_id}"\n'
            f'[entra]\nlive = true\nendpoint = "{self.url}"\ncredential = "managed-identity"\nalso = [{named}]\n'
        )
        return self.small.run("doctor", "--now", (now or datetime.now(UTC)).isoformat())

    def may(self, *roles: str) -> None:
        self.lab.tokens.applications[WRITER] = replace(self.lab.tokens.applications[WRITER], roles=roles)


@pytest.fixture(name="ward")
def ward_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ward]:
    with graph_lab(estate(12, datetime.now(UTC))) as (lab, url):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", lab.tokens.identity_header)
        yield Ward(lab, url, Small(tmp_path))


def line(result: Result, what: str) -> str:
    """The one line of the table that speaks of this, without the breaks within it."""
    whole = re.sub(r"\n {20,}", " ", result.output)
    (found,) = (text.strip() for text in whole.splitlines() if f" {what}  " in text)
    return found


def test_a_tenant_that_lets_everything_be_read_is_well(ward: Ward) -> None:
    result = ward.examine("owners", "deleted", "intune", "autopilot", "sync-threshold")

    assert result.exit_code == 0, result.output
    assert "MISSING" not in result.output
    assert "12 devices are counted" in line(result, "read devices")
    assert "500 deletions in one cycle" in line(result, "threshold of the sync")
    assert "the token lists" not in line(result, "read devices")


def test_a_right_that_a_sweep_needs_and_lacks_is_named_and_ends_with_3(ward: Ward) -> None:
    ward.may("Device.Read.All")

    result = ward.examine("intune")

    assert result.exit_code == 3
    assert line(result, "read Intune's devices").startswith("MISSING")
    assert "403 Authorization_RequestDenied" in line(result, "read Intune's devices")
    assert "It needs DeviceManagementManagedDevices.Read.All" in line(result, "read Intune's devices")


def test_a_right_that_no_sweep_needs_is_told_and_does_no_harm(ward: Ward) -> None:
    ward.may("Device.Read.All")

    result = ward.examine()

    assert result.exit_code == 0, result.output
    assert "no sweep needs it" in line(result, "read Intune's devices")
    assert "the token does not list Device.ReadWrite.All" in line(result, "disable, delete and restore devices")


def test_a_right_to_change_something_is_never_tried(ward: Ward) -> None:
    ward.examine("owners", "deleted", "intune", "autopilot", "sync-threshold")

    assert {entry.method for entry in ward.lab.log} == {"GET"}
    assert not any(entry.changed for entry in ward.lab.log)
    assert ward.lab.audits == []


def test_without_the_right_to_read_devices_nothing_works(ward: Ward) -> None:
    ward.may("User.Read.All")

    result = ward.examine()

    assert result.exit_code == 3
    assert line(result, "read devices").startswith("MISSING")
    assert "It needs Device.Read.All" in line(result, "read devices")


def test_the_tenant_of_settings_must_be_the_tokens(ward: Ward) -> None:
    result = ward.examine(tenant="c0ffee00-0000-4000-8000-000000000001")

    assert result.exit_code == 3
    assert f"the token is for the tenant {ward.lab.tenant.tenant_id}" in line(result, "token")


def test_a_tenant_that_settings_do_not_name_is_offered(ward: Ward) -> None:
    ward.small.settings(f'[entra]\nlive = true\nendpoint = "{ward.url}"\ncredential = "managed-identity"\n')

    result = ward.small.run("doctor")

    assert result.exit_code == 0, result.output
    assert f"the token says {ward.lab.tenant.tenant_id}; set [tenant] id to it" in line(result, "tenant")


def test_a_clock_that_is_wrong_is_told(ward: Ward) -> None:
    ahead = ward.examine(now=datetime.now(UTC) + timedelta(minutes=10))
    behind = ward.examine(now=datetime.now(UTC) - timedelta(minutes=10))

    assert (ahead.exit_code, behind.exit_code) == (3, 3)
    assert "ahead of Graph's: set this machine's clock" in line(ahead, "clock")
    assert "behind Graph's: set this machine's clock" in line(behind, "clock")


def test_no_token_is_told_in_one_line(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "wrong")

    result = ward.examine()

    assert result.exit_code == 3
    assert line(result, "token").startswith("MISSING")
    assert "no token" in line(result, "token")


def test_a_token_without_the_rights_for_passwords_says_which(ward: Ward) -> None:
    ward.lab.tokens.applications[WRITER] = Application("writer-secret", READING)

    result = ward.examine()

    assert "DeviceLocalCredential.Read.All" in line(result, "read LAPS passwords")
    assert "BitlockerKey.Read.All" in line(result, "read BitLocker keys")


def test_deleted_devices_are_looked_for_in_the_beta_where_v1_does_not_have_them(ward: Ward) -> None:
    ward.lab.deleted_on_v1 = False

    result = ward.examine("deleted")

    assert result.exit_code == 0, result.output
    assert line(result, "read deleted devices").startswith("ok")


def test_a_graph_that_does_not_answer_is_told(ward: Ward) -> None:
    ward.lab.faults.add(Fault(kind="throttle", path="/devices$", status=503, retry_after="600", times=None))

    result = ward.examine()

    assert result.exit_code == 3
    assert "503 ServiceUnavailable" in line(result, "Graph")


def test_files_are_counted_and_a_source_without_any_is_absent(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.settings("")
    small.entra([])

    result = small.run("doctor")

    assert result.exit_code == 0, result.output
    assert "entra: 1 file in" in result.output
    assert "directory: absent: no files in" in result.output


def test_devices_that_every_sweep_asks_are_told_with_the_way_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = Small(tmp_path)
    small.settings("[agents]\nlive = true\n")
    by_kerberos = small.run("doctor")
    small.settings('[agents]\nlive = true\nuser = "CORP\\\\svc"\n')
    monkeypatch.delenv("RECONCILE_AGENT_PASSWORD", raising=False)
    without = small.run("doctor")

    assert by_kerberos.exit_code == 0
    assert (
        "agents: every sweep asks the workstations over winrm, port 5986, as who is signed in here"
        in by_kerberos.output
    )
    assert without.exit_code == 3
    assert (
        "agents: MISSING: RECONCILE_AGENT_PASSWORD: must hold the password of [agents] user CORP\\svc" in without.output
    )
