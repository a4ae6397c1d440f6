"""Looking at single computers: where an identity stands just now on one domain controller, by its objectGUID alone.

A name is no identity: somebody else may bear it since. A computer that is not found is "absent" where the server
shows this account what was deleted; else all that is known is that it is not among the living.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from reconcile.client.ldap.computer import ATTRIBUTES, UNREADABLE, Computer, read_computer
from reconcile.client.ldap.deleted import SHOW_RECYCLED, has_recycle_bin, sees_deleted
from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.protection import DACL_ONLY
from reconcile.client.ldap.refusal import Lost
from reconcile.client.ldap.session import Session
from reconcile.errors import SourceError

State = Literal["present", "tombstoned", "recycled", "absent", "unknown"]
AT_ONCE = 50
UNSEEN = "it is not among the live objects that this account is shown, and what was deleted is not shown to it"


@dataclass(frozen=True)
class Pin:
    """One identity: its objectGUID, in any spelling. Raises ValueError for what is none."""

    object_guid: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "object_guid", str(UUID(self.object_guid)))

    @property
    def guid(self) -> UUID:
        return UUID(self.object_guid)

    @property
    def dn(self) -> str:
        """As a server takes it for the object itself, however it is called and wherever it stands."""
        return f"<GUID={self.object_guid}>"


@dataclass(frozen=True)
class Look:
    """`why` says what made the state, where it is not plain. `tombstones_seen`: whether the deleted were looked at too.

    A tombstoned computer can be restored, a recycled one cannot. Of an absent one, this server shows this account nothing.
    """

    state: State
    computer: Computer | None = None
    why: str = ""
    tombstones_seen: bool = True


def by_guid(guids: Sequence[UUID]) -> str:
    """A filter for any of them; their bytes are mixed-endian."""
    either = ("".join(f"\\{byte:02x}" for byte in guid.bytes_le) for guid in guids)
    return f"(|{''.join(f'(objectGUID={guid})' for guid in either)})"


def look(session: Session, pin: Pin) -> Look:
    return looks(session, [pin])[0]


def looks(session: Session, pins: Sequence[Pin]) -> list[Look]:
    """Where each stands now; what could not be settled is unknown, with the reason. Never raises for that."""
    once = list(dict.fromkeys(pins))
    found: dict[Pin, Look] = {}
    for at in range(0, len(once), AT_ONCE):
        chunk = once[at : at + AT_ONCE]
        try:
            ready(session)
        except SourceError as error:
            found.update(dict.fromkeys(once[at:], Look("unknown", why=str(error))))
            break
        try:
            found.update(zip(chunk, _found(session, chunk), strict=True))
        except (Lost, SourceError) as error:
            found.update(dict.fromkeys(chunk, Look("unknown", why=str(error))))
    return [found[pin] for pin in pins]


def ready(session: Session) -> None:
    """A lost connection is opened anew. Raises SourceError."""
    if session.closed:
        session.reopen()


def _found(session: Session, pins: Sequence[Pin]) -> Iterator[Look]:
    """Raises Lost or SourceError."""
    wanted = by_guid([pin.guid for pin in pins])
    reply = session.search(session.root.base, wanted, ATTRIBUTES, controls=[SHOW_RECYCLED, DACL_ONLY])
    if not reply.ok:
        why = f"{session.url}: {reply.said}"
        return iter([Look("unknown", why=why)] * len(pins))
    entries = {entry.guid: entry for entry in reply.entries}
    shown = all(pin.guid in entries for pin in pins) or sees_deleted(session)
    missing = Look("absent", tombstones_seen=shown, why="" if shown else UNSEEN)
    return (_seen(session, entries[pin.guid]) if pin.guid in entries else missing for pin in pins)


def _seen(session: Session, entry: Entry) -> Look:
    try:
        computer = read_computer(entry)
    except UNREADABLE as error:
        return Look("unknown", why=f"{entry.dn} cannot be read: {error}")
    if not computer.is_computer:
        return Look("unknown", computer, why=f"{entry.dn} is no computer, but {' '.join(computer.classes[-1:])}")
    if not entry.says("isdeleted"):
        return Look("present", computer)
    return _deleted(session, computer) if entry.says("isrecycled") else Look("tombstoned", computer)


def _deleted(session: Session, computer: Computer) -> Look:
    """Without a recycle bin, AD calls a tombstone recycled from the first; restored it can be all the same."""
    try:
        return Look("recycled" if has_recycle_bin(session) else "tombstoned", computer)
    except SourceError as error:
        return Look("tombstoned", computer, why=f"whether it can be restored is not known: {error}")
