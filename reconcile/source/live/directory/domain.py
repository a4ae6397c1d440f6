"""One domain, from one of its controllers: every computer of it, or those that changed since the same one was asked."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
from msgspec import structs

from reconcile.client.ldap.deleted import deleted_container
from reconcile.client.ldap.refusal import SYSTEM, Lost
from reconcile.client.ldap.session import ANYTHING, Session
from reconcile.errors import SourceError, SourceIncomplete
from reconcile.source.computer import typed
from reconcile.source.live.directory.changes import Changes, changed_between
from reconcile.source.live.directory.earlier import Base
from reconcile.source.live.directory.reading import (
    KEYS,
    at_dns,
    count_keys,
    count_keys_of,
    numbered,
    spns_as_served,
    with_keys,
    without_spns,
)
from reconcile.source.live.directory.slices import Door, Read, read_slices
from reconcile.source.repeats import without_repeats
from reconcile.source.schema import DIRECTORY
from reconcile.source.snapshot import Domain, Rejected

NO_TOMBSTONES = "every pull is a full one: the account may not see what was deleted"
NO_DATABASE = "every pull is a full one: the account may not see the controller's invocation id"


@dataclass(frozen=True)
class Pulled:
    """`table` has the columns of DIRECTORY."""

    domain: Domain
    table: pa.Table
    rejected: Sequence[Rejected] = ()
    notes: Sequence[str] = ()
    meanwhile: pa.Array | None = None
    """GUIDs of what changed while it was read in full."""
    told: pa.Table | None = None
    """What changes alone would have told; only where a full pull was due to prove them."""


@dataclass(frozen=True)
class Asked:
    """A controller, and what it says of itself before anything is read."""

    door: Door
    session: Session
    database: str | None
    deleted: str | None
    usn: int

    @property
    def name(self) -> str:
        return self.session.root.domain


def pull_domain(door: Door, session: Session, base: Base | None, full_every: int) -> Pulled:
    """Raises SourceIncomplete, SourceError or AccessRefused."""
    if not session.root.synchronized:
        raise SourceIncomplete(SYSTEM, f"{door.url} has not yet taken over what the other controllers know")
    try:
        asked = Asked(door, session, _database(session), deleted_container(session), session.highest_usn())
        return _pull(asked, base, full_every)
    except Lost as error:
        raise SourceError(SYSTEM, str(error)) from error


def _pull(asked: Asked, base: Base | None, full_every: int) -> Pulled:
    before = base.domain(asked.name) if base else None
    why_not, rows = _why_not(asked, base, before)
    if base is None or before is None or rows is None:
        return _in_full(asked, before, [why_not] if why_not else [])
    if before.sweeps + 1 >= full_every:
        told = _since(asked, before, rows, base.rejected).table
        return replace(_in_full(asked, before, []), told=told)
    return _since(asked, before, rows, base.rejected)


def _database(session: Session) -> str | None:
    reply = (
        session.search(session.root.service, ANYTHING, ["invocationId"], scope="BASE") if session.root.service else None
    )
    values = reply.entries[0].values.get("invocationid") if reply and reply.ok and reply.entries else None
    return str(UUID(bytes_le=values[0])) if values else None


def _why_not(asked: Asked, base: Base | None, before: Domain | None) -> tuple[str | None, pa.Table | None]:
    """What keeps this pull from going on where the last one ended, or the rows that it goes on from."""
    if asked.database is None or asked.deleted is None:
        return NO_DATABASE if asked.database is None else NO_TOMBSTONES, None
    if base is None or before is None:
        return None, None
    if before.database != asked.database:
        return f"everything was read anew: {before.server} was asked last, or {asked.door.url} was restored", None
    if asked.usn < before.usn:
        return f"everything was read anew: {asked.door.url} has forgotten changes", None
    rows = base.rows(before)
    return (None if rows is not None else f"everything was read anew: {base.run.name} is not as it was left"), rows


def _in_full(asked: Asked, before: Domain | None, notes: Sequence[str]) -> Pulled:
    """What changes while it is read is read again: a computer may have moved, or gone, in between."""
    read, keys = _read(asked, before)
    usn = asked.session.highest_usn()
    changes = changed_between(asked.session, asked.usn, usn, asked.deleted)
    served = numbered(spns_as_served(changes.laid_over(read.table)))
    if not len(served):
        raise SourceIncomplete(SYSTEM, f"{asked.door.url} shows this account no computer of {asked.name}")
    table, bad, typing = typed(served, asked.door.url, None)
    table, repeated, twice = without_repeats(table, "directory", "objectGUID")
    moved = set(changes.still_there()["distinguishedName"].to_pylist())
    keys = {**keys, **count_keys_of(asked.session, moved | _with_other_keys(changes, table))}
    table = with_keys(table, keys, pa.scalar(0 if keys else None, pa.int64()))
    domain = Domain(
        name=asked.name,
        server=asked.door.url,
        database=asked.database,
        usn=usn,
        rows=len(table),
        cuts=read.cuts(),
        keys=bool(keys),
    )
    notes = [*notes, *typing, *twice, *_unseen(keys)]
    return Pulled(domain, table, [*bad, *repeated], notes, _meanwhile(changes, table))


def _read(asked: Asked, before: Domain | None) -> tuple[Read, Mapping[str, int]]:
    """The computers, and beside them the number of their keys."""
    with ThreadPoolExecutor(1) as pool:
        counting = pool.submit(_count_keys, asked.door)
        cuts = before.cuts if before and before.database == asked.database else ()
        read = read_slices(asked.door, cuts)
        return read, counting.result()


def _count_keys(door: Door) -> Counter[str]:
    with door.open() as session:
        return count_keys(session)


def _with_other_keys(changes: Changes, table: pa.Table) -> set[str]:
    """The DNs of computers that are still there and whose keys changed."""
    return set(table["distinguishedName"].filter(at_dns(table, changes.keys_of).is_valid()).to_pylist())


def _meanwhile(changes: Changes, table: pa.Table) -> pa.Array:
    with_new_keys = table["objectGUID"].filter(at_dns(table, changes.keys_of).is_valid())
    return pa.concat_arrays([changes.touched, with_new_keys.combine_chunks()])


def _unseen(keys: object) -> Iterator[str]:
    if not keys:
        yield "no BitLocker keys are seen: there are none, or the account may not see them; their number stays unknown"


def _since(asked: Asked, before: Domain, rows: pa.Table, rejected: Sequence[Rejected]) -> Pulled:
    changes = changed_between(asked.session, before.usn, asked.usn, asked.deleted)
    served = numbered(changes.still_there(), (pc.max(rows["row"]).as_py() or 0) + 1)
    if rows["servicePrincipalName"].null_count == len(rows):
        served = without_spns(served)
    changed, bad, notes = typed(served, asked.door.url, None)
    untouched = rows.filter(pc.invert(pc.is_in(rows["objectGUID"], value_set=changes.touched)))
    table = pa.concat_tables([untouched, _with_former_keys(changed, rows, before)])
    keys = _recounted(asked.session, changes, table, before)
    table = with_keys(table, keys, table["bitlockerKeys"])
    domain = structs.replace(
        before,
        server=asked.door.url,
        usn=asked.usn,
        rows=len(table),
        sweeps=before.sweeps + 1,
        keys=before.keys or bool(keys),
    )
    return Pulled(domain, table, [*_of(rejected, untouched), *bad], notes)


def _with_former_keys(changed: pa.Table, rows: pa.Table, before: Domain) -> pa.Table:
    """A computer's own changes say nothing of its keys; a new one has none but those that are counted now."""
    at = pc.index_in(changed["objectGUID"], value_set=rows["objectGUID"].combine_chunks())
    former = rows["bitlockerKeys"].take(at.combine_chunks())
    counts = pc.fill_null(former, 0) if before.keys else former
    return changed.set_column(KEYS, DIRECTORY.field(KEYS), counts)


def _recounted(session: Session, changes: Changes, table: pa.Table, before: Domain) -> Counter[str]:
    if changes.keys_of and not before.keys:
        return count_keys(session)
    return count_keys_of(session, _with_other_keys(changes, table))


def _of(rejected: Sequence[Rejected], rows: pa.Table) -> list[Rejected]:
    """What could not be used of rows that are as they were."""
    places = set(zip(rows["file"].to_pylist(), rows["row"].to_pylist(), strict=True)) if rejected else set()
    return [item for item in rejected if (item.file, item.row) in places]
