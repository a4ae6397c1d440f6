"""What is lost when a computer is deleted: its own attributes, and all that hangs below it, BitLocker keys among them.

Source: BitLocker's ms-FVE-RecoveryInformation; "Windows LAPS schema extensions"; MS-ADTS 3.1.1.4.4 (confidential attributes).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from reconcile.client.ldap.computer import UNREADABLE, read_time
from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.protection import DACL_ONLY, is_protected
from reconcile.client.ldap.refusal import SYSTEM
from reconcile.client.ldap.search import Search, everything
from reconcile.client.ldap.session import ANYTHING, Session
from reconcile.errors import SourceError

PROTECTED = "protected from accidental deletion; `Set-ADObject -ProtectedFromAccidentalDeletion $false` lifts it"
RECOVERY = "msfve-recoveryinformation"
PASSWORD = "msfve-recoverypassword"  # noqa: S105 (the name of an attribute)
LAPS = {
    "ms-mcs-admpwdexpirationtime": ("ms-mcs-admpwd",),
    "mslaps-passwordexpirationtime": ("mslaps-password", "mslaps-encryptedpassword"),
}
"""Whoever may read when a password runs out is told that there is one; it stands in one of these."""


@dataclass(frozen=True)
class Kept:
    """One object, every attribute as served, by its name in lower case."""

    guid: UUID
    dn: str
    values: Mapping[str, tuple[bytes, ...]] = field(repr=False)

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(one.decode("ascii", "replace").lower() for one in self.values.get("objectclass", ()))

    @property
    def version(self) -> tuple[UUID, tuple[bytes, ...]]:
        """Another one, once anything about it has changed."""
        return self.guid, self.values.get("usnchanged", ())

    def withheld(self) -> str:
        """Which secret is there and was not served; empty where there is none, or all were."""
        if RECOVERY in self.classes and PASSWORD not in self.values:
            return "a BitLocker recovery password"
        hidden = (told for told, where in LAPS.items() if told in self.values and not self.values.keys() & set(where))
        return "its LAPS password" if any(hidden) else ""


@dataclass(frozen=True)
class Key:
    """A BitLocker key of the computer, by its own id and that of its volume."""

    id: UUID | None
    volume: UUID | None
    created_at: datetime | None
    key: str = field(repr=False)


@dataclass(frozen=True)
class Saved:
    """The computer, and what hangs below it, at one moment."""

    pin: Pin
    computer: Kept
    below: tuple[Kept, ...] = ()

    @property
    def keys(self) -> tuple[Key, ...]:
        return tuple(_key(one) for one in self.below if RECOVERY in one.classes)

    @property
    def versions(self) -> frozenset[tuple[UUID, tuple[bytes, ...]]]:
        return frozenset(one.version for one in self._all())

    def same_as(self, other: "Saved") -> bool:
        """Whether nothing came, went or changed between the two."""
        return self.versions == other.versions

    def obstacle(self) -> str:
        """Why it must not be deleted, as far as what is below tells; empty where it may be."""
        for one in self._all():
            if what := one.withheld():
                return f"secrets would be lost: {what} cannot be read by this account ({one.dn})"
        for one in self.below:
            descriptor = one.values.get("ntsecuritydescriptor")
            protected = is_protected(descriptor[0]) if descriptor else None
            if protected is None:
                return (
                    f"whether {one.dn} below it is protected from deletion is not known: its descriptor cannot be read"
                )
            if protected:
                return f"{one.dn} below it is {PROTECTED}"
        return ""

    def _all(self) -> Iterator[Kept]:
        yield self.computer
        yield from self.below


def read_tree(session: Session, pin: Pin) -> Saved:
    """Raises SourceIncomplete, SourceError or AccessRefused."""
    entries = everything(session, Search(ANYTHING, ("*", "nTSecurityDescriptor"), pin.dn, [DACL_ONLY]))
    kept = {one.guid: one for one in map(_kept, entries)}
    if pin.guid not in kept:
        raise SourceError(SYSTEM, f"{session.url}, {pin.dn}: what was served is not the computer")
    return Saved(pin, kept.pop(pin.guid), tuple(sorted(kept.values(), key=lambda one: one.dn)))


def _kept(entry: Entry) -> Kept:
    if entry.guid is None:
        raise SourceError(SYSTEM, f"{entry.dn} was served without its objectGUID, so this account may not read it")
    return Kept(entry.guid, entry.dn, {name: tuple(values) for name, values in entry.values.items()})


def _key(one: Kept) -> Key:
    password = b"".join(one.values.get(PASSWORD, ()))
    return Key(
        _guid(one, "msfve-recoveryguid"),
        _guid(one, "msfve-volumeguid"),
        _created(one),
        password.decode("utf-8", "backslashreplace"),
    )


def _guid(one: Kept, name: str) -> UUID | None:
    values = one.values.get(name)
    return UUID(bytes_le=values[0]) if values and len(values[0]) == len(one.guid.bytes) else None


def _created(one: Kept) -> datetime | None:
    try:
        return read_time(one.values["whencreated"][0].decode())
    except (KeyError, *UNREADABLE):
        return None
