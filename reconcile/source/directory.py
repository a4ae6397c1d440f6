"""Active Directory's computers from files: every export read, judged whole, and put together."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import SourceIncomplete
from reconcile.settings import Directory
from reconcile.source.computer import SERVED, Export, domains, only_computers, typed
from reconcile.source.entries import read_entries
from reconcile.source.ldif import is_ldif
from reconcile.source.powershell import read_csv, read_json
from reconcile.source.reading import Reading
from reconcile.source.schema import DIRECTORY
from reconcile.source.snapshot import Origin, Rejected
from reconcile.source.text import decode
from reconcile.source.times import Culture
from reconcile.source.value import guids

Positions = npt.NDArray[np.int64]

PAGES = (100, 999, 1000, 5000)
"""Where servers and tools stop unless asked to go on."""
PROBE = 65_536
WITHOUT = {
    "servicePrincipalName": "no ServicePrincipalNames: clusters cannot be told, so every computer is protected as cluster-unknown",
    "userCertificateCount": "no userCertificateCount: what is synced cannot be told, so nothing is found to be orphaned-directory",
}


@dataclass(frozen=True)
class _Part:
    table: pa.Table
    rejected: list[Rejected]
    notes: list[str]
    origin: Origin


def read_directory(files: Sequence[Path], root: Path, settings: Directory) -> Reading:
    """All computers of the files, named relative to the root; raises SourceIncomplete or InputError."""
    parts = [_part(path, path.relative_to(root).as_posix(), settings) for path in files]
    table = pa.concat_tables([DIRECTORY.empty_table(), *(part.table for part in parts)]).combine_chunks()
    table, repeated, notes = _without_repeats(table)
    return Reading(
        table=table,
        rejected=(*(item for part in parts for item in part.rejected), *repeated),
        files=tuple(part.origin for part in parts),
        domains=tuple(sorted(pc.unique(domains(table["distinguishedName"])).drop_null().to_pylist())),
        notes=(*(note for part in parts for note in part.notes), *notes),
    )


def _part(path: Path, file: str, settings: Directory) -> _Part:
    export = _export(path, file)
    computers, left_out = only_computers(export.table)
    _raise_unless_whole(export, len(computers), file, complete=settings.complete)
    table, bad, notes = typed(computers, file, _culture(settings))
    notes = [f"{file}: {note}" for note in (*export.notes, *left_out, *notes, *_missing(table))]
    origin = Origin(
        file=file,
        sha256=_digest(path),
        shape=export.shape,
        encoding=export.encoding,
        rows=len(table),
        count=export.count,
    )
    return _Part(table, [*export.rejected, *bad], notes, origin)


def _export(path: Path, file: str) -> Export:
    """The shape is told by the content; what is nothing else must be delimited text."""
    with path.open("rb") as opened:
        data = opened.read(PROBE)
    start, encoding = decode(data)
    if len(data) < PROBE and not start.strip("\0 \r\n\t\ufeff"):
        return Export("empty", encoding, SERVED.empty_table(), 0)
    if start.lstrip().startswith(("[", "{")):
        return read_json(*decode(path.read_bytes()), path, file)
    return read_entries(*decode(path.read_bytes()), file) if is_ldif(start) else read_csv(path, file)


def _digest(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _culture(settings: Directory) -> Culture | None:
    if settings.date_format is None or settings.date_zone is None:
        return None
    return Culture(settings.date_format, settings.date_zone)


def _raise_unless_whole(export: Export, computers: int, file: str, *, complete: bool) -> None:
    if export.count is not None and export.count != export.records:
        raise SourceIncomplete(
            "directory", f"{file} says that it has {export.count} entries, and {export.records} are there"
        )
    hint = "if this is really all, set [directory] complete = true in settings.toml; if not, export it again"
    if not computers and not complete:
        raise SourceIncomplete("directory", f"{file} holds no computers; {hint}")
    if export.records in PAGES and not export.proven and not complete:
        raise SourceIncomplete("directory", f"{file} has exactly {export.records} rows, which looks cut off; {hint}")


def _missing(table: pa.Table) -> list[str]:
    return [note for name, note in WITHOUT.items() if len(table) and table[name].null_count == len(table)]


def _without_repeats(table: pa.Table) -> tuple[pa.Table, list[Rejected], list[str]]:
    """Each objectGUID once, as it stands first; what says something else of it later is rejected."""
    later, first = _repeats(table)
    if not len(later):
        return table, [], []
    here, there = table.take(later), table.take(first)
    same = _same(here, there)
    kept = np.ones(len(table), np.bool_)
    kept[later] = False
    notes = [f"computers that stand twice in the same words, counted once: {same.sum()}"] if same.any() else []
    other = pa.array(~same)
    return table.filter(pa.array(kept)), list(_contradictions(here.filter(other), there.filter(other))), notes


def _repeats(table: pa.Table) -> tuple[Positions, Positions]:
    """The rows whose objectGUID stood before, and where it stood first."""
    codes = np.asarray(pc.fill_null(guids(table["objectGUID"]).combine_chunks().dictionary_encode().indices, -1))
    rows = np.arange(len(codes))
    first = np.empty(codes.max(initial=-1) + 2, np.int64)
    first[codes[::-1]] = rows[::-1]
    later = rows[(codes >= 0) & (first[codes] != rows)]
    return later, first[codes[later]]


def _same(here: pa.Table, there: pa.Table) -> npt.NDArray[np.bool_]:
    """Row by row, whether they say the same; the spelling of the id does not count."""
    same = np.ones(len(here), np.bool_)
    for name in set(DIRECTORY.names) - {"file", "row", "objectGUID"}:
        one, other = (_comparable(table[name]) for table in (here, there))
        both_null = pc.and_(pc.is_null(one), pc.is_null(other))
        same &= np.asarray(pc.or_(pc.fill_null(pc.equal(one, other), fill_value=False), both_null))
    return same


def _comparable(values: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.binary_join(values, "\n") if pa.types.is_list(values.type) else values


def _contradictions(here: pa.Table, there: pa.Table) -> Iterator[Rejected]:
    for row, earlier in zip(here.to_pylist(), there.select(["file", "row"]).to_pylist(), strict=True):
        reason = f"this computer stands already in {earlier['file']}, row {earlier['row']}, with other values"
        yield Rejected("directory", row["file"], row["row"], "objectGUID", row["objectGUID"], reason, kept=False)
