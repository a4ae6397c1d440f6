"""Acts on devices: done once, or told why not; and nothing is called done that is not known to be."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from reconcile.client.graph.act import Answer, delete, disable, enable, purge, restore
from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.look import Pin, look
from reconcile.client.graph.session import Graph
from reconcile.lab.graph.tenant import Row
from tests.client.graph.canned import canned, parts, said
from tests.client.graph.session import HASTY, NOBODY, SCOPE, Bearer, Session, opened, pin, session

OTHER = "c0ffee00-0000-4000-8000-000000000009"
DEVICE = "/devices/[^/]+"
ITEM = "/directory/deletedItems/[^/]+(/.*)?"

Act = Callable[[Graph, Sequence[Pin]], Awaitable[list[Answer]]]


async def purge_all(graph: Graph, pins: Sequence[Pin]) -> list[Answer]:
    return await purge(graph, pins, confirmed=[pin.object_id or "" for pin in pins])


def perform(entra: Session, act: Act, *rows: Row) -> list[Answer]:
    async def go() -> list[Answer]:
        return await act(entra.graph, [pin(row) for row in rows])

    return entra.run(go())


def outcomes(answers: list[Answer]) -> list[str]:
    return [answer.outcome for answer in answers]


def changes(entra: Session) -> int:
    return len([line for line in entra.lab.log if line.part and line.changed])


def rows_of(entra: Session, number: int) -> list[Row]:
    return list(entra.lab.tenant.devices.values())[:number]


def test_devices_are_disabled_and_enabled(entra: Session) -> None:
    row = entra.device()
    entra.lab.tenant.patch(row["id"], {"accountEnabled": True})

    assert outcomes(perform(entra, disable, row)) == ["done"]
    assert entra.lab.tenant.devices[row["id"]]["accountEnabled"] is False
    assert outcomes(perform(entra, enable, row)) == ["done"]
    assert entra.lab.tenant.devices[row["id"]]["accountEnabled"] is True


def test_a_device_is_deleted_restored_and_purged(entra: Session) -> None:
    row, tenant = entra.device(), entra.lab.tenant

    assert outcomes(perform(entra, delete, row)) == ["done"]
    assert row["id"] in tenant.deleted
    assert outcomes(perform(entra, restore, row)) == ["done"]
    assert row["id"] in tenant.devices
    tenant.remove(row["id"])
    assert outcomes(perform(entra, purge_all, row)) == ["done"]
    assert not tenant.reserved(row["deviceId"])


@pytest.mark.parametrize("trust", ["AzureAd", "ServerAd"])
def test_what_was_gone_before_is_already_deleted(entra: Session, trust: str) -> None:
    row = entra.device(trust)
    entra.lab.tenant.remove(row["id"])

    (answer,) = perform(entra, delete, row)

    assert answer.outcome == "already"
    assert answer.look is not None
    assert answer.look.state == ("soft-deleted" if trust == "AzureAd" else "absent")


def test_what_came_back_under_another_object_id_was_deleted_and_is_left_alone(entra: Session) -> None:
    row = entra.device("ServerAd")
    entra.lab.tenant.remove(row["id"])
    entra.lab.tenant.add(row | {"id": OTHER})

    assert outcomes(perform(entra, delete, row)) == ["already"]
    assert OTHER in entra.lab.tenant.devices


def test_what_was_restored_or_purged_before_is_already_so(entra: Session) -> None:
    active, purged = entra.device(), entra.deleted(1)
    entra.lab.tenant.purge(purged["id"])

    assert outcomes(perform(entra, restore, active)) == ["already"]
    assert outcomes(perform(entra, purge_all, purged)) == ["already"]


@pytest.mark.parametrize("act", [disable, enable, delete])
def test_who_may_not_is_refused_and_told_what_it_takes(act: Act) -> None:
    with session(roles=("Device.Read.All",)) as entra:
        (answer,) = perform(entra, act, entra.device())

        assert (answer.outcome, changes(entra)) == ("refused", 0)
        assert answer.refusal is not None
        assert (answer.refusal.status, answer.refusal.code) == (403, "Authorization_RequestDenied")
        assert "(request-id " in answer.why
        assert ". It needs Device.ReadWrite.All to disable, delete and restore devices, or for a person " in answer.why


@pytest.mark.parametrize("wait", [{}, {"retry_after": "0.02"}, {"retry_after": "0"}])
def test_parts_that_are_put_off_are_done_later_and_each_exactly_once(entra: Session, wait: dict[str, str]) -> None:
    rows = rows_of(entra, 45)
    entra.fault("throttle", path=DEVICE, method="DELETE", times=30, **wait)

    answers = perform(entra, delete, *rows)

    assert outcomes(answers) == ["done"] * 45
    assert [answer.pin for answer in answers] == [pin(row) for row in rows]
    assert changes(entra) == 45
    assert len(entra.asked(DEVICE, "DELETE")) == 45 + 30
    assert entra.asked(DEVICE, "GET") == []


@pytest.mark.parametrize("status", [429, 503])
def test_a_whole_that_is_put_off_is_done_later(entra: Session, status: int) -> None:
    entra.fault("throttle", path=r"/\$batch", status=status, times=1)

    assert outcomes(perform(entra, delete, *rows_of(entra, 3))) == ["done"] * 3
    assert (changes(entra), len(entra.asked(DEVICE, "DELETE"))) == (3, 3)


@pytest.mark.parametrize("kind", ["lost", "truncate", "cut"])
@pytest.mark.parametrize("act", [disable, enable, delete])
def test_an_act_whose_answer_is_lost_is_looked_at_and_not_done_twice(entra: Session, act: Act, kind: str) -> None:
    rows = rows_of(entra, 25)
    for number, row in enumerate(rows):
        entra.lab.tenant.patch(row["id"], {"accountEnabled": number % 2 == 0 if act is delete else act is disable})
    entra.fault(kind, path=r"/\$batch")

    answers = perform(entra, act, *rows)

    assert outcomes(answers) == ["done"] * 25
    assert (changes(entra), len(entra.asked(DEVICE, "DELETE" if act is delete else "PATCH"))) == (25, 25)
    assert len([answer for answer in answers if answer.look]) in {5, 20}


@pytest.mark.parametrize("act", [restore, purge_all])
def test_so_is_one_on_the_deleted(entra: Session, act: Act) -> None:
    row = entra.deleted()
    entra.fault("lost", path=r"/\$batch")

    assert outcomes(perform(entra, act, row)) == ["done"]
    assert changes(entra) == 1
    assert len(entra.asked(ITEM, "POST" if act is restore else "DELETE")) == 1


@pytest.mark.parametrize("act", [restore, purge_all])
def test_an_act_that_was_lost_before_it_was_done_is_done_then(entra: Session, act: Act) -> None:
    row = entra.deleted()
    entra.fault("reset", path=r"/\$batch")

    assert outcomes(perform(entra, act, row)) == ["done"]
    assert changes(entra) == 1


@pytest.mark.parametrize("act", [disable, enable, delete])
def test_so_is_one_on_active_devices(entra: Session, act: Act) -> None:
    rows = rows_of(entra, 3)
    for row in rows:
        entra.lab.tenant.patch(row["id"], {"accountEnabled": act is not enable})
    entra.fault("reset", path=r"/\$batch")

    assert outcomes(perform(entra, act, *rows)) == ["done"] * 3
    assert changes(entra) == 3


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_part_that_may_have_been_done_is_looked_at_first(entra: Session, status: int) -> None:
    rows = rows_of(entra, 3)
    entra.fault("throttle", path=DEVICE, method="DELETE", status=status, times=2)

    assert outcomes(perform(entra, delete, *rows)) == ["done"] * 3
    assert (changes(entra), len(entra.asked(f"/devices/{rows[0]['id']}"))) == (3, 1)


def test_what_graph_says_of_an_act_is_told_and_only_a_look_shows_whether_it_is_so(entra: Session) -> None:
    row = entra.device()
    entra.fault("no-effect", method="DELETE")

    assert outcomes(perform(entra, delete, row)) == ["done"]
    assert entra.run(look(entra.graph, pin(row))).state == "present"


def test_a_purge_must_be_confirmed_id_by_id(entra: Session) -> None:
    rows = [entra.deleted(), entra.deleted()]

    for confirmed in ([], [rows[0]["id"]], [row["deviceId"] for row in rows], [row["id"] for row in [*rows, rows[0]]]):
        with pytest.raises(ValueError, match="what is confirmed is not what is to be purged"):
            entra.run(purge(entra.graph, [pin(row) for row in rows], confirmed=confirmed))

    assert entra.lab.log == []


def test_a_purge_never_touches_an_active_device(entra: Session) -> None:
    row = entra.device()

    (answer,) = perform(entra, purge_all, row)

    assert (answer.outcome, answer.why) == ("unknown", "it is present")
    assert row["id"] in entra.lab.tenant.devices
    assert changes(entra) == 0


@pytest.mark.parametrize("act", [restore, purge_all])
def test_a_deleted_user_is_left_alone_by_what_is_done_to_deleted_devices(entra: Session, act: Act) -> None:
    row = entra.deleted()
    entra.lab.tenant.deleted[row["id"]]["@odata.type"] = "#microsoft.graph.user"

    (answer,) = perform(entra, act, row)

    assert (answer.outcome, changes(entra)) == ("unknown", 0)
    assert "is no device, but #microsoft.graph.user" in answer.why
    assert row["id"] in entra.lab.tenant.deleted


def test_an_id_of_the_other_kind_is_unknown_and_nothing_is_deleted(entra: Session) -> None:
    row = entra.device()

    (answer,) = entra.run(delete(entra.graph, [Pin(row["deviceId"])]))

    assert (answer.outcome, answer.why) == ("unknown", f"{row['deviceId']} is a device id, not an object id")
    assert changes(entra) == 0


def test_what_is_no_id_is_refused(entra: Session) -> None:
    (answer,) = entra.run(delete(entra.graph, [Pin("no-id")]))

    assert (answer.outcome, answer.why[:22]) == ("refused", "400 Request_BadRequest")


def test_an_act_needs_an_object_id(entra: Session) -> None:
    with pytest.raises(ValueError, match="an act needs an object id"):
        entra.run(delete(entra.graph, [pin(entra.device()), Pin(None, NOBODY)]))

    assert entra.lab.log == []


def test_on_nothing_nothing_is_done_and_on_what_is_named_twice_once(entra: Session) -> None:
    row = entra.device()

    assert perform(entra, delete) == []
    assert outcomes(perform(entra, delete, row, entra.device(number=1), row)) == ["done", "done", "done"]
    assert (changes(entra), len(entra.asked(DEVICE, "DELETE"))) == (2, 2)


def test_a_purged_device_cannot_be_restored(entra: Session) -> None:
    row = entra.deleted()
    entra.lab.tenant.purge(row["id"])

    (answer,) = perform(entra, restore, row)

    assert (answer.outcome, answer.why) == ("unknown", "it is absent")


def test_a_deleted_device_cannot_be_disabled(entra: Session) -> None:
    (answer,) = perform(entra, disable, entra.deleted())

    assert (answer.outcome, answer.why) == ("unknown", "it is soft-deleted")


@pytest.mark.parametrize("path", [r"/\$batch", DEVICE])
def test_a_token_that_is_not_taken_any_more_is_a_refusal(entra: Session, path: str) -> None:
    rows = rows_of(entra, 25)
    entra.fault("unauthorized", path=path, times=None, after=20 if path == DEVICE else 1)

    answers = perform(entra, delete, *rows)

    assert outcomes(answers).count("done") == changes(entra) == 20
    refused = [answer for answer in answers if answer.outcome == "refused"]
    assert len(refused) == 5
    assert all(answer.why.startswith("401 InvalidAuthenticationToken") for answer in refused)


@dataclass
class Spent:
    """A credential that has no token any more."""

    error: Exception

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        raise self.error


@pytest.mark.parametrize("error", [ClientAuthenticationError("AADSTS700082"), ServiceRequestError("no way there")])
def test_where_no_other_token_is_to_be_had_nothing_is_claimed(entra: Session, error: Exception) -> None:
    credentials: list[Any] = [Bearer(entra.lab, ()), Spent(error)]
    rows = rows_of(entra, 3)

    with opened(entra.url, Tokens(lambda: credentials.pop(0), SCOPE)) as (graph, runner):
        graph.patience = HASTY
        runner.run(graph.tokens.grant())
        entra.lab.tokens.revoke()
        answers = runner.run(delete(graph, [pin(row) for row in rows]))

    assert outcomes(answers) == ["refused"] * 3
    assert all(str(error) in answer.why for answer in answers)
    assert changes(entra) == 0


@pytest.mark.parametrize(
    ("fault", "outcome", "why"),
    [
        ({"kind": "throttle"}, "refused", "429 TooManyRequests"),
        ({"kind": "throttle", "retry_after": "3600"}, "refused", "429 TooManyRequests"),
        ({"kind": "throttle", "status": 503}, "unknown", "503 ServiceUnavailable"),
    ],
)
def test_when_patience_ends_nothing_is_called_done(
    entra: Session, fault: dict[str, Any], outcome: str, why: str
) -> None:
    entra.graph.patience = HASTY
    rows = rows_of(entra, 3)
    entra.fault(**fault, path=DEVICE, method="DELETE", after=1, times=None)

    answers = perform(entra, delete, *rows)

    assert outcomes(answers) == ["done", outcome, outcome]
    assert answers[1].why.startswith(why)
    assert changes(entra) == 1


def test_when_nobody_answers_any_more_nothing_is_known(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("lost", path=r"/\$batch")
    entra.fault("reset", times=None)

    answers = perform(entra, delete, *rows_of(entra, 3))

    assert outcomes(answers) == ["unknown"] * 3
    assert "given up: no answer: " in answers[0].why


@pytest.mark.parametrize("act", [disable, enable, delete, restore, purge_all])
def test_whatever_is_done_stays_within_the_budget(act: Act) -> None:
    with session(70, rate=200) as entra:
        rows = rows_of(entra, 60)
        if act in {restore, purge_all}:
            rows = [row for row in rows if row["trustType"] != "ServerAd"]
            for row in rows:
                entra.lab.tenant.remove(row["id"])

        async def timed() -> float:
            start = asyncio.get_running_loop().time()
            await act(entra.graph, [pin(row) for row in rows])
            return asyncio.get_running_loop().time() - start

        assert entra.run(timed()) >= (len(rows) - 20) / 200 * 0.99
        assert len([line for line in entra.lab.log if line.part and line.method != "GET"]) == len(rows)


GONE, THERE = {"error": {"code": "Request_ResourceNotFound"}}, {"id": NOBODY, "deviceId": OTHER}


def scripted(*steps: tuple[str, web.Response]) -> Answer:
    """What becomes of a deletion where each batch that names the method is answered by the next step for it."""
    left = list(steps)

    def answer(_: str, sent: bytes) -> web.Response:
        method = "DELETE" if b'"DELETE"' in sent else "GET"
        at = next((at for at, step in enumerate(left) if step[0] == method), None)
        return parts(GONE, GONE, status=404) if at is None else left.pop(at)[1]

    with canned(answer) as (graph, runner):
        return runner.run(delete(graph, [Pin(NOBODY, OTHER)]))[0]


def test_what_an_earlier_try_may_have_done_is_done_and_not_already_so() -> None:
    """The first answer is lost, the device is still seen, and then it is gone."""
    lost, seen, missing = said(b"{"), parts(THERE, THERE), parts(GONE, status=404)

    answer = scripted(("DELETE", lost), ("GET", seen), ("DELETE", missing))

    assert answer.outcome == "done"


def test_a_refusal_after_a_doubtful_try_is_no_proof_that_nothing_was_done() -> None:
    lost, seen, refused = said(b"{"), parts(THERE, THERE), parts({"error": {"code": "Denied"}}, status=403)

    answer = scripted(("DELETE", lost), ("GET", seen), ("DELETE", refused))

    assert answer.outcome == "unknown"
    assert answer.why.startswith("403 Denied")


def test_a_part_that_is_not_answered_is_looked_at() -> None:
    answer = scripted(("DELETE", said({"responses": []})))

    assert (answer.outcome, answer.look and answer.look.state) == ("done", "absent")


@pytest.mark.parametrize("status", [400, 404])
def test_a_whole_that_is_refused_is_refused_for_each_part_and_none_is_gone(status: int) -> None:
    with canned(lambda *_: said(b"<h1>Not here</h1>", status)) as (graph, runner):
        (told,) = runner.run(delete(graph, [Pin(NOBODY, OTHER)]))

    assert (told.outcome, told.why) == ("refused", f"{status}: <h1>Not here</h1>")


def test_what_is_seen_though_it_was_not_found_is_tried_again() -> None:
    first, seen, second = parts(GONE, status=404), parts(THERE, THERE), parts(GONE, status=404)

    answer = scripted(("DELETE", first), ("GET", seen), ("DELETE", second))

    assert answer.outcome == "already"


def test_a_device_that_is_seen_to_the_end_though_it_is_not_found_is_unknown() -> None:
    def answer(_: str, sent: bytes) -> web.Response:
        return parts(GONE, status=404) if b'"DELETE"' in sent else parts(THERE, THERE)

    with canned(answer) as (graph, runner):
        graph.patience = HASTY
        (told,) = runner.run(delete(graph, [Pin(NOBODY, OTHER)]))

    assert (told.outcome, told.why) == ("unknown", "404 Request_ResourceNotFound")
