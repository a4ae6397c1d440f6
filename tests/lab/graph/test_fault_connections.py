import json

import httpx
import pytest

from tests.lab.graph.asking import NOBODY, Asking


def test_a_connection_can_be_reset_before_anything_is_done(graph: Asking) -> None:
    row = graph.device()
    graph.fault("reset")

    with pytest.raises(httpx.ReadError, match="reset"):
        graph.ask("DELETE", f"/devices/{row['id']}")

    assert row["id"] in graph.tenant.devices
    assert [(line.status, line.changed, line.fault) for line in graph.lab.log] == [(0, False, "reset")]


def test_an_answer_can_be_lost_though_all_was_done(graph: Asking) -> None:
    row = graph.device()
    graph.fault("lost", method="DELETE")

    with pytest.raises(httpx.RemoteProtocolError):
        graph.ask("DELETE", f"/devices/{row['id']}")

    assert row["id"] not in graph.tenant.devices
    assert [(line.status, line.changed, line.fault) for line in graph.lab.log] == [(204, True, "lost")]
    assert graph.ask("DELETE", f"/devices/{row['id']}").status_code == 404


def test_the_answer_of_a_whole_batch_can_be_lost(graph: Asking) -> None:
    row = graph.device()
    graph.fault("lost", path=r"/\$batch")
    part = {"id": "1", "method": "DELETE", "url": f"/devices/{row['id']}"}

    with pytest.raises(httpx.RemoteProtocolError):
        graph.batch(part)

    assert row["id"] not in graph.tenant.devices
    assert graph.batch(part)["1"]["status"] == 404


def test_a_body_can_stop_in_the_middle(graph: Asking) -> None:
    graph.fault("truncate")

    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        graph.get("/devices")

    assert graph.get("/devices").status_code == 200


def test_a_body_can_be_cut_json(graph: Asking) -> None:
    graph.fault("cut")

    response = graph.get("/devices")

    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


def test_connections_break_for_whole_requests_only(graph: Asking) -> None:
    graph.fault("reset", path="/devices/.*")

    assert graph.batch({"id": "1", "method": "GET", "url": f"/devices/{NOBODY}"})["1"]["status"] == 404
