"""The tables of the ledger. Times are microseconds since 1970 UTC; SQLite 3.24 (2018) is enough."""

VERSION = 1
"""`PRAGMA user_version`; raise it with every change that an older reconcile could not live with."""

TABLES = (
    """
    CREATE TABLE sweep (
        id INTEGER PRIMARY KEY,
        run TEXT NOT NULL UNIQUE,
        at INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE sweep_source (
        sweep INTEGER NOT NULL REFERENCES sweep (id),
        system TEXT NOT NULL,
        rows INTEGER NOT NULL,
        PRIMARY KEY (sweep, system)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sweep_count (
        sweep INTEGER NOT NULL REFERENCES sweep (id),
        kind TEXT NOT NULL,
        findings INTEGER NOT NULL,
        PRIMARY KEY (sweep, kind)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE sighting (
        kind TEXT NOT NULL,
        system TEXT NOT NULL,
        object TEXT NOT NULL,
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        PRIMARY KEY (kind, system, object)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE retired (
        device_id TEXT,
        object_guid TEXT,
        sid TEXT,
        object_id TEXT,
        hostname TEXT,
        retired_at INTEGER NOT NULL,
        CHECK (coalesce(device_id, object_guid, sid, object_id) IS NOT NULL)
    )
    """,
    # NULLs differ from each other in a plain UNIQUE, and would let one identity in twice.
    """
    CREATE UNIQUE INDEX retired_identity ON retired
        (coalesce(device_id, ''), coalesce(object_guid, ''), coalesce(sid, ''), coalesce(object_id, ''))
    """,
)
