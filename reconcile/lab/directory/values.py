"""How values are compared and changed, by the syntax of their attribute."""

import re
from collections.abc import Callable, Iterable
from typing import Literal, NamedTuple
from uuid import UUID

from reconcile.lab.directory.dn import key
from reconcile.lab.directory.entry import Values, sid_bytes
from reconcile.lab.directory.refusal import (
    CONSTRAINT,
    INVALID_SYNTAX,
    NO_SUCH_ATTRIBUTE,
    VALUE_EXISTS,
    attribute_trouble,
)
from reconcile.lab.directory.schema import Attribute, Syntax

Normal = str | int | bytes
BLANKS = re.compile(r" +")
TIME = re.compile(rb"(\d{14})(?:\.\d+)?(?:Z|[+-]0000)")
GUID_BYTES = 16
OBJECT_ID = re.compile(r"\{?([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})\}?")
BOOLEANS = {b"TRUE": "TRUE", b"FALSE": "FALSE"}


class Change(NamedTuple):
    """What is to be done with an attribute; without values, `delete` takes all of it and `replace` too."""

    operation: Literal["add", "delete", "replace"]
    attribute: Attribute
    values: list[bytes]


def folded(value: bytes) -> str:
    """As texts are compared: without letter case, and blanks only where they count."""
    return BLANKS.sub(" ", value.decode("utf-8", "replace").strip(" ")).casefold()


def _integer(value: bytes) -> int:
    return int(value)


def _boolean(value: bytes) -> str:
    return BOOLEANS[value.upper()]


def _time(value: bytes) -> bytes:
    found = TIME.fullmatch(value)
    if found is None:
        raise ValueError("no generalized time")
    return found[1]


def _dn(value: bytes) -> str:
    """Where binary is bound to it (`B:32:...:`), it is part of the value."""
    text = value.decode()
    head, _, name = text.rpartition(":") if text.startswith(("B:", "S:")) else ("", "", text)
    return f"{head}:{key(name)}"


def _octets(value: bytes) -> bytes:
    """A GUID may be written out where its bytes are meant."""
    if len(value) == GUID_BYTES:
        return value
    found = OBJECT_ID.fullmatch(value.decode("latin-1"))
    return UUID(found[1]).bytes_le if found else value


def _sid(value: bytes) -> bytes:
    return sid_bytes(value.decode()) if value[:2].upper() == b"S-" else value


NORMAL: dict[Syntax, Callable[[bytes], Normal]] = {
    "text": folded,
    "exact": lambda value: value,
    "oid": folded,
    "integer": _integer,
    "boolean": _boolean,
    "time": _time,
    "dn": _dn,
    "octets": _octets,
    "sid": _sid,
    "descriptor": lambda value: value,
}


def normal(attribute: Attribute, value: bytes) -> Normal | None:
    """What two values share that are the same; None for one that its syntax does not allow."""
    try:
        return NORMAL[attribute.syntax](value)
    except (ValueError, KeyError):
        return None


def changed(attributes: Values, changes: Iterable[Change]) -> Values:
    """All of the changes or, as Refused, none; the values of before are left alone."""
    after = dict(attributes)
    for change in changes:
        name = change.attribute.name
        values = _APPLY[change.operation](change, list(after.get(name, ())))
        if not change.attribute.many and len(values) > 1:
            raise attribute_trouble(CONSTRAINT, name)
        after.pop(name, None)
        if values:
            after[name] = values
    return after


def _normals(change: Change, values: list[bytes]) -> list[Normal | None]:
    return [normal(change.attribute, value) for value in values]


def _checked(change: Change) -> list[Normal | None]:
    found = _normals(change, change.values)
    if None in found:
        raise attribute_trouble(INVALID_SYNTAX, change.attribute.name)
    if len(set(found)) < len(found):
        raise attribute_trouble(VALUE_EXISTS, change.attribute.name)
    return found


def _add(change: Change, before: list[bytes]) -> list[bytes]:
    if not set(_checked(change)).isdisjoint(_normals(change, before)):
        raise attribute_trouble(VALUE_EXISTS, change.attribute.name)
    return before + change.values


def _delete(change: Change, before: list[bytes]) -> list[bytes]:
    gone, there = set(_checked(change)), _normals(change, before)
    if not before or not gone <= set(there):
        raise attribute_trouble(NO_SUCH_ATTRIBUTE, change.attribute.name)
    return [value for value, known in zip(before, there, strict=True) if known not in gone] if gone else []


def _replace(change: Change, before: list[bytes]) -> list[bytes]:  # noqa: ARG001 - one form for the three
    _checked(change)
    return change.values


_APPLY = {"add": _add, "delete": _delete, "replace": _replace}
