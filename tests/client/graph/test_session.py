"""One question and its answer, as the SDK asks it and nothing else does."""

from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.request import get, linked, patch
from reconcile.client.graph.right import READ_DEVICES
from reconcile.client.graph.session import EVENTUAL, Reply, asked
from reconcile.errors import AccessRefused, SourceError
from tests.client.graph.authority import authority
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY, NOBODY, SCOPE, Bearer, Session, opened, session


def read(entra: Session, path: str = "") -> object:
    devices = entra.graph.build.devices
    request = get(devices.by_device_id(path) if path else devices, select=["id", "deviceId"])
    return entra.run(entra.graph.read(request, READ_DEVICES, msgspec.json.decode))


def test_a_missing_right_is_named_with_graphs_own_words() -> None:
    with session(5, roles=("User.Read.All",)) as entra, pytest.raises(AccessRefused) as error:
        read(entra)

    told = str(error.value)
    assert told.startswith("entra refused: GET /devices: 403 Authorization_RequestDenied: Insufficient privileges ")
    assert "(request-id " in told
    assert told.endswith(". It needs Device.Read.All to read devices")


@pytest.mark.parametrize(
    ("path", "said"), [(NOBODY, "404 Request_ResourceNotFound"), ("no-id", "400 Request_BadRequest")]
)
def test_a_definite_no_is_asked_once(entra: Session, path: str, said: str) -> None:
    with pytest.raises(SourceError, match=f"GET /devices/{path}: {said}: "):
        read(entra, path)

    assert len(entra.lab.log) == 1


def test_a_definite_no_can_be_an_answer(entra: Session) -> None:
    request = get(entra.graph.build.devices.by_device_id(NOBODY))

    reply, body = entra.run(entra.graph.ask(request, msgspec.json.decode))

    assert (reply.status, reply.refusal.code, body) == (404, "Request_ResourceNotFound", None)


def test_the_sdk_asks_nothing_again_by_itself(entra: Session) -> None:
    entra.fault("throttle", status=503, times=None, retry_after="0")

    async def once() -> Reply:
        return await entra.graph.send(get(entra.graph.build.devices, top=1))

    assert entra.run(once()).status == 503
    assert len(entra.lab.log) == 1


def test_a_redirection_is_an_answer_and_is_not_followed() -> None:
    reached: list[str] = []

    def answer(asked: str, _: bytes) -> web.Response:
        reached.append(asked)
        return said({}, 302, Location="/elsewhere")

    with canned(answer) as (graph, runner), pytest.raises(SourceError, match="GET /devices: 302"):
        runner.run(graph.read(get(graph.build.devices), READ_DEVICES, msgspec.json.decode))

    assert reached == ["GET /v1.0/devices"]


def test_a_question_that_is_asked_again_has_the_new_token(entra: Session) -> None:
    request = get(entra.graph.build.devices, top=1)
    entra.run(entra.graph.send(request))
    entra.lab.tokens.revoke()

    assert entra.run(entra.graph.send(request)).ok
    assert [line.status for line in entra.lab.log] == [200, 401, 200]


def test_headers_and_parameters_reach_graph_as_they_were_given(entra: Session) -> None:
    exchanges = entra.heard()
    request = get(entra.graph.build.devices, EVENTUAL, select=["id", "deviceId"], top=3, count="true")

    entra.run(entra.graph.read(request, READ_DEVICES, msgspec.json.decode))

    assert exchanges[0].query == {"$select": "id,deviceId", "$top": "3", "$count": "true"}
    assert exchanges[0].headers["consistencylevel"] == "eventual"


def test_only_the_members_that_are_named_are_sent(entra: Session) -> None:
    exchanges = entra.heard()
    row = entra.device()

    entra.run(entra.graph.send(patch(entra.graph.build.devices.by_device_id(row["id"]), {"accountEnabled": False})))

    assert exchanges[0].body == b'{"accountEnabled":false}'
    assert entra.lab.tenant.devices[row["id"]]["accountEnabled"] is False


def test_no_token_is_sent_to_another_host(entra: Session) -> None:
    heard: list[bool] = []
    entra.lab.observers.append(lambda exchange: heard.append("authorization" in exchange.headers))
    other = entra.url.replace("127.0.0.1", "localhost")

    with opened(other, Tokens(lambda: Bearer(entra.lab, ()), SCOPE)) as (graph, runner):
        reply = runner.run(graph.send(linked(f"{entra.url}/v1.0/devices?$top=1")))

    assert (reply.status, heard) == (401, [False, False])


def test_who_cannot_prove_who_they_are_is_asked_once(tmp_path: Path) -> None:
    with (
        authority(tmp_path) as there,
        opened(there.url, Tokens(lambda: Bearer(there.lab, ()), SCOPE)) as (graph, runner),
    ):
        graph.patience = HASTY
        with pytest.raises(
            SourceError, match=r"given up: no answer: ConnectError: .*CERTIFICATE_VERIFY_FAILED"
        ) as error:
            runner.run(graph.read(get(graph.build.devices), READ_DEVICES, msgspec.json.decode))

    assert str(error.value).endswith(
        ". Where a proxy looks into TLS, [entra] ca_file names the file with its certificate"
    )


def test_the_question_is_told_without_its_query() -> None:
    assert asked(linked("https://graph.microsoft.com/beta/devices?$skiptoken=secret")) == "GET /devices"
