"""Security descriptors, in bytes as Active Directory keeps them, and who may do what by them.

Source: MS-DTYP 2.4 (SID, ACE, ACL, SECURITY_DESCRIPTOR); rights as in MS-ADTS 5.1.3.2.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from reconcile.lab.directory.entry import sid_bytes, sid_text

CREATE_CHILD, DELETE_CHILD, LIST, READ, WRITE, DELETE_TREE, CONTROL = 0x1, 0x2, 0x4, 0x10, 0x20, 0x40, 0x100
DELETE, READ_DESCRIPTOR, WRITE_DESCRIPTOR = 0x10000, 0x20000, 0x40000
FULL, LOOK = 0xF01FF, 0x20094
EVERYONE, AUTHENTICATED, SYSTEM, ADMINISTRATORS = "S-1-1-0", "S-1-5-11", "S-1-5-18", "S-1-5-32-544"
OWNER_PART, GROUP_PART, DACL_PART, SACL_PART = 1, 2, 4, 8
ALL_PARTS = 15
SELF_RELATIVE, DACL_PRESENT, SACL_PRESENT = 0x8000, 0x4, 0x10
SIMPLE = {0: False, 1: True}
"""Types of ACE that mean the whole object: allowed and denied."""
INHERIT_ONLY = 0x8


@dataclass(frozen=True)
class Ace:
    """What a SID is granted or denied."""

    sid: str
    mask: int
    denied: bool = False

    def __bytes__(self) -> bytes:
        sid = sid_bytes(self.sid)
        return struct.pack("<BBHI", int(self.denied), 0, 8 + len(sid), self.mask) + sid


PROTECTED = Ace(EVERYONE, DELETE | DELETE_TREE, denied=True)
"""Protection from accidental deletion, on the object."""
PARENT_OF_PROTECTED = Ace(EVERYONE, DELETE_CHILD, denied=True)
"""The other half, on the object that holds it."""


@dataclass(frozen=True)
class Descriptor:
    """The parts as they stand in bytes; an empty one is not there. Order of the ACEs is that of the list."""

    owner: bytes = b""
    group: bytes = b""
    dacl: bytes = b""
    sacl: bytes = b""

    @classmethod
    def read(cls, data: bytes) -> "Descriptor":
        """Raises ValueError for what is no self-relative descriptor."""
        try:
            _, _, control, owner, group, sacl, dacl = struct.unpack_from("<BBHIIII", data)
            return cls(
                _sid_at(data, owner),
                _sid_at(data, group),
                _acl_at(data, dacl) if control & DACL_PRESENT else b"",
                _acl_at(data, sacl) if control & SACL_PRESENT else b"",
            )
        except (struct.error, IndexError) as error:
            raise ValueError("no security descriptor") from error

    def __bytes__(self) -> bytes:
        control = SELF_RELATIVE | (DACL_PRESENT if self.dacl else 0) | (SACL_PRESENT if self.sacl else 0)
        offsets, body = [], b""
        for part in (self.owner, self.group, self.sacl, self.dacl):
            offsets.append(20 + len(body) if part else 0)
            body += part
        return struct.pack("<BBHIIII", 1, 0, control, *offsets) + body

    def only(self, parts: int) -> "Descriptor":
        return Descriptor(
            self.owner if parts & OWNER_PART else b"",
            self.group if parts & GROUP_PART else b"",
            self.dacl if parts & DACL_PART else b"",
            self.sacl if parts & SACL_PART else b"",
        )

    def overlaid(self, other: "Descriptor", parts: int) -> "Descriptor":
        """With these parts of another one."""
        mine, theirs = self.only(~parts), other.only(parts)
        return Descriptor(
            mine.owner + theirs.owner, mine.group + theirs.group, mine.dacl + theirs.dacl, mine.sacl + theirs.sacl
        )

    @property
    def aces(self) -> list[Ace]:
        """Those that mean the whole object; ACEs for single properties are passed over."""
        found, at = [], 8
        while at + 8 <= len(self.dacl):
            kind, flags, size, mask = struct.unpack_from("<BBHI", self.dacl, at)
            if kind in SIMPLE and not flags & INHERIT_ONLY:
                found.append(Ace(sid_text(self.dacl[at + 8 : at + size]), mask, SIMPLE[kind]))
            at += max(size, 8)
        return found

    def with_first(self, ace: Ace) -> "Descriptor":
        return replace(self, dacl=_acl(self._count + 1, bytes(ace) + self.dacl[8:]))

    def without(self, ace: Ace) -> "Descriptor":
        """The first ACE of the same bytes is taken away, where there is one."""
        at = self.dacl.find(bytes(ace), 8)
        if at < 0:
            return self
        return replace(self, dacl=_acl(self._count - 1, self.dacl[8:at] + self.dacl[at + len(bytes(ace)) :]))

    @property
    def _count(self) -> int:
        return int.from_bytes(self.dacl[4:6], "little")


def described(owner: str, aces: Iterable[Ace]) -> bytes:
    """A descriptor that `owner` owns, with these ACEs in this order."""
    parts = [bytes(ace) for ace in aces]
    return bytes(Descriptor(sid_bytes(owner), sid_bytes(owner), _acl(len(parts), b"".join(parts))))


@lru_cache
def usual(domain_sid: str) -> bytes:
    """Administrators may do all, who has signed in may look."""
    admins = f"{domain_sid}-512"
    full = [Ace(sid, FULL) for sid in (admins, ADMINISTRATORS, SYSTEM)]
    return described(admins, [*full, Ace(AUTHENTICATED, LOOK)])


@lru_cache
def secluded(domain_sid: str) -> bytes:
    """Only administrators may look, as into Deleted Objects."""
    admins = f"{domain_sid}-512"
    return described(admins, [Ace(sid, FULL) for sid in (admins, ADMINISTRATORS, SYSTEM)])


@lru_cache(maxsize=4096)
def granted(sd: bytes, sids: frozenset[str], mask: int) -> bool:
    """Whether all of these rights are given before one of them is denied."""
    wanted = mask
    for ace in Descriptor.read(sd).aces:
        if ace.sid in sids:
            if ace.denied and ace.mask & wanted:
                return False
            wanted &= ~(0 if ace.denied else ace.mask)
            if not wanted:
                return True
    return False


def is_protected(sd: bytes) -> bool:
    """From accidental deletion, by an ACE on the object itself."""
    return any(ace.denied and ace.sid == EVERYONE and ace.mask & DELETE for ace in Descriptor.read(sd).aces)


def _acl(count: int, body: bytes) -> bytes:
    return struct.pack("<BBHHH", 2, 0, 8 + len(body), count, 0) + body


def _sid_at(data: bytes, at: int) -> bytes:
    return data[at : at + 8 + 4 * data[at + 1]] if at else b""


def _acl_at(data: bytes, at: int) -> bytes:
    return data[at : at + int.from_bytes(data[at + 2 : at + 4], "little")] if at else b""
