"""A snapshot: what one system said at one time, as a Parquet file and an entry of the manifest."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from reconcile.workspace import Part, System


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """One file that the snapshot was read from."""

    file: str
    sha256: str
    shape: str
    encoding: str
    rows: int
    count: int | None = None
    """The number of rows that the export itself says it has."""


class PartEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What stands beside a live snapshot, in a file of its own."""

    sha256: str
    rows: int
    count: int | None = None
    """As the server counted."""


class Live(msgspec.Struct, frozen=True, kw_only=True):
    """How a live snapshot was obtained, and where the next pull goes on."""

    endpoint: str
    query: str
    """What each device was asked for: with another question, what changed since tells nothing."""
    unknown: tuple[str, ...] = ()
    """Members of it that this Graph has no name for, as a cloud that is behind the others."""
    requests: int
    count: int
    """The devices, as the server counted them."""
    sweeps: int = 0
    """Pulls since the devices were read in full; 0 = this one did."""
    link: str | None = None
    """Graph's own link to what changes from here on."""
    parts: dict[Part, PartEntry] = {}
    sync_deletion_threshold: int | None = None
    """So many deletions in one cycle stop the sync; null where it was not asked for, or is switched off."""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """One domain of a live snapshot, as one of its controllers told it, and where the next pull goes on."""

    name: str
    """Its DNS name."""
    server: str
    """As settings name the controller."""
    database: str | None = None
    """The controller's invocation id: numbers of changes mean nothing to another one, nor to it once it was restored."""
    usn: int
    """All changes up to this number of the controller's are in the snapshot."""
    rows: int
    sweeps: int = 0
    """Pulls since it was read in full; 0 = this one did."""
    cuts: tuple[int, ...] = ()
    """Numbers of creation that part its computers into as many each."""
    keys: bool = False
    """Whether this account sees BitLocker keys."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What `manifest.json` says of one snapshot."""

    system: System
    tenant: str | None
    domains: tuple[str, ...]
    taken_at: datetime
    rows: int
    bad_rows: int
    complete: bool
    sha256: str
    tool_version: str
    files: tuple[Origin, ...]
    notes: tuple[str, ...] = ()
    """What the operator should know and no row is to blame for, such as dates left unread for want of a format."""
    live: Live | None = None
    """Of Entra; null: read from files."""
    read: tuple[Domain, ...] = ()
    """Of the directory; empty: read from files."""


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """One run's snapshots; a system without an entry is absent, which is not empty."""

    run: str
    taken_at: datetime
    sources: dict[System, Entry]


@dataclass(frozen=True)
class Rejected:
    """One value that could not be used, for `1-rejected.csv`."""

    system: System
    file: str
    row: int
    field: str
    value: str
    reason: str
    kept: bool
    """Whether the row stays, with this value unknown; if not, the whole row is left out."""


BLOCK = 8 << 20
"""Large enough that who hashes in a thread seldom waits for the others."""
REJECTED_COLUMNS = ("system", "file", "row", "field", "value", "reason", "kept")


def digest(path: Path) -> str:
    """SHA-256 of the file."""
    sha256 = hashlib.sha256()
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK):
            sha256.update(block)
    return sha256.hexdigest()


def bad_rows(rejected: Iterable[Rejected]) -> int:
    """How many different rows the rejections name."""
    return len({(item.file, item.row) for item in rejected})


def unread_rows(rejected: Iterable[Rejected]) -> bool:
    """Whether there are rows of which not even the id is known: whoever is missing may be one of them."""
    return any(not item.kept and not item.field for item in rejected)
