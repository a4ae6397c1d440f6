"""Protection from accidental deletion, told from the bytes of a security descriptor."""

import struct
from dataclasses import dataclass
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.ldap.protection import DACL_ONLY, is_protected, parent_denies_child_deletion
from tests.client.ldap.domain import Place, denying

EVERYONE, SYSTEM, ADMINISTRATORS = (
    "010100000000000100000000",
    "010100000000000512000000",
    "01020000000000052000000020020000",
)
SIDS = [bytes.fromhex(sid) for sid in (EVERYONE, SYSTEM, ADMINISTRATORS)]
ALLOWED, DENIED, OBJECT_ALLOWED, OBJECT_DENIED = 0, 1, 5, 6


@dataclass(frozen=True)
class Ace:
    kind: int
    flags: int
    mask: int
    sid: bytes
    guids: int = 0

    def __bytes__(self) -> bytes:
        kinds = struct.pack("<I", self.guids) + uuid4().bytes * self.guids.bit_count()
        body = (kinds if self.kind in {OBJECT_ALLOWED, OBJECT_DENIED} else b"") + self.sid
        return struct.pack("<BBHI", self.kind, self.flags, 8 + len(body), self.mask) + body

    def denies(self, rights: int) -> bool:
        """As the definition has it."""
        denied = self.kind in {DENIED, OBJECT_DENIED}
        return denied and self.sid == SIDS[0] and bool(self.mask & rights) and not self.flags & 0x8


def descriptor(aces: list[Ace], before: bytes = b"", *, present: bool = True) -> bytes:
    """`before` stands between the header and the list."""
    body = b"".join(map(bytes, aces))
    acl = struct.pack("<BBHHH", 4, 0, 8 + len(body), len(aces), 0) + body
    return struct.pack("<BBHIIII", 1, 0, 0x8004 if present else 0x8000, 0, 0, 0, 20 + len(before)) + before + acl


ACES = st.builds(
    Ace,
    st.sampled_from([ALLOWED, DENIED, OBJECT_ALLOWED, OBJECT_DENIED, 9]),
    st.integers(0, 0x1F),
    st.sampled_from([0, 0x2, 0x40, 0x10000, 0x10040, 0xF01FF, 0x20094]),
    st.sampled_from(SIDS),
    st.integers(0, 3),
)


@given(st.lists(ACES, max_size=8), st.binary(max_size=12))
def test_it_is_read_as_the_definition_has_it(aces: list[Ace], before: bytes) -> None:
    data = descriptor(aces, before)

    assert is_protected(data) is any(ace.denies(0x10040) for ace in aces)
    assert parent_denies_child_deletion(data) is any(ace.denies(0x2) for ace in aces)


@given(st.lists(ACES, max_size=4), st.integers(0, 200))
def test_what_is_cut_off_never_tells_that_nothing_protects_what_is_protected(aces: list[Ace], kept: int) -> None:
    data = descriptor(aces)
    told = is_protected(data[:kept])

    assert told in {None, any(ace.denies(0x10040) for ace in aces)}


@given(st.binary(max_size=80))
def test_any_bytes_are_an_answer(data: bytes) -> None:
    assert is_protected(data) in {True, False, None}


def test_a_descriptor_without_a_list_tells_nothing() -> None:
    assert is_protected(b"") is None
    assert is_protected(descriptor([Ace(DENIED, 0, 0x10040, SIDS[0])], present=False)) is None
    assert is_protected(struct.pack("<BBHIIII", 1, 0, 0x8004, 0, 0, 0, 0)) is None


def test_an_entry_that_runs_over_its_list_tells_nothing() -> None:
    data = bytearray(descriptor([Ace(ALLOWED, 0, 0x10040, SIDS[0])]))
    data[30:32] = (200).to_bytes(2, "little")

    assert is_protected(bytes(data)) is None


def test_what_is_for_those_below_only_does_not_protect() -> None:
    assert is_protected(descriptor([Ace(DENIED, 0x8, 0x10040, SIDS[0])])) is False
    assert is_protected(descriptor([Ace(DENIED, 0x3, 0x10040, SIDS[0])])) is True


def test_a_real_descriptor_protects_once_everyone_is_denied(place: Place) -> None:
    pin = place.computer()

    def read() -> bytes:
        (data,) = place.entry(pin.dn, "nTSecurityDescriptor", controls=(DACL_ONLY,)).values["ntsecuritydescriptor"]
        return data

    assert is_protected(read()) is False
    assert is_protected(denying(read(), 0x10040)) is True
    place.protect(pin.dn)
    assert (is_protected(read()), parent_denies_child_deletion(read())) == (True, False)
    place.deny_child_deletion(pin.dn)
    assert parent_denies_child_deletion(read()) is True
