"""Identities that were retired and verified gone: what must not come back."""

import sqlite3
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from reconcile.ledger.moment import from_micros, to_micros


@dataclass(frozen=True)
class Retired:
    """One identity, by any of its four ids; the host name is evidence."""

    device_id: str | None
    object_guid: str | None
    sid: str | None
    object_id: str | None
    hostname: str | None
    retired_at: datetime


@dataclass(frozen=True)
class Imported:
    """How many rows taught the ledger something, and how many it knew."""

    new: int
    known: int


# Retired again later: the latest time stays. Earlier or again the same: nothing changes.
_KEEP = """
    INSERT INTO retired (device_id, object_guid, sid, object_id, hostname, retired_at) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (coalesce(device_id, ''), coalesce(object_guid, ''), coalesce(sid, ''), coalesce(object_id, '')) DO UPDATE
    SET retired_at = excluded.retired_at, hostname = coalesce(excluded.hostname, hostname)
    WHERE excluded.retired_at > retired_at
"""

_READ = """
    SELECT device_id, object_guid, sid, object_id, hostname, retired_at FROM retired
    ORDER BY retired_at, device_id, object_guid, sid, object_id
"""


def keep(db: sqlite3.Connection, rows: Sequence[Retired]) -> Imported:
    """Within the caller's transaction."""
    values = [(*astuple(row)[:-1], to_micros(row.retired_at)) for row in rows]
    new = db.executemany(_KEEP, values).rowcount if values else 0
    return Imported(new, len(rows) - new)


def read(db: sqlite3.Connection) -> list[Retired]:
    """One per identity, oldest retirement first."""
    return [
        Retired(device_id, object_guid, sid, object_id, hostname, from_micros(at))
        for device_id, object_guid, sid, object_id, hostname, at in db.execute(_READ)
    ]
