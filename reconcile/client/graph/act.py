"""Acts on devices of Entra, in batches, each charged to the write budget.

An act whose answer is lost is looked at before it is done again; a device that was put off was not touched and waits.
What Graph says of an act is reported as what it said: whether it is so, only a look with the reading account tells.
"""

import asyncio
import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kiota_abstractions.request_information import RequestInformation
from msgraph.generated.devices.item.device_item_request_builder import DeviceItemRequestBuilder
from msgraph.generated.directory.deleted_items.item.directory_object_item_request_builder import (
    DirectoryObjectItemRequestBuilder,
)

from reconcile.client.graph.batch import SIZE, NotTaken, longest_wait, send_batch
from reconcile.client.graph.look import Look, Pin, looks
from reconcile.client.graph.refusal import NOT_FOUND, TOO_MANY, Refusal, needing
from reconcile.client.graph.request import delete as deletion
from reconcile.client.graph.request import patch, post
from reconcile.client.graph.retry import AGAIN, LOST, Later, until_answered
from reconcile.client.graph.right import WRITE_DEVICES
from reconcile.client.graph.session import Graph, Reply
from reconcile.errors import ReconcileError

Outcome = Literal["done", "already", "refused", "unknown"]
AT_ONCE = 4
"""So many batches under way: enough for the write budget, whatever the way to Graph takes."""
_DOUBTFUL = (AGAIN - {TOO_MANY}) | {NOT_FOUND}
"""Answers after which the act may have happened, now or before."""


@dataclass(frozen=True)
class Answer:
    """What became of one act. `refusal` is Graph's no, `look` what was seen where the answer did not tell."""

    pin: Pin
    outcome: Outcome
    why: str = ""
    refusal: Refusal | None = None
    look: Look | None = None


@dataclass(frozen=True)
class _Act:
    request: Callable[[Graph, str], RequestInformation]
    """For the object with this id."""
    happened: Callable[[Look, str], bool | None]
    """Whether a look at that object shows the act as done; None where it can no longer be done, or nothing can be told."""


async def disable(graph: Graph, pins: Sequence[Pin]) -> list[Answer]:
    return await _perform(graph, _DISABLE, pins)


async def enable(graph: Graph, pins: Sequence[Pin]) -> list[Answer]:
    return await _perform(graph, _ENABLE, pins)


async def delete(graph: Graph, pins: Sequence[Pin]) -> list[Answer]:
    """What was gone before is `already`, after a look; a soft-deleted device counts as deleted."""
    return await _perform(graph, _DELETE, pins)


async def restore(graph: Graph, pins: Sequence[Pin]) -> list[Answer]:
    """Soft-deleted devices, as they were; a purged one cannot be. Raises SourceError where nobody answers; nothing is done then."""
    return await _perform_on_deleted(graph, _RESTORE, pins)


async def purge(graph: Graph, pins: Sequence[Pin], *, confirmed: Iterable[str]) -> list[Answer]:
    """Soft-deleted devices, for good. `confirmed` repeats their object ids: raises ValueError unless it names these and no others.

    Raises SourceError where nobody answers; nothing is done then.
    """
    if sorted(confirmed) != sorted(pin.object_id or "" for pin in pins):
        raise ValueError("what is confirmed is not what is to be purged")
    return await _perform_on_deleted(graph, _PURGE, pins)


async def _perform_on_deleted(graph: Graph, act: _Act, pins: Sequence[Pin]) -> list[Answer]:
    """Users and groups are among the deleted items as well: only what a look shows to be a deleted device is touched."""
    _refuse_without_object_id(pins)
    seen = dict(zip(pins, await looks(graph, pins), strict=True))
    deleted = [pin for pin in pins if seen[pin].state == "soft-deleted"]
    answers = dict(zip(deleted, await _perform(graph, act, deleted), strict=True))
    return [answers.get(pin) or _untouched(act, pin, seen[pin]) for pin in pins]


def _untouched(act: _Act, pin: Pin, look: Look) -> Answer:
    if act.happened(look, pin.object_id or ""):
        return Answer(pin, "already", look=look)
    return Answer(pin, "unknown", look.why or f"it is {look.state}", look=look)


def _refuse_without_object_id(pins: Sequence[Pin]) -> None:
    if not all(pin.object_id for pin in pins):
        raise ValueError("an act needs an object id")


async def _perform(graph: Graph, act: _Act, pins: Sequence[Pin]) -> list[Answer]:
    """In the order of the pins, once for each. Raises ValueError for a pin without an object id; nothing is done then."""
    _refuse_without_object_id(pins)
    at_once = asyncio.Semaphore(AT_ONCE)
    once = list(dict.fromkeys(pins))
    chunks = [_Chunk(graph, act, once[at : at + SIZE]) for at in range(0, len(once), SIZE)]
    answers: dict[Pin, Answer] = {}
    for answered in await asyncio.gather(*(chunk.perform(at_once) for chunk in chunks)):
        answers |= answered
    return [answers[pin] for pin in pins]


