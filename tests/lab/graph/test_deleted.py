from datetime import timedelta

import pytest

from tests.lab.graph.asking import EVENTUAL, NOW, Asking, ids

ITEMS = "/directory/deletedItems"


def deleted(graph: Asking) -> str:
    row = graph.device()
    graph.ask("DELETE", f"/devices/{row['id']}")
    return str(row["id"])


@pytest.mark.parametrize("cast", ["microsoft.graph.device", "graph.device"])
def test_what_was_deleted_is_listed_counted_and_shown(graph: Asking, cast: str) -> None:
    object_id = deleted(graph)

    page = graph.body(f"{ITEMS}/{cast}?$top=50&$count=true", headers=EVENTUAL)
    number = graph.get(f"{ITEMS}/{cast}/$count", headers=EVENTUAL).content.decode("utf-8-sig")
    shown = graph.body(f"{ITEMS}/{object_id}/{cast}?$select=id,deletedDateTime")

    assert object_id in ids([page])
    assert page["@odata.count"] == int(number) == len(graph.tenant.deleted)
    assert shown["deletedDateTime"] == "2026-11-23T06:00:00Z"
    assert shown["@odata.type"] == "#microsoft.graph.device"
    assert graph.code(f"/devices/{object_id}") == (404, "Request_ResourceNotFound")


def test_deleted_items_are_paged_and_filtered(graph: Asking) -> None:
    first, second = deleted(graph), deleted(graph)
    device_id = graph.tenant.deleted[second]["deviceId"]

    pages = graph.pages(f"{ITEMS}/graph.device?$top=1")

    assert {first, second} < set(ids(pages))
    assert ids([graph.body(f"{ITEMS}/graph.device?$filter=deviceId eq '{device_id}'")]) == [second]


@pytest.mark.parametrize("action", ["restore", "microsoft.graph.restore"])
def test_a_restored_device_is_the_one_it_was(graph: Asking, action: str) -> None:
    object_id = deleted(graph)
    device_id = graph.tenant.deleted[object_id]["deviceId"]

    restored = graph.ask("POST", f"{ITEMS}/{object_id}/{action}")

    assert (restored.status_code, restored.json()["id"]) == (200, object_id)
    assert graph.body(f"/devices(deviceId='{device_id}')")["deletedDateTime"] is None
    assert graph.code(f"{ITEMS}/{object_id}") == (404, "Request_ResourceNotFound")


def test_its_device_id_is_reserved_until_it_is_purged(graph: Asking) -> None:
    object_id = deleted(graph)
    device_id = graph.tenant.deleted[object_id]["deviceId"]

    before = graph.tenant.reserved(device_id)
    gone = [graph.ask("DELETE", f"{ITEMS}/{object_id}").status_code for _ in range(2)]

    assert (before, graph.tenant.reserved(device_id)) == (True, False)
    assert gone == [204, 404]


def test_hybrid_devices_are_gone_at_once(graph: Asking) -> None:
    row = graph.device("ServerAd")
    graph.ask("DELETE", f"/devices/{row['id']}")

    assert graph.code(f"{ITEMS}/{row['id']}") == (404, "Request_ResourceNotFound")
    assert not graph.tenant.reserved(row["deviceId"])


def test_after_thirty_days_they_are_gone_for_good(graph: Asking) -> None:
    object_id = deleted(graph)
    graph.tenant.now = lambda: NOW + timedelta(days=29)
    kept = graph.get(f"{ITEMS}/{object_id}").status_code
    graph.tenant.now = lambda: NOW + timedelta(days=31)

    assert kept == 200
    assert graph.code(f"{ITEMS}/{object_id}") == (404, "Request_ResourceNotFound")


def test_where_v1_has_no_cast_only_beta_serves_it(graph: Asking) -> None:
    graph.lab.deleted_on_v1 = False
    object_id = deleted(graph)

    for path in (f"{ITEMS}/graph.device", f"{ITEMS}/graph.device/$count", f"{ITEMS}/{object_id}/graph.device"):
        assert graph.code(path) == (400, "Request_BadRequest")
        assert graph.get(path, version="beta").status_code == 200
    assert graph.get(f"{ITEMS}/{object_id}").status_code == 200
