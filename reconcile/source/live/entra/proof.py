"""That nothing is missing: what was read against what the server counts, and what changes told against a full pull."""

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.graph.listing import device_count
from reconcile.client.graph.session import Graph
from reconcile.errors import SourceError, SourceIncomplete
from reconcile.source.live.entra.changes import Changes, read_changes
from reconcile.source.live.entra.earlier import Base, columns_of
from reconcile.source.overlay import MEMBERS
from reconcile.source.repeats import equal
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


@dataclass(frozen=True)
class Differences:
    """Where what the changes told is not what a full pull found. `missing` and `extra` are the changes' faults."""

    compared: int
    missing: pa.Array
    extra: pa.Array
    members: dict[str, pa.Array]
    """The ids of the devices that differ, by member."""

    @property
    def count(self) -> int:
        differing = pa.concat_arrays([self.missing, self.extra, *self.members.values()])
        return len(differing.unique())

    def __str__(self) -> str:
        counts = {"missing": self.missing, "no longer there": self.extra, **self.members}
        return ", ".join(f"{what} {len(ids):,}" for what, ids in counts.items() if len(ids))

    def rows(self) -> Iterator[tuple[str, str]]:
        """Each device and what is wrong with it."""
        yield from ((one, "missing") for one in self.missing.to_pylist())
        yield from ((one, "no longer there") for one in self.extra.to_pylist())
        yield from ((one, member) for member, ids in self.members.items() for one in ids.to_pylist())


Columns = Callable[[list[str]], pa.Table]
"""A snapshot, as far as these of its columns: a fleet is compared member by member, and not held whole."""


async def prove(graph: Graph, base: Base, since: Changes, run: Run, changes: Changes) -> str:
    """What the changes of all pulls since the last full one told, against this full one; differences are listed in a file."""
    try:
        during = (await read_changes(graph, since.link or "", owners=False)).table["id"]
    except SourceError as error:
        return f"what changes told could not be held against this full pull: {error}"
    meanwhile = pa.chunked_array([*during.chunks, *changes.table["id"].chunks], pa.string()).combine_chunks()
    found = differences(partial(columns_of, base.run, since.table), partial(columns_of, run, changes.table), meanwhile)
    proven = (
        f"what changes told of {base.live.sweeps + 1} pulls was held against this full one, {found.compared:,} devices"
    )
    if not found.count:
        return f"{proven}: no difference"
    with run.differences.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([("object_id", "difference"), *found.rows()])
    return f"{proven}: {found.count:,} differ, {found}; {run.differences.name} lists them. This pull is right"


def differences(told: Columns, found: Columns, meanwhile: pa.Array) -> Differences:
    """Row by row, without those that changed `meanwhile`, between the two."""
    ours, theirs = _ids(told, meanwhile), _ids(found, meanwhile)
    both = ours.filter(pc.is_in(ours, value_set=theirs))
    places = _places(told, both), _places(found, both)
    differing = {member: _differing(told, found, member, both, places) for member in MEMBERS if member != "id"}
    return Differences(
        compared=len(both),
        missing=theirs.filter(pc.invert(pc.is_in(theirs, value_set=ours))),
        extra=ours.filter(pc.invert(pc.is_in(ours, value_set=theirs))),
        members={member: ids for member, ids in differing.items() if len(ids)},
    )


def _ids(columns: Columns, meanwhile: pa.Array) -> pa.Array:
    ids = columns(["id"])["id"].combine_chunks()
    return ids.filter(pc.invert(pc.is_in(ids, value_set=meanwhile)))


def _places(columns: Columns, ids: pa.Array) -> pa.Array:
    return pc.index_in(ids, value_set=columns(["id"])["id"].combine_chunks())


def _differing(
    told: Columns, found: Columns, member: str, both: pa.Array, places: tuple[pa.Array, pa.Array]
) -> pa.Array:
    ones, others = (columns(["id", member])[member].take(at) for columns, at in zip((told, found), places, strict=True))
    return both.filter(pa.array(~equal(ones, others)))
