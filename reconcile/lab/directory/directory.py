"""The lab's Active Directory: one domain, its objects, and the sequence number that every change moves on.

Nobody is asked here whether they may: that is `directory_access`. What the data itself forbids raises Refused.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from reconcile.lab.directory import refusal
from reconcile.lab.directory.account import Account
from reconcile.lab.directory.dn import Rdn, domain_dn, join, parse
from reconcile.lab.directory.entry import Entry, Values, encoded, sid_bytes
from reconcile.lab.directory.index import Index
from reconcile.lab.directory.new import furnished, named
from reconcile.lab.directory.schema import KINDS
from reconcile.lab.directory.security import PARENT_OF_PROTECTED, PROTECTED, Descriptor, secluded, usual
from reconcile.lab.directory.tombstone import account_type, buried, buried_name, revived
from reconcile.lab.directory.values import Change, changed

FIRST_RID = 1100
KEPT_CLOSE = {"msFVE-RecoveryInformation"}
"""Classes whose objects nobody but an administrator may read; that they are there can be listed."""


@dataclass
class Directory:
    """Times are those of `now`. `usn` is the rootDSE's highestCommittedUSN; another `invocation_id` is another history.

    guarded_descendants: a tree delete is refused for the sake of any object below that denies its own deletion; a real
    domain asks for the right on the uppermost object only (MS-ADTS 3.1.1.5.5.7.1), and so did a Samba controller.
    """

    domain: str
    domain_sid: str
    now: Callable[[], datetime]
    recycle_bin: bool = False
    guarded_descendants: bool = False
    invocation_id: UUID = field(default_factory=uuid4)
    usn: int = 12_000
    accounts: dict[UUID, Account] = field(default_factory=dict)
    """By the GUID of the object that signs in."""
    index: Index = field(default_factory=Index, repr=False)
    _orphans: dict[UUID, list[UUID]] = field(default_factory=dict)
    """Deleted objects by the parent that they had."""
    _next_rid: int = FIRST_RID

    @property
    def base(self) -> str:
        return domain_dn(self.domain)

    @property
    def configuration(self) -> str:
        return f"CN=Configuration,{self.base}"

    @property
    def schema(self) -> str:
        return f"CN=Schema,{self.configuration}"

    @property
    def contexts(self) -> list[str]:
        """The names that are roots of their own."""
        return [self.base, self.configuration, self.schema]

    @property
    def host(self) -> str:
        """The DNS name of its one domain controller that answers."""
        return f"dc1.{self.domain}"

    @property
    def server(self) -> str:
        site = f"CN=Default-First-Site-Name,CN=Sites,{self.configuration}"
        return f"CN=DC1,CN=Servers,{site}"

    @property
    def service(self) -> str:
        """dsServiceName: the object whose invocationId tells one history of this server from another."""
        return f"CN=NTDS Settings,{self.server}"

    @property
    def bin(self) -> str:
        return f"CN=Deleted Objects,{self.base}"

    @property
    def entries(self) -> dict[UUID, Entry]:
        """By GUID, deleted ones too."""
        return self.index.entries

    def at(self, dn: str) -> Entry | None:
        """Deleted ones too; None for what is not there or is no name."""
        return self.index.at(dn)

    def find(self, dn: str) -> Entry:
        """As `at`, but raises Refused where there is none, with the nearest object above that is."""
        parts = parse(dn) if not dn else _parts(dn)
        found = self.at(dn)
        if found is None:
            above = (self.at(join(parts[at:])) for at in range(1, len(parts)))
            raise refusal.no_object(next((entry.dn for entry in above if entry), ""))
        return found

    def children(self, entry: Entry) -> list[Entry]:
        return [self.entries[guid] for guid in entry.children]

    def subtree(self, entry: Entry) -> Iterator[Entry]:
        """The object and all below, an object before what it holds."""
        pending = [entry]
        while pending:
            one = pending.pop()
            yield one
            pending.extend(self.entries[guid] for guid in reversed(one.children))

    def computers(self) -> list[Entry]:
        """The live ones, as the category says; managed service accounts have one of their own."""
        category = f"CN=Computer,{self.schema}".encode()
        return [entry for entry in self.entries.values() if entry.attributes.get("objectCategory") == [category]]

    def since(self, usn: int) -> list[Entry]:
        """What changed after that number, deleted ones too, in the order of their last changes."""
        return sorted((entry for entry in self.entries.values() if entry.usn > usn), key=lambda entry: entry.usn)

    def add(self, dn: str, kind: str, attributes: Values | None = None) -> UUID:
        """Of that class; objectGUID, objectSid and nTSecurityDescriptor may be given. Raises Refused."""
        parts = _parts(dn)
        if self.at(dn):
            raise refusal.exists()
        parent = None if dn in self.contexts else self.find(join(parts[1:]))
        given = furnished(self.schema, kind, parts[0], attributes or {})
        self._claim_account_name(given)
        describe = secluded if kind in KEPT_CLOSE else usual
        given.setdefault("nTSecurityDescriptor", [describe(self.domain_sid)])
        if KINDS[kind.lower()].account and "objectSid" not in given:
            given["objectSid"] = [self._new_sid()]
        entry = Entry(UUID(bytes_le=given["objectGUID"][0]), dn, given, None)
        if entry.guid in self.entries:
            raise refusal.exists()
        self.index.put(entry)
        self._place(entry, parent, parts[0])
        self._touch(entry)
        entry.attributes |= {"uSNCreated": entry.attributes["uSNChanged"]}
        entry.attributes.setdefault("whenCreated", entry.attributes["whenChanged"])
        return entry.guid

    def modify(self, dn: str, changes: Iterable[Change]) -> bool:
        """Whether anything was changed by it; raises Refused, and then nothing was."""
        entry = self.find(dn)
        after = changed(entry.attributes, changes)
        if after == entry.attributes:
            return False
        if "userAccountControl" in after and after["userAccountControl"] != entry.attributes.get("userAccountControl"):
            after |= account_type(entry.kind, int(after["userAccountControl"][0]))
        if after.get("sAMAccountName") != entry.attributes.get("sAMAccountName"):
            self._claim_account_name(after)
            self.index.free_account(entry)
        entry.attributes = after
        self.index.put(entry)
        self._touch(entry)
        return True

    def move(self, dn: str, rdn: str, parent: str | None = None) -> None:
        """Another name, another place, or both; what is below moves along and is not changed by it. Raises Refused."""
        entry, new = self.find(dn), _parts(rdn)[0]
        place = self._new_place(entry, parent)
        if new.kind != KINDS[entry.kind.lower()].rdn:
            raise refusal.unwilling("00002035")
        taken = self.at(f"{new},{place.dn}")
        if taken is not None and taken is not entry:
            raise refusal.exists()
        self._leave(entry)
        self._place(entry, place, new)
        self._touch(entry)

    def delete(self, dn: str) -> None:
        """Raises Refused, so where something is below it."""
        entry = self.find(dn)
        if entry.children:
            raise refusal.non_leaf()
        self._bury(_live(entry))

    def delete_tree(self, dn: str) -> int:
        """What is below goes first; how many objects went. Raises Refused."""
        gone = list(self.subtree(_live(self.find(dn))))
        for entry in reversed(gone):
            self._bury(entry)
        return len(gone)

    def restore(self, guid: UUID, dn: str) -> None:
        """To that name; raises Refused where it is not deleted, the name is taken, or its parent is not there."""
        entry, parts = self.entries.get(guid), _parts(dn)
        if entry is None or not entry.deleted:
            raise refusal.no_object(self.bin)
        if self.at(dn):
            raise refusal.exists()
        place = self.at(join(parts[1:]))
        if place is None or place.deleted:
            raise refusal.no_new_parent()
        self._claim_account_name(entry.attributes)
        self._leave(entry)
        entry.attributes = revived(entry, self.base)
        self._place(entry, place, parts[0])
        self.index.put(entry)
        self._touch(entry)

    def protect(self, dn: str, *, protected: bool = True) -> None:
        """From accidental deletion, as the administrators' console does it: what it denies on the parent stays denied."""
        entry = self.find(dn)
        above = self.entries[entry.parent or entry.guid]
        for one, ace in ((entry, PROTECTED), (above, PARENT_OF_PROTECTED)) if protected else ((entry, PROTECTED),):
            before = Descriptor.read(one.sd).without(ace)
            one.sd = bytes(before.with_first(ace) if protected else before)
            self._touch(one)

    def put_back(self, usn: int) -> None:
        """As a controller that was put back from a backup: another history begins, at an older number."""
        self.invocation_id, self.usn = uuid4(), usn
        self.find(self.service).attributes["invocationId"] = [self.invocation_id.bytes_le]

    def sign_up(self, dn: str, password: str, *, admin: bool = False) -> Account:
        """The object signs in with that from now on; raises Refused where it is not there."""
        entry = self.find(dn)
        account = Account(entry.guid, entry.sid or "", password, admin)
        self.accounts[entry.guid] = account
        return account

    def _new_sid(self) -> bytes:
        while (sid := sid_bytes(f"{self.domain_sid}-{self._next_rid}")) in self.index.sids:
            self._next_rid += 1
        return sid

    def _touch(self, entry: Entry) -> None:
        self.usn += 1
        entry.attributes |= {"uSNChanged": [encoded(self.usn)], "whenChanged": [encoded(self.now())]}

    def _new_place(self, entry: Entry, dn: str | None) -> Entry:
        place = self.at(dn) if dn is not None else self.entries.get(entry.parent or entry.guid)
        if place is None or place.deleted:
            raise refusal.no_new_parent()
        if entry.parent is None or any(one is place for one in self.subtree(entry)):
            raise refusal.unwilling("00002035")
        return place

    def _place(self, entry: Entry, parent: Entry | None, rdn: Rdn) -> None:
        entry.attributes |= named(rdn)
        if parent is not None:
            entry.parent, entry.dn = parent.guid, f"{rdn},{parent.dn}"
            parent.children[entry.guid] = None
        for one in self.subtree(entry):
            if one is not entry:
                one.dn = f"{parse(one.dn)[0]},{self.entries[one.parent or one.guid].dn}"
            one.attributes["distinguishedName"] = [one.dn.encode()]
            self.index.name(one)
            for orphan in self._orphans.get(one.guid, ()):
                self.entries[orphan].attributes["lastKnownParent"] = [one.dn.encode()]

    def _leave(self, entry: Entry) -> None:
        assert entry.parent is not None
        del self.entries[entry.parent].children[entry.guid]
        for one in self.subtree(entry):
            self.index.unname(one)

    def _bury(self, entry: Entry) -> None:
        parent = self.entries.get(entry.parent or entry.guid, entry)
        self.index.free_account(entry)
        self._leave(entry)
        rdn = parse(entry.dn)[0]
        entry.attributes = buried(entry, rdn, parent.dn, recycle_bin=self.recycle_bin)
        self._orphans.setdefault(parent.guid, []).append(entry.guid)
        self._place(entry, self.find(self.bin), buried_name(rdn, entry.guid))
        self._touch(entry)

    def _claim_account_name(self, attributes: Values) -> None:
        taken = self.index.by_account(attributes.get("sAMAccountName", [b""])[0].decode())
        if taken is not None and attributes["objectGUID"] != taken.attributes["objectGUID"]:
            raise refusal.exists()


def _live(entry: Entry) -> Entry:
    """Raises Refused for one that is deleted already, and for the root of a naming context."""
    if entry.deleted or entry.parent is None:
        raise refusal.unwilling("00002035")
    return entry


def _parts(dn: str) -> tuple[Rdn, ...]:
    """Raises Refused for what is no name."""
    try:
        parts = parse(dn)
    except ValueError as error:
        raise refusal.bad_name(dn) from error
    if not parts:
        raise refusal.bad_name(dn)
    return parts
