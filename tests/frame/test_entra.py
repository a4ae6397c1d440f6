"""Entra's devices as a typed frame."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from reconcile.frame import entra
from reconcile.frame.columns import ENTRA, to_table
from reconcile.frame.entra import entra_frame
from reconcile.source.schema import ENTRA as SERVED

GUID = "0a0a0a0a-1111-4111-8111-111111111111"
ZERO = "00000000-0000-0000-0000-000000000000"


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return entra_frame(pa.Table.from_pylist(list(rows), SERVED))


def row(**served: Any) -> dict[str, Any]:
    """The frame's row, None for what is unknown."""
    return dict(to_table(frame(served), ENTRA).to_pylist()[0])


def test_the_columns_are_those_of_the_contract() -> None:
    for rows in ([], [{"id": GUID}]):
        made = frame(*rows)
        assert to_table(made, ENTRA).schema.equals(ENTRA)
        assert len(made) == len(rows)


def test_what_is_not_served_is_unknown_and_never_false() -> None:
    empty = row()
    assert {name for name, value in empty.items() if value is not None} == {"join", "autopilot"}
    assert (empty["join"], empty["autopilot"]) == ("unknown", "unknown")


def test_served_and_empty_is_unknown_too() -> None:
    texts = {field.name: "" for field in SERVED if field.type == pa.string()}
    assert row(**texts) == row()


@pytest.mark.parametrize(
    ("trust", "join"),
    [
        ("AzureAd", "joined"),
        ("AZUREAD", "joined"),
        ("ServerAd", "hybrid"),
        ("ServerAD", "hybrid"),
        ("Workplace", "registered"),
        ("Azure AD joined", "joined"),
        ("Hybrid Azure AD joined", "hybrid"),
        ("Azure AD registered", "registered"),
        ("Microsoft Entra joined", "joined"),
        ("microsoft entra hybrid JOINED ", "hybrid"),
        ("Microsoft Entra registered", "registered"),
        ("Something new", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_join_is_told_by_graph_s_words_and_the_portal_s_old_and_new_ones(trust: str | None, join: str) -> None:
    assert row(trustType=trust)["join"] == join


def test_ids_are_lower_case_and_sids_upper_case() -> None:
    ids = row(id=GUID.upper(), deviceId=f"{{{GUID.upper()}}}", onPremisesSecurityIdentifier="s-1-5-21-1")
    assert (ids["object_id"], ids["device_id"], ids["sid"]) == (GUID, GUID, "S-1-5-21-1")
    assert ids["device_id_served"] is None


@pytest.mark.parametrize("served", [ZERO, "a6c91d4e-…"])
def test_what_is_no_identity_is_kept_as_served_and_matches_nothing(served: str) -> None:
    ids = row(deviceId=served)
    assert (ids["device_id"], ids["device_id_served"]) == (None, served)


def test_nothing_is_not_served_in_place_of_an_identity() -> None:
    assert [row(deviceId=served)["device_id_served"] for served in (None, "", " ")] == [None] * 3


def test_the_host_is_folded_and_the_name_is_not() -> None:
    names = row(displayName="Straße-1.example.test")
    assert (names["name"], names["host"]) == ("Straße-1.example.test", "strasse-1")


def test_times_are_utc_and_never_is_unknown() -> None:
    times = row(
        createdDateTime="2026-11-23T13:00:00+01:00",
        registrationDateTime="2026-11-23T12:00:00.0000000Z",
        approximateLastSignInDateTime="0001-01-01T00:00:00Z",
        deletedDateTime="soon",
    )
    noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (times["created_at"], times["registered_at"]) == (noon, noon)
    assert (times["last_activity_at"], times["deleted_at"]) == (None, None)


HYBRID, JOINED = "ServerAd", "AzureAd"
TIME = "2026-11-23T12:00:00Z"


@pytest.mark.parametrize(
    ("trust", "keys", "registered", "pending"),
    [
        (HYBRID, [], TIME, True),
        (HYBRID, ["x"], "", False),
        (HYBRID, [None], "", False),
        (HYBRID, None, "", True),
        (HYBRID, None, "Pending", True),
        (HYBRID, None, "pending ", True),
        (HYBRID, None, "0001-01-01T00:00:00Z", True),
        (HYBRID, None, TIME, False),
        (HYBRID, None, "23.11.2026 06:00:00", False),
        (HYBRID, None, "garbage", None),
        (HYBRID, None, None, None),
        (JOINED, [], "", False),
        (JOINED, None, None, False),
        ("Workplace", [], "", False),
        (None, [], "", None),
        ("new", ["x"], TIME, None),
    ],
)
def test_pending_is_a_hybrid_row_that_never_finished(
    trust: str | None,
    keys: list[str | None] | None,
    registered: str | None,
    pending: bool | None,  # noqa: FBT001 - a fact of the table
) -> None:
    found = row(trustType=trust, alternativeSecurityIds=keys, registrationDateTime=registered)
    assert found["pending"] is pending


def test_physical_ids_tell_autopilot_hardware_and_azure() -> None:
    ids = [
        f"[USER-HWID]:{GUID}:9",
        "[GID]:g:8",
        "[HWID]:h:7",
        "[HWID]:h:6",
        f"[ZTDID]:{GUID}",
        "[AzureResourceId]:/x",
        None,
    ]
    found = row(physicalIds=ids)
    assert (found["autopilot"], found["hardware_ids"], found["azure_vm"]) == ("true", ["7", "6"], True)


def test_physical_ids_that_are_served_without_an_anchor_deny_it() -> None:
    for ids in ([], ["[OrderID]:ZTDID"], ["[HWID]:h:1"]):
        found = row(physicalIds=ids)
        assert (found["autopilot"], found["azure_vm"]) == ("false", False)
    assert row(physicalIds=[])["hardware_ids"] == []
    assert row(physicalIds=None)["hardware_ids"] is None


def test_the_prefix_of_an_anchor_protects_in_any_case() -> None:
    assert row(physicalIds=["[ztdid]:x"])["autopilot"] == "true"


@pytest.mark.parametrize(
    ("system", "windows"),
    [("Windows", True), ("WINDOWS", True), (" windows server 2022", True), ("IPhone", False), ("", None), (None, None)],
)
def test_windows_is_told_by_how_the_system_s_name_begins(system: str | None, windows: bool | None) -> None:  # noqa: FBT001 - a fact of the table
    assert row(operatingSystem=system)["windows"] is windows


def test_owners_are_folded_and_none_is_not_unknown() -> None:
    assert row(registeredOwners=["Ann@Contoso.example"])["owners"] == ["ann@contoso.example"]
    assert row(registeredOwners=[])["owners"] == []
    assert row(registeredOwners=None)["owners"] is None


def test_flags_are_taken_as_they_are() -> None:
    served = {"accountEnabled": False, "isManaged": True, "isCompliant": None, "onPremisesSyncEnabled": True}
    found = row(**served, isManagementRestricted=False, operatingSystemVersion="10.0", model="Book")
    assert [
        found[name] for name in ("enabled", "managed", "compliant", "synced", "restricted", "os_version", "model")
    ] == [
        False,
        True,
        None,
        True,
        False,
        "10.0",
        "Book",
    ]


def test_a_long_table_is_the_sum_of_its_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"deviceId": GUID, "displayName": f"PC-{number}", "physicalIds": [f"[HWID]:h:{number}"] * (number % 3)}
        for number in range(10)
    ]
    whole = frame(*rows)
    monkeypatch.setattr(entra, "SLICE", 3)
    pd.testing.assert_frame_equal(frame(*rows), whole)
