"""The records in the files of `inputs/agents`, whatever their shape: a capture as text, JSON, or delimited text."""

import contextlib
import csv
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from reconcile.errors import InputError
from reconcile.source.delimited import DELIMITERS, read_delimited
from reconcile.source.snapshot import Rejected
from reconcile.source.text import as_utf8, decode

HEAD = 1 << 16
"""So many bytes at the start of a file tell its shape."""
SLICE = 4096
EXCERPT = 80
JSON = re.compile(r'\s*(\{\s*["}]|\[\s*[{\]])')
NOT_TEXT = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
BEFORE_HEADER = re.compile(r'(?i)#TYPE|"?sep=')
BOM = b"\xef\xbb\xbf"
DECODE = msgspec.json.Decoder().decode


@dataclass(frozen=True, slots=True)
class Record:
    """One capture, and what its record says beside it."""

    file: str
    row: int
    stem: str
    modified_at: str
    status: str
    host: str | None = None
    captured_at: str | None = None
    context: str | None = None
    is_file: bool = False
    """The file is the capture itself."""


Item: TypeAlias = Record | Rejected


@dataclass(frozen=True)
class Export:
    """An opened file: its shape, and what is in it, read as it is asked for."""

    shape: str
    encoding: str
    items: Iterator[Item]


@dataclass(frozen=True)
class _Source:
    path: Path
    file: str
    modified_at: str

    def record(self, row: int, fields: dict[str, Any]) -> Item:
        """Field names in any case; one without a status is left out."""
        told = {name.strip().casefold(): value for name, value in fields.items()}
        status = _lines(told.get("status"))
        if status is None:
            return self.rejected(row, "status", "", "there is no status")
        host, captured_at, context = (_text(told.get(name)) for name in ("host", "captured_at", "context"))
        return Record(self.file, row, self.path.stem, self.modified_at, status, host, captured_at, context)

    def rejected(self, row: int, field: str, value: str, reason: str) -> Rejected:
        return Rejected("agents", self.file, row, field, value[:EXCERPT], reason, kept=False)


def open_export(path: Path, file: str) -> Export:
    """Raises InputError where the file is none of the shapes, or is broken as a whole."""
    source = _Source(path, file, datetime.fromtimestamp(path.stat().st_mtime, UTC).isoformat())
    with path.open("rb") as opened:
        start = opened.read(HEAD)
    head, encoding = decode(start[: start.rfind(b"\n") + 1] or start if len(start) == HEAD else start)
    if NOT_TEXT.search(head) or head.lstrip().startswith("<"):
        raise InputError(path, "is neither a dsregcmd /status capture, nor JSON, nor CSV")
    if JSON.match(head):
        return _json(source, head, encoding)
    names = _header(head)
    if "status" in names:
        return _table(source)
    if names & {"host", "captured_at"}:
        raise InputError(path, "has no column 'status'")
    return _capture(source)


def _header(head: str) -> set[str]:
    """The column names, if this is delimited text."""
    lines = (line for line in head.splitlines() if line.strip() and not BEFORE_HEADER.match(line))
    header = next(lines, "")
    readers = (csv.reader([header], delimiter=delimiter) for delimiter in DELIMITERS)
    return {name.strip().casefold() for reader in readers for name in next(reader, [])}


def _capture(source: _Source) -> Export:
    text, encoding = decode(source.path.read_bytes())
    record = Record(source.file, 1, source.path.stem, source.modified_at, text, is_file=True)
    return Export("dsregcmd /status", encoding, iter([record]))


def _table(source: _Source) -> Export:
    read = read_delimited(source.path)
    bad = (source.rejected(line, "", text, reason) for line, text, reason in read.bad)
    starts = range(0, len(read.table), SLICE)
    rows = (
        source.record(line, fields)
        for start in starts
        for line, fields in zip(
            read.lines[start : start + SLICE].to_pylist(), read.table[start : start + SLICE].to_pylist(), strict=True
        )
    )
    return Export("CSV", read.encoding, itertools.chain(bad, rows))


def _json(source: _Source, head: str, encoding: str) -> Export:
    """One record a line if any line is an object by itself; else the whole is an array of records, or one record."""
    if head.lstrip().startswith("{") and any(re.fullmatch(r"\s*\{.*\}\s*", line) for line in head.splitlines()):
        return Export("JSON lines", encoding, _json_lines(source, encoding))
    data, encoding = as_utf8(source.path)
    try:
        whole = msgspec.json.decode(data, type=list[msgspec.Raw] | dict[str, msgspec.Raw])
    except msgspec.DecodeError as error:
        raise InputError(source.path, f"is not valid JSON: {error}") from error
    records = whole if isinstance(whole, list) else [data]
    return Export("JSON", encoding, (_decoded(source, row, bytes(raw)) for row, raw in enumerate(records, 1)))


def _json_lines(source: _Source, encoding: str) -> Iterator[Item]:
    with contextlib.ExitStack() as stack:
        wide = encoding.startswith("utf-16")
        lines: Iterable[bytes] = (
            as_utf8(source.path)[0].splitlines() if wide else stack.enter_context(source.path.open("rb"))
        )
        for row, line in enumerate(lines, 1):
            if bare := line.removeprefix(BOM).strip():
                yield _decoded(source, row, bare)


def _decoded(source: _Source, row: int, raw: bytes) -> Item:
    try:
        fields = _fields(raw)
    except msgspec.DecodeError as error:
        return source.rejected(row, "", raw[:EXCERPT].decode(errors="replace"), f"is not JSON: {error}")
    if not isinstance(fields, dict):
        return source.rejected(row, "", raw[:EXCERPT].decode(errors="replace"), "is no object")
    return source.record(row, fields)


def _fields(raw: bytes) -> object:
    try:
        return DECODE(raw)
    except UnicodeDecodeError:
        return DECODE(decode(raw)[0])


def _unwrapped(value: object) -> object:
    """Windows PowerShell writes what Get-Date and Get-Content give as an object around the value."""
    return value["value"] if isinstance(value, dict) and "value" in value else value


def _lines(value: object) -> str | None:
    """A text, or the array of lines that PowerShell makes of a command's output."""
    value = _unwrapped(value)
    lines = [_unwrapped(line) for line in value] if isinstance(value, list) else [value]
    texts = [line for line in lines if isinstance(line, str)]
    return "\n".join(texts) if len(texts) == len(lines) else None


def _text(value: object) -> str | None:
    value = _unwrapped(value)
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    return msgspec.json.encode(value).decode()
