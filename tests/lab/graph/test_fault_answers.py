from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest

from tests.lab.graph.asking import EVENTUAL, Asking, ids


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
@pytest.mark.parametrize("after", ["2", "2.128", "0", None])
def test_a_throttle_says_when_to_come_again_or_does_not(graph: Asking, status: int, after: str | None) -> None:
    graph.fault("throttle", status=status, retry_after=after)

    answers = [graph.get("/organization") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [status, 200]
    assert answers[0].headers.get("Retry-After") == after
    assert answers[0].json()["error"]["code"]
    assert [line.fault for line in graph.lab.log] == ["throttle", None]


def test_a_throttle_can_name_a_date(graph: Asking) -> None:
    graph.fault("throttle", retry_date=30)

    date = parsedate_to_datetime(graph.get("/organization").headers["Retry-After"])

    assert 28 < (date - datetime.now(UTC)).total_seconds() <= 30


def test_a_status_without_a_name_is_answered_too(graph: Asking) -> None:
    graph.fault("throttle", status=509)

    assert graph.code("/organization") == (509, "UnknownError")


def test_a_fault_meets_only_what_it_matches_and_as_often_as_it_says(graph: Asking) -> None:
    path = f"/devices/{graph.device()['id']}"
    graph.fault("throttle", method="PATCH", path="/devices/[^/]+", times=2, after=1)

    reads = [graph.get(path).status_code, graph.get("/devices").status_code]
    writes = [graph.ask("PATCH", path, json={"accountEnabled": False}).status_code for _ in range(5)]

    assert reads == [200, 200]
    assert writes == [204, 429, 429, 204, 204]


def test_a_fault_can_last_until_it_is_taken_away(graph: Asking) -> None:
    number = graph.fault("forbidden", times=None)

    before = [graph.code("/organization") for _ in range(5)]
    removed = [graph.lab.faults.remove(number) for _ in range(2)]

    assert set(before) == {(403, "Authorization_RequestDenied")}
    assert removed == [True, False]
    assert graph.get("/organization").status_code == 200


def test_a_token_can_seem_expired(graph: Asking) -> None:
    graph.fault("unauthorized")

    response = graph.get("/organization")

    assert (response.status_code, response.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert "WWW-Authenticate" in response.headers


def test_an_act_can_be_answered_and_not_carried_out(graph: Asking) -> None:
    row, gone = graph.device(), next(iter(graph.tenant.deleted))
    path, item = f"/devices/{row['id']}", f"/directory/deletedItems/{gone}"
    graph.fault("no-effect", times=4)

    answers = [
        graph.ask("PATCH", path, json={"accountEnabled": not row["accountEnabled"]}),
        graph.ask("DELETE", path),
        graph.ask("POST", f"{item}/restore"),
        graph.ask("DELETE", item),
    ]

    assert [answer.status_code for answer in answers] == [204, 204, 200, 204]
    assert answers[2].json()["id"] == gone
    assert [(line.fault, line.changed) for line in graph.lab.log] == [("no-effect", False)] * 4
    assert graph.body(path)["accountEnabled"] is row["accountEnabled"]
    assert graph.get(item).status_code == 200


def test_a_read_can_lag_behind_what_was_deleted_and_one_by_id_never_does(graph: Asking) -> None:
    row = graph.device("ServerAd")
    graph.fault("lag", path=r"/devices(/\$count)?", times=3)
    graph.ask("DELETE", f"/devices/{row['id']}")

    seen = [
        graph.get(f"/devices/{row['id']}").status_code,
        row["id"] in ids(graph.pages("/devices?$top=999")),
        int(graph.get("/devices/$count", headers=EVENTUAL).content.decode("utf-8-sig")),
        ids([graph.body(f"/devices?$filter=deviceId eq '{row['deviceId']}'")]),
    ]
    later = [
        row["id"] in ids(graph.pages("/devices?$top=999")),
        int(graph.get("/devices/$count", headers=EVENTUAL).content.decode("utf-8-sig")),
        ids([graph.body(f"/devices?$filter=deviceId eq '{row['deviceId']}'")]),
    ]

    assert seen == [404, True, 60, [row["id"]]]
    assert later == [False, 59, []]
