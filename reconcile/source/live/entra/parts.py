"""What settings ask for beside the devices: each whole, or left out and told, so that it never spoils the pull."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.graph.listing import Beside, autopilot, deleted, intune, sync_deletion_threshold
from reconcile.client.graph.session import Graph
from reconcile.errors import SourceError, SourceIncomplete
from reconcile.settings import Extra
from reconcile.source.live.entra.growing import Growing, without_repeats
from reconcile.source.live.entra.listing import Listed, write_listing
from reconcile.source.live.entra.reading import Reader, read_deleted, text_reader
from reconcile.source.overlay import MEMBERS
from reconcile.source.schema import AUTOPILOT, INTUNE, PARTS
from reconcile.source.snapshot import PartEntry, Rejected, digest
from reconcile.workspace import Part, Run

OF_DEVICES = [member for member in MEMBERS if member != "registeredOwners"]
"""What a listing of devices is asked for; owners are no member but other objects."""


@dataclass
class Parts:
    entries: dict[Part, PartEntry] = field(default_factory=dict)
    sync_deletion_threshold: int | None = None
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    requests: int = 0


async def pull_parts(graph: Graph, also: Iterable[Extra], run: Run, members: Sequence[str] = OF_DEVICES) -> Parts:
    """`members` are those of a device that this Graph knows."""
    parts = Parts()
    for extra in also:
        try:
            await _pull(graph, extra, members, (run, parts))
        except SourceError as error:
            parts.notes.append(f"{extra} is left out: {error}")
    return parts


async def _pull(graph: Graph, extra: Extra, members: Sequence[str], into: tuple[Run, Parts]) -> None:
    match extra:
        case "deleted":
            await _listing(graph, deleted(graph, members), partial(read_deleted, members=members), "deleted", into)
        case "intune":
            await _listing(graph, intune(graph, INTUNE.names[1:]), text_reader(INTUNE), "intune", into)
        case "autopilot":
            await _listing(graph, autopilot(graph), text_reader(AUTOPILOT), "autopilot", into)
        case "sync-threshold":
            parts = into[1]
            parts.sync_deletion_threshold = await sync_deletion_threshold(graph)
            parts.requests += 1
        case _:  # owners come with the devices
            pass


async def _listing(graph: Graph, beside: Beside, read: Reader, part: Part, into: tuple[Run, Parts]) -> None:
    """Counted before and after: what comes or goes meanwhile is no reason to leave it out."""
    run, parts = into
    before = await beside.counted(graph)
    with Growing(run.part(part), PARTS[part]) as file:
        listed = await write_listing(beside.pages, read, file)
        after = await beside.counted(graph)
        _raise_if_short(part, listed, None if before is None or after is None else min(before, after))
        file.finish()
    ids, repeated = without_repeats(run.part(part), listed.ids)
    parts.entries[part] = PartEntry(sha256=digest(run.part(part)), rows=len(ids), count=after)
    parts.rejected += listed.rejected
    parts.notes += (f"{part}: {note}" for note in [*repeated, *listed.notes])
    parts.requests += listed.requests + 2


def _raise_if_short(part: Part, listed: Listed, count: int | None) -> None:
    """A count of None is no proof, and no objection: the chain of pages came to its end."""
    every = pa.chunked_array([chunk for ids in listed.ids for chunk in ids.chunks], pa.string())
    there = pc.count_distinct(every).as_py() + every.null_count
    if count is not None and there + listed.unread < count:
        raise SourceIncomplete("entra", f"Graph counts {count:,} of {part}, and {there:,} were read")
