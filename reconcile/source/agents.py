"""The agents snapshot: what `dsregcmd /status` said on each device, one row a capture."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.agents_files import EXCERPT, SLICE, Item, Record, open_export
from reconcile.source.dsregcmd import Capture, parse
from reconcile.source.reading import Reading
from reconcile.source.schema import AGENTS
from reconcile.source.snapshot import Origin, Rejected, digest
from reconcile.source.value import read_times

CONTEXTS = ("user", "system", "remote", "unknown")
"""What the record of a capture may say of its context."""
SAID = AGENTS.names[AGENTS.names.index("AzureAdJoined") : AGENTS.names.index("work_accounts")]
"""The columns that a capture fills with what it prints."""


@dataclass(frozen=True)
class _Times:
    """Of each capture; `unread` marks a record's time that is none."""

    at: pa.StringArray
    by: pa.StringArray
    unread: pa.BooleanArray


def read_agents(files: Sequence[Path], root: Path, trust_mtime: bool) -> Reading:  # noqa: FBT001 - a setting, passed on
    """Every capture of the files, named relative to the root; raises InputError where a file is of no known shape."""
    origins: list[Origin] = []
    rejected: list[Rejected] = []
    tables = [AGENTS.empty_table()]
    odd_contexts: Counter[str] = Counter()
    items = _items(files, root, origins)
    while chunk := list(islice(items, SLICE)):
        records = [item for item in chunk if isinstance(item, Record)]
        captures = [parse(record.status) for record in records]
        times = _times(records, captures, trust_mtime=trust_mtime)
        tables.append(_table(records, captures, times))
        rejected += [item for item in chunk if isinstance(item, Rejected)]
        rejected += _unread_times(records, times)
        rejected += [
            _broken(record, capture) for record, capture in zip(records, captures, strict=True) if capture.problem
        ]
        odd_contexts.update(record.context for record in records if record.context and not _is_context(record.context))
    return Reading(pa.concat_tables(tables), tuple(rejected), tuple(origins), notes=_notes(odd_contexts))


def _items(files: Sequence[Path], root: Path, origins: list[Origin]) -> Iterator[Item]:
    """What all files hold; each file's origin is known when its last item is."""
    for path in files:
        file = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
        export = open_export(path, file)
        rows = 0
        for item in export.items:
            rows += isinstance(item, Record)
            yield item
        origins.append(Origin(file=file, sha256=digest(path), shape=export.shape, encoding=export.encoding, rows=rows))


def _table(records: list[Record], captures: list[Capture], times: _Times) -> pa.Table:
    columns: dict[str, Any] = {name: [capture.values.get(name) for capture in captures] for name in SAID}
    columns |= {
        "file": [record.file for record in records],
        "row": [record.row for record in records],
        "host": [record.host or record.stem for record in records],
        "captured_at": times.at,
        "captured_by": times.by,
        "context": [record.context for record in records],
        "layout": [capture.layout for capture in captures],
        "problem": [str(capture.problem) if capture.problem else None for capture in captures],
        "work_accounts": [capture.work_accounts for capture in captures],
    }
    return pa.table([pa.array(columns[field.name], field.type) for field in AGENTS], AGENTS)


def _times(records: list[Record], captures: list[Capture], *, trust_mtime: bool) -> _Times:
    """The record's time; where it has none that can be read, the device's own; where it has none at all, the file's."""
    recorded, told = _texts(record.captured_at for record in records), _texts(item.client_time for item in captures)
    modified = _texts(record.modified_at if trust_mtime else None for record in records)
    read = read_times(_with_zone(recorded)).values
    by_client = read_times(_with_zone(told)).values
    by_file = pc.if_else(pc.is_null(recorded), read_times(modified).values, None)
    known = [pc.is_valid(times) for times in (read, by_client, by_file)]
    return _Times(
        at=pc.strftime(pc.coalesce(read, by_client, by_file), format="%Y-%m-%dT%H:%M:%SZ"),
        by=pc.case_when(pc.make_struct(*known), "record", "client-time", "mtime"),
        unread=pc.and_(pc.is_valid(recorded), pc.is_null(read)),
    )


def _texts(values: Iterator[str | None]) -> pa.StringArray:
    return pa.array(list(values), pa.string())


def _with_zone(values: pa.StringArray) -> pa.StringArray:
    """As dsregcmd prints it: `2026-11-23 06:00:00.000 UTC`."""
    return pc.replace_substring_regex(values, r"(?i)\s*UTC\s*$", "Z")


def _unread_times(records: list[Record], times: _Times) -> Iterator[Rejected]:
    for number in pc.indices_nonzero(times.unread).to_pylist():
        record, by = records[number], times.by[number].as_py()
        reason = "is no time with its zone; " + (
            "the capture's own was taken" if by else "when it was captured is unknown"
        )
        yield _rejected(record, record.row, "captured_at", record.captured_at or "", reason)


def _broken(record: Record, capture: Capture) -> Rejected:
    assert capture.problem is not None
    line, why = capture.problem.line, capture.problem.why
    text = "".join(record.status.splitlines()[line - 1 : line]).strip()
    if record.is_file:
        return _rejected(record, line, "status", text, f"{why}; the capture counts as unknown")
    return _rejected(record, record.row, "status", text, f"{capture.problem} of the status; it counts as unknown")


def _rejected(record: Record, row: int, field: str, value: str, reason: str) -> Rejected:
    return Rejected("agents", record.file, row, field, value[:EXCERPT], reason, kept=True)


def _is_context(word: str) -> bool:
    return word.casefold() in CONTEXTS


def _notes(odd: Counter[str]) -> tuple[str, ...]:
    if not odd:
        return ()
    words = ", ".join(repr(word) for word, _ in odd.most_common(3))
    return (
        f"the context of {odd.total()} captures is none of {', '.join(CONTEXTS)} ({words}): what the capture prints decides",
    )
