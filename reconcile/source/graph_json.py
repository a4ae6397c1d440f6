"""Devices as Microsoft Graph serves them: a page, an array of pages or of devices, or JSON lines of either."""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa

from reconcile.errors import InputError, SourceIncomplete
from reconcile.source import foreign
from reconcile.source.graph_batch import TYPES, read_batch
from reconcile.source.graph_item import read_items
from reconcile.source.listing import AGAIN, Page
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Rejected
from reconcile.source.text import Positions, filled_lines

BATCH = 20_000
BLOCK = 1 << 24
SHOWN = 200
PROBE = 100
"""So many items tell what a page holds."""
LINE = re.compile(rb"\s*(\{[^\n]*)\n\s*(\S)")
"""The first line, if an object begins on it, and the mark with which the next begins."""
NEWLINES = bytes.maketrans(b"\r\n", b"  ")
SIGNS = {"deviceid", "trusttype", "approximatelastsignindatetime", "alternativesecurityids", "@removed"}
OTHERS = {"volumetype", "credentials", "objectguid"}

_raw = msgspec.json.Decoder(msgspec.Raw)
_list = msgspec.json.Decoder(list[msgspec.Raw])
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])

Raws = Sequence[msgspec.Raw]


@dataclass(frozen=True)
class Batch:
    """Items, where each stands in the file, and all of them as lines; no lines where not every item is whole."""

    items: Raws
    rows: Positions
    lines: bytes | None


def read_graph(path: Path, file: str, data: bytes) -> tuple[str, list[Page]]:
    """The shape of the file in words, and its pages; raises SourceIncomplete or InputError."""
    try:
        return _lines(path, file, data) if _is_lines(data) else _document(path, file, data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        if "truncated" in str(error):
            raise SourceIncomplete("entra", f"{file}: its JSON ends early. {AGAIN}") from error
        raise InputError(path, f"is not JSON: {error}") from error


def _is_lines(data: bytes) -> bool:
    """Whether more than one line holds an object of its own; one that is damaged is still a line."""
    found = LINE.match(data)
    return found is not None and (found[2] == b"{" or _is_whole(found[1]))


def _is_whole(line: bytes) -> bool:
    try:
        _object.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _document(path: Path, file: str, data: bytes) -> tuple[str, list[Page]]:
    text = data.translate(NEWLINES) if b"\n" in data else data
    if text.lstrip()[:1] != b"[":
        item = _raw.decode(text.strip())
        if _is_page(item):
            return "Graph JSON, a page", list(_pages(path, file, [item]))
        return "JSON, a device", [_page(path, file, _batches([item], 1))]
    items = _list.decode(text)
    if items and _is_page(items[0]):
        return "Graph JSON, an array of pages", list(_pages(path, file, items))
    return "JSON, an array of devices", [_page(path, file, _batches(items, 1))]


def _lines(path: Path, file: str, data: bytes) -> tuple[str, list[Page]]:
    _raw.decode(_last_line(data))  # where it ends early, the file does
    found = LINE.match(data)
    if found and _is_whole(found[1]) and _is_page(_raw.decode(found[1])):
        return "Graph JSON, a page a line", list(_pages(path, file, _raw.decode_lines(data)))
    return "JSON, a device a line", [_page(path, file, _line_batches(data))]


def _last_line(data: bytes) -> bytes:
    end = len(data)
    while data[end - 1 : end].isspace():
        end -= 1
    return data[data.rfind(b"\n", 0, end) + 1 : end]


def _batches(items: Raws, first: int) -> Iterator[Batch]:
    for at in range(0, len(items), BATCH):
        part = items[at : at + BATCH]
        yield Batch(part, np.arange(first + at, first + at + len(part)), b"\n".join(part))


def _line_batches(data: bytes) -> Iterator[Batch]:
    start, line = 0, 1
    while start < len(data):
        end = data.rfind(b"\n", start, start + BLOCK) + 1 or data.find(b"\n", start + BLOCK) + 1 or len(data)
        text = data[start:end]
        yield _line_batch(text, line)
        start, line = end, line + text.count(b"\n")


def _line_batch(text: bytes, first: int) -> Batch:
    """Each line as it stands where not every line is one whole item."""
    with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        items, rows = _raw.decode_lines(text), filled_lines(text)
        if len(items) == len(rows):
            return Batch(items, rows + first, text)
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), first) if line.strip()]
    return Batch([msgspec.Raw(line) for _, line in lines], np.array([row for row, _ in lines], np.int64), None)


def _pages(path: Path, file: str, items: Raws) -> Iterator[Page]:
    first = 1
    for item in items:
        page = _linked(path, file, _folded(item), first)
        yield page
        first += page.served


def _linked(path: Path, file: str, members: Mapping[str, msgspec.Raw], first: int) -> Page:
    if "error" in members:
        error = bytes(members["error"])[:SHOWN].decode(errors="replace")
        raise SourceIncomplete("entra", f"{file} has an error in place of a page, {error}. {AGAIN}")
    if "value" not in members:
        raise InputError(path, f"one of its pages is none: it {foreign.by_names(members)}")
    page = _page(path, file, _batches(_value(members["value"]), first))
    link, count = (msgspec.json.decode(members.get(name, b"null")) for name in ("@odata.nextlink", "@odata.count"))
    return replace(page, linked=True, more=bool(link), count=int(count) if str(count).isdecimal() else None)


def _value(value: msgspec.Raw) -> Raws:
    """The documentation wraps a single device in it as well."""
    try:
        return _list.decode(value)
    except msgspec.ValidationError:
        return [value]


def _page(path: Path, file: str, batches: Iterable[Batch]) -> Page:
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
    seen = [_folded_names(item) for item in items[:PROBE]]
    objects = [names for names in seen if names]
    if not any(_is_device(names) for names in objects):
        raise InputError(path, foreign.by_names(objects[0].values() if objects else []))
    names = objects[0]
    return {name: names[name.casefold()] for name in TYPES if names.get(name.casefold(), name) != name}


def _is_device(names: Mapping[str, str]) -> bool:
    return not SIGNS.isdisjoint(names) and OTHERS.isdisjoint(names)


def _folded_names(item: msgspec.Raw) -> dict[str, str]:
    """The names as written by their folded form; none where the item is no object."""
    try:
        return {name.casefold(): name for name in _object.decode(item)}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}


def _is_page(item: msgspec.Raw) -> bool:
    return not {"value", "error"}.isdisjoint(_folded_names(item))


def _folded(item: msgspec.Raw) -> dict[str, msgspec.Raw]:
    return {name.casefold(): value for name, value in _object.decode(item).items()}
