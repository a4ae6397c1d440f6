"""Where an identity stands: by both of its ids, in both containers, and never gone because of a 404 alone."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web

from reconcile.client.graph.look import Look, Pin, look, looks
from reconcile.errors import SourceError
from tests.client.graph.canned import canned, parts, said
from tests.client.graph.session import HASTY, NOBODY, NOW, Session, pin, session

OTHER = "c0ffee00-0000-4000-8000-000000000009"
GONE = datetime(2026, 11, 23, 6, tzinfo=UTC)


def seen(entra: Session, where: Pin) -> Look:
    return entra.run(look(entra.graph, where))


def test_a_pin_needs_an_id_and_knows_no_capitals() -> None:
    assert Pin(OTHER.upper(), OTHER.upper()) == Pin(OTHER, OTHER)
    for nothing in (None, ""):
        with pytest.raises(ValueError, match="a pin needs an id"):
            Pin(nothing, nothing)


@pytest.mark.parametrize("which", ["both", "object", "device"])
def test_a_device_that_is_there_is_present(entra: Session, which: str) -> None:
    row = entra.device()
    object_id, device_id = (row["id"] if which != "device" else None), (row["deviceId"] if which != "object" else None)

    found = seen(entra, Pin(object_id, device_id))

    assert (found.state, found.why, found.until) == ("present", "", None)
    assert found.device is not None
    assert (found.device.id, found.device.device_id, found.device.display_name, found.device.trust_type) == (
        row["id"],
        row["deviceId"],
        row["displayName"],
        "AzureAd",
    )
    assert found.device.account_enabled is row["accountEnabled"]


@pytest.mark.parametrize("which", ["both", "object", "device"])
@pytest.mark.parametrize("on_v1", [True, False])
def test_a_soft_deleted_device_can_be_restored_for_thirty_days(entra: Session, which: str, on_v1: bool) -> None:  # noqa: FBT001
    entra.lab.deleted_on_v1 = on_v1
    row = entra.deleted()

    found = seen(entra, Pin(row["id"] if which != "device" else None, row["deviceId"] if which != "object" else None))

    assert (found.state, found.until) == ("soft-deleted", NOW + timedelta(days=30))
    assert found.device is not None
    assert found.device.id == row["id"]


@pytest.mark.parametrize("which", ["both", "object", "device"])
@pytest.mark.parametrize("trust", ["AzureAd", "ServerAd"])
def test_what_was_purged_or_was_hybrid_is_absent(entra: Session, which: str, trust: str) -> None:
    row = entra.device(trust)
    entra.lab.tenant.remove(row["id"])
    if trust == "AzureAd":
        entra.lab.tenant.purge(row["id"])

    found = seen(entra, Pin(row["id"] if which != "device" else None, row["deviceId"] if which != "object" else None))

    assert found == Look("absent")


@pytest.mark.parametrize("deleted", [False, True])
def test_an_id_of_the_other_kind_is_not_gone(entra: Session, deleted: bool) -> None:  # noqa: FBT001
    row = entra.deleted() if deleted else entra.device()

    as_object, as_device = (seen(entra, one) for one in (Pin(object_id=row["deviceId"]), Pin(device_id=row["id"])))

    assert (as_object.state, as_object.why) == ("unknown", f"{row['deviceId']} is a device id, not an object id")
    assert (as_device.state, as_device.why) == ("unknown", f"{row['id']} is an object id, not a device id")
    assert as_object.device is not None
    assert as_object.device.id == row["id"]


def test_ids_that_were_interchanged_are_not_gone(entra: Session) -> None:
    row = entra.device()

    found = seen(entra, Pin(row["deviceId"], row["id"]))

    assert (found.state, found.why) == ("unknown", f"{row['id']} is an object id, not a device id")


@pytest.mark.parametrize("deleted", [False, True])
def test_an_object_that_now_stands_for_another_device_is_unknown(entra: Session, deleted: bool) -> None:  # noqa: FBT001
    row = entra.deleted() if deleted else entra.device()

    found = seen(entra, Pin(row["id"], OTHER))

    assert (found.state, found.why) == ("unknown", f"{row['id']} has the device id {row['deviceId']}, not {OTHER}")


def test_an_object_whose_device_id_is_not_told_is_taken_at_its_own_id(entra: Session) -> None:
    row = entra.device()
    entra.lab.tenant.patch(row["id"], {"deviceId": None})

    assert seen(entra, Pin(row["id"], OTHER)).state == "present"


def test_a_device_that_came_back_under_another_object_id_is_present_and_that_is_said(entra: Session) -> None:
    row = entra.device("ServerAd")
    entra.lab.tenant.remove(row["id"])
    entra.lab.tenant.add(row | {"id": OTHER})

    found = seen(entra, pin(row))

    assert (found.state, found.why) == ("present", f"under another object id, {OTHER}")


def test_capitals_in_what_graph_serves_make_no_other_device(entra: Session) -> None:
    row = entra.device()
    entra.lab.tenant.patch(row["id"], {"deviceId": row["deviceId"].upper()})

    assert seen(entra, pin(row)).state == "present"


@pytest.mark.parametrize("which", ["both", "object", "device"])
def test_who_may_not_see_the_deleted_knows_nothing_of_them(entra: Session, which: str) -> None:
    row = entra.deleted()
    entra.fault("forbidden", path="/directory/deletedItems/.*", times=None)

    found = seen(entra, Pin(row["id"] if which != "device" else None, row["deviceId"] if which != "object" else None))

    assert (found.state, found.device) == ("unknown", None)
    assert found.why.startswith("not among the active devices; of the deleted: ")
    assert "403 Authorization_RequestDenied" in found.why
    assert "It needs Device.Read.All to read deleted devices, or for a person" in found.why


def test_who_may_read_nothing_knows_nothing() -> None:
    with session(roles=("User.Read.All",)) as entra:
        found = seen(entra, pin(entra.device()))

    assert found.state == "unknown"
    assert "403 Authorization_RequestDenied" in found.why


def test_who_is_refused_half_way_knows_nothing(entra: Session) -> None:
    entra.fault("forbidden", path="/devices.*", after=1, times=None)

    found = seen(entra, Pin(NOBODY))

    assert (found.state, found.why[:31]) == ("unknown", "403 Authorization_RequestDenied")


def test_what_is_no_id_is_unknown(entra: Session) -> None:
    for where in (Pin("no-id"), Pin(None, "no-id"), Pin(NOBODY, "no-id")):
        assert (seen(entra, where).state, seen(entra, where).why[:22]) == ("unknown", "400 Request_BadRequest")


def test_a_list_that_lags_fools_nobody(entra: Session) -> None:
    row = entra.device("ServerAd")
    entra.fault("lag", times=None)
    entra.lab.tenant.remove(row["id"])

    assert seen(entra, pin(row)) == Look("absent")
    assert seen(entra, Pin(row["id"])) == Look("absent")


def test_a_list_of_the_deleted_that_lags_fools_nobody() -> None:
    """It still has what has just answered that it is not there."""
    listed = {"id": OTHER, "deviceId": NOBODY, "deletedDateTime": "2026-11-23T06:00:00Z"}

    def answer(asked: str, _: bytes) -> web.Response:
        missing = [{"error": {"code": "Request_ResourceNotFound"}}] * 2
        return said({"value": [listed]}) if asked.startswith("GET") else parts(*missing, status=404)

    with canned(answer) as (graph, runner):
        assert runner.run(look(graph, Pin(OTHER))) == Look("absent")


def test_many_are_looked_at_at_once_each_for_itself(entra: Session) -> None:
    gone = [entra.device(trust) for trust in ("AzureAd", "ServerAd", "Workplace")]
    for row in gone:
        entra.lab.tenant.remove(row["id"])
    there = list(entra.lab.tenant.devices.values())[:45]
    pins = [pin(gone[0]), *map(pin, there), pin(gone[1]), Pin(device_id=gone[2]["deviceId"]), Pin(NOBODY, NOBODY)]

    found = entra.run(looks(entra.graph, pins))

    assert [one.state for one in found] == ["soft-deleted", *["present"] * 45, "absent", "soft-deleted", "absent"]
    assert entra.run(looks(entra.graph, [])) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "throttle", "path": "/devices/.*"},
        {"kind": "throttle", "status": 503, "path": ".*batch"},
        {"kind": "lost", "path": ".*batch"},
    ],
)
def test_a_look_that_is_put_off_is_taken_again(entra: Session, fault: dict[str, Any]) -> None:
    entra.fault(**fault, times=2)

    assert seen(entra, pin(entra.deleted())).state == "soft-deleted"


def test_where_nobody_answers_nothing_is_claimed(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("reset", times=None)

    with pytest.raises(SourceError, match=r"POST /\$batch: given up"):
        seen(entra, Pin(NOBODY))


def test_a_page_of_somebody_elses_that_says_not_found_is_no_device_that_is_gone() -> None:
    with (
        canned(lambda *_: said(b"<h1>Not here</h1>", 404)) as (graph, runner),
        pytest.raises(SourceError, match="Not here"),
    ):
        runner.run(look(graph, Pin(NOBODY, OTHER)))


def test_a_deleted_object_that_is_no_device_is_unknown() -> None:
    user = {"@odata.type": "#microsoft.graph.user", "id": NOBODY, "deletedDateTime": "2026-11-23T06:00:00Z"}

    def answer(_: str, sent: bytes) -> web.Response:
        deleted = b"deletedItems" in sent
        return parts(*([user] if deleted else [{"error": {"code": "x"}}] * 2), status=200 if deleted else 404)

    with canned(answer) as (graph, runner):
        found = runner.run(look(graph, Pin(NOBODY, OTHER)))

    assert (found.state, found.why) == ("unknown", f"{NOBODY} is no device, but #microsoft.graph.user")


@pytest.mark.parametrize("body", [None, {"id": 5}, "text", {}])
def test_a_device_that_cannot_be_read_is_unknown(body: object) -> None:
    with canned(lambda *_: parts(body, body)) as (graph, runner):
        found = runner.run(look(graph, Pin(NOBODY, NOBODY)))

    assert found.state == "unknown"
    assert found.why.startswith("a device that cannot be read: ")


def test_a_list_of_the_deleted_that_cannot_be_read_tells_nothing() -> None:
    def answer(asked: str, _: bytes) -> web.Response:
        missing = {"error": {"code": "Request_ResourceNotFound"}}
        return said({"value": [{"id": 5}]}) if asked.startswith("GET") else parts(missing, missing, status=404)

    with canned(answer) as (graph, runner):
        found = runner.run(look(graph, Pin(None, NOBODY)))

    assert found.state == "unknown"


def test_without_the_time_of_deletion_there_is_no_end_of_it() -> None:
    def answer(_: str, sent: bytes) -> web.Response:
        bodies = [{"id": NOBODY} if b"deletedItems" in sent else {"error": {"code": "x"}}] * 2
        return parts(*bodies, status=200 if b"deletedItems" in sent else 404)

    with canned(answer) as (graph, runner):
        found = runner.run(look(graph, Pin(NOBODY, OTHER)))

    assert (found.state, found.until) == ("soft-deleted", None)
