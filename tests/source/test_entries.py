"""LDIF and ldapsearch output become rows: ids from bytes, counts of values, and proof that all is there."""

import base64
import struct
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import SourceIncomplete
from reconcile.source.computer import Export
from reconcile.source.entries import read_entries

BASE = "DC=corp,DC=example"
GUID = UUID("8d5a1c0e-2b3f-4d67-9a81-0c2e4f6a8b1d")
HEADER = "# extended LDIF\n#\n# LDAPv3\n# base <DC=corp> with scope subtree\n# filter: (a=b)\n# requesting: {}\n#\n\n"
ENDED = "# search result\nsearch: 2\nresult: 0 Success\n\n# numResponses: {responses}\n# numEntries: {entries}\n"


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def entry(name: str, *lines: str, kind: str = "computer") -> str:
    return "\n".join(
        [f"dn: CN={name},OU=PCs,{BASE}", "objectClass: top", f"objectClass: {kind}", f"cn: {name}", *lines, "", ""]
    )


def read(text: str) -> Export:
    return read_entries(text, "utf-8", "directory/a.ldif")


def first(text: str) -> dict[str, Any]:
    return dict(read(text).table.to_pylist()[0])


def test_an_entry_is_a_row_with_its_line() -> None:
    row = first(
        "version: 1\n\n"
        + entry("PC1", "sAMAccountName: PC1$", "userAccountControl: 4096", "isCriticalSystemObject: FALSE")
    )

    assert (row["row"], row["distinguishedName"], row["name"]) == (3, f"CN=PC1,OU=PCs,{BASE}", "PC1")
    assert (row["sAMAccountName"], row["userAccountControl"], row["isCriticalSystemObject"]) == (
        "PC1$",
        "4096",
        "FALSE",
    )
    assert row["protectedFromAccidentalDeletion"] is None


def test_a_windows_file_is_read_like_any_other() -> None:
    assert read(entry("PC1").replace("\n", "\r\n")).table.equals(read(entry("PC1")).table)


@given(st.uuids())
def test_a_guid_of_bytes_is_little_endian_in_its_first_three_parts(guid: UUID) -> None:
    data = guid.bytes
    mixed = data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]

    assert first(entry("PC1", f"objectGUID:: {b64(mixed)}"))["objectGUID"] == str(guid)


def test_a_guid_whose_bytes_are_all_ascii_is_printed_as_text_and_read_as_bytes() -> None:
    assert first(entry("PC1", "objectGUID: abcdefghABCDEFGH"))["objectGUID"] == str(UUID(bytes_le=b"abcdefghABCDEFGH"))


def test_a_guid_in_text_stays_text() -> None:
    assert first(entry("PC1", f"objectGUID: {{{GUID}}}"))["objectGUID"] == f"{{{GUID}}}"


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=15))
def test_a_sid_of_bytes_is_written_out(parts: list[int]) -> None:
    data = struct.pack(f"<BB6s{len(parts)}I", 1, len(parts), b"\0\0\0\0\0\5", *parts)

    assert first(entry("PC1", f"objectSid:: {b64(data)}"))["objectSid"] == "-".join(["S-1-5", *map(str, parts)])


@given(st.binary(max_size=80))
def test_any_bytes_for_an_id_are_read_without_a_crash(data: bytes) -> None:
    assert read(entry("PC1", f"objectGUID:: {b64(data)}", f"objectSid:: {b64(data)}")).records == 1


def test_certificates_and_spns_are_counted_and_listed() -> None:
    text = entry(
        "PC1", "userCertificate;binary:: AAEC", "userCertificate;binary:: AAED", "servicePrincipalName: HOST/PC1"
    ) + entry("PC2")
    one, two = read(text).table.to_pylist()

    assert (one["userCertificateCount"], one["servicePrincipalName"]) == ("2", ["HOST/PC1"])
    assert (two["userCertificateCount"], two["servicePrincipalName"]) == ("0", [])


def test_what_no_entry_has_was_not_served() -> None:
    row = first(entry("PC1"))

    assert (row["userCertificateCount"], row["servicePrincipalName"]) == (None, None)


