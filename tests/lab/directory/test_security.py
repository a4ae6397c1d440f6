import pytest

from reconcile.lab.directory.entry import sid_bytes, sid_text
from reconcile.lab.directory.security import (
    DACL_PART,
    DELETE,
    DELETE_CHILD,
    DELETE_TREE,
    EVERYONE,
    FULL,
    OWNER_PART,
    PARENT_OF_PROTECTED,
    PROTECTED,
    READ,
    SYSTEM,
    WRITE,
    Ace,
    Descriptor,
    described,
    granted,
    is_protected,
    usual,
)
from tests.lab.domain import FLEET, SID, computer, domain

ADMIN = frozenset({f"{SID}-512", EVERYONE})
ANYBODY = frozenset({EVERYONE, "S-1-5-11"})


@pytest.mark.parametrize("sid", ["S-1-1-0", "S-1-5-32-544", f"{SID}-1104"])
def test_sids_are_written_and_read(sid: str) -> None:
    assert sid_text(sid_bytes(sid)) == sid


@pytest.mark.parametrize("text", ["S-1", "X-1-5-32", "S-1-5-x", "S-1-5-4294967296"])
def test_what_is_no_sid_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no SID"):
        sid_bytes(text)


def test_the_bytes_are_those_of_windows() -> None:
    made = described("S-1-5-18", [Ace("S-1-1-0", 0x10)])

    assert made.hex() == (
        "01000480"  # revision, none, DACL present and self-relative
        "1400000020000000000000002c000000"  # owner, group, no SACL, DACL
        "010100000000000512000000010100000000000512000000"
        "02001c0001000000"  # the ACL: revision, size, one ACE
        "0000140010000000010100000000000100000000"
    )  # fmt: skip


def test_a_descriptor_is_read_as_it_was_written() -> None:
    made = described(SYSTEM, [Ace(EVERYONE, DELETE, denied=True), Ace(f"{SID}-512", FULL)])

    read = Descriptor.read(made)

    assert bytes(read) == made
    assert read.aces == [Ace(EVERYONE, DELETE, denied=True), Ace(f"{SID}-512", FULL)]


def test_protection_is_put_first_and_taken_away_again() -> None:
    before = Descriptor.read(usual(SID))

    after = before.with_first(PROTECTED)

    assert after.aces[0] == PROTECTED
    assert is_protected(bytes(after))
    assert not is_protected(bytes(before))
    assert bytes(after.without(PROTECTED)) == bytes(before)
    assert before.without(PROTECTED) == before


def test_what_is_denied_first_is_not_granted_afterwards() -> None:
    plain, guarded = usual(SID), bytes(Descriptor.read(usual(SID)).with_first(PROTECTED))

    assert granted(plain, ADMIN, DELETE | DELETE_TREE | WRITE)
    assert not granted(guarded, ADMIN, DELETE)
    assert not granted(guarded, ADMIN, DELETE_TREE)
    assert granted(guarded, ADMIN, WRITE)
    assert granted(plain, ANYBODY, READ)
    assert not granted(plain, ANYBODY, WRITE)
    assert not granted(plain, frozenset(), READ)


def test_what_is_denied_after_it_was_granted_stays_granted() -> None:
    made = described(SYSTEM, [Ace(f"{SID}-512", FULL), PROTECTED])

    assert granted(made, ADMIN, DELETE)


def test_single_parts_are_cut_out_and_laid_over() -> None:
    own, other = Descriptor.read(usual(SID)), Descriptor.read(described(SYSTEM, [PROTECTED]))

    assert own.only(DACL_PART) == Descriptor(dacl=own.dacl)
    assert own.overlaid(other, DACL_PART) == Descriptor(own.owner, own.group, other.dacl)
    assert own.overlaid(other, OWNER_PART) == Descriptor(other.owner, own.group, own.dacl)


def test_aces_for_single_properties_and_heirs_are_passed_over() -> None:
    plain = bytes(Ace(EVERYONE, DELETE, denied=True))
    inherited = plain[:1] + b"\x08" + plain[2:]
    single = b"\x06" + plain[1:]
    head = Descriptor.read(described(SYSTEM, [PROTECTED]))
    dacl = head.dacl[:2] + (8 + 3 * len(plain)).to_bytes(2, "little") + b"\x03\0\0\0" + inherited + single + plain

    assert Descriptor(dacl=dacl).aces == [Ace(EVERYONE, DELETE, denied=True)]


@pytest.mark.parametrize("data", [b"", b"\x01\x00\x04\x80", usual(SID)[:19], b"\x01\x00\x04\x80" + b"\xff" * 16])
def test_what_is_no_descriptor_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no security descriptor"):
        Descriptor.read(data)


def test_protecting_marks_the_object_and_its_parent() -> None:
    directory = domain()
    entry = directory.entries[computer(directory, "PC1")]

    directory.protect(entry.dn)
    protected, parent = Descriptor.read(entry.sd).aces, Descriptor.read(directory.find(FLEET).sd).aces
    directory.protect(entry.dn, protected=False)
    left = Descriptor.read(directory.find(FLEET).sd).aces

    assert (protected[0], parent[0]) == (PROTECTED, PARENT_OF_PROTECTED)
    assert parent[0].mask == DELETE_CHILD
    assert not is_protected(entry.sd)
    assert left == parent
