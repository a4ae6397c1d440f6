"""Delimited text as administrators have it: any encoding, `,` `;` or tab, `#TYPE` lines, newlines in cells."""

import csv
import io
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from reconcile.errors import InputError
from reconcile.source.text import Positions, as_utf8, filled_lines

DELIMITERS = ",;\t"
BLOCK = 1 << 20
PREAMBLE = re.compile(rb'(?:#TYPE[^\n]*|"?sep=([,;\t])"?[ \t\r]*|[ \t\r]*)(?:\n|\Z)', re.IGNORECASE)
"""A line before the header: Windows PowerShell's type name, Excel's delimiter, or nothing."""
LF = b"\n"[0]

Bad = list[tuple[int, str, str]]


@dataclass(frozen=True)
class Delimited:
    """The rows as text, "" where a cell is empty; `lines` has the line of the file on which each row starts."""

    table: pa.Table
    lines: pa.Int64Array
    encoding: str
    bad: Bad
    """Line, text and reason of each row that has too many or too few cells."""


@dataclass(frozen=True)
class _Body:
    """What follows the header, and what is known of it."""

    path: Path
    data: memoryview
    line: int
    delimiter: str
    width: int


def read_delimited(path: Path) -> Delimited:
    """The whole file; an InputError where its first line is no header or its last row is cut off."""
    data, encoding = as_utf8(path)
    try:
        names, body = _head(path, data if b"\n" in data else data.replace(b"\r", b"\n"))
        table, lines, bad = _rows(body)
    except (pa.ArrowInvalid, csv.Error) as error:
        raise InputError(path, f"cannot be read as delimited text, is a quote left open? {error}") from error
    wrong = [number for number, _, _ in bad]
    if wrong and wrong[-1] == len(lines) - 1 and body.data[-1] != LF:
        raise _cut_off(body, int(lines[-1]))
    listed = [(int(lines[number]), text, reason) for number, text, reason in bad]
    return Delimited(table.rename_columns(names), pa.array(np.delete(lines, wrong), pa.int64()), encoding, listed)


def _head(path: Path, data: bytes) -> tuple[list[str], _Body]:
    """The column names, and what stands below them."""
    start, line, delimiter = 0, 1, None
    while start < len(data) and (found := PREAMBLE.match(data, start)):
        delimiter = found[1].decode() if found[1] else delimiter
        start, line = found.end(), line + 1
    header = list(_record(data, start))
    if not header:
        raise InputError(path, "is empty: there is no header")
    below = start + sum(len(part.encode()) for part in header)
    delimiter = delimiter or _delimiter("".join(header))
    names = [name.strip() for name in next(csv.reader(header, delimiter=delimiter))]
    body = _Body(path, memoryview(data)[below:], line + len(header), delimiter, len(names))
    _check_names(names, body)
    return names, body


def _record(data: bytes, start: int) -> Iterator[str]:
    """The lines of the record that starts here: several where a quoted name holds a newline."""
    quotes = 0
    while start < len(data):
        end = data.find(b"\n", start) + 1 or len(data)
        part = data[start:end]
        yield part.decode()
        quotes += part.count(b'"')
        if quotes % 2 == 0:
            return
        start = end


def _delimiter(header: str) -> str:
    """The one that occurs most outside quotes."""
    return max(DELIMITERS, key=_unquoted(header).count)


def _unquoted(line: str) -> str:
    return re.sub(r'"[^"]*"', "", line)


def _check_names(names: list[str], body: _Body) -> None:
    folded = [name.casefold() for name in names]
    twice = next((name for name in names if name and folded.count(name.casefold()) > 1), None)
    if twice is not None:
        raise InputError(body.path, f"the header names the column {twice!r} twice")
    below = bytes(body.data[:BLOCK]).partition(b"\n")[0].decode(errors="replace")
    if body.width == 1 and not set(DELIMITERS).isdisjoint(_unquoted(below)):
        raise InputError(body.path, f"has one column, {names[0]!r}, and more cells below it: is the header missing?")


def _rows(body: _Body) -> tuple[pa.Table, Positions, Bad]:
    """The rows of the right width, the line of every row, and the others with their number from 0."""
    try:
        table, bad = _parse(body, multiline=False)
        lines = filled_lines(body.data)
        if len(lines) == len(table) + len(
            bad
        ):  # a cell with a newline in it makes its row take two filled lines or more
            _check_closed(body, lines)
            return table, lines + body.line, bad
    except pa.ArrowInvalid:  # a quoted cell was cut where a block of the file ends
        pass
    table, bad = _parse(body, multiline=True)
    return table, _record_lines(body), bad


def _parse(body: _Body, *, multiline: bool) -> tuple[pa.Table, Bad]:
    table, bad = _read(body, multiline=multiline, threads=True)
    return _read(body, multiline=multiline, threads=False) if bad else (table, bad)


def _read(body: _Body, *, multiline: bool, threads: bool) -> tuple[pa.Table, Bad]:
    """One pass of Arrow's reader, which knows the number of a bad row only without threads."""
    bad: Bad = []

    def skip(row: pacsv.InvalidRow) -> Literal["skip"]:
        bad.append(
            ((row.number or 0) - 1, row.text, f"{row.actual_columns} cells, and the header has {row.expected_columns}")
        )
        return "skip"

    names = [str(number) for number in range(body.width)]
    if not body.data:
        return pa.table({name: pa.array([], pa.string()) for name in names}), []
    table = pacsv.read_csv(
        pa.BufferReader(body.data),
        read_options=pacsv.ReadOptions(use_threads=threads, column_names=names, block_size=BLOCK),
        parse_options=pacsv.ParseOptions(
            delimiter=body.delimiter, newlines_in_values=multiline, invalid_row_handler=skip
        ),
        convert_options=pacsv.ConvertOptions(
            check_utf8=False, column_types=dict.fromkeys(names, pa.string()), null_values=[], strings_can_be_null=False
        ),
    )
    return table, bad


def _record_lines(body: _Body) -> Positions:
    """The line on which each record starts, as Python's reader counts them."""
    text = io.TextIOWrapper(io.BytesIO(body.data), encoding="utf-8", newline="")
    reader = csv.reader(itertools.chain(text, ["end"]), delimiter=body.delimiter)
    starts, start = [], 0
    for record in reader:
        if record:
            starts.append(start)
        start = reader.line_num
    if starts[-1] != start - 1:
        raise _cut_off(body, starts[-1] + body.line)
    return np.array(starts[:-1], np.int64) + body.line


def _check_closed(body: _Body, lines: Positions) -> None:
    if len(list(csv.reader([_last_line(body.data), "end"], delimiter=body.delimiter))) == 1:
        raise _cut_off(body, int(lines[-1]) + body.line)


def _last_line(data: memoryview) -> str:
    """Of a large file only the end is looked at."""
    size = BLOCK
    tail = bytes(data[-size:]).rstrip(b"\r\n")
    while size < len(data) and b"\n" not in tail:
        size *= 4
        tail = bytes(data[-size:]).rstrip(b"\r\n")
    return tail.rpartition(b"\n")[2].decode(errors="replace")


def _cut_off(body: _Body, line: int) -> InputError:
    return InputError(body.path, "is cut off: it ends in the middle of this row. Export it again", row=line)
