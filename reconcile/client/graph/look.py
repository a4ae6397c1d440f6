"""Looking at single devices: where an identity stands just now, by both of its ids and in both containers.

A 404 alone is never "gone": it may be the wrong kind of id, or a device that can still be restored.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.batch import read_batches
from reconcile.client.graph.deleted import deleted_by_id, deleted_pages
from reconcile.client.graph.refusal import NOT_FOUND, needing
from reconcile.client.graph.request import get
from reconcile.client.graph.retry import UNREADABLE
from reconcile.client.graph.right import READ_DELETED
from reconcile.client.graph.session import Graph, Reply
from reconcile.errors import SourceError

State = Literal["present", "soft-deleted", "absent", "unknown"]
KEPT = timedelta(days=30)
"""So long a deleted device can be restored. Source: Entra's "Soft delete for devices"."""
KIND = "#microsoft.graph.device"
OBJECT_ID, DEVICE_ID = "is an object id, not a device id", "is a device id, not an object id"
SELECT = ["id", "deviceId", "displayName", "accountEnabled", "trustType", "approximateLastSignInDateTime"]


@dataclass(frozen=True)
class Pin:
    """One identity: Entra's object id (`id`), its device id (`deviceId`), or both. Raises ValueError where there is neither."""

    object_id: str | None = None
    device_id: str | None = None

    def __post_init__(self) -> None:
        if not (self.object_id or self.device_id):
            raise ValueError("a pin needs an id")
        for name in ("object_id", "device_id"):
            object.__setattr__(self, name, _fold(getattr(self, name)))


