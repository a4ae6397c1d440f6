"""What a connection remembers, and what its account may see."""

from dataclasses import dataclass, field
from uuid import UUID

from reconcile.lab.directory.account import Account
from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.schema import Attribute
from reconcile.lab.directory.security import CONTROL, EVERYONE, LIST, READ, READ_DESCRIPTOR, granted
from reconcile.lab.ldap.lab import DirectoryLab
from reconcile.lab.ldap.match import Match
from reconcile.lab.ldap.message import Request

SHOW_DELETED, SHOW_RECYCLED = "1.2.840.113556.1.4.417", "1.2.840.113556.1.4.2064"
NOBODY = frozenset({EVERYONE})


@dataclass
class Listing:
    """What is left of a paged search. `wanted` is asked again on each page, as objects change meanwhile."""

    asked: Request
    left: list[UUID]
    wanted: Match
    referrals: tuple[str, ...]


@dataclass
class Session:
    """`secure`: TLS is up. `listings` by cookie; they belong to their connection."""

    lab: DirectoryLab
    secure: bool
    account: Account | None = None
    listings: dict[bytes, Listing] = field(default_factory=dict)
    cookies: int = 0

    @property
    def directory(self) -> Directory:
        return self.lab.directory

    @property
    def sids(self) -> frozenset[str]:
        return self.account.sids if self.account else NOBODY

    @property
    def who(self) -> str:
        """The sAMAccountName; empty for nobody."""
        entry = self.directory.entries.get(self.account.guid) if self.account else None
        return (entry.text("sAMAccountName") or "") if entry else ""

    def may(self, entry: Entry, rights: int) -> bool:
        return granted(entry.sd, self.sids, rights)

    def sees(self, entry: Entry, controls: frozenset[str]) -> bool:
        """That it is there, by the right to list its parent; deleted objects are shown on request only."""
        above = self.directory.entries.get(entry.parent) if entry.parent else None
        if above is not None and not self.may(above, LIST):
            return False
        if not entry.deleted:
            return True
        recycled = entry.recycled and self.directory.recycle_bin
        return SHOW_RECYCLED in controls or (SHOW_DELETED in controls and not recycled)

    def reads(self, entry: Entry, attribute: Attribute) -> bool:
        """What is confidential needs a right of its own, and so does the security descriptor."""
        if attribute.syntax == "descriptor":
            return self.may(entry, READ_DESCRIPTOR)
        return self.may(entry, READ | CONTROL if attribute.confidential else READ)
