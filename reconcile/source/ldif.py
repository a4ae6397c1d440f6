"""LDIF: its entries with the lines they start on, and what stands between them."""

import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple

Value = str | bytes
"""bytes where the file has base64."""

DN = re.compile(r"^dn:", re.IGNORECASE | re.MULTILINE)
NAME = re.compile(r"[A-Za-z0-9.-]+(?:;[\w=.-]+)*", re.ASCII)
MARKS = {":", "<"}
"""After the colon: the value is base64, or lies elsewhere."""
START = re.compile(r"(?:dn|version|search|result|ref):|# (?:extended LDIF|LDAPv\d)$", re.IGNORECASE)


class Unread(NamedTuple):
    """A value that is there and cannot be used."""

    attribute: str
    text: str
    reason: str


class Entry(NamedTuple):
    """One entry; `values` has the wanted attributes under their names in lower case, options cut."""

    line: int
    dn: Value
    values: dict[str, list[Value]]
    unread: list[Unread]


class Broken(NamedTuple):
    """Lines that are no entry."""

    line: int
    text: str
    reason: str


class Remark(NamedTuple):
    """Lines before or between entries, unfolded."""

    line: int
    lines: list[str]


def is_ldif(text: str) -> bool:
    """Whether the first line that is neither comment nor talk is LDIF, or a comment says ldapsearch wrote it."""
    lines = (line.rstrip("\r") for line in text[:65_536].split("\n"))
    for line in lines:
        if START.match(line):
            return True
        if line and not line.startswith(("#", " ", "SASL")):
            return False
    return False


def ends_early(text: str) -> bool:
    """Whether the last line has no end and cannot be a whole line of an entry."""
    if not text or text.endswith("\n"):
        return False
    *_, last = unfold(text[max(text.rfind("\n\n"), 0) :])
    name, colon, value = last.partition(":")
    if last.startswith("#") or not last.strip():
        return False
    return not (colon and NAME.fullmatch(name)) or (value.startswith(":") and _base64(value) is None)


def read_ldif(text: str, wanted: frozenset[str]) -> Iterator[Entry | Broken | Remark]:
    """Everything of the file in its order; lines must end in a plain newline."""
    names = _Names(wanted | {"changetype"})
    for line, block in _blocks(text):
        found = DN.search(block)
        at = len(block) if found is None else found.start()
        head = [said for said in unfold(block[:at]) if said]
        if head:
            yield Remark(line, head)
        if found is not None:
            yield _entry(line + block.count("\n", 0, at), block[at:], names)


def unfold(text: str) -> list[str]:
    return text.replace("\n ", "").split("\n")


class _Names(dict[str, str | None]):
    """An attribute as written -> its wanted name, "" where it is not wanted, None where it cannot stand here."""

    def __init__(self, wanted: frozenset[str]) -> None:
        super().__init__(dn=None)
        self._wanted = wanted

    def __missing__(self, written: str) -> str | None:
        name = written.partition(";")[0].lower()
        known = name if name in self._wanted else "" if NAME.fullmatch(written) else None
        self[written] = known = None if name == "dn" else known
        return known


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """What stands between empty lines, and the line on which it starts."""
    start, line = 0, 1
    while start < len(text):
        end = text.find("\n\n", start)
        block = text[start:] if end < 0 else text[start:end]
        yield line, block
        start += len(block) + 2
        line += block.count("\n") + 2


def _entry(line: int, body: str, names: _Names) -> Entry | Broken:
    lines = unfold(body)
    dn = _value(lines[0][3:])
    if isinstance(dn, tuple):
        return Broken(line, lines[0], f"its dn {dn[1]}")
    values: dict[str, list[Value]] = {}
    unread: list[Unread] = []
    for number, text in enumerate(lines):
        name, colon, written = text.partition(":")
        attribute = names[name]
        if attribute:
            value = _value(written) if written[:1] in MARKS else written.lstrip(" ")
            if isinstance(value, tuple):
                unread.append(Unread(attribute, *value))
            elif attribute in values:
                values[attribute].append(value)
            else:
                values[attribute] = [value]
        elif (attribute is None or not colon) and number and text and text[0] != "#":
            reason = "begins inside another entry" if colon and DN.match(text) else "is no 'attribute: value'"
            return Broken(_line(line, body, number), text, reason)
    return _unless_change(Entry(line, dn, values, unread))


def _value(text: str) -> Value | tuple[str, str]:
    """The value after the colon, or its text and why it cannot be used."""
    if text.startswith(":"):
        data = _base64(text)
        return (text[1:].strip(), "is no base64") if data is None else data
    if text.startswith("<"):
        return text[1:].strip(), "stands in another file, which is not read"
    return text.lstrip(" ")


def _base64(text: str) -> bytes | None:
    try:
        return binascii.a2b_base64(text[1:].strip(" "), strict_mode=True)
    except (binascii.Error, ValueError):
        return None


def _line(start: int, body: str, number: int) -> int:
    """The line of the file on which the entry's unfolded line stands."""
    starts = [at for at, text in enumerate(body.split("\n")) if not text.startswith(" ")]
    return start + starts[number]


def _unless_change(entry: Entry) -> Entry | Broken:
    change = entry.values.get("changetype", ["add"])[0]
    if change in {"add", b"add"}:
        return entry
    return Broken(entry.line, f"changetype: {change!s}", "is a change to an entry, not an entry")
