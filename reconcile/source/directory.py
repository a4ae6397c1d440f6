"""Active Directory's computers from files: every export read, judged whole, and put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import SourceIncomplete
from reconcile.settings import Directory
from reconcile.source.computer import SERVED, Export, domains, only_computers, typed
from reconcile.source.entries import read_entries
from reconcile.source.ldif import is_ldif
from reconcile.source.listing import CUT_OFF
from reconcile.source.powershell import read_csv, read_json
from reconcile.source.reading import Reading
from reconcile.source.repeats import without_repeats
from reconcile.source.schema import DIRECTORY
from reconcile.source.snapshot import Origin, Rejected, digest
from reconcile.source.text import decode
from reconcile.source.times import Culture

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
    table, repeated, notes = without_repeats(table, "directory", "objectGUID")
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
    table, bad, notes = typed(computers, file, culture(settings))
    notes = [f"{file}: {note}" for note in (*export.notes, *left_out, *notes, *_missing(table))]
    origin = Origin(
        file=file,
        sha256=digest(path),
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


def culture(settings: Directory) -> Culture | None:
    """How the exports write dates without a zone; None where that is not told."""
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
    if export.records in CUT_OFF and not export.proven and not complete:
        raise SourceIncomplete("directory", f"{file} has exactly {export.records} rows, which looks cut off; {hint}")


def _missing(table: pa.Table) -> list[str]:
    return [note for name, note in WITHOUT.items() if len(table) and table[name].null_count == len(table)]
