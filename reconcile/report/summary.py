"""The numbers of one run, counted once: what the closing lines, the workbook and the page show."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.frame.columns import TIME
from reconcile.report import words
from reconcile.settings import PROTECTIONS
from reconcile.workspace import SYSTEMS, System

History = Sequence[tuple[datetime, Mapping[str, int]]]
"""Earlier sweeps, oldest first: when, and the findings of each kind; a kind that is not listed had none."""
State = Literal["complete", "incomplete", "absent"]
MAX_SWEEPS = 60
AGES = ((30, "0-30 days"), (90, "31-90 days"), (180, "91-180 days"), (365, "181-365 days"))
OLDEST = "over a year"
JOINS = ("registered", "joined", "hybrid", "unknown", "none")


@dataclass(frozen=True)
class Source:
    """What one system gave to the run."""

    system: System
    state: State
    taken_at: datetime | None = None
    rows: int = 0
    bad_rows: int = 0
    obtained: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What is to be told of the run beside its findings."""

    run: str
    now: datetime
    sources: tuple[Source, ...]
    tenant_id: str | None = None
    tenant_name: str | None = None
    withheld: tuple[str, ...] = ()
    """Plain sentences: what could not be judged, and why."""


@dataclass(frozen=True)
class Count:
    name: str
    count: int


@dataclass(frozen=True)
class Tally:
    """The findings of one kind, or all of them; `new`, `before` and `change` are None at the first sweep."""

    name: str
    count: int
    severities: tuple[Count, ...]
    blocked: int
    free: int
    new: int | None
    before: int | None
    change: int | None
    trend: tuple[int, ...]
    """The count at each of the summary's sweeps."""


@dataclass(frozen=True)
class Summary:
    facts: Facts
    total: Tally
    objects: int
    """How many different objects the findings name."""
    kinds: tuple[Tally, ...]
    systems: tuple[Count, ...]
    joins: tuple[Count, ...]
    ages: tuple[Count, ...]
    protections: tuple[Count, ...]
    """How many findings each protection holds; one may be held by several."""
    sweeps: tuple[datetime, ...]
    """Earlier sweeps, oldest first, and this one."""


def summarise(findings: pa.Table, facts: Facts, history: History = ()) -> Summary:
    """Count a table with the columns of FINDINGS; sweeps of the history at or after `facts.now` are left out."""
    past = [sweep for sweep in history if sweep[0] < facts.now][-(MAX_SWEEPS - 1) :]
    cells = _cells(findings, facts.now, past[-1][0] if past else None)
    kinds = _names((cell["kind"] for cell in cells), (*words.KINDS, *(kind for _, counts in past for kind in counts)))
    return Summary(
        facts,
        _tally("all", cells, [sum(counts.values()) for _, counts in past]),
        _objects(findings),
        tuple(
            _tally(kind, [cell for cell in cells if cell["kind"] == kind], [counts.get(kind, 0) for _, counts in past])
            for kind in kinds
        ),
        _counts(cells, "system", SYSTEMS),
        _counts(cells, "join", JOINS),
        _counts(cells, "age", (*(name for _, name in AGES), OLDEST, "unknown")),
        _protections(findings),
        (*(when for when, _ in past), facts.now),
    )


def as_json(summary: Summary) -> dict[str, Any]:
    """The summary as JSON has it, the facts of the run at the top; times are ISO 8601."""
    told = msgspec.to_builtins(summary)
    facts: dict[str, Any] = told.pop("facts")
    return {**facts, **told}


def _cells(findings: pa.Table, now: datetime, last: datetime | None) -> list[dict[str, Any]]:
    """One row per different mix of what is counted by, with its `count`."""
    blocked = pc.not_equal(pc.fill_null(findings["blocked_by"], ""), "")
    no_row = pc.if_else(pc.equal(findings["system"], "entra"), "unknown", "none")
    table = pa.table(
        {
            "kind": pc.fill_null(findings["kind"], "unknown"),
            "severity": pc.fill_null(findings["severity"], "unknown"),
            "system": pc.fill_null(findings["system"], "unknown"),
            "join": pc.fill_null(pc.coalesce(findings["join"], no_row), "unknown"),
            "age": _ages(findings["last_activity_at"], now),
            "blocked": blocked,
            "new": _is_new(findings["first_seen_at"], last),
        }
    )
    groups = table.group_by(table.column_names).aggregate([([], "count_all")])
    rows: list[dict[str, Any]] = groups.rename_columns([*table.column_names, "count"]).to_pylist()
    return rows


def _ages(times: pa.ChunkedArray, now: datetime) -> pa.ChunkedArray:
    """Compared to the instant, as the rules do: what is a second over 90 days stands among the older."""
    bucket: str | pa.ChunkedArray = OLDEST
    for days, name in reversed(AGES):
        young = pc.greater_equal(times, pa.scalar(now - timedelta(days=days), TIME))
        bucket = pc.if_else(young, name, bucket)
    return pc.fill_null(bucket, "unknown")


def _is_new(first_seen: pa.ChunkedArray, last: datetime | None) -> pa.ChunkedArray:
    after = pc.greater(first_seen, pa.scalar(last or datetime.max.replace(tzinfo=UTC), TIME))
    return pc.fill_null(after, False)  # noqa: FBT003 - Arrow's own order of arguments


def _tally(name: str, cells: list[dict[str, Any]], past: list[int]) -> Tally:
    count = _sum(cells)
    blocked = _sum(cell for cell in cells if cell["blocked"])
    return Tally(
        name,
        count,
        _counts(cells, "severity", words.SEVERITIES),
        blocked,
        count - blocked,
        _sum(cell for cell in cells if cell["new"]) if past else None,
        past[-1] if past else None,
        count - past[-1] if past else None,
        (*past, count),
    )


def _sum(cells: Iterable[dict[str, Any]]) -> int:
    return sum(cell["count"] for cell in cells)


def _counts(cells: list[dict[str, Any]], by: str, known: Sequence[str]) -> tuple[Count, ...]:
    tally: Counter[str] = Counter()
    for cell in cells:
        tally[cell[by]] += cell["count"]
    return tuple(Count(name, tally[name]) for name in _names(tally, known))


def _names(seen: Iterable[str], known: Iterable[str]) -> list[str]:
    """The known names in their order, then whatever else was seen."""
    names = list(dict.fromkeys(known))
    return [*names, *sorted(set(seen) - set(names))]


def _protections(findings: pa.Table) -> tuple[Count, ...]:
    held = pc.drop_null(findings["blocked_by"])
    names = pc.list_flatten(pc.split_pattern(held, ";"))
    tally = {item["values"]: item["counts"] for item in pc.value_counts(names).to_pylist() if item["values"]}
    return tuple(Count(name, tally[name]) for name in _names(tally, PROTECTIONS) if name in tally)


def _objects(findings: pa.Table) -> int:
    """Entra rows by object id, computers by GUID, reports by host and claimed id."""
    system = findings["system"]
    key = pc.if_else(
        pc.equal(system, "entra"),
        findings["object_id"],
        pc.if_else(pc.equal(system, "directory"), findings["object_guid"], findings["device_id"]),
    )
    host = pc.if_else(pc.or_(pc.equal(system, "agents"), pc.is_null(key)), findings["hostname"], "")
    whole = pc.binary_join_element_wise(system, key, host, "|", null_handling="replace", null_replacement="")
    return int(pc.count_distinct(whole).as_py())
