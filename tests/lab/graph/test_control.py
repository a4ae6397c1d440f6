import httpx

from tests.lab.graph.asking import NOBODY, Asking


def lab(graph: Asking, method: str, path: str, **rest: object) -> httpx.Response:
    """As someone asks who has no token and is not in the process."""
    return httpx.request(method, f"{graph.url}/lab/{path}", **rest)  # type: ignore[arg-type]


def test_faults_are_set_listed_and_taken_away_over_the_wire(graph: Asking) -> None:
    fault = {"kind": "throttle", "path": "/organization", "retry_after": "0", "times": None}

    added = lab(graph, "POST", "faults", json=fault)
    met = graph.get("/organization").status_code
    listed = lab(graph, "GET", "faults").json()
    gone = [lab(graph, "DELETE", f"faults/{added.json()['number']}").status_code for _ in range(2)]

    assert (added.status_code, met, gone) == (201, 429, [204, 404])
    assert [(one["fault"]["kind"], one["seen"], one["fired"]) for one in listed] == [("throttle", 1, 1)]
    assert graph.get("/organization").status_code == 200


def test_all_faults_are_taken_away_at_once(graph: Asking) -> None:
    graph.fault("throttle", times=None)

    assert lab(graph, "DELETE", "faults").status_code == 204
    assert graph.lab.faults.armed == []


def test_a_fault_that_makes_no_sense_is_refused(graph: Asking) -> None:
    wrongs: list[dict[str, object]] = [
        {"kind": "plague"},
        {"kind": "reset", "tmies": 2},
        {"kind": "reset", "path": "("},
        {},
    ]
    for wrong in wrongs:
        assert lab(graph, "POST", "faults", json=wrong).status_code == 400
    assert graph.lab.faults.armed == []


def test_the_log_is_read_and_forgotten_over_the_wire(graph: Asking) -> None:
    graph.ask("DELETE", f"/devices/{graph.device()['id']}")
    graph.get("/devices?$top=1")

    lines = lab(graph, "GET", "log").json()
    lab(graph, "DELETE", "log")

    assert [(line["method"], line["status"], line["changed"]) for line in lines] == [
        ("DELETE", 204, True),
        ("GET", 200, False),
    ]
    assert lines[1]["query"] == {"$top": "1"}
    assert lab(graph, "GET", "log").json() == []


def test_the_world_can_change_and_remove_a_device(graph: Asking) -> None:
    path = f"devices/{graph.device()['id']}"
    members = {"approximateLastSignInDateTime": "2026-11-23T05:00:00Z"}

    changed = lab(graph, "POST", path, json=members).status_code
    served = graph.body(f"/{path}")["approximateLastSignInDateTime"]
    wrong = lab(graph, "POST", path, content=b"[]").status_code
    gone = [lab(graph, "DELETE", path).status_code for _ in range(2)]

    assert (changed, served, wrong, gone) == (204, "2026-11-23T05:00:00Z", 400, [204, 404])
    assert lab(graph, "POST", f"devices/{NOBODY}", json=members).status_code == 404


def test_tokens_are_revoked_and_links_expired_over_the_wire(graph: Asking) -> None:
    link = graph.body("/devices?$top=10")["@odata.nextLink"]

    lab(graph, "POST", "expire")
    expired = graph.code(link)
    lab(graph, "POST", "revoke")

    assert expired == (400, "Directory_ExpiredPageToken")
    assert graph.code("/devices")[0] == 401
