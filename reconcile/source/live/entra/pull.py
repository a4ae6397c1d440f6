"""The devices of Entra ID, live: in full, or what changed since the last pull, proven by the server's own count."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from importlib.metadata import version

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reconcile.client.graph.listing import change_link, device_count, device_pages, known_members
from reconcile.client.graph.retry import Later
from reconcile.client.graph.right import READ_OWNERS
from reconcile.client.graph.session import Graph
from reconcile.errors import AccessRefused, SourceError, SourceIncomplete
from reconcile.settings import Entra
from reconcile.source.listing import UNLESS
from reconcile.source.live.entra.changes import OWNERS, Changes, read_changes
from reconcile.source.live.entra.earlier import Base
from reconcile.source.live.entra.growing import REPEATING, Growing, without_repeats
from reconcile.source.live.entra.listing import write_listing
from reconcile.source.live.entra.parts import OF_DEVICES, Parts, pull_parts
from reconcile.source.live.entra.proof import Counted, at_first, counted, prove, standing
from reconcile.source.live.entra.reading import read_devices
from reconcile.source.schema import ENTRA, PARTS
from reconcile.source.snapshot import Entry, Live, PartEntry, Rejected, bad_rows, digest, unread_rows
from reconcile.workspace import Run


@dataclass(frozen=True)
class Ask:
    """What is pulled, from whom, and into which run's folder."""

    graph: Graph
    settings: Entra
    tenant: str | None
    run: Run

    @property
    def owners(self) -> bool:
        return "owners" in self.settings.also

    @property
    def query(self) -> str:
        return ",".join(OF_DEVICES) + (",owners" if self.owners else "")


@dataclass(frozen=True)
class Start:
    """Where the devices come from: what changed since a base was read, or all anew where there is none."""

    changes: Changes
    count: int
    """The devices as the server counts them before anything else is read."""
    unknown: Sequence[str] = ()
    """Members that this Graph has no name for."""
    base: Base | None = None
    ids: pa.ChunkedArray | None = None
    """Those of the base."""

    @property
    def members(self) -> list[str]:
        """What each device is asked for."""
        return [member for member in OF_DEVICES if member not in self.unknown]


@dataclass(frozen=True)
class Devices:
    """All devices: those that were read in full at some time, and what changed since."""

    rows: int
    sha256: str
    counted: Counted
    unknown: Sequence[str]
    sweeps: int
    """Pulls since they were read in full."""
    rejected: Sequence[Rejected]
    notes: Sequence[str] = ()
    requests: int = 0
    """Of the listing."""


async def pull_entra(ask: Ask, base: Base | None, now: datetime) -> tuple[Entry, list[Rejected]]:
    """The entry of the manifest, and what could not be used. Raises SourceIncomplete, SourceError or AccessRefused.

    The deleted devices are read before the active ones: one that is then in both was restored.
    """
    with _nothing_by_halves(ask.run):
        start = await _start(ask, base)
        parts = await pull_parts(ask.graph, ask.settings.also, ask.run, start.members)
        devices = await _devices(ask, start)
        if not devices.counted.there and not ask.settings.complete:
            raise SourceIncomplete("entra", f"Graph shows this account no device at all. {UNLESS}")
        return _entry(ask, devices, parts, now)


@contextmanager
def _nothing_by_halves(run: Run) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for path in (run.snapshot("entra"), *map(run.part, PARTS)):
            path.unlink(missing_ok=True)
        raise


def _entry(ask: Ask, devices: Devices, parts: Parts, now: datetime) -> tuple[Entry, list[Rejected]]:
    changes = devices.counted.changes
    if len(changes.table):
        parts.entries["changes"] = _written(changes.table, ask.run)
    rejected = [*devices.rejected, *changes.rejected, *parts.rejected]
    entry = Entry(
        system="entra",
        tenant=ask.tenant,
        domains=(),
        taken_at=now,
        rows=devices.rows + (parts.entries["deleted"].rows if "deleted" in parts.entries else 0),
        bad_rows=bad_rows(rejected),
        complete=not unread_rows(rejected),
        sha256=devices.sha256,
        tool_version=version("reconcile"),
        files=(),
        notes=(*_unknown(devices), *changes.notes, *devices.notes, *devices.counted.notes, *parts.notes),
        live=_live(ask, devices, parts),
    )
    return entry, rejected


def _unknown(devices: Devices) -> list[str]:
    names = ", ".join(devices.unknown)
    return [f"this Graph has no {names}, which is unknown of every device"] if names else []


def _live(ask: Ask, devices: Devices, parts: Parts) -> Live:
    return Live(
        endpoint=ask.graph.endpoint,
        query=ask.query,
        unknown=tuple(devices.unknown),
        requests=devices.requests + devices.counted.requests + parts.requests,
        count=devices.counted.count,
        sweeps=devices.sweeps,
        link=devices.counted.changes.link,
        parts=parts.entries,
        sync_deletion_threshold=parts.sync_deletion_threshold,
    )


