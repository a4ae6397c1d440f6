"""Up to twenty questions in one, whose answers come in any order."""

from typing import Any

import msgspec
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.batch import SIZE, read_batches, send_batch
from reconcile.client.graph.request import get
from reconcile.client.graph.session import Reply
from reconcile.errors import AccessRefused, SourceError
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY, NOBODY, Session


def requests(entra: Session, ids: list[str]) -> list[RequestInformation]:
    return [get(entra.graph.build.devices.by_device_id(one), select=["id"]) for one in ids]


def read(entra: Session, ids: list[str]) -> list[Reply]:
    return entra.run(read_batches(entra.graph, requests(entra, ids)))


def ids_of(replies: list[Reply]) -> list[str]:
    return [msgspec.json.decode(reply.body)["id"] for reply in replies]


def test_twenty_at_most_are_asked_at_once_and_each_answer_finds_its_question(entra: Session) -> None:
    ids = list(entra.lab.tenant.devices)[:50]

    assert ids_of(read(entra, ids)) == ids
    assert [line.path for line in entra.lab.log if not line.part] == ["/$batch"] * 3
    assert len([line for line in entra.lab.log if line.part]) == 50


def test_of_nothing_nothing_is_asked(entra: Session) -> None:
    assert read(entra, []) == []
    assert entra.lab.log == []


@pytest.mark.parametrize("fault", [{}, {"retry_after": "0.02"}, {"retry_date": 1}, {"status": 503}])
def test_parts_that_are_put_off_are_asked_again_and_no_others(entra: Session, fault: dict[str, Any]) -> None:
    ids = list(entra.lab.tenant.devices)[:SIZE]
    entra.fault("throttle", path="/devices/[^/]+", times=3, after=5, **fault)

    assert ids_of(read(entra, ids)) == ids
    assert len(entra.asked("/devices/[^/]+")) == SIZE + 3


def test_a_part_that_is_refused_is_an_answer(entra: Session) -> None:
    one, two = list(entra.lab.tenant.devices)[:2]
    entra.fault("forbidden", path=f"/devices/{two}")

    replies = read(entra, [one, NOBODY, two, "no-id"])

    assert [reply.status for reply in replies] == [200, 404, 403, 400]
    assert replies[2].refusal.code == "Authorization_RequestDenied"
    assert replies[2].refusal.request_id


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "throttle"},
        {"kind": "throttle", "status": 503},
        {"kind": "lost"},
        {"kind": "reset"},
        {"kind": "cut"},
        {"kind": "truncate"},
    ],
)
def test_a_whole_that_is_not_answered_is_asked_again(entra: Session, fault: dict[str, Any]) -> None:
    ids = list(entra.lab.tenant.devices)[:3]
    entra.fault(**fault, path=r"/\$batch", times=2)

    assert ids_of(read(entra, ids)) == ids
    assert len(entra.asked(r"/\$batch", "POST")) == 3


@pytest.mark.parametrize("kind", ["forbidden", "unauthorized"])
def test_a_whole_that_is_refused_is_an_answer_to_none_of_its_parts(entra: Session, kind: str) -> None:
    entra.fault(kind, path=r"/\$batch", times=None)

    with pytest.raises(AccessRefused, match=r"entra refused: POST /\$batch: 40[13] "):
        read(entra, [NOBODY, NOBODY])


def test_a_whole_that_is_not_found_says_nothing_of_its_parts() -> None:
    with (
        canned(lambda *_: said(b"<h1>Not here</h1>", 404)) as (graph, runner),
        pytest.raises(SourceError, match=r"entra: POST /\$batch: 404: <h1>Not here</h1>"),
    ):
        runner.run(read_batches(graph, [get(graph.build.devices.by_device_id(NOBODY))]))


def test_patience_with_parts_ends(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("throttle", path="/devices/[^/]+", times=None, retry_after="0.02")

    with pytest.raises(SourceError) as error:
        read(entra, [NOBODY])

    assert str(error.value).startswith("entra: POST /$batch: given up: parts of it were put off: 429 TooManyRequests: ")


def echo(asked: bytes) -> list[dict[str, Any]]:
    """An answer to each part, in the order of asking, that says which it was."""
    parts = msgspec.json.decode(asked)["requests"]
    return [{"id": part["id"], "status": 200, "body": {"id": part["url"].rsplit("/", 1)[1]}} for part in parts]


@settings(max_examples=20)
@given(st.permutations(range(SIZE)), st.sets(st.integers(0, SIZE - 1), max_size=3))
def test_answers_are_matched_whatever_their_order_and_whichever_are_missing(
    order: list[int], missing: set[int]
) -> None:
    left_out = set(missing)

    def answer(_: str, asked: bytes) -> web.Response:
        found = echo(asked)
        told = [found[at] for at in order if at < len(found) and at not in left_out]
        left_out.clear()
        return said({"responses": told})

    with canned(answer) as (graph, runner):
        ids = [f"id-{number}" for number in range(SIZE)]
        replies = runner.run(read_batches(graph, [get(graph.build.devices.by_device_id(one)) for one in ids]))

    assert ids_of(replies) == ids


def test_what_is_missing_is_nothing_and_no_answer_of_another() -> None:
    with canned(lambda _, asked: said({"responses": echo(asked)[1:]})) as (graph, runner):
        replies = runner.run(send_batch(graph, [get(graph.build.devices.by_device_id(one)) for one in "ab"]))

    assert replies[0] is None
    assert replies[1] is not None
    assert msgspec.json.decode(replies[1].body) == {"id": "b"}


def test_headers_of_parts_are_read_however_they_are_written() -> None:
    headers: list[Any] = [{"RETRY-after": 2, "Request-Id": "r"}, None]
    told = [{"id": str(n), "status": 429, "headers": one} for n, one in enumerate(headers)]

    with canned(lambda *_: said({"responses": told})) as (graph, runner):
        replies = runner.run(send_batch(graph, [get(graph.build.devices.by_device_id(one)) for one in "ab"]))

    assert [reply.headers.get("retry-after") for reply in replies if reply] == ["2", None]
    assert [reply.refusal.request_id for reply in replies if reply] == ["r", None]
