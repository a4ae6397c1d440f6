"""When the directory was last synced, by Entra's own word: all there is to go by where the sync's server cannot be asked.

One later time than a change proves nothing: its cycle may have read AD before the change, and ended after it. The next
one does: its cycle began after the first had ended, so after the change, and Entra tells the time as a cycle's export
ends. How long a cycle takes, and how often there is one, need not be known for that. Whether the change is in Entra
then, only a look tells.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from reconcile.client.check import SKEW
from reconcile.client.graph.request import get
from reconcile.client.graph.right import READ_ORGANIZATION
from reconcile.client.graph.session import Graph

SELECT = ["onPremisesLastSyncDateTime", "onPremisesSyncEnabled"]
NEEDED = 2
"""So many times later than the change."""

Outcome = Literal["synced", "timed-out", "no-sync"]


class Organization(msgspec.Struct, frozen=True, rename="camel"):
    on_premises_last_sync_date_time: datetime | None = None
    on_premises_sync_enabled: bool | None = None


class _Organizations(msgspec.Struct, frozen=True):
    value: list[Organization]


_organizations = msgspec.json.Decoder(_Organizations).decode


@dataclass(frozen=True)
class SyncPatience:
    """Seconds: in all, which should hold three cycles and their delays, and between two questions."""

    total: float = 7200
    every: float = 60


@dataclass(frozen=True)
class Synced:
    """`times` are those after the change, in the order in which they were seen."""

    outcome: Outcome
    why: str = ""
    times: tuple[datetime, ...] = ()


async def organization(graph: Graph) -> Organization:
    """Raises SourceError, or AccessRefused without the right."""
    found = await graph.read(get(graph.build.organization, select=SELECT), READ_ORGANIZATION, _organizations)
    return found.value[0] if found.value else Organization()


async def last_sync(graph: Graph) -> datetime | None:
    """None where nothing was ever synced. Raises as `organization` does."""
    return (await organization(graph)).on_premises_last_sync_date_time


async def wait_for_sync(graph: Graph, after: datetime, patience: SyncPatience | None = None) -> Synced:
    """Until a cycle that began after that moment has ended. Raises as `organization` does.

    `after` is by our clock, and not in the future. What is told at the first look counts only if no skew of the clocks
    can have put it there; what comes while we wait came after the change by any clock.
    """
    patience = patience or SyncPatience()
    clock = asyncio.get_running_loop().time
    ends, times, floor = clock() + patience.total, list[datetime](), None
    while True:
        seen = await organization(graph)
        if not seen.on_premises_sync_enabled:
            return Synced("no-sync", "Entra does not take this tenant for a synced one")
        at = seen.on_premises_last_sync_date_time
        floor = floor or _floor(after, at)
        if at is not None and at > max([floor, *times]):
            times.append(at)
        if len(times) >= NEEDED:
            return Synced("synced", times=tuple(times))
        if clock() + patience.every > ends:
            return Synced("timed-out", _waited(len(times), at), tuple(times))
        await asyncio.sleep(patience.every)


def _floor(after: datetime, at: datetime | None) -> datetime:
    """Times later than this count."""
    if at is None or at > after + timedelta(seconds=SKEW):
        return after
    return max(after, at)


def _waited(count: int, at: datetime | None) -> str:
    last = "there never was one" if at is None else f"the last was at {at:%Y-%m-%d %H:%M:%S} UTC"
    seen = "no sync has ended since" if count == 0 else "one sync has ended since, which may have begun before"
    return f"{seen}; {last}"