@pytest.mark.parametrize("asked", ["ALL", "cn servicePrincipalName userCertificate;binary ", "*"])
def test_what_was_asked_for_was_served_even_if_no_entry_has_it(asked: str) -> None:
    row = first(HEADER.format(asked) + entry("PC1") + ENDED.format(responses=2, entries=1))

    assert (row["userCertificateCount"], row["servicePrincipalName"]) == ("0", [])


def test_what_was_not_asked_for_was_not_served() -> None:
    assert (
        first(HEADER.format("cn objectGUID ") + entry("PC1") + ENDED.format(responses=2, entries=1))[
            "servicePrincipalName"
        ]
        is None
    )


def test_a_certificate_in_another_file_counts_and_any_other_value_there_is_listed() -> None:
    export = read(entry("PC1", "userCertificate;binary:< file:///srv/a", "objectGUID:< file:///srv/b"))

    assert export.table["userCertificateCount"].to_pylist() == ["1"]
    assert [(item.row, item.field, item.value, item.kept) for item in export.rejected] == [
        (1, "objectGUID", "file:///srv/b", True)
    ]


def test_recovery_keys_are_counted_for_the_computer_that_they_lie_below() -> None:
    key = f"dn: CN=2026-01-02T03:04:05{{{GUID}}},CN=PC1,OU=PCs,{BASE}\nobjectClass: top\nobjectClass: msFVE-RecoveryInformation\n\n"
    export = read(entry("PC1") + key + key.replace("01-02", "01-03").replace("CN=PC1", "cn=pc1") + entry("PC2"))

    assert export.table["bitlockerKeys"].to_pylist() == ["2", "0"]
    assert export.records == 4


def test_recovery_keys_are_unknown_where_none_stands_in_the_file() -> None:
    assert first(entry("PC1"))["bitlockerKeys"] is None


@pytest.mark.parametrize(
    "kind", ["msDS-GroupManagedServiceAccount", "msDS-ManagedServiceAccount", "msDS-DelegatedManagedServiceAccount"]
)
def test_the_class_of_a_service_account_decides(kind: str) -> None:
    assert first(entry("G1", f"objectClass: {kind}"))["objectClass"] == kind


def test_ldapsearch_output_with_its_result_is_proven() -> None:
    export = read(
        HEADER.format("ALL")
        + "# PC1, PCs, corp.example\n"
        + entry("PC1")
        + "# search reference\nref: ldap://b\n\n"
        + ENDED.format(responses=3, entries=1)
    )

    assert (export.shape, export.proven, export.records, export.count) == ("ldapsearch", True, 1, 1)
    assert export.notes == ("referrals to other domains, not followed: 1",)


def test_ldif_is_not_proven() -> None:
    export = read(entry("PC1"))

    assert (export.shape, export.proven, export.count) == ("LDIF", False, None)


@pytest.mark.parametrize(
    ("end", "why"),
    [
        ("", "did not write the end of its search"),
        ("search: 2\nresult: 4 Size limit exceeded\n\n# numResponses: 2\n# numEntries: 1\n", "4 Size limit exceeded"),
        ("search: 2\nresult: 0 Success\npagedresults: cookie=AQ==\n", "there are more"),
        ("dn: CN=PC2,OU=PC", None),
        ("dn: CN=PC2\nobjectGUID:: AAE", "ends in the middle of an entry, in line 15"),
    ],
)
def test_a_search_that_did_not_come_to_its_end_is_incomplete(end: str, why: str | None) -> None:
    with pytest.raises(SourceIncomplete, match=why):
        read(HEADER.format("ALL") + entry("PC1") + end)


def test_pages_without_comments_run_into_each_other_and_are_still_told_apart() -> None:
    text = entry("PC1") + "# pagedresults: cookie=AQ==\n" + entry("PC2") + "# pagedresults: cookie=\n"

    assert (read(text).table["name"].to_pylist(), read(text).proven) == (["PC1", "PC2"], True)


def test_lines_that_belong_to_no_entry_are_listed() -> None:
    export = read(f"version: 1\n\ncn: PC0\nobjectClass: computer\n\n{entry('PC1')}dn: CN=PC2\nbroken line\n\n")

    assert [(item.row, item.value, item.reason, item.kept) for item in export.rejected] == [
        (3, "cn: PC0", "belongs to no entry", False),
        (12, "broken line", "is no 'attribute: value'", False),
    ]
    assert export.records == 2
