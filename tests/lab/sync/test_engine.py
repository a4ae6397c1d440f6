"""What one cycle of the engine does to Entra: as Microsoft's documents say that Entra Connect does."""

import pytest

from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.lab.sync.engine import SyncEngine
from tests.sync_lab import NOW, Premises, premises


@pytest.fixture(name="here")
def here_fixture() -> Premises:
    return premises()


def test_a_computer_with_a_certificate_becomes_a_pending_row(here: Premises) -> None:
    device_id = here.join("PC1")

    exported = here.engine.cycle()

    row = here.row(device_id)
    assert exported.added == [device_id]
    assert row is not None
    assert (row["trustType"], row["displayName"], row["accountEnabled"]) == ("ServerAd", "PC1", True)
    assert (row["alternativeSecurityIds"], row["registrationDateTime"]) == ([], None)
    assert row["onPremisesSecurityIdentifier"] == here.entry(device_id).sid
    assert row["operatingSystem"] == "Windows 11 Enterprise"
    assert row["onPremisesSyncEnabled"] is True
    assert row["onPremisesLastSyncDateTime"] == "2026-11-23T06:00:00Z"
    assert here.tenant.synced_at == here.now


def test_a_computer_without_a_certificate_is_no_business_of_the_engine(here: Premises) -> None:
    device_id = here.join("PC1", certificate=False)

    assert here.engine.cycle().added == []
    assert here.row(device_id) is None


def test_a_cycle_without_changes_changes_nothing(here: Premises) -> None:
    here.join("PC1")
    here.engine.cycle()
    before = here.tenant.sequence

    exported = here.engine.cycle()

    assert (exported.added, exported.updated, exported.deleted) == ([], [], [])
    assert here.tenant.sequence == before


def test_a_row_that_is_deleted_in_the_cloud_alone_comes_back_pending_under_another_object_id(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    old = here.row(device_id)
    assert old is not None
    here.tenant.patch(old["id"], {"registrationDateTime": "2026-11-23T07:00:00Z"})
    here.tenant.remove(old["id"])

    here.engine.cycle()

    new = here.row(device_id)
    assert new is not None
    assert new["id"] != old["id"]
    assert new["deviceId"] == device_id
    assert new["registrationDateTime"] is None


def test_a_soft_deleted_row_is_restored_under_its_old_object_id(here: Premises) -> None:
    device_id = here.join("PC1")
    here.tenant.add({"id": "old", "deviceId": device_id, "trustType": "AzureAd", "accountEnabled": False})
    here.tenant.remove("old")

    exported = here.engine.cycle()

    row = here.row(device_id)
    assert exported.restored == [device_id]
    assert row is not None
    assert (row["id"], row["trustType"], row["accountEnabled"]) == ("old", "ServerAd", True)


def test_who_disables_a_synced_device_in_entra_is_overruled(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    row = here.row(device_id)
    assert row is not None
    here.tenant.patch(row["id"], {"accountEnabled": False})

    assert here.engine.cycle().updated == [device_id]
    assert here.tenant.devices[row["id"]]["accountEnabled"] is True


def test_what_changes_in_ad_changes_in_the_cloud(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    here.change(device_id, "userAccountControl", b"4098")
    here.change(device_id, "operatingSystemVersion", b"10.0 (26100)")
    here.directory.move(here.entry(device_id).dn, "CN=PC2")

    here.engine.cycle()

    row = here.row(device_id)
    assert row is not None
    assert (row["accountEnabled"], row["operatingSystemVersion"], row["displayName"]) == (False, "10.0 (26100)", "PC2")


def test_what_the_device_says_of_itself_stays_where_ad_has_not_changed(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    row = here.row(device_id)
    assert row is not None
    here.tenant.patch(row["id"], {"operatingSystemVersion": "10.0.22631.4602"})

    here.engine.cycle()

    assert here.tenant.devices[row["id"]]["operatingSystemVersion"] == "10.0.22631.4602"


@pytest.mark.parametrize("how", ["deleted", "out of scope"])
def test_a_computer_that_goes_takes_its_row_with_it(how: str, here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    if how == "deleted":
        here.delete(device_id)
    else:
        here.change(device_id, "userCertificate")

    exported = here.engine.cycle()

    assert exported.deleted == [device_id]
    assert here.row(device_id) is None
    assert not here.tenant.reserved(device_id)
    assert here.engine.cycle().deleted == []


def test_a_row_that_was_deleted_before_its_turn_is_nothing_to_delete(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    here.delete(device_id)
    row = here.row(device_id)
    assert row is not None
    here.tenant.remove(row["id"])

    assert here.engine.cycle().deleted == []


def test_more_deletions_than_the_threshold_stop_them_all_and_nothing_else(here: Premises) -> None:
    here.tenant.deletion_threshold = 2
    gone = [here.join(f"PC{number}") for number in range(3)]
    here.engine.cycle()
    for device_id in gone:
        here.delete(device_id)
    new = here.join("PC9")

    for _ in range(2):
        exported = here.engine.cycle()
        assert (exported.result, exported.deleted) == ("stopped-deletion-threshold-exceeded", [])
        assert sorted(exported.pending) == sorted(gone)
        assert all(here.row(device_id) for device_id in [*gone, new])

    here.engine.threshold_enabled = False
    assert sorted(here.engine.cycle().deleted) == sorted(gone)


def test_as_many_deletions_as_the_threshold_go_through(here: Premises) -> None:
    here.tenant.deletion_threshold = 2
    gone = [here.join(f"PC{number}") for number in range(2)]
    here.engine.cycle()
    for device_id in gone:
        here.delete(device_id)

    assert here.engine.cycle().result == "success"


def test_in_staging_mode_nothing_leaves(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.staging = True

    here.engine.cycle()

    assert here.row(device_id) is None
    assert here.tenant.sequence == 0
    assert here.tenant.synced_at is None


def test_a_computer_that_is_restored_in_ad_comes_back_pending_with_its_device_id(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    entry = here.entry(device_id)
    dn = entry.dn
    here.delete(device_id)
    here.engine.cycle()
    here.directory.restore(entry.guid, dn)
    here.engine.cycle()
    assert here.row(device_id) is None, "a tombstone has lost its certificate"

    here.change(device_id, "userCertificate", b"a new certificate")

    assert here.engine.cycle().added == [device_id]


def test_an_orphan_of_before_is_not_the_engines_to_delete(here: Premises) -> None:
    """Whose computer was gone before the engine first looked; or which Entra Kerberos joined, without any sync."""
    orphan = "c0ffee00-0000-4000-8000-000000000001"
    here.tenant.add({"id": "orphan", "deviceId": orphan, "trustType": "ServerAd", "onPremisesSyncEnabled": True})

    SyncEngine(here.tenant, here.directory).cycle()

    assert here.row(orphan) is not None


def test_what_was_synced_before_the_engine_was_made_is_known_to_it(here: Premises) -> None:
    device_id = here.join("PC1")
    here.engine.cycle()
    other = SyncEngine(here.tenant, here.directory)
    here.delete(device_id)

    assert other.cycle().deleted == [device_id]


def test_the_invented_company_is_in_step_with_its_directory() -> None:
    tenant = estate(120, NOW)
    engine = SyncEngine(tenant, directory_of(tenant, NOW))

    exported = engine.cycle()

    assert len(engine.known) > 10
    assert tenant.synced_at is not None
    assert (exported.added, exported.restored, exported.updated, exported.deleted) == ([], [], [], [])
    assert tenant.sequence == 0