class Device(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a look sees of a device; all of it may be null."""

    id: str
    device_id: str | None = None
    display_name: str | None = None
    account_enabled: bool | None = None
    trust_type: str | None = None
    approximate_last_sign_in_date_time: datetime | None = None
    deleted_date_time: datetime | None = None
    kind: str | None = msgspec.field(default=None, name="@odata.type")


@dataclass(frozen=True)
class Look:
    """`until` is the end of a soft-deleted device's time; `why` says what made the state, where it is not plain."""

    state: State
    device: Device | None = None
    until: datetime | None = None
    why: str = ""


_device = msgspec.json.Decoder(Device).decode
"""Raises one of UNREADABLE for what Graph never says of a device; `_trouble` finds that first."""


async def look(graph: Graph, pin: Pin) -> Look:
    return (await looks(graph, [pin]))[0]


async def looks(graph: Graph, pins: Sequence[Pin]) -> list[Look]:
    """Where each stands now; what could not be settled is unknown, with the reason. Raises SourceError where nobody answers."""
    found = dict(enumerate(await _among_active(graph, pins)))
    open_ = [number for number, seen in found.items() if seen is None]
    found.update(zip(open_, await _elsewhere(graph, [pins[number] for number in open_]), strict=True))
    last = [number for number, seen in found.items() if seen is None]
    found.update(zip(last, await _among_all_deleted(graph, [pins[number] for number in last]), strict=True))
    return [seen for _, seen in sorted(found.items()) if seen is not None]


async def _among_active(graph: Graph, pins: Sequence[Pin]) -> list[Look | None]:
    replies = await _ask(
        graph, [(_by_object_id(graph, pin.object_id), _by_device_id(graph, pin.device_id)) for pin in pins]
    )
    return [_active(pin, *pair) for pin, pair in zip(pins, replies, strict=True)]


def _active(pin: Pin, by_object: Reply | None, by_device: Reply | None) -> Look | None:
    """None where neither id leads to an active device."""
    if trouble := _trouble(by_object, by_device):
        return trouble
    if by_object is not None and by_object.ok:
        return _unless_another(pin, _device(by_object.body), "present")
    if by_device is None or not by_device.ok:
        return None
    device = _device(by_device.body)
    return Look("present", device, why=f"under another object id, {device.id}" if pin.object_id else "")


async def _elsewhere(graph: Graph, pins: Sequence[Pin]) -> list[Look | None]:
    """Among the deleted, or under an id of the other kind."""
    deleted = await _deleted(graph, pins)
    swapped = await _ask(
        graph, [(_by_object_id(graph, pin.device_id), _by_device_id(graph, pin.object_id)) for pin in pins]
    )
    return [
        _of_other_kind(pin, *pair) or _gone(pin, one) for pin, one, pair in zip(pins, deleted, swapped, strict=True)
    ]


def _of_other_kind(pin: Pin, as_object: Reply | None, as_device: Reply | None) -> Look | None:
    """None where neither id leads to an active device in the place of the other."""
    if trouble := _trouble(as_object, as_device):
        return trouble
    if as_object is not None and as_object.ok:
        return Look("unknown", _device(as_object.body), why=f"{pin.device_id} {OBJECT_ID}")
    if as_device is not None and as_device.ok:
        return Look("unknown", _device(as_device.body), why=f"{pin.object_id} {DEVICE_ID}")
    return None


def _gone(pin: Pin, deleted: Reply | None) -> Look | None:
    """None where only a list of all that is deleted can tell."""
    if trouble := _trouble(deleted):
        needs = needing(deleted.status, READ_DELETED) if deleted else ""
        return Look("unknown", why=f"not among the active devices; of the deleted: {trouble.why}{needs}")
    if deleted is not None and deleted.ok:
        return _unless_another(pin, _device(deleted.body), "soft-deleted")
    return Look("absent") if pin.object_id and pin.device_id else None


async def _among_all_deleted(graph: Graph, pins: Sequence[Pin]) -> list[Look]:
    """By one id alone: a device id is no key to the deleted, and may have been given for an object id, so all are read."""
    if not pins:
        return []
    wanted = {pin.device_id or pin.object_id for pin in pins}
    found: dict[str | None, Device] = {}
    try:
        async for page in deleted_pages(graph, ["id", "deviceId", "deletedDateTime"]):
            for device in map(_device, page.items):
                found.update(dict.fromkeys(wanted & {device.id.lower(), _fold(device.device_id)}, device))
    except (SourceError, *UNREADABLE) as error:
        return [Look("unknown", why=f"not among the active devices; of the deleted: {error}")] * len(pins)
    return [_among_deleted(pin, found.get(pin.device_id or pin.object_id)) for pin in pins]


def _among_deleted(pin: Pin, device: Device | None) -> Look:
    """Whichever of its ids the pin was found by."""
    if device is None:
        return Look("absent")
    by_device_id = _fold(device.device_id) in {pin.device_id, pin.object_id}
    if pin.device_id:
        return _soft_deleted(device) if by_device_id else Look("unknown", device, why=f"{pin.device_id} {OBJECT_ID}")
    # a list may lag behind: what has just answered that it is not there counts
    return Look("unknown", device, why=f"{pin.object_id} {DEVICE_ID}") if by_device_id else Look("absent")


def _unless_another(pin: Pin, device: Device, state: State) -> Look:
    """The object may have come to stand for another device since it was pinned, or be none: users are deleted too."""
    if device.kind not in {None, KIND}:
        return Look("unknown", device, why=f"{pin.object_id} is no device, but {device.kind}")
    served = _fold(device.device_id)
    if pin.device_id and served and served != pin.device_id:
        return Look("unknown", device, why=f"{pin.object_id} has the device id {served}, not {pin.device_id}")
    return _soft_deleted(device) if state == "soft-deleted" else Look(state, device)


def _soft_deleted(device: Device) -> Look:
    at = device.deleted_date_time
    return Look("soft-deleted", device, until=None if at is None else at + KEPT)


def _trouble(*replies: Reply | None) -> Look | None:
    """A definite answer is the device, or that there is none."""
    reasons = (_unsettled(reply) for reply in replies if reply and reply.status != NOT_FOUND)
    return next((Look("unknown", why=why) for why in reasons if why), None)


def _unsettled(reply: Reply) -> str:
    if not reply.ok:
        return str(reply.refusal)
    try:
        _device(reply.body)
    except UNREADABLE as error:
        return f"a device that cannot be read: {error}"
    return ""


async def _ask(graph: Graph, pairs: Sequence[tuple[RequestInformation | None, ...]]) -> list[list[Reply | None]]:
    """The answers in the same places; nothing is asked where nothing stands."""
    flat = [request for pair in pairs for request in pair if request is not None]
    replies = iter(await read_batches(graph, flat))
    return [[None if request is None else next(replies) for request in pair] for pair in pairs]


async def _deleted(graph: Graph, pins: Sequence[Pin]) -> list[Reply | None]:
    replies = iter(await deleted_by_id(graph, [pin.object_id for pin in pins if pin.object_id]))
    return [next(replies) if pin.object_id else None for pin in pins]


def _by_object_id(graph: Graph, object_id: str | None) -> RequestInformation | None:
    return None if object_id is None else get(graph.build.devices.by_device_id(object_id), select=SELECT)


def _by_device_id(graph: Graph, device_id: str | None) -> RequestInformation | None:
    return None if device_id is None else get(graph.build.devices_with_device_id(device_id), select=SELECT)


def _fold(id_: str | None) -> str | None:
    return id_.lower() if id_ else None
