"""One page of Graph's JSON: its items as devices."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pyarrow as pa

from reconcile.errors import InputError
from reconcile.source import foreign
from reconcile.source.graph_batch import TYPES, read_batch
from reconcile.source.graph_item import read_items
from reconcile.source.listing import Page
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Rejected
from reconcile.source.text import Positions

PROBE = 100
"""So many items tell what a page holds."""
SIGNS = {"deviceid", "trusttype", "approximatelastsignindatetime", "alternativesecurityids", "@removed"}
OTHERS = {"volumetype", "credentials", "objectguid"}
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)

Raws = Sequence[msgspec.Raw]

_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Batch:
    """Items, where each stands in the file, and all of them as lines; no lines where not every item is whole."""

    items: Raws
    rows: Positions
    lines: bytes | None


def page_of(path: Path, file: str, batches: Iterable[Batch]) -> Page:
    """What some must be devices of; a page that stands alone."""
    tables, rejected, removed = [ENTRA.empty_table()], list[Rejected](), 0
    spelled = None
    for batch in batches:
        spelled = _spelling(path, batch.items) if spelled is None else spelled
        table, bad, gone = _read(file, batch, spelled)
        tables.append(table)
        rejected += bad
        removed += gone
    return Page(file, pa.concat_tables(tables), tuple(rejected), removed)


def _read(file: str, batch: Batch, spelled: Mapping[str, str]) -> tuple[pa.Table, list[Rejected], int]:
    quick = None if batch.lines is None else read_batch(file, batch.lines, batch.items, batch.rows, spelled)
    return read_items(file, batch.items, batch.rows) if quick is None else (quick[0], [], quick[1])


def _spelling(path: Path, items: Raws) -> dict[str, str]:
    """The members that are written with other capitals than Graph's; raises where no item is a device."""
    seen: list[dict[str, str]] = []
    for item in items[:PROBE]:
        seen.append(names_of(item))
        if _is_device(seen[-1]):
            return {name: seen[-1][name.casefold()] for name in TYPES if seen[-1].get(name.casefold(), name) != name}
    raise InputError(path, foreign.by_names(next((names.values() for names in seen if names), ())))


def _is_device(names: Mapping[str, str]) -> bool:
    return not SIGNS.isdisjoint(names) and OTHERS.isdisjoint(names)


def names_of(item: msgspec.Raw) -> dict[str, str]:
    """The names as written by their folded form; none where the item is no object."""
    try:
        return {name.casefold(): name for name in _object.decode(item)}
    except UNREADABLE:
        return {}


def members_of(item: msgspec.Raw) -> dict[str, msgspec.Raw]:
    return {name.casefold(): value for name, value in _object.decode(item).items()}
