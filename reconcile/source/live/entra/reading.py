"""The pages of a live listing as rows of a snapshot.

Arrow reads the pages whole, each as one row that holds a list of devices: nothing is cut apart and put together before.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from reconcile.client.graph.pages import Page
from reconcile.errors import SourceIncomplete
from reconcile.source.device import devices, malformed, reject
from reconcile.source.graph_batch import REMOVED, TYPES, columns_of
from reconcile.source.graph_item import read_items
from reconcile.source.graph_json import NEWLINES
from reconcile.source.graph_page import UNREADABLE
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Rejected
from reconcile.source.times import read_times

FILE = "Graph /devices"
DELETED_FILE = "Graph /directory/deletedItems"
TIME = "deletedDateTime"
REGISTERED = "registrationDateTime"
BLOCK = 3 << 20
MEMBERS = {name: kind for name, kind in TYPES.items() if name != REMOVED}
_PAGE = pa.schema([("value", pa.list_(pa.struct(list(MEMBERS.items()))))])
_object = msgspec.json.Decoder(dict[str, object]).decode
_OPTIONS = pajson.ParseOptions(explicit_schema=_PAGE, unexpected_field_behavior="ignore")

Pages = Sequence[Page]


@dataclass(frozen=True)
class Rows:
    table: pa.Table
    rejected: Sequence[Rejected] = ()
    notes: Sequence[str] = ()


Reader = Callable[[Pages, int], Rows]
"""Pages, and the number of their first item within the listing, counted from 1."""


def read_devices(pages: Pages, first: int, members: Collection[str] = MEMBERS) -> Rows:
    """`members` are those that were asked for."""
    table, rejected = _devices(FILE, pages, first, members)
    unreadable, notes = malformed(table)
    return Rows(table, [*rejected, *unreadable], notes)


def read_deleted(pages: Pages, first: int, members: Collection[str] = MEMBERS) -> Rows:
    """A deleted device without its time would pass for an active one, and is left out."""
    table, rejected = _devices(DELETED_FILE, pages, first, members)
    timed = read_times(table[TIME]).values.is_valid()
    for row in table.select(["row", TIME]).filter(pc.invert(timed)).to_pylist():
        reason = "is no time" if row[TIME] else "is missing"
        rejected.append(reject(DELETED_FILE, row["row"], TIME, row[TIME] or "", reason, kept=False))
    kept = table.filter(timed)
    unreadable, notes = malformed(kept)
    return Rows(kept, [*rejected, *unreadable], notes)


def text_reader(schema: pa.Schema) -> Reader:
    """Of members that are all texts; one that is of another type counts as not served, and what is no object has none."""

    def read(pages: Pages, first: int) -> Rows:
        decoded = [_members(item) for item in _items(pages)]
        columns = {name: [text_of(members.get(name)) for members in decoded] for name in schema.names[1:]}
        rows = pa.array(range(first, first + len(decoded)), pa.int64())
        return Rows(pa.table({schema.names[0]: rows, **columns}, schema=schema))

    return read


def _members(item: msgspec.Raw) -> dict[str, object]:
    try:
        return _object(item)
    except UNREADABLE:
        return {}


def text_of(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _devices(file: str, pages: Pages, first: int, members: Collection[str]) -> tuple[pa.Table, list[Rejected]]:
    """All at once, or where anything is not as Graph describes it, one by one."""
    parts = _parts(pages, members)
    if parts is not None:
        table = pa.concat_tables(
            [ENTRA.empty_table(), *(devices(part, file, np.arange(len(part["id"]))) for part in parts)]
        )
        return table.set_column(1, ENTRA.field("row"), pa.array(np.arange(first, first + len(table)))), []
    items = _items(pages)
    table, rejected, _ = read_items(file, items, np.arange(first, first + len(items)))
    return table, rejected


def _items(pages: Pages) -> list[msgspec.Raw]:
    try:
        return [item for page in pages for item in page.items]
    except msgspec.DecodeError as error:
        raise SourceIncomplete("entra", f"a page holds no list: {error}; pull again") from error


def _parts(pages: Pages, members: Collection[str]) -> list[dict[str, pa.Array]] | None:
    """As Arrow has read them, piece by piece: putting them together would copy them."""
    try:
        read = pajson.read_json(
            pa.BufferReader(b"\n".join(_in_one_line(page.body) for page in pages)),
            parse_options=_OPTIONS,
            read_options=pajson.ReadOptions(block_size=max(BLOCK, *(len(page.body) + 1 for page in pages))),
        )
        if not all(page.body.isascii() for page in pages):
            read.validate(full=True)  # or bytes that are no text pass for one
    except pa.ArrowInvalid:
        return None
    lists = read["value"]
    if lists.null_count or any(part.values.null_count for part in lists.chunks):
        return None
    return [_columns(part.values, members) for part in lists.chunks]


def _columns(items: pa.StructArray, members: Collection[str]) -> dict[str, pa.Array]:
    """What was asked for is always served: where there is none, null; a time of registration that is null never was."""
    columns = columns_of({name: pc.struct_field(items, name) for name in MEMBERS})
    never = pa.scalar("" if REGISTERED in members else None, pa.string())
    return columns | {REGISTERED: pc.coalesce(columns[REGISTERED], never)}


def _in_one_line(body: bytes) -> bytes:
    return body.translate(NEWLINES) if b"\n" in body or b"\r" in body else body
