"""What changed since a link was given: read to its end, and folded into one row a device."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.graph.listing import change_pages, owner_names
from reconcile.client.graph.session import Graph
from reconcile.errors import SourceIncomplete
from reconcile.source.device import malformed
from reconcile.source.graph_batch import REMOVED, read_batch
from reconcile.source.graph_item import read_items
from reconcile.source.graph_page import UNREADABLE
from reconcile.source.lists import upns
from reconcile.source.live.entra.reading import text_of
from reconcile.source.overlay import MEMBERS, bit, newer
from reconcile.source.schema import CHANGES, TEXTS
from reconcile.source.snapshot import Rejected

FILE = "Graph /devices/delta"
OWNERS = "registeredOwners"
_BITS = {member: bit(member) for member in MEMBERS}
SOFT, HARD = "changed", "deleted"
"""Graph's reasons for a removal: in the deleted items, and gone for good."""
_members = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_object = msgspec.json.Decoder(dict[str, object]).decode

Items = Sequence[msgspec.Raw]


@dataclass(frozen=True)
class Changes:
    """`table` has the columns of `schema.CHANGES`, one row a device; `link` leads to what changes from here on."""

    link: str | None = None
    table: pa.Table = field(default_factory=CHANGES.empty_table)
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0

    def then(self, later: "Changes") -> "Changes":
        return Changes(
            later.link,
            newer(self.table, later.table),
            (*self.rejected, *later.rejected),
            (*self.notes, *later.notes),
            self.requests + later.requests,
        )


async def read_changes(graph: Graph, link: str, *, owners: bool) -> Changes:
    """Raises LinkExpired where Graph no longer knows the link, SourceIncomplete, SourceError or AccessRefused."""
    items, requests, ahead = list[msgspec.Raw](), 0, None
    async for page in change_pages(graph, link):
        items += page.items
        requests += 1
        ahead = page.delta
    if ahead is None:
        raise SourceIncomplete("entra", "what changed ends without a link to what comes next; pull again")
    read = folded(items)
    return replace(await _with_owners(graph, read) if owners else read, link=ahead, requests=requests)


def folded(items: Items) -> Changes:
    """An object may come several times, and the last word counts, member by member."""
    rows, rejected = _rows(items)
    unreadable, notes = malformed(rows.filter(rows["removed"].is_null()))
    table = reduce(newer, _layers(rows), CHANGES.empty_table())
    return Changes(table=table, rejected=(*rejected, *unreadable), notes=tuple(notes))


def _rows(items: Items) -> tuple[pa.Table, list[Rejected]]:
    """In their order: those that are there with what they name, those that are gone with Graph's reason."""
    members = [_named(item) for item in items]
    bits = {names: sum(_BITS.get(name, 0) for name in names) for names in set(members)}
    gone = np.array([REMOVED in names for names in members], np.bool_)
    numbers = np.arange(1, len(items) + 1)
    there, rejected = _there([items[at] for at in np.flatnonzero(~gone).tolist()], numbers[~gone])
    served = np.array([bits[names] for names in members], np.int64)
    there = there.append_column("served", pa.array(served[np.asarray(there["row"], np.int64) - 1]))
    there = there.append_column("removed", pa.nulls(len(there), pa.string()))
    removed = _removed([(number, items[number - 1]) for number in numbers[gone].tolist()])
    return pa.concat_tables([there, removed]).sort_by("row"), rejected


def _named(item: msgspec.Raw) -> tuple[str, ...]:
    """The members that a change names. What cannot be read may be of any device."""
    try:
        return tuple(
            _members(item) if bytes(item).isascii() else _object(item)
        )  # where bytes may be no text, each value is read
    except UNREADABLE as error:
        raise SourceIncomplete("entra", f"among what changed is something that cannot be read: {error}") from error


def _there(items: Items, rows: np.ndarray) -> tuple[pa.Table, list[Rejected]]:
    quick = read_batch(FILE, b"\n".join(items), items, rows, {})
    if quick is not None:
        return quick[0], []
    table, rejected, _ = read_items(FILE, items, rows)
    return table, rejected


def _removed(rows: Sequence[tuple[int, msgspec.Raw]]) -> pa.Table:
    entries = []
    for row, item in rows:
        members = _object(item)
        said = members[REMOVED]
        reason = said.get("reason") if isinstance(said, dict) else None
        removed = reason if reason == SOFT else HARD
        entries.append({"file": FILE, "row": row, "id": text_of(members.get("id")), "served": 0, "removed": removed})
    return pa.Table.from_pylist(entries, schema=CHANGES)


def _layers(rows: pa.Table) -> Iterator[pa.Table]:
    """The first row of each id, then the second of each, and so on."""
    if rows["id"].null_count:
        raise SourceIncomplete("entra", "among what changed is something without an id; pull again")
    while len(rows):
        ids = rows["id"].combine_chunks().dictionary_encode().indices
        first = np.zeros(len(rows), np.bool_)
        first[np.unique(np.asarray(ids), return_index=True)[1]] = True
        yield rows.filter(pa.array(first))
        rows = rows.filter(pa.array(~first))


async def _with_owners(graph: Graph, changes: Changes) -> Changes:
    """Changes do not tell of owners: they are asked for anew."""
    table = changes.table
    there = np.flatnonzero(table["removed"].is_null())
    names = dict(zip(there.tolist(), await owner_names(graph, table["id"].take(there).to_pylist()), strict=True))
    lists = pa.array([names.get(row) for row in range(len(table))], TEXTS)
    answered = np.array([bit(OWNERS) if names.get(row) is not None else 0 for row in range(len(table))], np.int64)
    served = pc.bit_wise_or(table["served"], pa.array(answered))
    columns = {OWNERS: upns(lists, lists.flatten()), "served": served}
    for name, values in columns.items():
        table = table.set_column(CHANGES.get_field_index(name), CHANGES.field(name), values)
    return replace(changes, table=table)
