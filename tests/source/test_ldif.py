"""LDIF is read entry by entry, and every fault is named with its line."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.ldif import Broken, Entry, Remark, ends_early, is_ldif, read_ldif

WANTED = frozenset({"cn", "blob", "usercertificate"})


def read(text: str) -> list[Entry | Broken | Remark]:
    return list(read_ldif(text, WANTED))


def only(text: str) -> Entry:
    (part,) = read(text)
    assert isinstance(part, Entry)
    return part


def folded(line: str, width: int) -> str:
    starts = range(width, len(line), max(width - 1, 1))
    return "\n ".join([line[:width], *(line[at : at + max(width - 1, 1)] for at in starts)])


def test_values_are_found_by_name_in_any_case_and_options_are_cut() -> None:
    entry = only("dn: CN=PC1\nCN: PC1\nuserCertificate;binary:: AAEC\nother: x\n")

    assert entry == Entry(1, "CN=PC1", {"cn": ["PC1"], "usercertificate": [b"\0\1\2"]}, [])


def test_several_values_of_a_name_keep_their_order() -> None:
    assert only("dn: CN=PC1\ncn: b\ncn: a\n").values["cn"] == ["b", "a"]


def test_a_folded_line_and_a_folded_comment_are_one_line_each() -> None:
    assert only("dn: CN=PC\n 1\n# a com\n ment: cn: no\ncn: PC\n 1\n") == Entry(1, "CN=PC1", {"cn": ["PC1"]}, [])


def test_an_empty_value_is_served_and_empty() -> None:
    assert only("dn: CN=PC1\ncn:\nblob::\n").values == {"cn": [""], "blob": [b""]}


def test_an_entry_knows_its_line_after_comments_and_empty_lines() -> None:
    entries = [
        part
        for part in read("version: 1\n\n# one\ndn: a\ncn: 1\n\n\n\n# two,\n  long\ndn: b\n")
        if isinstance(part, Entry)
    ]

    assert [entry.line for entry in entries] == [4, 11]


def test_an_added_entry_is_an_entry_and_any_other_change_is_not() -> None:
    added, changed = read("dn: a\nchangetype: add\ncn: 1\n\ndn: b\nchangetype: modify\nreplace: cn\ncn: 2\n")

    assert isinstance(added, Entry)
    assert changed == Broken(5, "changetype: modify", "is a change to an entry, not an entry")


def test_a_value_in_another_file_is_named_and_not_read() -> None:
    ((attribute, text, _),) = only("dn: a\ncn:< file:///srv/secret\n").unread

    assert (attribute, text) == ("cn", "file:///srv/secret")


def test_a_value_that_is_no_base64_is_named() -> None:
    assert only("dn: a\ncn: 1\nblob:: A!\n").unread == [("blob", "A!", "is no base64")]


@pytest.mark.parametrize("bad", ["no colon here", "not a name: x", "-"])
def test_a_line_that_is_none_breaks_its_entry_and_is_named(bad: str) -> None:
    before, broken, after = read(f"dn: a\n\ndn: CN=PC\n 1\ncn: 1\n{bad}\n\ndn: c\n")

    assert isinstance(before, Entry)
    assert isinstance(broken, Broken)
    assert (broken.line, broken.text) == (6, bad)
    assert isinstance(after, Entry)


def test_an_entry_that_begins_inside_another_is_not_read_as_its_attribute() -> None:
    (broken,) = read("dn: a\ncn: 1\ndn: b\ncn: 2\n")

    assert broken == Broken(3, "dn: b", "begins inside another entry")


def test_a_name_that_cannot_be_read_breaks_its_entry() -> None:
    (broken,) = read("dn:: %%%\ncn: 1\n")

    assert isinstance(broken, Broken)


@pytest.mark.parametrize("end", ["objectGUI", "blob:: AAE", "sAMAccountName: x\nobj"])
def test_a_file_that_stops_in_a_line_ends_early(end: str) -> None:
    assert ends_early(f"dn: a\ncn: 1\n{end}")


@pytest.mark.parametrize("end", ["cn: 1", "cn: 1\n", "blob:: AAEC", "blob:: AA\n EC", "# numEntries: 1", "obj\n", ""])
def test_a_whole_last_line_without_its_newline_does_not_end_early(end: str) -> None:
    assert not ends_early(f"dn: a\n{end}")


@pytest.mark.parametrize(
    "text", ["dn: a", "# PC1\n\nVersion: 1\n", "# extended LDIF\n#\n", "SASL SSF: 256\n# LDAPv3\n", "dn:: YQ=="]
)
def test_ldif_is_known_by_its_first_lines(text: str) -> None:
    assert is_ldif(text)


@pytest.mark.parametrize("text", ["Name,DN\n", '#TYPE Microsoft.AD\n"Name"', "", "# only\n", "dname: x"])
def test_other_text_is_not_ldif(text: str) -> None:
    assert not is_ldif(text)


@given(st.lists(st.binary(max_size=200), min_size=1, max_size=4), st.integers(4, 80), st.text("PC1,\\=ä ", min_size=1))
def test_any_bytes_come_back_from_base64_however_it_is_folded(values: list[bytes], width: int, name: str) -> None:
    lines = [
        f"dn:: {base64.b64encode(name.encode()).decode()}",
        *(f"blob:: {base64.b64encode(value).decode()}" for value in values),
    ]
    entry = only("\n".join(folded(line, width) for line in lines) + "\n")

    assert (entry.dn, entry.values["blob"]) == (name.encode(), values)


@given(st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])), st.integers(4, 80))
def test_any_line_comes_back_as_text_however_it_is_folded(value: str, width: int) -> None:
    written = value.lstrip(" :<")
    entry = only(f"dn: a\n{folded(f'cn: {written}', width)}\n")

    assert entry.values["cn"] == [written]


@given(st.lists(st.sampled_from(["dn", "cn", "blob", ":", "<", " ", "\n", "a", "#", "=", ";", "\t", "ß"])))
def test_any_text_gives_parts_with_lines_of_the_file(pieces: list[str]) -> None:
    text = "".join(pieces)
    lines = text.count("\n") + 1

    assert all(1 <= part.line <= lines for part in read(text))
    assert ends_early(text) in {True, False}
