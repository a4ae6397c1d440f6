"""One object of the directory, its values in the form that LDAP sends."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from reconcile.lab.directory.schema import ATTRIBUTES

Values = dict[str, list[bytes]]
Plain = bytes | str | bool | int | UUID | datetime
Facts = dict[str, Plain | Sequence[Plain]]
"""Attributes in Python's values."""
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
SID = re.compile(r"[Ss]-\d{1,3}-\d+(-\d{1,10}){1,15}")


@dataclass
class Entry:
    """`attributes` go by the schema's own names; `nTSecurityDescriptor` is among them, what is constructed is not."""

    guid: UUID
    dn: str
    attributes: Values
    parent: UUID | None
    children: dict[UUID, None] = field(default_factory=dict)

    @property
    def sd(self) -> bytes:
        """The security descriptor, self-relative."""
        return self.attributes["nTSecurityDescriptor"][0]

    @sd.setter
    def sd(self, value: bytes) -> None:
        self.attributes["nTSecurityDescriptor"] = [value]

    @property
    def deleted(self) -> bool:
        return self.attributes.get("isDeleted") == [b"TRUE"]

    @property
    def recycled(self) -> bool:
        return self.attributes.get("isRecycled") == [b"TRUE"]

    @property
    def kind(self) -> str:
        """Its most specific class."""
        return self.attributes["objectClass"][-1].decode()

    @property
    def usn(self) -> int:
        return self.number("uSNChanged") or 0

    @property
    def sid(self) -> str | None:
        value = self.attributes.get("objectSid")
        return sid_text(value[0]) if value else None

    def text(self, name: str) -> str | None:
        value = self.attributes.get(name)
        return value[0].decode() if value else None

    def texts(self, name: str) -> list[str]:
        return [value.decode() for value in self.attributes.get(name, ())]

    def number(self, name: str) -> int | None:
        value = self.attributes.get(name)
        return int(value[0]) if value else None

    def time(self, name: str) -> datetime | None:
        """Of a FILETIME; 0 and the largest are never."""
        ticks = self.number(name)
        return None if ticks in {None, 0, 2**63 - 1} else EPOCH + TICK * ((ticks or 0) // 10)

    def is_a(self, name: str) -> bool:
        """By its classes, those above it too."""
        return name.encode() in self.attributes["objectClass"]


def values(plain: Mapping[str, Plain | Sequence[Plain]]) -> Values:
    """Python's values as LDAP's, by the schema's names; None and nothing are left out. Raises KeyError for an unknown name."""
    found: Values = {}
    for name, given in plain.items():
        several: Sequence[Plain] = given if isinstance(given, (list, tuple)) else [given]  # type: ignore[list-item]
        if several:
            found[ATTRIBUTES[name.lower()].name] = [encoded(one) for one in several]
    return found


def encoded(value: Plain) -> bytes:
    """A GUID in Microsoft's order of bytes; a time as generalized time."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, UUID):
        return value.bytes_le
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y%m%d%H%M%S}.0Z".encode()
    return (str(value).upper() if isinstance(value, bool) else str(value)).encode()


def filetime(moment: datetime) -> int:
    """In units of 100 ns since 1601."""
    return (moment - EPOCH) // TICK * 10


def sid_bytes(sid: str) -> bytes:
    """Raises ValueError for what is no SID."""
    _, revision, authority, *parts = sid.split("-") if SID.fullmatch(sid) else ("", "", "", str(2**32))
    if max(map(int, parts)) >= 2**32:
        raise ValueError(f"no SID: {sid!r}")
    head = bytes([int(revision), len(parts)]) + int(authority).to_bytes(6, "big")
    return head + b"".join(int(part).to_bytes(4, "little") for part in parts)


def sid_text(data: bytes) -> str:
    parts = [int.from_bytes(data[at : at + 4], "little") for at in range(8, 8 + 4 * data[1], 4)]
    return "-".join(["S", str(data[0]), str(int.from_bytes(data[2:8])), *map(str, parts)])
