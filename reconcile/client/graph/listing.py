"""What Graph is asked about whole fleets: listings, what changed since, and how many there are. Others go first."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.batch import read_batches
from reconcile.client.graph.deleted import deleted_pages
from reconcile.client.graph.pages import Page, page_of, pages
from reconcile.client.graph.request import get, linked
from reconcile.client.graph.right import (
    READ_AUTOPILOT,
    READ_DEVICES,
    READ_INTUNE,
    READ_SYNC,
)
from reconcile.client.graph.session import EVENTUAL, LOW, Graph

BAD_REQUEST = 400
LARGEST = 999
LARGEST_WITH_OWNERS = 100
"""Graph gives no more at once of what it expands."""
OWNERS = "registeredOwners($select=id,userPrincipalName)"


async def known_members(graph: Graph, wanted: Sequence[str]) -> list[str]:
    """Those that this cloud knows: some are behind others, and one unknown name would have the whole question refused."""
    devices = graph.build.devices
    reply, _ = await graph.ask(get(devices, LOW, select=list(wanted), top=1), page_of)
    if reply.status != BAD_REQUEST:
        return list(wanted)
    replies = await read_batches(graph, [get(devices, LOW, select=[member], top=1) for member in wanted])
    return [member for member, reply in zip(wanted, replies, strict=True) if reply.status != BAD_REQUEST]


def device_pages(graph: Graph, select: Sequence[str], *, owners: bool) -> AsyncIterator[Page]:
    more: dict[str, Any] = {"expand": [OWNERS], "top": LARGEST_WITH_OWNERS} if owners else {"top": LARGEST}
    return pages(graph, get(graph.build.devices, LOW, select=list(select), **more), READ_DEVICES)


def change_pages(graph: Graph, link: str) -> AsyncIterator[Page]:
    """What changed since Graph gave the link; the last page has the next one. Raises LinkExpired."""
    return pages(graph, linked(link, LOW), READ_DEVICES)


async def change_link(graph: Graph, select: Sequence[str]) -> str | None:
    """A link to what changes from now on, without reading what there is."""
    url = f"{graph.base}/devices/delta?$deltatoken=latest&$select={','.join(select)}"
    return (await graph.read(linked(url, LOW), READ_DEVICES, page_of)).delta


async def device_count(graph: Graph) -> int:
    """The devices as the server counts them, by an index that may lag behind by moments."""
    return await graph.read(get(graph.build.devices.count, _COUNTING), READ_DEVICES, _number)


async def owner_names(graph: Graph, object_ids: Sequence[str]) -> list[list[str | None] | None]:
    """The user principal names of each device's owners; None where they cannot be read. Raises SourceError."""
    builders = (graph.build.devices.by_device_id(one).registered_owners for one in object_ids)
    replies = await read_batches(graph, [get(builder, LOW, select=["id", "userPrincipalName"]) for builder in builders])
    return [[owner.name for owner in _owners(reply.body).value] if reply.ok else None for reply in replies]


@dataclass(frozen=True)
class Beside:
    """A listing that settings may ask for beside the devices."""

    pages: AsyncIterator[Page]
    count: RequestInformation

    async def counted(self, graph: Graph) -> int | None:
        """None where this listing is not counted."""
        return (await graph.ask(self.count, _number))[1]


def deleted(graph: Graph, select: Sequence[str]) -> Beside:
    builder = graph.build.directory.deleted_items.graph_device
    return Beside(deleted_pages(graph, select, LOW), get(builder.count, _COUNTING))


def intune(graph: Graph, select: Sequence[str]) -> Beside:
    builder = graph.build.device_management.managed_devices
    return Beside(pages(graph, get(builder, LOW, select=list(select)), READ_INTUNE), get(builder.count, LOW))


def autopilot(graph: Graph) -> Beside:
    """Whole: this listing knows no $select."""
    builder = graph.build.device_management.windows_autopilot_device_identities
    return Beside(pages(graph, get(builder, LOW), READ_AUTOPILOT), get(builder.count, LOW))


async def sync_deletion_threshold(graph: Graph) -> int | None:
    """So many deletions in one cycle stop the sync; None where nothing stops it, or nothing is synced."""
    found = await graph.read(get(graph.build.directory.on_premises_synchronization, LOW), READ_SYNC, _syncs)
    for sync in found.value:
        if sync.configuration.prevention.kind == THRESHOLD:
            return sync.configuration.prevention.threshold
    return None


THRESHOLD = "enabledForCount"
_COUNTING = EVENTUAL | LOW


class _Prevention(msgspec.Struct, frozen=True):
    kind: str | None = msgspec.field(default=None, name="synchronizationPreventionType")
    threshold: int | None = msgspec.field(default=None, name="alertThreshold")


class _Configuration(msgspec.Struct, frozen=True):
    prevention: _Prevention = msgspec.field(default=_Prevention(), name="accidentalDeletionPrevention")


class _Sync(msgspec.Struct, frozen=True):
    configuration: _Configuration = _Configuration()


class _Syncs(msgspec.Struct, frozen=True):
    value: list[_Sync]


class _Owner(msgspec.Struct, frozen=True):
    name: str | None = msgspec.field(default=None, name="userPrincipalName")


class _Owners(msgspec.Struct, frozen=True):
    value: list[_Owner]


_syncs = msgspec.json.Decoder(_Syncs).decode
_owners = msgspec.json.Decoder(_Owners).decode


def _number(body: bytes) -> int:
    """A plain number, before which the service may put a byte order mark."""
    try:
        return int(body.decode("utf-8-sig"))
    except ValueError as error:
        raise msgspec.DecodeError(f"{body[:40]!r} is no number") from error
