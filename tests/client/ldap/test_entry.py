"""Entries read off the wire: what a general encoder writes, this reads."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.protocol.rfc4511 import SearchResultEntry
from pyasn1.codec.ber import encoder

from reconcile.client.ldap.entry import Entry, length, read_entry

NAMES = st.text("abcdefghijklmnopqrstuvwxyzABC-", min_size=1, max_size=12)
VALUES = st.lists(st.binary(max_size=300), max_size=4)


def encoded(dn: str, attributes: dict[str, list[bytes]]) -> bytes:
    entry = SearchResultEntry()
    entry["object"] = dn
    for at, (name, values) in enumerate(attributes.items()):
        entry["attributes"][at]["type"] = name
        for number, value in enumerate(values):
            entry["attributes"][at]["vals"][number] = value
        if not values:
            entry["attributes"][at]["vals"].clear()
    if not attributes:
        entry["attributes"].clear()
    data: bytes = encoder.encode(entry)
    return data


@given(st.text(max_size=200), st.dictionaries(NAMES, VALUES, max_size=5), st.binary(max_size=3))
def test_an_entry_is_read_as_it_was_written(dn: str, attributes: dict[str, list[bytes]], before: bytes) -> None:
    entry = read_entry(before + encoded(dn, attributes), len(before))

    assert entry.dn == dn
    assert entry.values == {name.lower(): values for name, values in attributes.items() if values}


@given(st.integers(0, 1 << 40))
def test_lengths_are_read_short_and_long(size: int) -> None:
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    data = bytes([size]) if size < 0x80 else bytes([0x80 | len(octets)]) + octets

    assert length(data, 0) == (size, len(data))


@pytest.mark.parametrize("data", [b"", b"\x82\x01"])
def test_a_length_that_is_cut_off_is_told(data: bytes) -> None:
    with pytest.raises(IndexError):
        length(data, 0)


def test_a_list_that_is_served_in_ranges_bears_its_own_name() -> None:
    assert read_entry(encoded("CN=x", {"servicePrincipalName;range=0-1499": [b"a"]}), 0).values == {
        "serviceprincipalname": [b"a"]
    }


def test_values_are_read_by_their_kind() -> None:
    guid = uuid4()
    entry = Entry(
        "CN=x", {"a": [b"text"], "n": [b"-12"], "objectguid": [guid.bytes_le], "t": [b"TRUE"], "f": [b"FALSE"]}
    )

    assert (entry.text("a"), entry.texts("a"), entry.number("n"), entry.guid) == ("text", ["text"], -12, guid)
    assert (entry.says("t"), entry.says("f"), entry.says("missing")) == (True, False, False)
    assert (entry.text("missing"), entry.texts("missing"), entry.number("missing")) == (None, [], None)


def test_what_is_no_text_stays_visible_as_such() -> None:
    assert Entry("CN=x", {"a": [b"\xff!"]}).text("a") == "\\xff!"


@pytest.mark.parametrize("value", [None, b"", bytes(15)])
def test_what_is_no_guid_is_none(value: bytes | None) -> None:
    assert Entry("CN=x", {} if value is None else {"objectguid": [value]}).guid is None
    assert Entry("CN=x", {"objectguid": [UUID(int=0).bytes]}).guid == UUID(int=0)