class _Chunk:
    """One batch and what becomes of its parts; none of them is ever lost from sight."""

    def __init__(self, graph: Graph, act: _Act, pins: Sequence[Pin]) -> None:
        self._graph = graph
        self._act = act
        self._waiting = list(pins)
        self._answers: dict[Pin, Answer] = {}
        self._put_off: dict[Pin, Answer] = {}
        """What is to be said of those that wait, should patience end."""
        self._tried: set[Pin] = set()
        """Those whose earlier try may yet have come through."""

    async def perform(self, at_once: asyncio.Semaphore) -> dict[Pin, Answer]:
        async with at_once:
            with contextlib.suppress(Later):
                await until_answered(self._once, self._graph.patience)
        return self._put_off | self._answers

    async def _once(self) -> None:
        replies = await self._send()
        doubtful = [pin for pin, reply in replies.items() if reply is None or reply.status in _DOUBTFUL]
        for pin, reply in replies.items():
            if reply is not None and pin not in doubtful:
                self._hear(pin, reply)
        await self._look(doubtful, replies)
        self._waiting = [pin for pin in self._waiting if pin not in self._answers]
        if self._waiting:
            raise Later("some were put off", longest_wait([replies[pin] for pin in self._waiting]))

    async def _send(self) -> dict[Pin, Reply | None]:
        requests = [self._act.request(self._graph, pin.object_id or "") for pin in self._waiting]
        await self._graph.budget.take(len(requests))
        try:
            replies = await send_batch(self._graph, requests)
        except LOST:
            replies = [None] * len(requests)
        except NotTaken as error:
            return self._hear_whole(error.reply)
        except Later as error:  # no token for now: nothing was sent
            self._put_off.update({pin: self._refused(pin, str(error)) for pin in self._waiting})
            raise
        except ReconcileError as error:  # no token at all
            self._answers.update({pin: self._refused(pin, str(error)) for pin in self._waiting})
            return {}
        return dict(zip(self._waiting, replies, strict=True))

    def _hear_whole(self, whole: Reply) -> dict[Pin, Reply | None]:
        """What may have been done is as doubtful for each part; else nothing was, and none is asked again in vain."""
        if whole.status in AGAIN:
            return dict.fromkeys(self._waiting, whole)
        for pin in self._waiting:
            self._hear(pin, whole)
        return {}

    def _hear(self, pin: Pin, reply: Reply) -> None:
        if reply.ok:
            self._answers[pin] = Answer(pin, "done")
            return
        answers = self._put_off if reply.status == TOO_MANY else self._answers
        answers[pin] = self._refused(pin, f"{reply.refusal}{needing(reply.status, WRITE_DEVICES)}", reply.refusal)

    def _refused(self, pin: Pin, why: str, said: Refusal | None = None) -> Answer:
        """Not done, so far as this try goes; an earlier one may yet come through."""
        return Answer(pin, "unknown" if pin in self._tried else "refused", why, said)

    async def _look(self, doubtful: Sequence[Pin], replies: Mapping[Pin, Reply | None]) -> None:
        """Whether it happened all the same, or had happened before; if not, it waits for another try."""
        try:
            seen = await looks(self._graph, doubtful)
        except ReconcileError as error:
            self._answers.update({pin: Answer(pin, "unknown", str(error)) for pin in doubtful})
            return
        for pin, look in zip(doubtful, seen, strict=True):
            reply = replies[pin]
            said = reply.refusal if reply else None
            happened = self._act.happened(look, pin.object_id or "")
            if happened:
                before = said is not None and said.status == NOT_FOUND and pin not in self._tried
                self._answers[pin] = Answer(pin, "already" if before else "done", look=look)
            elif happened is None:
                self._answers[pin] = Answer(pin, "unknown", look.why or f"it is {look.state}", said, look)
            else:
                self._put_off[pin] = Answer(pin, "unknown", str(said or "no answer came"), said, look)
            if said is None or said.status != NOT_FOUND:
                self._tried.add(pin)


def _is_it(look: Look, object_id: str) -> bool:
    """Whether the look found this very object among the active devices, and not its device under another object id."""
    return look.state == "present" and look.device is not None and look.device.id.lower() == object_id


def _is_deleted(look: Look, object_id: str) -> bool | None:
    if look.state == "unknown":
        return None
    return not _is_it(look, object_id)


def _is_enabled(look: Look, object_id: str) -> bool | None:
    return look.device.account_enabled if look.device and _is_it(look, object_id) else None


def _is_disabled(look: Look, object_id: str) -> bool | None:
    enabled = _is_enabled(look, object_id)
    return None if enabled is None else not enabled


def _is_restored(look: Look, object_id: str) -> bool | None:
    return True if _is_it(look, object_id) else (False if look.state == "soft-deleted" else None)


def _is_purged(look: Look, object_id: str) -> bool | None:
    return None if _is_it(look, object_id) else {"absent": True, "soft-deleted": False}.get(look.state)


def _device(graph: Graph, object_id: str) -> DeviceItemRequestBuilder:
    return graph.build.devices.by_device_id(object_id)


def _deleted_item(graph: Graph, object_id: str) -> DirectoryObjectItemRequestBuilder:
    return graph.build.directory.deleted_items.by_directory_object_id(object_id)


_DISABLE = _Act(lambda graph, one: patch(_device(graph, one), {"accountEnabled": False}), _is_disabled)
_ENABLE = _Act(lambda graph, one: patch(_device(graph, one), {"accountEnabled": True}), _is_enabled)
_DELETE = _Act(lambda graph, one: deletion(_device(graph, one)), _is_deleted)
_RESTORE = _Act(lambda graph, one: post(_deleted_item(graph, one).restore), _is_restored)
_PURGE = _Act(lambda graph, one: deletion(_deleted_item(graph, one)), _is_purged)
