"""JSON lines, a device a line: read block by block, as a fleet's file is larger than what is kept of it."""

import contextlib
import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec
import numpy as np

from reconcile.source.graph_page import UNREADABLE, Batch, names_of
from reconcile.source.text import filled_lines

BLOCK = 1 << 23
HEAD = re.compile(rb"\s*(\{[^\n]*)\n\s*(\S)")
"""The first line, if an object begins on it, and the mark with which the next begins."""

_raw = msgspec.json.Decoder(msgspec.Raw)


def is_lines(start: bytes) -> bool:
    """Whether more than one line holds an object of its own; one that is damaged is still a line."""
    found = HEAD.match(start)
    if found is None:
        return False
    closed = found[1].rstrip().endswith(b"}")
    return bool(names_of(msgspec.Raw(found[1]))) or (closed and found[2] == b"{")


def first_line(start: bytes) -> bytes:
    return start.lstrip().partition(b"\n")[0]


def line_batches(stream: BinaryIO) -> Iterator[Batch]:
    """Raises EOFError where the last line ends early, as then the file does."""
    line, text = 1, b""
    for text in _texts(stream):
        yield _batch(text, line)
        line += text.count(b"\n")
    if _ends_early(text.rstrip().rpartition(b"\n")[2]):
        raise EOFError


def _ends_early(text: bytes) -> bool:
    try:
        _raw.decode(text)
    except UNREADABLE as error:
        return bool(text) and "truncated" in str(error)
    return False


def _texts(stream: BinaryIO) -> Iterator[bytes]:
    """Blocks of whole lines."""
    while block := stream.read(BLOCK):
        yield block + stream.readline()


def _batch(text: bytes, first: int) -> Batch:
    """Each line as it stands where not every line is one whole item."""
    with contextlib.suppress(*UNREADABLE):
        items, rows = _raw.decode_lines(text), filled_lines(text)
        if len(items) == len(rows):
            return Batch(items, rows + first, text)
    lines = [(number, line) for number, line in enumerate(text.split(b"\n"), first) if line.strip()]
    return Batch([msgspec.Raw(line) for _, line in lines], np.array([row for row, _ in lines], np.int64), None)
