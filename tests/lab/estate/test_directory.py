from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.security import is_protected
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.tenant import Row, Tenant
from tests.lab.graph.asking import NOW


@pytest.fixture(name="tenant", scope="module")
def tenant_fixture() -> Tenant:
    return estate(600, NOW)


@pytest.fixture(name="directory", scope="module")
def directory_fixture(tenant: Tenant) -> Directory:
    return directory_of(tenant, NOW)


def named(directory: Directory, name: str) -> Entry:
    (entry,) = [one for one in directory.entries.values() if one.text("cn") == name and one.kind != "server"]
    return entry


def hybrid(tenant: Tenant, directory: Directory) -> list[tuple[Row, Entry]]:
    rows = [row for row in tenant.devices.values() if row["trustType"] == "ServerAd"]
    return [(row, directory.entries[UUID(row["deviceId"])]) for row in rows]


def test_the_same_tenant_has_the_same_directory_and_another_has_another(tenant: Tenant, directory: Directory) -> None:
    again, other = directory_of(tenant, NOW), directory_of(estate(50, NOW, seed=1), NOW)

    assert [(one.guid, one.attributes) for one in again.computers() if one.attributes.get("userCertificate")] == [
        (one.guid, one.attributes) for one in directory.computers() if one.attributes.get("userCertificate")
    ]
    assert set(other.entries).isdisjoint(UUID(row["deviceId"]) for row in tenant.devices.values())


def test_every_hybrid_device_is_a_computer_of_the_same_ids(tenant: Tenant, directory: Directory) -> None:
    pairs = hybrid(tenant, directory)

    assert len(pairs) > 200
    for row, entry in pairs:
        assert (entry.sid, entry.text("cn")) == (row["onPremisesSecurityIdentifier"], row["displayName"])
        assert entry.is_a("computer")
        assert bool((entry.number("userAccountControl") or 0) & 2) is not row["accountEnabled"]


def test_only_hybrid_devices_are_in_the_scope_of_the_sync(tenant: Tenant, directory: Directory) -> None:
    in_scope = {str(one.guid) for one in directory.computers() if "userCertificate" in one.attributes}

    assert in_scope == {row["deviceId"] for row, _ in hybrid(tenant, directory)}


def test_a_certificate_names_its_computer(tenant: Tenant, directory: Directory) -> None:
    for _, entry in hybrid(tenant, directory)[:20]:
        certificate = x509.load_der_x509_certificate(entry.attributes["userCertificate"][0])
        (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        key = certificate.public_key()

        assert name.value == str(entry.guid)
        assert certificate.issuer == certificate.subject
        assert isinstance(key, rsa.RSAPublicKey)
        assert key.key_size == 2048
        assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=3650)


def test_the_directory_has_seen_a_machine_about_when_the_cloud_did(tenant: Tenant, directory: Directory) -> None:
    for row, entry in hybrid(tenant, directory):
        seen = row["approximateLastSignInDateTime"]
        last, password = entry.time("lastLogonTimestamp"), entry.time("pwdLastSet")
        assert last is not None
        assert password is not None
        assert password <= last <= NOW
        if seen:
            assert f"{last:%Y-%m-%dT%H:%M:%SZ}" <= seen
            assert f"{last + timedelta(days=13):%Y-%m-%dT%H:%M:%SZ}" > seen


def test_some_machines_keep_the_recovery_keys_of_the_cloud(tenant: Tenant, directory: Directory) -> None:
    keys = [one for one in directory.entries.values() if one.kind == "msFVE-RecoveryInformation"]

    assert 20 < len(keys) < len(tenant.bitlocker_keys)
    for key in keys:
        cloud = tenant.bitlocker_keys[str(UUID(bytes_le=key.attributes["msFVE-RecoveryGuid"][0]))]
        assert key.text("msFVE-RecoveryPassword") == cloud["key"]
        assert str(key.parent) == cloud["deviceId"]


def test_it_holds_what_is_no_workstation(directory: Directory) -> None:
    kinds = Counter(one.kind for one in directory.entries.values())

    assert named(directory, "RODC1").number("primaryGroupID") == 521
    assert named(directory, "DC1").number("primaryGroupID") == 516
    assert any(
        spn.startswith("MSClusterVirtualServer/") for spn in named(directory, "CLU-FS").texts("servicePrincipalName")
    )
    assert named(directory, "AZUREADSSOACC").dn.startswith("CN=AZUREADSSOACC,CN=Computers,")
    assert named(directory, "SRV-SQL1").text("operatingSystem") == "Windows Server 2022 Standard"
    assert kinds["msDS-GroupManagedServiceAccount"] == 1
    assert not any(one.kind == "msDS-GroupManagedServiceAccount" for one in directory.computers())


def test_some_are_disabled_some_are_not_synced_and_one_is_protected(directory: Directory) -> None:
    old = [one for one in directory.computers() if str(one.text("cn")).startswith("OLD-")]
    protected = [one for one in directory.entries.values() if is_protected(one.sd)]

    assert {one.number("userAccountControl") for one in old} == {4096, 4098}
    assert not any("userCertificate" in one.attributes for one in old)
    assert [one.text("cn") for one in protected] == ["KIOSK-01"]


def test_the_fleet_has_two_units(directory: Directory) -> None:
    units = directory.children(directory.find(f"OU=Fleet,{directory.base}"))

    assert {one.text("ou") for one in units if one.kind == "organizationalUnit"} == {"Notebooks", "Desktops"}
    assert all(len(one.children) > 50 for one in units if one.kind == "organizationalUnit")
