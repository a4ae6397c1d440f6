"""The computers of Active Directory, live: each domain from the first of its controllers that answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.client.ldap.bind import Account, Accounts
from reconcile.client.ldap.refusal import SYSTEM
from reconcile.errors import SourceError, SourceIncomplete
from reconcile.settings import Directory
from reconcile.source.live.differences import differences, verdict
from reconcile.source.live.directory.domain import Pulled, pull_domain
from reconcile.source.live.directory.earlier import Base
from reconcile.source.live.directory.slices import Door
from reconcile.source.schema import DIRECTORY
from reconcile.source.snapshot import Entry, Rejected, bad_rows, digest, unread_rows
from reconcile.workspace import Run

MEMBERS = [name for name in DIRECTORY.names if name not in {"file", "row"}]


@dataclass(frozen=True)
class Ask:
    """What is pulled, by whom, and into which run's folder."""

    settings: Directory
    accounts: Account | Accounts
    run: Run


def pull_directory(ask: Ask, base: Base | None, now: datetime) -> tuple[Entry, list[Rejected]]:
    """The entry of the manifest, and what could not be used. Raises SourceIncomplete, SourceError or AccessRefused."""
    pulled, notes = _domains(ask, base)
    table = pa.concat_tables([domain.table for domain in pulled]).combine_chunks()
    path = ask.run.snapshot("directory")
    pq.write_table(table, path, compression="zstd")
    rejected = [item for domain in pulled for item in domain.rejected]
    entry = Entry(
        system="directory",
        tenant=None,
        domains=tuple(sorted(one.domain.name for one in pulled)),
        taken_at=now,
        rows=len(table),
        bad_rows=bad_rows(rejected),
        complete=not unread_rows(rejected),
        sha256=digest(path),
        tool_version=version("reconcile"),
        files=(),
        notes=(*notes, *_told(pulled), *_proof(ask.run, base, pulled)),
        read=tuple(one.domain for one in pulled),
    )
    return entry, rejected


def _domains(ask: Ask, base: Base | None) -> tuple[Sequence[Pulled], list[str]]:
    """Each domain once. A controller that does not answer is missed only where no other one of its domain does."""
    pulled: dict[str, Pulled] = {}
    failed: dict[str, SourceError] = {}
    for url in _in_order(ask.settings.servers, base):
        if _place(url) in pulled:
            continue
        try:
            door = Door(url, ask.accounts, ask.settings.ca_file)
            with door.open() as session:
                if session.root.domain not in pulled:
                    pulled[session.root.domain] = pull_domain(door, session, base, ask.settings.full_every)
        except SourceError as error:
            failed[url] = error
    for url, failure in failed.items():
        if _place(url) not in pulled:
            raise failure
    _raise_unless_all(ask.settings.domains, pulled)
    return list(pulled.values()), [f"{failure}; another controller was asked" for failure in failed.values()]


def _in_order(servers: Sequence[str], base: Base | None) -> list[str]:
    """Those first that were asked last: only they know what changed since."""
    last = {domain.server for domain in base.entry.read} if base else set()
    return sorted(dict.fromkeys(servers), key=lambda url: url not in last)


def _place(url: str) -> str:
    """The domain that a controller's name says it is of."""
    return (urlsplit(url).hostname or "").partition(".")[2].lower()


def _raise_unless_all(wanted: Sequence[str], pulled: Mapping[str, Pulled]) -> None:
    missing = sorted({domain.lower() for domain in wanted} - pulled.keys())
    if missing:
        raise SourceIncomplete(SYSTEM, f"no controller of {', '.join(missing)} is among [directory] servers")


def _told(pulled: Sequence[Pulled]) -> list[str]:
    return [f"{one.domain.name}: {note}" for one in pulled for note in one.notes]


def _proof(run: Run, base: Base | None, pulled: Sequence[Pulled]) -> list[str]:
    """Where full pulls were due: what changes alone told until now, against them."""
    due = [(one.told, one.table, one.meanwhile) for one in pulled if one.told is not None]
    if base is None or not due:
        return []
    told, found = (pa.concat_tables(tables) for tables in zip(*((told, table) for told, table, _ in due), strict=True))
    meanwhile = pa.concat_arrays([changed for _, _, changed in due])
    pulls = max(domain.sweeps for domain in base.entry.read) + 1
    differing = differences(told.select, found.select, meanwhile, "objectGUID", MEMBERS)
    return [verdict(differing, pulls, ("computers", "object_guid"), run.differences("directory"))]
