from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from reconcile.frame import columns
from reconcile.frame.agents import agents_frame
from reconcile.frame.columns import to_table
from reconcile.source.agents import read_agents
from reconcile.source.schema import AGENTS
from tests.source.captures import ACCOUNT, DEVICE, TENANT, THUMBPRINT, joined, legacy, printed

WHOLE: dict[str, Any] = {
    "file": "a.jsonl",
    "row": 1,
    "host": "lap-0042",
    "captured_at": "2026-11-19T08:00:00Z",
    "captured_by": "record",
    "context": "user",
    "layout": "modern",
    "AzureAdJoined": "YES",
    "DomainJoined": "NO",
    "DeviceId": DEVICE.upper(),
    "Thumbprint": THUMBPRINT.lower(),
    "TenantId": f"{{{TENANT}}}",
    "DeviceAuthStatus": "SUCCESS",
    "WorkplaceJoined": "NO",
    "AzureAdPrt": "YES",
    "work_accounts": [],
}
UNREADABLE = {"device_id": None, "tenant_id": None, "thumbprint": None}


def frame(*changes: dict[str, Any]) -> list[dict[str, Any]]:
    table = agents_frame(pa.Table.from_pylist([WHOLE | change for change in changes], AGENTS))
    assert list(table.columns) == columns.AGENTS.names
    rows: list[dict[str, Any]] = to_table(table, columns.AGENTS).to_pylist()
    return rows


def one(**changes: object) -> dict[str, Any]:
    return frame(changes)[0]


def test_a_whole_user_capture_says_what_the_device_and_the_user_are() -> None:
    assert one() == {
        "host": "lap-0042",
        "name": "lap-0042",
        "captured_at": datetime(2026, 11, 19, 8, tzinfo=UTC),
        "captured_by": "record",
        "context": "user",
        "account": None,
        "entra_joined": "YES",
        "domain_joined": "NO",
        "workplace_joined": "NO",
        "device_id": DEVICE,
        "thumbprint": THUMBPRINT,
        "tenant_id": TENANT,
        "auth_status": "SUCCESS",
        "prt": "YES",
        "work_accounts": [],
        "vdi": None,
        "layout": "modern",
        "confidence": "high",
        "problem": None,
        "capture": "a.jsonl",
    }


def test_no_captures_are_an_empty_frame() -> None:
    assert frame() == []


@pytest.mark.parametrize("said", ["ERROR", "ERROR (0x80070520)", "UNKNOWN", "NOT SET", "", "N", "no", None])
def test_what_is_neither_yes_nor_no_is_unknown(said: str | None) -> None:
    row = one(AzureAdJoined=said, DomainJoined=said, WorkplaceJoined=said, AzureAdPrt=said)

    assert {row[name] for name in ("entra_joined", "domain_joined", "workplace_joined", "prt")} == {"unknown"}


@pytest.mark.parametrize("context", ["system", "remote", "unknown"])
@pytest.mark.parametrize("said", ["YES", "NO"])
def test_only_the_users_own_session_knows_of_the_user(context: str, said: str) -> None:
    row = one(context=context, WorkplaceJoined=said, AzureAdPrt=said)

    assert (row["workplace_joined"], row["prt"]) == ("unknown", "unknown")
    assert (row["entra_joined"], row["device_id"], row["work_accounts"]) == ("YES", DEVICE, [])


@pytest.mark.parametrize(
    ("given", "account", "diagnosed", "local", "context"),
    [
        ("SYSTEM", r"CONTOSO\ada", "UN-ELEVATED User", "YES", "system"),
        (" Remote ", None, None, "YES", "remote"),
        ("unknown", r"CONTOSO\ada", None, "YES", "unknown"),
        ("interactive", r"CONTOSO\LAP-0042$, LAP-0042$@contoso.example", "UN-ELEVATED User", "YES", "system"),
        (None, r"WORKGROUP\LAP-0042$", None, None, "system"),
        (None, "SYSTEM", None, None, "system"),
        (None, r"NT AUTHORITY\SYSTEM", None, None, "system"),
        (None, r"NT AUTHORITY\NETWORK SERVICE", None, None, "system"),
        (None, r"NT-AUTORITÄT\SYSTEM", None, None, "system"),
        (None, r"AUTORITE NT\Système", None, None, "system"),
        (None, r"AzureAD\AdaLovelace, ada@contoso.example", "SYSTEM", "NO", "user"),
        (None, r"CONTOSO\systems, systems@contoso.example", None, None, "user"),
        (None, r"CONTOSO\ada$mith, ada$@contoso.example", None, None, "user"),
        (None, " ", "SYSTEM", "YES", "system"),
        (None, None, "UN-ELEVATED User", "NO", "user"),
        (None, None, "ELEVATED User", None, "user"),
        (None, None, "ERROR", "YES", "user"),
        (None, None, None, "NO", "remote"),
        (None, None, None, "UNKNOWN", "unknown"),
        (None, None, None, None, "unknown"),
    ],
)
def test_the_context_is_the_records_else_the_accounts_else_the_diagnostics_else_the_sessions(
    given: str | None, account: str | None, diagnosed: str | None, local: str | None, context: str
) -> None:
    row = one(context=given, ExecutingAccountName=account, UserContext=diagnosed, SessionIsNotRemote=local)

    assert row["context"] == context


@pytest.mark.parametrize(
    ("name", "host", "folded"),
    [
        ("LAP-0042.corp.contoso.example", "pc1", "lap-0042"),
        ("", "PC1.contoso.example", "pc1"),
        (None, "STRASSE-ß", "strasse-ss"),
        ("Ada's PC no. 1", "pc1", "ada's pc no. 1"),
    ],
)
def test_the_host_is_the_devices_own_name_else_the_records(name: str | None, host: str, folded: str) -> None:
    row = one(DeviceName=name, host=host)

    assert (row["host"], row["name"]) == (folded, name or host)


