"""Sweeps: when they ran, what they counted, and which findings they saw for the first time."""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from reconcile.ledger.moment import from_micros, to_micros


@dataclass(frozen=True)
class Sweep:
    """One run: the rows of each system that answered, and the findings of each kind."""

    run: str
    at: datetime
    sources: Mapping[str, int]
    counts: Mapping[str, int]


@dataclass(frozen=True)
class FirstSeen:
    """Every finding ever seen, as columns of one length; times in microseconds since 1970 UTC."""

    kind: list[str]
    system: list[str]
    object: list[str]
    first_seen_at: list[int]


# A sweep has one time: recorded again, it keeps the first.
_SWEEP = "INSERT INTO sweep (run, at) VALUES (?, ?) ON CONFLICT (run) DO NOTHING"

_SIGHTING = """
    INSERT INTO sighting (kind, system, object, first_seen_at, last_seen_at) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (kind, system, object) DO UPDATE
    SET first_seen_at = min(first_seen_at, excluded.first_seen_at), last_seen_at = max(last_seen_at, excluded.last_seen_at)
    WHERE excluded.first_seen_at < first_seen_at OR excluded.last_seen_at > last_seen_at
"""

_HISTORY = """
    SELECT last.id, last.at, kind, findings
    FROM (SELECT id, run, at FROM sweep ORDER BY at DESC, run DESC LIMIT ?) AS last
    LEFT JOIN sweep_count ON sweep_count.sweep = last.id
    ORDER BY last.at, last.run, kind
"""


def record(db: sqlite3.Connection, sweep: Sweep, sightings: Iterable[tuple[str, str, str]]) -> None:
    """Within the caller's transaction. A sighting is kind, system and object."""
    db.execute(_SWEEP, (sweep.run, to_micros(sweep.at)))
    number, at = db.execute("SELECT id, at FROM sweep WHERE run = ?", (sweep.run,)).fetchone()
    db.execute("DELETE FROM sweep_source WHERE sweep = ?", (number,))
    db.execute("DELETE FROM sweep_count WHERE sweep = ?", (number,))
    db.executemany("INSERT INTO sweep_source VALUES (?, ?, ?)", ((number, *item) for item in sweep.sources.items()))
    db.executemany("INSERT INTO sweep_count VALUES (?, ?, ?)", ((number, *item) for item in sweep.counts.items()))
    # In key order the tree grows at its end, which is several times quicker than anywhere.
    db.executemany(_SIGHTING, ((*sighting, at, at) for sighting in sorted(sightings)))


def first_seen(db: sqlite3.Connection) -> FirstSeen:
    rows = db.execute("SELECT kind, system, object, first_seen_at FROM sighting").fetchall()
    columns = [list(column) for column in zip(*rows, strict=True)] or [[], [], [], []]
    return FirstSeen(*columns)


def history(db: sqlite3.Connection, limit: int) -> list[tuple[datetime, dict[str, int]]]:
    """The counts by kind of the last sweeps, oldest first."""
    sweeps: dict[int, tuple[datetime, dict[str, int]]] = {}
    for number, at, kind, findings in db.execute(_HISTORY, (limit,)):
        _, counts = sweeps.setdefault(number, (from_micros(at), {}))
        if kind is not None:
            counts[kind] = findings
    return list(sweeps.values())
