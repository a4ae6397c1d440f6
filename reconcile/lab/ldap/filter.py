"""Search filters as a tree. Source: RFC 4511 4.5.1.7."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from reconcile.lab.ldap.ber import Part


@dataclass(frozen=True)
class Together:
    """All of them, or any of them."""

    every: bool
    parts: tuple["Filter", ...]


@dataclass(frozen=True)
class Not:
    part: "Filter"


@dataclass(frozen=True)
class Compared:
    """`~` is compared as `=`."""

    how: Literal["=", ">=", "<="]
    name: str
    value: bytes


@dataclass(frozen=True)
class Present:
    name: str


@dataclass(frozen=True)
class Pieces:
    """Text that starts with the first, ends with the last and holds the others in this order; an end may be empty."""

    name: str
    first: bytes
    between: tuple[bytes, ...]
    last: bytes


@dataclass(frozen=True)
class Ruled:
    """By a matching rule; without one as equality, without a name it is not known what of."""

    rule: str
    name: str
    value: bytes


Filter = Together | Not | Compared | Present | Pieces | Ruled

FIRST, BETWEEN, LAST = 0x80, 0x81, 0x82
RULE, NAME, VALUE = 0x81, 0x82, 0x83
MAX_DEPTH = 100


def read_filter(part: Part, depth: int = 0) -> Filter:
    """Raises ValueError for what is no filter."""
    if depth > MAX_DEPTH or part.tag not in _READ:
        raise ValueError("no filter")
    return _READ[part.tag](part, depth + 1)


def _together(part: Part, depth: int) -> Filter:
    return Together(part.tag == 0xA0, tuple(read_filter(one, depth) for one in part.parts))  # noqa: PLR2004 - `and`


def _not(part: Part, depth: int) -> Filter:
    return Not(read_filter(part.parts[0], depth))


def _compared(how: Literal["=", ">=", "<="]) -> Callable[[Part, int], Filter]:
    def read(part: Part, _: int) -> Filter:
        name, value = part.parts
        return Compared(how, name.text, value.data)

    return read


def _pieces(part: Part, _: int) -> Filter:
    name, pieces = part.parts
    found = pieces.parts
    ends = {one.tag: one.data for one in found}
    return Pieces(
        name.text,
        ends.get(FIRST, b""),
        tuple(one.data for one in found if one.tag == BETWEEN),
        ends.get(LAST, b""),
    )


def _ruled(part: Part, _: int) -> Filter:
    found = {one.tag: one.data for one in part.parts}
    return Ruled(found.get(RULE, b"").decode(), found.get(NAME, b"").decode(), found[VALUE])


_READ: dict[int, Callable[[Part, int], Filter]] = {
    0xA0: _together,
    0xA1: _together,
    0xA2: _not,
    0xA3: _compared("="),
    0xA4: _pieces,
    0xA5: _compared(">="),
    0xA6: _compared("<="),
    0x87: lambda part, _: Present(part.text),
    0xA8: _compared("="),
    0xA9: _ruled,
}
