"""Devices as Microsoft Graph serves them: a page, an array of pages or of devices, or JSON lines of either."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np

from reconcile.errors import InputError, SourceIncomplete
from reconcile.source import foreign
from reconcile.source.graph_lines import first_line, is_lines, line_batches
from reconcile.source.graph_page import UNREADABLE, Batch, Raws, members_of, names_of, page_of
from reconcile.source.listing import AGAIN, Page
from reconcile.source.text import as_utf8

BATCH = 20_000
HEAD = 1 << 20
SHOWN = 200
NEWLINES = bytes.maketrans(b"\r\n", b"  ")

_raw = msgspec.json.Decoder(msgspec.Raw)
_list = msgspec.json.Decoder(list[msgspec.Raw])


def read_graph(path: Path, file: str, encoding: str) -> tuple[str, list[Page]]:
    """The shape of the file in words, and its pages; raises SourceIncomplete or InputError."""
    try:
        return _read(path, file, encoding)
    except (EOFError, *UNREADABLE) as error:
        if isinstance(error, EOFError) or "truncated" in str(error):
            raise SourceIncomplete("entra", f"{file}: its JSON ends early. {AGAIN}") from error
        raise InputError(path, f"is not JSON: {error}") from error


def _read(path: Path, file: str, encoding: str) -> tuple[str, list[Page]]:
    """A fleet's JSON lines can be larger than what is kept of them, and are never held whole."""
    if encoding == "utf-8":
        with path.open("rb") as stream:
            start = stream.read(HEAD)
            stream.seek(0)
            if is_lines(start) and not _is_page(msgspec.Raw(first_line(start))):
                return "JSON, a device a line", [page_of(path, file, line_batches(stream))]
    data, _ = as_utf8(path)
    if not is_lines(data):
        return _document(path, file, data)
    if _is_page(msgspec.Raw(first_line(data))):
        return "Graph JSON, a page a line", list(_pages(path, file, _raw.decode_lines(data)))
    return "JSON, a device a line", [page_of(path, file, line_batches(io.BytesIO(data)))]


def _document(path: Path, file: str, data: bytes) -> tuple[str, list[Page]]:
    text = data.translate(NEWLINES) if b"\n" in data else data
    if text.lstrip()[:1] != b"[":
        item = _raw.decode(text.strip())
        if _is_page(item):
            return "Graph JSON, a page", list(_pages(path, file, [item]))
        return "JSON, a device", [page_of(path, file, _batches([item], 1))]
    items = _list.decode(text)
    if items and _is_page(items[0]):
        return "Graph JSON, an array of pages", list(_pages(path, file, items))
    return "JSON, an array of devices", [page_of(path, file, _batches(items, 1))]


def _batches(items: Raws, first: int) -> Iterator[Batch]:
    for at in range(0, len(items), BATCH):
        part = items[at : at + BATCH]
        yield Batch(part, np.arange(first + at, first + at + len(part)), b"\n".join(part))


def _pages(path: Path, file: str, items: Raws) -> Iterator[Page]:
    first = 1
    for item in items:
        page = _linked(path, file, members_of(item), first)
        yield page
        first += page.served


def _linked(path: Path, file: str, members: Mapping[str, msgspec.Raw], first: int) -> Page:
    if "error" in members:
        error = bytes(members["error"])[:SHOWN].decode(errors="replace")
        raise SourceIncomplete("entra", f"{file} has an error in place of a page, {error}. {AGAIN}")
    if "value" not in members:
        raise InputError(path, f"one of its pages is none: it {foreign.by_names(members)}")
    page = page_of(path, file, _batches(_value(members["value"]), first))
    link, count = (msgspec.json.decode(members.get(name, b"null")) for name in ("@odata.nextlink", "@odata.count"))
    return replace(page, linked=True, more=bool(link), count=int(count) if str(count).isdecimal() else None)


def _value(value: msgspec.Raw) -> Raws:
    """The documentation wraps a single device in it as well."""
    try:
        return _list.decode(value)
    except msgspec.ValidationError:
        return [value]


def _is_page(item: msgspec.Raw) -> bool:
    return not {"value", "error"}.isdisjoint(names_of(item))
