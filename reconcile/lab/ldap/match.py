"""Whether an object matches a filter: true, false, or not to be known (None), as RFC 4511 and Active Directory have it."""

import re
from collections.abc import Callable

from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.schema import ATTRIBUTES, Attribute, category_of
from reconcile.lab.directory.values import Normal, folded, normal
from reconcile.lab.ldap.filter import Compared, Filter, Not, Pieces, Present, Ruled, Together

Match = Callable[[Entry], bool | None]
Readable = Callable[[Entry, Attribute], bool]

BIT_AND, BIT_OR = "1.2.840.113556.1.4.803", "1.2.840.113556.1.4.804"
ORDERED = {"text", "exact", "integer", "time", "octets"}
CUT = {"text", "octets"}
"""Syntaxes whose values can be looked for in pieces."""


def _unknown(_: Entry) -> None:
    return None


def _always(_: Entry) -> bool:
    """Of what everything has, whoever asks."""
    return True


def match(wanted: Filter, schema: str, readable: Readable) -> Match:
    """`schema`: the name of the schema's context, for short names of object categories."""
    if isinstance(wanted, Together):
        return _together(wanted.every, [match(part, schema, readable) for part in wanted.parts])
    if isinstance(wanted, Not):
        return _negated(match(wanted.part, schema, readable))
    if isinstance(wanted, Compared) and wanted.name.lower() == "anr":
        return _ambiguous(folded(wanted.value), readable)
    if isinstance(wanted, Present) and wanted.name.lower() == "objectclass":
        return _always
    attribute = ATTRIBUTES.get(wanted.name.partition(";")[0].lower())
    if attribute is None or attribute.constructed:
        return _unknown
    return _guarded(attribute, readable, _test(wanted, attribute, schema))


def _together(every: bool, parts: list[Match]) -> Match:  # noqa: FBT001 - which of the two words it was
    def found(entry: Entry) -> bool | None:
        answer: bool | None = every
        for part in parts:
            one = part(entry)
            if one is (not every):
                return one
            if one is None:
                answer = None
        return answer

    return found


def _negated(part: Match) -> Match:
    def found(entry: Entry) -> bool | None:
        one = part(entry)
        return None if one is None else not one

    return found


def _ambiguous(text: str, readable: Readable) -> Match:
    names = [one for one in ATTRIBUTES.values() if one.ambiguous]

    def found(entry: Entry) -> bool:
        return any(
            folded(value).startswith(text)
            for one in names
            if readable(entry, one)
            for value in entry.attributes.get(one.name, ())
        )

    return found


Test = Callable[[list[bytes]], bool | None]


def _guarded(attribute: Attribute, readable: Readable, test: Test | None) -> Match:
    """What may not be read is not known; what is not there is false."""
    if test is None:
        return _unknown
    name = attribute.name

    def found(entry: Entry) -> bool | None:
        if not readable(entry, attribute):
            return None
        values = entry.attributes.get(name)
        return test(values) if values else False

    return found


def _test(wanted: Compared | Present | Pieces | Ruled, attribute: Attribute, schema: str) -> Test | None:
    """None where the filter asks what cannot be asked of this attribute."""
    if isinstance(wanted, Present):
        return lambda _: True
    if isinstance(wanted, Pieces):
        return _pieces(wanted, attribute) if attribute.syntax in CUT else None
    if isinstance(wanted, Ruled) and wanted.rule in {BIT_AND, BIT_OR}:
        return _bits(wanted, attribute)
    if isinstance(wanted, Ruled) and wanted.rule:
        return None
    known = normal(attribute, _asked(wanted.value, attribute, schema))
    if known is None:
        return None
    return _ordered(wanted.how, known, attribute) if isinstance(wanted, Compared) else _equal(known, attribute)


def _asked(value: bytes, attribute: Attribute, schema: str) -> bytes:
    """The name of a category may be short."""
    if attribute.name == "objectCategory" and b"=" not in value:
        category = category_of(value.decode("utf-8", "replace"))
        return f"CN={category},{schema}".encode() if category else b"CN=?"
    return value


def _equal(known: Normal, attribute: Attribute) -> Test:
    return lambda values: any(normal(attribute, value) == known for value in values)


def _ordered(how: str, known: Normal, attribute: Attribute) -> Test | None:
    if how == "=":
        return _equal(known, attribute)
    if attribute.syntax not in ORDERED:
        return None
    least = how == ">="

    def test(values: list[bytes]) -> bool:
        found = (normal(attribute, value) for value in values)
        return any((one >= known if least else one <= known) for one in found if one is not None)  # type: ignore[operator]

    return test


def _pieces(wanted: Pieces, attribute: Attribute) -> Test:
    if attribute.syntax == "text":
        texts = [_cut(one) for one in (wanted.first, *wanted.between, wanted.last)]
        form = re.compile(".*".join(map(re.escape, texts)), re.DOTALL)
        return lambda values: any(form.fullmatch(_cut(value)) for value in values)
    raw = re.compile(b".*".join(map(re.escape, (wanted.first, *wanted.between, wanted.last))), re.DOTALL)
    return lambda values: any(raw.fullmatch(value) for value in values)


def _cut(value: bytes) -> str:
    return value.decode("utf-8", "replace").casefold()


def _bits(wanted: Ruled, attribute: Attribute) -> Test | None:
    if attribute.syntax != "integer" or not re.fullmatch(rb"-?\d{1,20}", wanted.value):
        return None
    bits, every = int(wanted.value), wanted.rule == BIT_AND
    return lambda values: any((int(one) & bits == bits) if every else bool(int(one) & bits) for one in values)
