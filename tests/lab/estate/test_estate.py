import base64
import re
from collections import Counter
from itertools import pairwise

import pytest

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.tenant import Row, Tenant
from tests.lab.graph.asking import NOW


@pytest.fixture(name="tenant", scope="module")
def tenant_fixture() -> Tenant:
    return estate(1500, NOW)


def hardware(row: Row) -> set[str]:
    return {one for one in row["physicalIds"] if one.startswith("[HWID]")}


def test_the_same_seed_gives_the_same_estate_and_another_gives_another() -> None:
    one, again, other = estate(50, NOW), estate(50, NOW), estate(50, NOW, seed=1)

    assert (one.devices, one.deleted, one.bitlocker_keys) == (again.devices, again.deleted, again.bitlocker_keys)
    assert set(one.devices).isdisjoint(other.devices)
    assert len(one.devices) == len(other.devices) == 50


def test_it_holds_every_kind_of_device(tenant: Tenant) -> None:
    rows = tenant.devices.values()
    trust = Counter(row["trustType"] for row in rows)

    assert len(rows) == 1500
    assert set(trust) == {"ServerAd", "AzureAd", "Workplace"}
    assert {row["operatingSystem"] for row in rows} == {"Windows", "iOS", "Android"}
    for some in (
        [row for row in rows if not row["accountEnabled"]],
        [row for row in rows if row["trustType"] == "ServerAd" and not row["alternativeSecurityIds"]],
        [row for row in rows if row["approximateLastSignInDateTime"] is None and row["alternativeSecurityIds"]],
        [row for row in rows if (row["approximateLastSignInDateTime"] or "9") < "2026-08-20"],
        [row for row in rows if any(one.startswith("[ZTDID]") for one in row["physicalIds"])],
        tenant.deleted,
        tenant.bitlocker_keys,
        tenant.local_credentials,
        tenant.managed_devices,
        tenant.autopilot_identities,
        tenant.owners,
    ):
        assert len(some) >= 20


def test_pending_devices_have_no_key_and_were_never_registered(tenant: Tenant) -> None:
    pending = [row for row in tenant.devices.values() if not row["alternativeSecurityIds"]]

    assert {(row["trustType"], row["registrationDateTime"]) for row in pending} == {("ServerAd", None)}


def test_a_twin_shares_the_name_and_the_hardware_of_its_machine(tenant: Tenant) -> None:
    rows = list(tenant.devices.values())
    pairs = [(one, two) for one, two in pairwise(rows) if hardware(one) & hardware(two)]

    assert len(pairs) > 10
    assert all(one["displayName"] == two["displayName"] for one, two in pairs)
    assert {two["trustType"] for _, two in pairs} == {"Workplace"}


def test_hybrid_devices_have_a_sid_and_no_owner_and_the_others_the_reverse(tenant: Tenant) -> None:
    for object_id, row in tenant.devices.items():
        hybrid = row["trustType"] == "ServerAd"
        assert (row["onPremisesSecurityIdentifier"] is not None) is hybrid
        assert not (hybrid and object_id in tenant.owners)


def test_keys_hold_the_thumbprint_as_the_service_writes_it(tenant: Tenant) -> None:
    keys = [one["key"] for row in tenant.devices.values() for one in row["alternativeSecurityIds"]]
    texts = [base64.b64decode(key).decode("utf-16-le") for key in keys]

    assert all(re.fullmatch(r"X509:<SHA1-TP-PUBKEY>[0-9A-F]{40}[A-Za-z0-9+/]{43}=", text) for text in texts)
    assert len(set(texts)) == len(texts)


def test_recovery_keys_and_managed_rows_belong_to_devices(tenant: Tenant) -> None:
    known = {row["deviceId"] for row in [*tenant.devices.values(), *tenant.deleted.values()]}

    assert {key["deviceId"] for key in tenant.bitlocker_keys.values()} <= known
    assert set(tenant.local_credentials) <= known
    assert {row["azureADDeviceId"] for row in tenant.managed_devices.values()} <= known
    for key in tenant.bitlocker_keys.values():
        groups = key["key"].split("-")
        assert [len(group) for group in groups] == [6] * 8
        assert all(int(group) % 11 == 0 for group in groups)


def test_deleted_devices_still_hold_their_device_id(tenant: Tenant) -> None:
    assert len(tenant.deleted) == 30
    for row in tenant.deleted.values():
        assert tenant.reserved(row["deviceId"])
        assert tenant.by_device_id(row["deviceId"]) is None
        assert row["deletedDateTime"] == "2026-11-23T06:00:00Z"
