"""The basic encoding rules, as far as LDAP uses them: definite lengths, tags of one byte."""

from collections.abc import Iterator
from typing import NamedTuple

INTEGER, OCTETS, ENUMERATED, SEQUENCE, SET = 0x02, 0x04, 0x0A, 0x30, 0x31
LONG_LENGTH = 0x80
MAX_LENGTH_BYTES = 4
LONG_TAG = 0x1F


class Part(NamedTuple):
    """One value: what it is, and what it holds."""

    tag: int
    data: bytes

    @property
    def parts(self) -> list["Part"]:
        """What is inside; raises ValueError where that is malformed."""
        return list(parts(self.data))

    @property
    def text(self) -> str:
        """Raises ValueError for what is no UTF-8."""
        return self.data.decode()

    @property
    def number(self) -> int:
        return int.from_bytes(self.data, "big", signed=True)


def whole(data: bytes | bytearray) -> int:
    """How many bytes the first message takes; 0 while not all of it is there. Raises ValueError where it is malformed."""
    if data and data[0] != SEQUENCE:
        raise ValueError("a tag that no message begins with")
    if len(data) < 2:  # noqa: PLR2004 - a tag and a length
        return 0
    _, start, end = _head(data, 0)
    return end if start and len(data) >= end else 0


def parts(data: bytes) -> Iterator[Part]:
    at = 0
    while at < len(data):
        tag, start, end = _head(data, at)
        if not start or end > len(data):
            raise ValueError("a value ends before its length")
        yield Part(tag, data[start:end])
        at = end


def _head(data: bytes | bytearray, at: int) -> tuple[int, int, int]:
    """The tag, and where the content starts and ends; a start of 0 while the length is not all there."""
    tag = data[at]
    if tag & LONG_TAG == LONG_TAG or at + 1 >= len(data):
        raise ValueError("a tag that LDAP does not use, or none at all")
    length, start = data[at + 1], at + 2
    if length & LONG_LENGTH:
        size = length - LONG_LENGTH
        if not 0 < size <= MAX_LENGTH_BYTES:
            raise ValueError("a length that LDAP does not use")
        start += size
        if len(data) < start:
            return tag, 0, 0
        length = int.from_bytes(data[at + 2 : start], "big")
    return tag, start, start + length


def put(tag: int, *contents: bytes) -> bytes:
    body = b"".join(contents)
    size = len(body)
    if size < LONG_LENGTH:
        return bytes((tag, size)) + body
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, LONG_LENGTH + len(length))) + length + body


def put_number(value: int, tag: int = INTEGER) -> bytes:
    return put(tag, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))


def put_text(value: str, tag: int = OCTETS) -> bytes:
    return put(tag, value.encode())
