"""That nothing is missing: what was read against what the server counts, and what changes told against a full pull."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.graph.listing import device_count
from reconcile.client.graph.session import Graph
from reconcile.errors import SourceError, SourceIncomplete
from reconcile.source.live.differences import differences, verdict
from reconcile.source.live.entra.changes import Changes, read_changes
from reconcile.source.live.entra.earlier import Base, columns_of
from reconcile.source.overlay import MEMBERS
from reconcile.workspace import Run

Ids: TypeAlias = pa.StringArray | pa.ChunkedArray
LOOKS = 7
"""So often the count is asked for, each time after twice the wait: the server's index may lag behind by moments."""


@dataclass(frozen=True)
class Counted:
    """How many devices there are by both accounts, and what changed until they agreed."""

    count: int
    there: int
    """As many rows as there are once the changes are laid over what was read."""
    changes: Changes
    looks: int
    notes: tuple[str, ...] = ()

    @property
    def requests(self) -> int:
        """With the look when the pull began."""
        return self.changes.requests + self.looks + 1


async def counted(graph: Graph, ids: Ids, changes: Changes, began: int | None, *, owners: bool) -> Counted:
    """Wait until what was read is as many as Graph counts. Raises SourceIncomplete where it never is.

    `began` is how many there were when the pull began, where both accounts agreed on it then. An index that stands still at that
    number lags: the number is taken, and told. Any other could as well be right, and a device missing.
    """
    for look in range(LOOKS):
        if changes.link:
            changes = changes.then(await read_changes(graph, changes.link, owners=owners))
        count, there = await device_count(graph), standing(ids, changes.table)
        if count == there:
            return Counted(count, there, changes, look + 1)
        if look < LOOKS - 1:
            await asyncio.sleep(graph.patience.first * 2**look)
    if count == began:
        lags = f"Graph counts {count:,} devices, as many as there were when the pull began; {there:,} are there now"
        return Counted(count, there, changes, LOOKS, (lags,))
    raise SourceIncomplete("entra", f"Graph counts {count:,} devices, and {there:,} were read; pull again")


def standing(ids: Ids, changes: pa.Table) -> int:
    """How many devices there are once the changes are applied to those with these ids."""
    known, gone = _known(ids, changes), changes["removed"].is_valid()
    return len(ids) + _how_many(pc.and_not(pc.invert(gone), known)) - _how_many(pc.and_(gone, known))


def at_first(ids: Ids, changes: pa.Table) -> int:
    """How many there were when a listing began that gave these ids: also those that were gone before their page came."""
    return len(ids) + _how_many(pc.and_not(changes["removed"].is_valid(), _known(ids, changes)))


def _known(ids: Ids, changes: pa.Table) -> pa.ChunkedArray:
    """Which of the changes are of one of these ids. The many are looked up among the few, which is quicker than the reverse."""
    among = ids.filter(pc.is_in(ids, value_set=changes["id"].combine_chunks()))
    return pc.is_in(changes["id"], value_set=among.combine_chunks() if isinstance(among, pa.ChunkedArray) else among)


def _how_many(mask: pa.ChunkedArray) -> int:
    return pc.sum(mask).as_py() or 0


async def prove(graph: Graph, base: Base, since: Changes, run: Run, changes: Changes) -> str:
    """What the changes of all pulls since the last full one told, against this full one; differences are listed in a file."""
    try:
        during = (await read_changes(graph, since.link or "", owners=False)).table["id"]
    except SourceError as error:
        return f"what changes told could not be held against this full pull: {error}"
    meanwhile = pa.chunked_array([*during.chunks, *changes.table["id"].chunks], pa.string()).combine_chunks()
    told, read = partial(columns_of, base.run, since.table), partial(columns_of, run, changes.table)
    found = differences(told, read, meanwhile, "id", MEMBERS)
    return verdict(found, base.live.sweeps + 1, ("devices", "object_id"), run.differences("entra"))
