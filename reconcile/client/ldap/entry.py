"""Entries of a search as they come over the wire, read without the detours of a general decoder.

ldap3 builds every attribute twice, raw and decoded, which takes five times as long as all of this.
Source: RFC 4511 4.5.2, and its 5.1 (definite lengths only).
"""

import struct
from typing import NamedTuple
from uuid import UUID

RANGE = b";range="
SID_HEAD = 8
LONG = 0x80
"""From here on, a length tells how many octets the real length takes."""
_names: dict[bytes, str] = {}


class Entry(NamedTuple):
    """`values` by attribute name in lower case, as bytes; what has no value is not there."""

    dn: str
    values: dict[str, list[bytes]]

    def text(self, name: str) -> str | None:
        """The first value; what is no UTF-8 stays visible as such."""
        values = self.values.get(name)
        return values[0].decode("utf-8", "backslashreplace") if values else None

    def texts(self, name: str) -> list[str]:
        return [value.decode("utf-8", "backslashreplace") for value in self.values.get(name, ())]

    def number(self, name: str) -> int | None:
        values = self.values.get(name)
        return int(values[0]) if values else None

    @property
    def guid(self) -> UUID | None:
        """Its bytes are mixed-endian."""
        values = self.values.get("objectguid")
        return UUID(bytes_le=values[0]) if values and len(values[0]) == len(UUID(int=0).bytes) else None

    def says(self, name: str) -> bool:
        """Whether a boolean attribute is TRUE."""
        return self.values.get(name) == [b"TRUE"]


def sid_text(data: bytes) -> str:
    """Revision, number of parts, authority (big-endian), parts (little-endian). Raises struct.error for what is no SID."""
    revision, count = struct.unpack_from("<BB", data)
    parts = struct.unpack(f"<{count}I", data[SID_HEAD:])
    return "-".join(map(str, ("S", revision, int.from_bytes(data[2:SID_HEAD], "big"), *parts)))


def length(data: bytes, at: int) -> tuple[int, int]:
    """The length whose first octet stands at `at`, and where its content begins. Raises IndexError where it is cut off."""
    size = data[at]
    if size < LONG:
        return size, at + 1
    start = at + 1 + (size & ~LONG)
    if start > len(data):
        raise IndexError(start)
    return int.from_bytes(data[at + 1 : start], "big"), start


def read_entry(data: bytes, at: int) -> Entry:
    """The SearchResultEntry whose tag stands at `at`."""
    _, at = length(data, at + 1)
    size, at = length(data, at + 1)
    name = data[at : at + size]
    size, at = length(data, at + size + 1)
    return Entry(name.decode("utf-8", "backslashreplace"), _attributes(data, at, at + size))


def _attributes(data: bytes, at: int, end: int) -> dict[str, list[bytes]]:
    attributes: dict[str, list[bytes]] = {}
    while at < end:
        size, at = length(data, at + 1)
        stop = at + size
        size, at = length(data, at + 1)
        name = data[at : at + size]
        _, at = length(data, at + size + 1)
        values = _values(data, at, stop)
        if values:
            attributes[_names.get(name) or _known(name)] = values
        at = stop
    return attributes


def _values(data: bytes, at: int, stop: int) -> list[bytes]:
    values = []
    while at < stop:
        size, at = length(data, at + 1)
        values.append(data[at : at + size])
        at += size
    return values


def _known(name: bytes) -> str:
    """A server serves a long list in ranges, under a name that says so."""
    return _names.setdefault(name, name.split(RANGE)[0].decode("ascii", "replace").lower())