def test_a_time_that_is_unknown_has_no_source() -> None:
    row = one(captured_at=None)

    assert (row["captured_at"], row["captured_by"]) == (None, None)


@pytest.mark.parametrize("said", ["NO", "ERROR", None])
def test_only_a_joined_device_has_a_device_id(said: str | None) -> None:
    row = one(AzureAdJoined=said)

    assert (row["device_id"], row["thumbprint"], row["tenant_id"]) == (None, None, None)


@pytest.mark.parametrize("served", ["a926...d8", "00000000-0000-0000-0000-000000000000", "", None])
def test_what_is_no_guid_is_no_identity(served: str | None) -> None:
    row = one(DeviceId=served, TenantId=served, work_accounts=[{"WorkplaceDeviceId": served}])

    assert (row["device_id"], row["tenant_id"], row["work_accounts"]) == (None, None, [UNREADABLE])


def test_work_accounts_have_the_ids_of_the_frame() -> None:
    served = {"WorkplaceDeviceId": ACCOUNT.upper(), "WorkplaceTenantId": TENANT, "WorkplaceThumbprint": "ab"}
    rows = frame({"work_accounts": None}, {"work_accounts": [served, {}]}, {"work_accounts": []})

    listed = {"device_id": ACCOUNT, "tenant_id": TENANT, "thumbprint": "AB"}
    assert [row["work_accounts"] for row in rows] == [None, [listed, UNREADABLE], []]


def test_parts_of_a_table_are_one_frame() -> None:
    parts = [pa.Table.from_pylist([WHOLE | {"row": row, "work_accounts": [{}]}], AGENTS) for row in (1, 2)]
    rows = to_table(agents_frame(pa.concat_tables(parts).slice(1)), columns.AGENTS).to_pylist()

    assert [(row["work_accounts"], row["capture"]) for row in rows] == [([UNREADABLE], "a.jsonl")]


@pytest.mark.parametrize(
    ("said", "vdi"),
    [("NO", False), ("NOT SET", False), ("YES", True), ("INVALID", True), ("ERROR", True), ("", None), (None, None)],
)
def test_a_desktop_that_does_not_deny_it_is_virtual(said: str | None, vdi: bool | None) -> None:  # noqa: FBT001 - a case
    assert one(VirtualDesktop=said)["vdi"] is vdi


@pytest.mark.parametrize(
    ("changes", "confidence"),
    [
        ({}, "high"),
        ({"layout": "legacy"}, "high"),
        ({"WorkplaceJoined": "ERROR"}, "medium"),
        ({"context": "system"}, "medium"),
        ({"context": "remote"}, "medium"),
        ({"context": None}, "low"),
        ({"problem": "line 1: the capture is empty"}, "none"),
    ],
)
def test_confidence_is_what_the_capture_can_know(changes: dict[str, Any], confidence: str) -> None:
    assert one(**changes)["confidence"] == confidence


def test_a_capture_with_a_problem_says_nothing_even_if_the_snapshot_does() -> None:
    account = {"WorkplaceDeviceId": ACCOUNT}
    row = one(problem="line 9: cut", work_accounts=[account], VirtualDesktop="YES", ExecutingAccountName="SYSTEM")

    flags = ("entra_joined", "domain_joined", "workplace_joined", "prt")
    assert {row[name] for name in flags} == {"unknown"}
    blank = ("account", "device_id", "thumbprint", "tenant_id", "auth_status", "work_accounts", "vdi", "layout")
    assert {name: row[name] for name in blank} == dict.fromkeys(blank)
    assert (row["host"], row["context"], row["captured_by"]) == ("lap-0042", "user", "record")


def test_a_capture_is_named_by_its_row_where_a_file_holds_several() -> None:
    rows = frame({"row": 1}, {"file": "b.txt"}, {"row": 7})

    assert [row["capture"] for row in rows] == ["a.jsonl:1", "b.txt", "a.jsonl:7"]


# From the file to the frame


def read(tmp_path: Path, text: str) -> dict[str, Any]:
    (tmp_path / "lap-0042.txt").write_text(text, newline="")
    table = read_agents([tmp_path / "lap-0042.txt"], tmp_path, trust_mtime=True).table
    [row] = to_table(agents_frame(table), columns.AGENTS).to_pylist()
    told: dict[str, Any] = row
    return told


def test_a_truncated_capture_says_nothing(tmp_path: Path) -> None:
    row = read(tmp_path, printed(joined(AzureAdJoined="NO")).partition("| SSO State")[0])

    assert (row["entra_joined"], row["workplace_joined"], row["confidence"]) == ("unknown", "unknown", "none")


def test_a_device_id_of_a_legacy_work_account_is_no_claim_of_the_device(tmp_path: Path) -> None:
    row = read(tmp_path, legacy())

    assert (row["entra_joined"], row["device_id"], row["layout"]) == ("NO", None, "legacy")
    assert [account["device_id"] for account in row["work_accounts"]] == [ACCOUNT]


def test_a_remote_shell_that_could_not_ask_the_user_denies_no_registration(tmp_path: Path) -> None:
    answers = {"WamDefaultSet": "ERROR", "IsUserAzureAD": "UNKNOWN", "AzureAdJoined": "NO", "AzureAdPrt": "NO"}
    row = read(tmp_path, printed(joined(**answers)))

    assert (row["entra_joined"], row["workplace_joined"], row["prt"]) == ("NO", "unknown", "unknown")
    assert (row["work_accounts"], row["confidence"]) == (None, "medium")
