import pytest

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.tenant import Tenant
from tests.lab.graph.asking import NOBODY, NOW


@pytest.fixture(name="tenant")
def tenant_fixture() -> Tenant:
    return estate(40, NOW)


def test_an_id_and_a_device_id_are_taken_once(tenant: Tenant) -> None:
    live, gone = next(iter(tenant.devices.values())), next(iter(tenant.deleted.values()))

    for row in (
        {"id": live["id"]},
        {"id": gone["id"]},
        {"id": NOBODY, "deviceId": live["deviceId"].upper()},
        {"id": NOBODY, "deviceId": gone["deviceId"]},
    ):
        with pytest.raises(ValueError, match="is taken"):
            tenant.add(row)


def test_a_device_without_a_device_id_can_come_and_go(tenant: Tenant) -> None:
    tenant.add({"id": NOBODY, "deviceId": None})
    tenant.remove(NOBODY)

    assert [change.kind for change in tenant.changes] == ["added", "hard"]
    assert tenant.by_device_id("None") is None


def test_what_is_the_same_already_is_no_change(tenant: Tenant) -> None:
    row = next(iter(tenant.devices.values()))

    tenant.patch(row["id"], {"accountEnabled": row["accountEnabled"]})
    tenant.patch(row["id"], {"accountEnabled": not row["accountEnabled"], "displayName": row["displayName"]})

    assert [change.names for change in tenant.changes] == [{"accountEnabled"}]


def test_what_is_not_there_cannot_be_changed(tenant: Tenant) -> None:
    for act in (tenant.remove, tenant.restore, tenant.purge, lambda key: tenant.patch(key, {})):
        with pytest.raises(KeyError):
            act(NOBODY)
    assert tenant.sequence == 0


@pytest.mark.parametrize("trust", ["AzureAd", "AZUREAD", "Workplace"])
def test_joined_and_registered_devices_go_to_the_deleted_items(tenant: Tenant, trust: str) -> None:
    tenant.add({"id": NOBODY, "deviceId": NOBODY, "trustType": trust})
    tenant.remove(NOBODY)

    assert NOBODY in tenant.deleted
    assert tenant.reserved(NOBODY)


@pytest.mark.parametrize("trust", ["ServerAd", None])
def test_hybrid_devices_and_those_without_a_trust_type_are_gone_at_once(tenant: Tenant, trust: str | None) -> None:
    tenant.add({"id": NOBODY, "deviceId": NOBODY, "trustType": trust})
    tenant.remove(NOBODY)

    assert NOBODY not in tenant.deleted
    assert not tenant.reserved(NOBODY)
