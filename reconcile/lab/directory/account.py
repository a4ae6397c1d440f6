"""Who may sign in, and why one may not."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.security import ADMINISTRATORS, AUTHENTICATED, EVERYONE

DISABLED, PASSWORD_EXPIRED = 0x2, 0x800000


@dataclass(frozen=True)
class Account:
    """`guid`: of the object that it is."""

    guid: UUID
    sid: str
    password: str = field(repr=False)
    admin: bool = False

    @property
    def sids(self) -> frozenset[str]:
        """All that it is granted or denied rights by."""
        domain = self.sid.rpartition("-")[0]
        own = {self.sid, EVERYONE, AUTHENTICATED}
        return frozenset(own | ({f"{domain}-512", ADMINISTRATORS} if self.admin else set()))


def hindrance(entry: Entry, now: datetime) -> str:
    """The code that Active Directory gives why a right password is not taken; empty where it is."""
    control = entry.number("userAccountControl") or 0
    expires = entry.time("accountExpires")
    for code, holds in (
        ("775", bool(entry.number("lockoutTime"))),
        ("533", bool(control & DISABLED)),
        ("701", expires is not None and expires < now),
        ("532", bool(control & PASSWORD_EXPIRED)),
    ):
        if holds:
            return code
    return ""
