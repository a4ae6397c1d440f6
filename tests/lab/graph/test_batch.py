import pytest

from tests.lab.graph.asking import EVENTUAL, NOBODY, Asking


def part(number: int, url: str, method: str = "GET", **rest: object) -> dict[str, object]:
    return {"id": str(number), "method": method, "url": url, **rest}


def test_each_part_is_answered_on_its_own_in_another_order(graph: Asking) -> None:
    one, two = graph.device(), graph.device("ServerAd")
    requests = [
        part(1, f"/devices/{one['id']}"),
        part(2, f"devices(deviceId='{two['deviceId']}')?$select=id,displayName"),
        part(3, f"/devices/{one['id']}", "DELETE"),
        part(4, f"/devices/{NOBODY}"),
        part(5, "devices/$count", headers=EVENTUAL),
    ]

    response = graph.ask("POST", "/$batch", json={"requests": requests}).json()["responses"]
    answers = {answer["id"]: answer for answer in response}

    assert [answer["id"] for answer in response] != sorted(answers)
    assert [answers[str(number)]["status"] for number in range(1, 6)] == [200, 200, 204, 404, 200]
    assert answers["1"]["body"]["id"] == one["id"]
    assert answers["2"]["body"]["displayName"] == two["displayName"]
    assert answers["3"]["body"] is None
    assert answers["4"]["body"]["error"]["code"] == "Request_ResourceNotFound"
    assert answers["5"]["body"].lstrip("\ufeff") == "59"
    assert "Content-Type" in answers["1"]["headers"]


def test_the_log_and_the_observers_know_every_part(graph: Asking) -> None:
    seen: list[tuple[str, bool, int]] = []
    graph.lab.observers.append(lambda exchange: seen.append((exchange.path, exchange.part, len(exchange.answer))))
    row = graph.device()

    graph.batch(part(1, f"/devices/{row['id']}", "DELETE"), part(2, "/devices?$top=1"))

    assert [(line.method, line.path, line.part, line.changed) for line in graph.lab.log] == [
        ("DELETE", f"/devices/{row['id']}", True, True),
        ("GET", "/devices", True, False),
        ("POST", "/$batch", False, True),
    ]
    assert graph.lab.log[1].query == {"$top": "1"}
    assert seen[0][:2] == (f"/devices/{row['id']}", True)
    assert seen[1][2] > 100


def test_a_throttle_can_meet_one_part_and_leave_the_others(graph: Asking) -> None:
    one, two = graph.device(number=0), graph.device(number=1)
    graph.fault("throttle", path=f"/devices/{one['id']}", retry_after="2.128")

    answers = graph.batch(part(1, f"/devices/{one['id']}", "DELETE"), part(2, f"/devices/{two['id']}", "DELETE"))

    assert (answers["1"]["status"], answers["1"]["headers"]["Retry-After"]) == (429, "2.128")
    assert answers["1"]["body"]["error"]["code"] == "TooManyRequests"
    assert answers["2"]["status"] == 204
    assert one["id"] in graph.tenant.devices


def test_a_part_with_a_body_is_carried_out(graph: Asking) -> None:
    row = graph.device()
    headers = {"content-type": "application/json"}

    answers = graph.batch(part(1, f"/devices/{row['id']}", "PATCH", body={"accountEnabled": False}, headers=headers))

    assert answers["1"]["status"] == 204
    assert graph.tenant.devices[row["id"]]["accountEnabled"] is False


def test_a_part_that_depends_on_a_failed_one_is_not_carried_out(graph: Asking) -> None:
    row = graph.device()

    answers = graph.batch(
        part(1, f"/devices/{NOBODY}"),
        part(2, f"/devices/{row['id']}", "DELETE", dependsOn=["1"]),
        part(3, f"/devices/{row['id']}", dependsOn=[]),
    )

    assert [answers[number]["status"] for number in ("1", "2", "3")] == [404, 424, 200]


@pytest.mark.parametrize(
    "requests",
    [
        [],
        [part(number, "/devices") for number in range(21)],
        [part(1, "/devices") | {"id": "a"}, part(1, "/devices") | {"id": "A"}],
        [{"id": "1", "url": "/devices"}],
        [part(1, "https://graph.elsewhere.example/v1.0/devices")],
        [part(1, "/devices", dependsOn=["2"]), part(2, "/devices")],
        [part(1, "/devices"), part(2, f"/devices/{NOBODY}", "PATCH", body={"accountEnabled": False})],
        [part(1, f"/directory/deletedItems/{NOBODY}/restore", "POST")],
    ],
    ids=[
        "none",
        "too many",
        "an id twice",
        "no method",
        "not relative",
        "depends on a later one",
        "no content type",
        "no body",
    ],
)
def test_a_batch_that_is_wrong_is_refused_as_a_whole(graph: Asking, requests: list[dict[str, object]]) -> None:
    response = graph.ask("POST", "/$batch", json={"requests": requests})

    assert (response.status_code, response.json()["error"]["code"]) == (400, "BadRequest")
    assert [line.path for line in graph.lab.log] == ["/$batch"]


def test_twenty_parts_are_the_most(graph: Asking) -> None:
    assert len(graph.batch(*(part(number, "/devices?$top=1") for number in range(20)))) == 20
