"""The filters over their real bytes, against a naive reading of the same tree."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.lab.directory.entry import Entry
from reconcile.lab.ldap.ber import OCTETS, Part, parts, put, put_text
from reconcile.lab.ldap.filter import MAX_DEPTH, Compared, Filter, Not, Pieces, Present, Ruled, Together, read_filter
from reconcile.lab.ldap.match import BIT_AND, BIT_OR, match

SCHEMA = "CN=Schema,CN=Configuration,DC=x"
TEXTS, NUMBERS, UNKNOWN = (
    ("cn", "description", "servicePrincipalName"),
    ("userAccountControl", "logonCount"),
    "noSuchThing",
)
WORDS = st.text("aAbB ", min_size=1, max_size=4)


def written(wanted: Filter) -> bytes:
    """As a client sends it."""
    if isinstance(wanted, Together):
        return put(0xA0 if wanted.every else 0xA1, *map(written, wanted.parts))
    if isinstance(wanted, Not):
        return put(0xA2, written(wanted.part))
    if isinstance(wanted, Present):
        return put_text(wanted.name, 0x87)
    if isinstance(wanted, Ruled):
        said = ((0x81, wanted.rule.encode()), (0x82, wanted.name.encode()), (0x83, wanted.value))
        return put(0xA9, *(put(tag, data) for tag, data in said if data))
    if isinstance(wanted, Compared):
        tag = {"=": 0xA3, ">=": 0xA5, "<=": 0xA6}[wanted.how]
        return put(tag, put_text(wanted.name), put(OCTETS, wanted.value))
    pieces = [(0x80, wanted.first), *((0x81, one) for one in wanted.between), (0x82, wanted.last)]
    return put(0xA4, put_text(wanted.name), put(0x30, *(put(tag, data) for tag, data in pieces if data)))


def text_values() -> st.SearchStrategy[dict[str, list[str]]]:
    return st.fixed_dictionaries({}, optional={name: st.lists(WORDS, min_size=1, max_size=2) for name in TEXTS})


def number_values() -> st.SearchStrategy[dict[str, int]]:
    return st.fixed_dictionaries({}, optional={name: st.integers(-3, 8200) for name in NUMBERS})


LEAVES: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Present, st.sampled_from((*TEXTS, *NUMBERS, UNKNOWN))),
    st.builds(
        Compared,
        st.sampled_from(("=", ">=", "<=")),
        st.sampled_from((*TEXTS, UNKNOWN)),
        WORDS.map(str.encode),
    ),
    st.builds(
        Compared,
        st.sampled_from(("=", ">=", "<=")),
        st.sampled_from(NUMBERS),
        st.integers(-3, 8200).map(lambda number: str(number).encode()),
    ),
    st.builds(
        Pieces,
        st.sampled_from((*TEXTS, UNKNOWN)),
        WORDS.map(str.encode),
        st.lists(WORDS.map(str.encode), max_size=2).map(tuple),
        st.just(b"") | WORDS.map(str.encode),
    ),
    st.builds(
        Ruled,
        st.sampled_from((BIT_AND, BIT_OR)),
        st.sampled_from(NUMBERS),
        st.integers(0, 8200).map(lambda number: str(number).encode()),
    ),
)
FILTERS: st.SearchStrategy[Filter] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Together, st.booleans(), st.lists(inner, max_size=3).map(tuple)), st.builds(Not, inner)
    ),
    max_leaves=8,
)


def entry(texts: dict[str, list[str]], numbers: dict[str, int]) -> Entry:
    attributes = {name: [value.encode() for value in values] for name, values in texts.items()}
    attributes |= {name: [str(number).encode()] for name, number in numbers.items()}
    return Entry(UUID(int=1), "CN=x", attributes, None)


def flat(text: str) -> str:
    """Without letter case, and each run of blanks as one."""
    return " ".join(text.lower().split())


def naive(wanted: Filter, texts: dict[str, list[str]], numbers: dict[str, int]) -> bool | None:
    """Truth by the tables of RFC 4511 4.5.1.7, one word after the other."""
    if isinstance(wanted, Not):
        inner = naive(wanted.part, texts, numbers)
        return {True: False, False: True, None: None}[inner]
    if isinstance(wanted, Together):
        answers = [naive(one, texts, numbers) for one in wanted.parts]
        decisive = not wanted.every
        return decisive if decisive in answers else None if None in answers else wanted.every
    return None if wanted.name == UNKNOWN else leaf(wanted, texts, numbers)


def leaf(wanted: Any, texts: dict[str, list[str]], numbers: dict[str, int]) -> bool:
    if wanted.name in NUMBERS:
        return wanted.name in numbers and of_number(wanted, numbers[wanted.name])
    return any(of_text(wanted, value) for value in texts.get(wanted.name, ()))


def of_number(wanted: Any, value: int) -> bool:
    if isinstance(wanted, Present):
        return True
    asked = int(wanted.value)
    if isinstance(wanted, Ruled):
        return value & asked == asked if wanted.rule == BIT_AND else value & asked != 0
    return {"=": value == asked, ">=": value >= asked, "<=": value <= asked}[wanted.how]


def of_text(wanted: Any, value: str) -> bool:
    if isinstance(wanted, Present):
        return True
    if isinstance(wanted, Pieces):
        return in_pieces(value.lower(), [one.decode().lower() for one in wanted.between], wanted)
    one, other = flat(value), flat(wanted.value.decode())
    return {"=": one == other, ">=": one >= other, "<=": one <= other}[wanted.how]


def in_pieces(value: str, between: list[str], wanted: Pieces) -> bool:
    first, last = wanted.first.decode().lower(), wanted.last.decode().lower()
    if not value.startswith(first) or not value.endswith(last) or len(value) < len(first) + len(last):
        return False
    middle = value[len(first) : len(value) - len(last)]
    for one in between:
        at = middle.find(one)
        if at < 0:
            return False
        middle = middle[at + len(one) :]
    return True


def allowed(*_: object) -> bool:
    return True


@given(FILTERS)
def test_a_filter_is_read_as_it_was_sent(wanted: Filter) -> None:
    assert read_filter(next(parts(written(wanted)))) == wanted


@given(FILTERS, text_values(), number_values())
def test_a_filter_finds_what_a_naive_reading_finds(
    wanted: Filter, texts: dict[str, list[str]], numbers: dict[str, int]
) -> None:
    assert match(wanted, SCHEMA, allowed)(entry(texts, numbers)) is naive(wanted, texts, numbers)


@given(st.binary(max_size=40))
def test_any_bytes_are_a_filter_or_are_refused(data: bytes) -> None:
    try:
        wanted = read_filter(next(parts(data)))
    except (ValueError, StopIteration, IndexError, KeyError):
        return

    assert match(wanted, SCHEMA, allowed)(entry({}, {})) in {True, False, None}


def test_a_filter_may_be_deep_and_not_bottomless() -> None:
    def nested(depth: int) -> Part:
        data = put_text("cn", 0x87)
        for _ in range(depth):
            data = put(0xA2, data)
        return next(parts(data))

    assert isinstance(read_filter(nested(MAX_DEPTH)), Not)
    with pytest.raises(ValueError, match="no filter"):
        read_filter(nested(MAX_DEPTH + 1))


def asked(how: Callable[..., Filter], *said: Any, **attributes: Any) -> bool | None:
    given = {
        name.replace("_", "-"): value if isinstance(value, list) else [value] for name, value in attributes.items()
    }
    one = Entry(UUID(int=1), "CN=x", {name: list(values) for name, values in given.items()}, None)
    return match(how(*said), SCHEMA, allowed)(one)


GUID = UUID("11223344-5566-7788-99aa-bbccddeeff00")


@pytest.mark.parametrize(
    ("name", "value", "held", "found"),
    [
        ("objectGUID", GUID.bytes_le, GUID.bytes_le, True),
        ("objectGUID", str(GUID).encode(), GUID.bytes_le, True),
        ("objectGUID", f"{{{GUID}}}".encode(), GUID.bytes_le, True),
        ("objectGUID", GUID.bytes, GUID.bytes_le, False),
        ("objectSid", b"S-1-5-32-544", bytes.fromhex("01020000000000052000000020020000"), True),
        ("objectSid", b"S-1-5-x", bytes.fromhex("01020000000000052000000020020000"), None),
        ("objectCategory", b"computer", b"CN=Computer," + SCHEMA.encode(), True),
        ("objectCategory", b"COMPUTER", b"CN=Computer," + SCHEMA.encode(), True),
        ("objectCategory", b"user", b"CN=Person," + SCHEMA.encode(), True),
        ("objectCategory", b"person", b"CN=Computer," + SCHEMA.encode(), False),
        ("objectCategory", b"spaceship", b"CN=Computer," + SCHEMA.encode(), False),
        ("objectCategory", b"cn=computer," + SCHEMA.lower().encode(), b"CN=Computer," + SCHEMA.encode(), True),
        ("objectClass", b"TOP", [b"top", b"user"], True),
        ("managedBy", rb"cn=a\2cb,dc=x", rb"CN=a\,b,DC=x", True),
        ("managedBy", b"nobody", b"CN=a,DC=x", None),
        ("wellKnownObjects", b"B:32:00:cn=a,dc=X", b"B:32:00:CN=a,DC=x", True),
        ("wellKnownObjects", b"B:32:01:cn=a,dc=X", b"B:32:00:CN=a,DC=x", False),
        ("isDeleted", b"true", b"TRUE", True),
        ("isDeleted", b"yes", b"TRUE", None),
        ("whenCreated", b"20200101000000Z", b"20200101000000.0Z", True),
        ("whenCreated", b"2020", b"20200101000000.0Z", None),
        ("userAccountControl", b"abc", b"4096", None),
        ("canonicalName", b"x/y", b"x/y", None),
    ],
)
def test_values_are_compared_by_their_syntax(name: str, value: bytes, held: Any, found: object) -> None:
    assert asked(Compared, "=", name, value, **{name: held}) is found


def test_what_has_no_order_or_no_pieces_is_not_known() -> None:
    assert asked(Compared, ">=", "isDeleted", b"TRUE", isDeleted=b"TRUE") is None
    assert asked(Pieces, "managedBy", b"CN=", (), b"", managedBy=b"CN=a") is None
    assert asked(Ruled, BIT_AND, "cn", b"1", cn=b"1") is None
    assert asked(Ruled, BIT_AND, "userAccountControl", b"x", userAccountControl=b"1") is None
    assert asked(Ruled, "2.5.13.5", "cn", b"a", cn=b"a") is None


def test_a_rule_without_a_name_compares_as_usual() -> None:
    assert asked(Ruled, "", "cn", b"A", cn=b"a") is True


def test_times_and_octets_have_an_order() -> None:
    assert asked(Compared, ">=", "whenCreated", b"20200101000000.0Z", whenCreated=b"20210101000000.0Z") is True
    assert asked(Compared, "<=", "objectGUID", b"\xff" * 16, objectGUID=GUID.bytes_le) is True
    assert asked(Pieces, "userCertificate", b"a", (b"c",), b"e", userCertificate=[b"x", b"abcde"]) is True


def test_ambiguous_names_are_looked_for_at_their_beginnings() -> None:
    assert asked(Compared, "=", "anr", b"pc", sAMAccountName=b"PC1$") is True
    assert asked(Compared, "=", "anr", b"c1", sAMAccountName=b"PC1$") is False


def test_what_may_not_be_read_is_not_known_but_that_it_has_a_class_is() -> None:
    one = entry({"cn": ["a"]}, {})

    def closed(*_: object) -> bool:
        return False

    assert match(Present("cn"), SCHEMA, closed)(one) is None
    assert match(Not(Present("cn")), SCHEMA, closed)(one) is None
    assert match(Present("objectClass"), SCHEMA, closed)(one) is True
    assert match(Compared("=", "anr", b"a"), SCHEMA, closed)(one) is False
