"""LDAP's messages: requests as they are read, answers as they are written. Source: RFC 4511."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from reconcile.lab.ldap.ber import ENUMERATED, OCTETS, SEQUENCE, SET, Part, parts, put, put_number, put_text
from reconcile.lab.ldap.filter import Filter, read_filter

CONTROLS, REFERRALS = 0xA0, 0xA3
ENTRY, REFERENCE = 0x64, 0x73
BIND, UNBIND, SEARCH, MODIFY, ADD, DELETE, MODIFY_DN, COMPARE, ABANDON, EXTENDED = (
    0x60,
    0x42,
    0x63,
    0x66,
    0x68,
    0x4A,
    0x6C,
    0x6E,
    0x50,
    0x77,
)
ANSWERS = {
    BIND: 0x61,
    SEARCH: 0x65,
    MODIFY: 0x67,
    ADD: 0x69,
    DELETE: 0x6B,
    MODIFY_DN: 0x6D,
    COMPARE: 0x6F,
    EXTENDED: 0x78,
}
NAMES = {
    BIND: "bind",
    UNBIND: "unbind",
    SEARCH: "search",
    MODIFY: "modify",
    ADD: "add",
    DELETE: "delete",
    MODIFY_DN: "modifyDN",
    COMPARE: "compare",
    ABANDON: "abandon",
    EXTENDED: "extended",
}
OPERATIONS = ("add", "delete", "replace")
DISCONNECTION = "1.3.6.1.4.1.1466.20036"


@dataclass(frozen=True)
class Control:
    oid: str
    critical: bool = False
    value: bytes | None = None


class Edit(NamedTuple):
    """What a modify asks for one attribute; `operation` is a word of OPERATIONS."""

    operation: str
    name: str
    values: list[bytes]


@dataclass(frozen=True)
class Request:
    """Of any kind; what a kind has no use for is empty. `dn` is the base, the entry, or the name that binds."""

    tag: int
    dn: str = ""
    mechanism: str | None = None
    """Of SASL; None for a simple bind."""
    password: bytes = field(default=b"", repr=False)
    scope: int = 0
    size_limit: int = 0
    types_only: bool = False
    wanted: Filter | None = None
    attributes: tuple[str, ...] = ()
    edits: tuple[Edit, ...] = ()
    """Of a modify; of an add all are `add`; of a compare one."""
    rdn: str = ""
    superior: str | None = None
    oid: str = ""

    @property
    def name(self) -> str:
        return NAMES[self.tag]


@dataclass(frozen=True)
class Message:
    number: int
    request: Request
    controls: dict[str, Control]


@dataclass(frozen=True)
class Result:
    """How an operation ended; `oid` and `value` are those of an extended one, `credentials` those of SASL."""

    code: int = 0
    text: str = ""
    matched: str = ""
    referrals: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    oid: str = ""
    value: bytes | None = None


def read_message(data: bytes) -> Message:
    """Raises ValueError for what is no request of LDAP."""
    envelope = next(parts(data))
    number, request, *rest = envelope.parts
    if request.tag not in _READ or envelope.tag != SEQUENCE:
        raise ValueError("no LDAP request")
    try:
        asked = _READ[request.tag](request)
    except IndexError as error:
        raise ValueError("an LDAP request that lacks a part") from error
    found = [_control(one) for part in rest if part.tag == CONTROLS for one in part.parts]
    return Message(number.number, asked, {control.oid: control for control in found})


def _control(part: Part) -> Control:
    oid, *rest = part.parts
    critical = any(one.tag == 1 and one.data != b"\0" for one in rest)
    return Control(oid.text, critical, next((one.data for one in rest if one.tag == OCTETS), None))


def _bind(part: Part) -> Request:
    _, name, choice = part.parts
    if choice.tag == LDAP_SIMPLE:
        return Request(BIND, name.text, password=choice.data)
    return Request(BIND, name.text, mechanism=choice.parts[0].text)


LDAP_SIMPLE = 0x80


def _search(part: Part) -> Request:
    base, scope, _, size, _, types, wanted, attributes = part.parts
    return Request(
        SEARCH,
        base.text,
        scope=scope.number,
        size_limit=size.number,
        types_only=types.data != b"\0",
        wanted=read_filter(wanted),
        attributes=tuple(one.text for one in attributes.parts),
    )


def _edit(operation: str, part: Part) -> Edit:
    name, values = part.parts
    return Edit(operation, name.text, [value.data for value in values.parts])


def _modify(part: Part) -> Request:
    dn, changes = part.parts
    edits = ((operation.number, change) for operation, change in (one.parts for one in changes.parts))
    return Request(MODIFY, dn.text, edits=tuple(_edit(OPERATIONS[number], change) for number, change in edits))


def _add(part: Part) -> Request:
    dn, attributes = part.parts
    return Request(ADD, dn.text, edits=tuple(_edit("add", one) for one in attributes.parts))


def _modify_dn(part: Part) -> Request:
    dn, rdn, _, *superior = part.parts
    return Request(MODIFY_DN, dn.text, rdn=rdn.text, superior=superior[0].text if superior else None)


def _compare(part: Part) -> Request:
    dn, assertion = part.parts
    name, value = assertion.parts
    return Request(COMPARE, dn.text, edits=(Edit("add", name.text, [value.data]),))


_READ: dict[int, Callable[[Part], Request]] = {
    BIND: _bind,
    UNBIND: lambda _: Request(UNBIND),
    SEARCH: _search,
    MODIFY: _modify,
    ADD: _add,
    DELETE: lambda part: Request(DELETE, part.text),
    MODIFY_DN: _modify_dn,
    COMPARE: _compare,
    ABANDON: lambda _: Request(ABANDON),
    EXTENDED: lambda part: Request(EXTENDED, oid=part.parts[0].text),
}


def entry(number: int, dn: str, attributes: Iterable[tuple[str, Sequence[bytes]]]) -> bytes:
    listed = (
        put(SEQUENCE, put_text(name), put(SET, *(put(OCTETS, value) for value in values)))
        for name, values in attributes
    )
    return put(SEQUENCE, put_number(number), put(ENTRY, put_text(dn), put(SEQUENCE, *listed)))


def reference(number: int, url: str) -> bytes:
    return put(SEQUENCE, put_number(number), put(REFERENCE, put_text(url)))


def done(number: int, tag: int, result: Result) -> bytes:
    """The answer to a request of that tag."""
    return _answer(number, ANSWERS[tag], result)


def disconnection(text: str) -> bytes:
    """The notice that the server gives before it hangs up on what it cannot read."""
    return _answer(0, ANSWERS[EXTENDED], Result(2, text, oid=DISCONNECTION))


def _answer(number: int, tag: int, result: Result) -> bytes:
    body = [put_number(result.code, ENUMERATED), put_text(result.matched), put_text(result.text)]
    if result.referrals:
        body.append(put(REFERRALS, *map(put_text, result.referrals)))
    if result.oid:
        body.append(put_text(result.oid, 0x8A))
    if result.value is not None:
        body.append(put(0x8B, result.value))
    controls = [put(CONTROLS, *map(_put_control, result.controls))] if result.controls else []
    return put(SEQUENCE, put_number(number), put(tag, *body), *controls)


def _put_control(control: Control) -> bytes:
    value = [put(OCTETS, control.value)] if control.value is not None else []
    return put(SEQUENCE, put_text(control.oid), *value)
