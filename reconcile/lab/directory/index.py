"""Finding objects by what is theirs alone: GUID, name, SID, account name."""

from dataclasses import dataclass, field
from uuid import UUID

from reconcile.lab.directory.dn import key
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.values import folded

NOBODY = UUID(int=0)


@dataclass
class Index:
    """`entries` by GUID; the rest leads to that. A deleted object keeps its SID, and its account name is free."""

    entries: dict[UUID, Entry] = field(default_factory=dict)
    names: dict[str, UUID] = field(default_factory=dict)
    sids: dict[bytes, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    def at(self, dn: str) -> Entry | None:
        """None also for what is no name."""
        try:
            return self.entries.get(self.names.get(key(dn), NOBODY))
        except ValueError:
            return None

    def by_sid(self, sid: bytes) -> Entry | None:
        return self.entries.get(self.sids.get(sid, NOBODY))

    def by_account(self, name: str) -> Entry | None:
        return self.entries.get(self.accounts.get(folded(name.encode()), NOBODY))

    def put(self, entry: Entry) -> None:
        self.entries[entry.guid] = entry
        for sid in entry.attributes.get("objectSid", ()):
            self.sids[sid] = entry.guid
        for name in entry.attributes.get("sAMAccountName", ()):
            self.accounts[folded(name)] = entry.guid

    def name(self, entry: Entry) -> None:
        self.names[key(entry.dn)] = entry.guid

    def unname(self, entry: Entry) -> None:
        del self.names[key(entry.dn)]

    def free_account(self, entry: Entry) -> None:
        for name in entry.attributes.get("sAMAccountName", ()):
            self.accounts.pop(folded(name), None)
