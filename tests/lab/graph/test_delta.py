from typing import Any

import pytest

from tests.lab.graph.asking import Asking, ids


def link(pages: list[Any]) -> str:
    return str(pages[-1]["@odata.deltaLink"])


@pytest.mark.parametrize("name", ["delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"])
def test_the_first_round_gives_all_and_a_link_to_what_follows(graph: Asking, name: str) -> None:
    graph.lab.page_size = 25

    pages = graph.pages(f"/devices/{name}")

    assert [len(page["value"]) for page in pages] == [25, 25, 10]
    assert sorted(ids(pages)) == sorted(graph.tenant.devices)
    assert link(pages).startswith(f"{graph.url}/v1.0/devices/{name}?$deltatoken=")
    assert graph.pages(link(pages))[-1]["value"] == []


def test_changes_name_what_changed_and_what_is_gone_and_how(graph: Asking) -> None:
    joined, hybrid, other = graph.device(), graph.device("ServerAd"), graph.device(number=1)
    start = link(graph.pages("/devices/delta?$deltatoken=latest"))
    graph.tenant.patch(other["id"], {"accountEnabled": False, "onPremisesSecurityIdentifier": "S-1-5-21-1-2-3-4"})
    graph.tenant.remove(joined["id"])
    graph.tenant.remove(hybrid["id"])

    changes = graph.pages(start)[0]["value"]

    assert changes == [
        {"id": other["id"], "accountEnabled": False},
        {"id": joined["id"], "@removed": {"reason": "changed"}},
        {"id": hybrid["id"], "@removed": {"reason": "deleted"}},
    ]


def test_an_object_comes_as_often_as_it_changed_on_several_pages(graph: Asking) -> None:
    graph.lab.page_size = 1
    row = graph.device()
    start = link(graph.pages("/devices/delta?$deltatoken=latest"))
    graph.tenant.patch(row["id"], {"displayName": "A"})
    graph.tenant.remove(row["id"])
    graph.tenant.restore(row["id"])

    pages = graph.pages(start)

    assert ids(pages) == [row["id"]] * 3
    assert [len(page["value"]) for page in pages] == [1, 1, 1]
    assert pages[-1]["value"][0]["displayName"] == "A"
    assert pages[-1]["value"][0]["deviceId"] == row["deviceId"]


def test_what_was_purged_is_gone_for_good(graph: Asking) -> None:
    row = graph.device()
    start = link(graph.pages("/devices/delta?$deltatoken=latest"))
    graph.tenant.remove(row["id"])
    graph.tenant.purge(row["id"])

    reasons = [item["@removed"]["reason"] for item in graph.pages(start)[0]["value"]]

    assert reasons == ["deleted", "deleted"]


def test_what_was_selected_is_remembered_and_other_changes_are_not_told(graph: Asking) -> None:
    one, two = graph.device(number=0), graph.device(number=1)
    pages = graph.pages("/devices/delta?$select=displayName,onPremisesSecurityIdentifier")
    graph.tenant.patch(one["id"], {"accountEnabled": not one["accountEnabled"]})
    graph.tenant.patch(two["id"], {"accountEnabled": not two["accountEnabled"], "displayName": "NEW"})

    assert set(pages[0]["value"][0]) == {"id", "displayName", "onPremisesSecurityIdentifier"}
    assert graph.pages(link(pages))[0]["value"] == [{"id": two["id"], "displayName": "NEW"}]


def test_changes_can_be_served_whole(graph: Asking) -> None:
    graph.lab.delta_whole = True
    row = graph.device()
    start = link(graph.pages("/devices/delta?$deltatoken=latest"))
    graph.tenant.patch(row["id"], {"displayName": "NEW"})

    served = graph.pages(start)[0]["value"][0]

    assert (served["displayName"], served["deviceId"]) == ("NEW", row["deviceId"])


def test_what_happens_while_it_is_paged_comes_in_the_next_round(graph: Asking) -> None:
    graph.lab.page_size = 30
    first = graph.body("/devices/delta")
    last = list(graph.tenant.devices)[-1]
    graph.tenant.remove(last)

    pages = graph.pages(first["@odata.nextLink"])

    assert last not in ids(pages)
    assert ids(graph.pages(link(pages))) == [last]


@pytest.mark.parametrize("status", [410, 400])
def test_an_expired_token_asks_for_all_again(graph: Asking, status: int) -> None:
    graph.lab.page_size, graph.lab.expired_delta_status = 30, status
    pages = graph.pages("/devices/delta")
    graph.lab.expire_delta()

    answers = [graph.get(link(pages)), graph.get(pages[0]["@odata.nextLink"])]

    assert [(one.status_code, one.json()["error"]["code"]) for one in answers] == [(status, "syncStateNotFound")] * 2
    assert answers[0].headers["Location"] == f"{graph.url}/v1.0/devices/delta"


def test_a_token_that_is_none_and_options_that_are_not_known_are_refused(graph: Asking) -> None:
    for token in ("x", "e30"):
        assert graph.code(f"/devices/delta?$deltatoken={token}") == (400, "BadRequest")
    assert graph.code("/devices/delta?$filter=displayName eq 'x'") == (400, "Request_UnsupportedQuery")
