"""The devices of Entra ID from files: every export read, judged whole, and put together."""

from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa

from reconcile.errors import InputError
from reconcile.source import foreign
from reconcile.source.device import malformed
from reconcile.source.graph_json import read_graph
from reconcile.source.listing import Page, raise_if_incomplete
from reconcile.source.portal import read_portal
from reconcile.source.reading import Reading
from reconcile.source.repeats import without_repeats
from reconcile.source.schema import ENTRA
from reconcile.source.snapshot import Origin
from reconcile.source.text import decode, probe

PROBE = 4096


def read_entra(files: Sequence[Path], root: Path, assume_complete: bool) -> Reading:  # noqa: FBT001 - as in the settings
    """All devices of the files, named relative to the root; raises SourceIncomplete or InputError."""
    parts = [_part(path, path.relative_to(root).as_posix()) for path in files]
    pages = [page for _, read in parts for page in read]
    raise_if_incomplete(pages, assume_complete=assume_complete)
    table = pa.concat_tables([ENTRA.empty_table(), *(page.table for page in pages)])
    table, repeated, notes = without_repeats(table, "entra", "id")
    unreadable, unread = malformed(table)
    removed = sum(page.removed for page in pages)
    notes += unread + ([f"{removed} removed entries of a delta are no devices"] if removed else [])
    return Reading(
        table=table,
        rejected=(*(item for page in pages for item in page.rejected), *repeated, *unreadable),
        files=tuple(origin for origin, _ in parts),
        notes=tuple(notes),
    )


def _part(path: Path, file: str) -> tuple[Origin, list[Page]]:
    """The shape is told by how the file begins, not by its name."""
    encoding, sha256 = probe(path)
    with path.open("rb") as stream:
        start = decode(stream.read(PROBE))[0].lstrip()
    if not start:
        raise InputError(path, "is empty")
    if start[0] in "{[":
        shape, pages = read_graph(path, file, encoding)
    elif other := foreign.by_text(start):
        raise InputError(path, other)
    else:
        shape, page = read_portal(path, file)
        pages = [page]
    rows = sum(len(page.table) for page in pages)
    count = next((page.count for page in pages if page.count is not None), None)
    return Origin(file=file, sha256=sha256, shape=shape, encoding=encoding, rows=rows, count=count), pages
