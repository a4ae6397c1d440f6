"""Protection from accidental deletion, as an object's security descriptor has it: a deny for Everyone.

AD's own tools set DELETE and DELETE_TREE on the object, and DELETE_CHILD on its parent.
Source: MS-DTYP 2.4.4 (ACE), 2.4.5 (ACL), 2.4.6 (SECURITY_DESCRIPTOR), MS-ADTS 5.1.3.2 (rights).
"""

import struct

from reconcile.client.ldap.session import Control

DACL_ONLY: Control = ("1.2.840.113556.1.4.801", True, b"\x30\x03\x02\x01\x04")
"""Whoever asks for nTSecurityDescriptor asks with this: the rest of it needs rights that reading needs not."""
DELETE, DELETE_TREE, DELETE_CHILD = 0x10000, 0x40, 0x2
EVERYONE = bytes.fromhex("010100000000000100000000")
"""S-1-1-0"""
OBJECT_DENIED = 6
DENIED = (1, OBJECT_DENIED)
INHERIT_ONLY = 0x8
"""Such an ACE is for what stands below, not for the object that bears it."""
DACL_PRESENT = 0x4
ACL_HEADER, ACE_HEADER = 8, 8
"""An ACE's mask is within."""
_descriptor = struct.Struct("<BBHIIII").unpack_from
_acl = struct.Struct("<BBHHH").unpack_from
_ace = struct.Struct("<BBHI").unpack_from
_flags = struct.Struct("<I").unpack_from
GUIDS = (0, 16, 16, 32)
"""So many bytes of them stand before the SID of an object ACE, by its flags."""


def is_protected(descriptor: bytes) -> bool | None:
    """Whether Everyone is denied to delete the object, or its tree; None where the descriptor does not tell."""
    return _denies(descriptor, DELETE | DELETE_TREE)


def parent_denies_child_deletion(descriptor: bytes) -> bool | None:
    """The same of a parent's descriptor: whether Everyone is denied to delete what stands below it."""
    return _denies(descriptor, DELETE_CHILD)


def _denies(descriptor: bytes, rights: int) -> bool | None:
    try:
        _, _, control, _, _, _, at = _descriptor(descriptor)
        return _walk(descriptor, at, rights) if control & DACL_PRESENT and at else None
    except struct.error:
        return None


def _walk(descriptor: bytes, at: int, rights: int) -> bool | None:
    """Raises struct.error where it is cut off."""
    _, _, size, count, _ = _acl(descriptor, at)
    end = min(at + size, len(descriptor))
    at += ACL_HEADER
    for _ in range(count):
        kind, flags, size, mask = _ace(descriptor, at)
        if size < ACE_HEADER or at + size > end:
            return None
        if mask & rights and kind in DENIED and not flags & INHERIT_ONLY and _is_for_everyone(descriptor, at, size):
            return True
        at += size
    return False


def _is_for_everyone(descriptor: bytes, at: int, size: int) -> bool:
    """An object ACE denies for one kind of object only, and counts as well: rather too careful than not enough."""
    sid = at + ACE_HEADER
    if descriptor[at] == OBJECT_DENIED:
        sid += 4 + GUIDS[_flags(descriptor, sid)[0] & 3]
    return descriptor.startswith(EVERYONE, sid, at + size)