async def _start(ask: Ask, base: Base | None) -> Start:
    """What changed since the last pull spares a full one."""
    if base is None:
        return await _anew(ask)
    if why_not := base.why_not(ask.graph.endpoint, ask.query, ask.tenant):
        return await _anew(ask, why_not)
    reading = asyncio.create_task(asyncio.to_thread(base.ids))  # it takes as long as the question
    try:
        since = await base.since(ask.graph, owners=ask.owners)
    except SourceIncomplete as error:
        return await _anew(ask, error.why)
    finally:
        ids = await reading
    if ids is None:
        return await _anew(ask, base.altered)
    return Start(since, await device_count(ask.graph), base.live.unknown, base, ids)


async def _anew(ask: Ask, why: str | None = None) -> Start:
    """The link to what changes is taken before the first page: what changes while it is read comes with it."""
    told = [] if why is None else [f"everything was read anew: {why.removesuffix('; pull again')}"]
    link, unlinked = await _link(ask.graph, OF_DEVICES)
    unknown: list[str] = []
    if link is None:  # perhaps because one member is not known
        known = await known_members(ask.graph, OF_DEVICES)
        unknown = [member for member in OF_DEVICES if member not in known]
        link, unlinked = await _link(ask.graph, known) if unknown else (link, unlinked)
    told += [] if link else [f"every pull is a full one: {unlinked}"]
    return Start(Changes(link, notes=tuple(told), requests=1), await device_count(ask.graph), unknown)


async def _link(graph: Graph, members: Sequence[str]) -> tuple[str | None, str]:
    """None, and why, for the kinds of tenants that do not track changes."""
    try:
        return await change_link(graph, members), "Graph gives no link to what changes"
    except SourceError as error:
        if isinstance(error, AccessRefused) or isinstance(error.__cause__, Later):
            raise  # who is not let in, or not answered at all, would not be with the listing
        return None, str(error)


async def _devices(ask: Ask, start: Start) -> Devices:
    """Every so often a full pull proves the changes right, and so does one that they made necessary."""
    if start.base is None or start.ids is None:
        return await _in_full(ask, start)
    if start.base.live.sweeps + 1 >= ask.settings.full_every:
        return await _proven(ask, start.base, start.changes)
    try:
        return await _changed(ask, start, start.base, start.ids)
    except SourceIncomplete as error:
        return await _proven(ask, start.base, start.changes, error.why)


async def _changed(ask: Ask, start: Start, base: Base, ids: pa.ChunkedArray) -> Devices:
    base.lend(ask.run)
    began = start.count if start.count == standing(ids, start.changes.table) else None
    known = await counted(ask.graph, ids, start.changes, began, owners=ask.owners)
    return Devices(
        known.there, base.entry.sha256, known, start.unknown, base.live.sweeps + 1, base.of_devices, _nameless(ask)
    )


async def _proven(ask: Ask, base: Base, since: Changes, why: str | None = None) -> Devices:
    whole = await _in_full(ask, await _anew(ask, why))
    proof = await prove(ask.graph, base, since, ask.run, whole.counted.changes)
    return replace(whole, notes=(*whole.notes, proof))


async def _in_full(ask: Ask, start: Start) -> Devices:
    path, changes = ask.run.snapshot("entra"), start.changes
    with Growing(path, ENTRA) as file:
        pages = device_pages(ask.graph, start.members, owners=ask.owners)
        listed = await write_listing(pages, partial(read_devices, members=start.members), file)
        file.finish()
    ids, repeated = without_repeats(path, listed.ids)
    everyone = pa.concat_arrays([ids, pa.nulls(listed.unread, pa.string())])
    if changes.link:
        changes = changes.then(await read_changes(ask.graph, changes.link, owners=ask.owners))
    began = start.count if start.count == at_first(everyone, changes.table) else None
    known = await counted(ask.graph, everyone, changes, began, owners=ask.owners)
    notes = [*_nameless(ask), *repeated, *listed.notes]
    rows = known.there - listed.unread
    return Devices(rows, digest(path), known, start.unknown, 0, listed.rejected, notes, listed.requests)


def _nameless(ask: Ask) -> list[str]:
    """Who may not read users is served owners without their names, and no refusal."""
    if not ask.owners:
        return []
    owners = pq.read_table(ask.run.snapshot("entra"), columns=[OWNERS])[OWNERS]
    if not owners.null_count or pc.any(pc.greater(pc.list_value_length(owners), 0)).as_py():
        return []
    return [f"owners is left out: no owner is served by name. It needs {READ_OWNERS}"]


def _written(changes: pa.Table, run: Run) -> PartEntry:
    path = run.part("changes")
    pq.write_table(changes, path, compression="zstd", use_dictionary=REPEATING)
    return PartEntry(sha256=digest(path), rows=len(changes))
