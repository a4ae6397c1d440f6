"""Directory exports become one table: whole or refused, each computer once, every fault listed."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError, ReconcileError, SourceIncomplete
from reconcile.settings import Directory
from reconcile.source.directory import read_directory
from reconcile.source.reading import Reading
from reconcile.source.schema import DIRECTORY

SID = "S-1-5-21-1004336348-1177238915-682003330-"
ENDED = "search: 2\nresult: 0 Success\n\n# numResponses: 2\n# numEntries: {}\n"


def guid(number: int) -> str:
    return str(UUID(int=number + 1, version=4))


def computer(number: int, **changed: Any) -> dict[str, Any]:
    name = f"PC{number}"
    plain = {
        "Name": name,
        "ObjectGUID": guid(number),
        "SID": f"{SID}{number}",
        "DistinguishedName": f"CN={name},OU=PCs,DC=corp,DC=example",
        "SamAccountName": f"{name}$",
        "Enabled": "True",
        "ServicePrincipalNames": f"HOST/{name}",
        "userCertificateCount": "1",
    }
    return plain | changed


def csv(*rows: Mapping[str, Any]) -> bytes:
    lines = [list(rows[0]), *(list(row.values()) for row in rows)]
    return "".join(",".join(f'"{cell}"' for cell in line) + "\r\n" for line in lines).encode()


def fleet(count: int) -> bytes:
    return csv(*map(computer, range(count)))


def ldif(count: int) -> str:
    return "".join(
        f"dn: CN=PC{n},DC=corp,DC=example\nobjectClass: computer\nobjectGUID: {guid(n)}\n\n" for n in range(count)
    )


def read(folder: Path, settings: Directory | None = None, **files: bytes) -> Reading:
    """The files in the order given; `a_csv` is directory/a.csv."""
    paths = [folder / "directory" / name.replace("_", ".") for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
    return read_directory(paths, folder, settings or Directory())


def rejected(reading: Reading) -> list[tuple[int, str, str, bool]]:
    return [(item.row, item.field, item.value, item.kept) for item in reading.rejected]


def test_three_shapes_give_the_same_computer(tmp_path: Path) -> None:
    entry = f"dn: CN=PC1,OU=PCs,DC=corp,DC=example\nname: PC1\nobjectGUID: {guid(1)}\nobjectSid: {SID}1\nsAMAccountName: PC1$\nuserAccountControl: 4096\nservicePrincipalName: HOST/PC1\nuserCertificate:: AAEC\n\n"
    shapes = {"a_csv": csv(computer(1)), "a_json": json.dumps(computer(1)).encode("utf-16"), "a_ldif": entry.encode()}
    rows = [
        read(tmp_path, None, **{name: data}).table.drop(["file", "row", "userAccountControl", "objectClass"])
        for name, data in shapes.items()
    ]

    assert rows[0].schema.names == [
        name for name in DIRECTORY.names if name not in {"file", "row", "userAccountControl", "objectClass"}
    ]
    assert rows[0].to_pylist() == rows[1].to_pylist() == rows[2].to_pylist()


def test_the_table_has_the_columns_of_the_snapshot_and_files_are_named_from_the_root(tmp_path: Path) -> None:
    reading = read(tmp_path, a_csv=csv(computer(1)), b_json=json.dumps([computer(2)]).encode())

    assert reading.table.schema == DIRECTORY
    assert reading.table["file"].to_pylist() == ["directory/a.csv", "directory/b.json"]
    assert [(origin.file, origin.shape, origin.encoding, origin.rows) for origin in reading.files] == [
        ("directory/a.csv", "Export-Csv", "utf-8", 1),
        ("directory/b.json", "ConvertTo-Json", "utf-8", 1),
    ]
    assert all(len(origin.sha256) == 64 for origin in reading.files)


def test_the_domains_of_the_names_are_known(tmp_path: Path) -> None:
    names = [
        "CN=A,DC=Corp,DC=example",
        r"CN=B\,DC=fake,dc=emea,dc=corp,dc=example",
        "CN=C\\0ACNF:1,OU=x,DC=corp,DC=example",
        "CN=D",
        "",
    ]

    assert read(
        tmp_path, a_csv=csv(*(computer(n, DistinguishedName=name) for n, name in enumerate(names)))
    ).domains == ("corp.example", "emea.corp.example")


@pytest.mark.parametrize("count", [100, 999, 1000, 5000])
def test_a_count_that_looks_like_a_page_is_refused_until_the_operator_says_otherwise(
    tmp_path: Path, count: int
) -> None:
    with pytest.raises(SourceIncomplete, match=rf"a\.csv has exactly {count} rows.*complete = true"):
        read(tmp_path, a_csv=fleet(count))

    assert len(read(tmp_path, Directory(complete=True), a_csv=fleet(count)).table) == count


@pytest.mark.parametrize("count", [99, 101, 998])
def test_any_other_count_is_believed(tmp_path: Path, count: int) -> None:
    assert len(read(tmp_path, a_csv=fleet(count)).table) == count


def test_a_server_that_said_that_this_is_all_is_believed_and_a_count_of_the_client_is_not(tmp_path: Path) -> None:
    proven = "# extended LDIF\n# LDAPv3\n\n" + ldif(100) + ENDED.format(100)
    counted = "version: 1\n\n# LDAPv3\n\n" + ldif(100) + "# search result\n\n# numResponses: 101\n# numEntries: 100\n"

    assert len(read(tmp_path, a_ldif=proven.encode()).table) == 100
    with pytest.raises(SourceIncomplete, match="exactly 100 rows"):
        read(tmp_path, a_ldif=counted.encode())


def test_a_count_that_differs_is_incomplete_whatever_the_settings_say(tmp_path: Path) -> None:
    text = "# extended LDIF\n# LDAPv3\n\n" + ldif(3) + ENDED.format(4)

    with pytest.raises(SourceIncomplete, match="says that it has 4 entries, and 3 are there"):
        read(tmp_path, Directory(complete=True), a_ldif=text.encode())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n",
        b"\xef\xbb\xbf",
        b"[]",
        b'"Name","ObjectGUID"\r\n',
        b"version: 1\n",
        b"dn: CN=x\nobjectClass: user\n\n",
    ],
)
def test_a_file_without_computers_is_not_an_empty_directory(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SourceIncomplete, match=r"holds no computers.*complete = true"):
        read(tmp_path, a_txt=data)

    assert len(read(tmp_path, Directory(complete=True), a_txt=data).table) == 0


@pytest.mark.parametrize("data", [b"PK\x03\x04 a workbook", b"deviceId,displayName\n1,2\n", b'{"error": 1}'])
def test_another_file_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"a\.txt"):
        read(tmp_path, a_txt=data)


def test_entries_that_are_no_computers_are_left_out_with_a_note(tmp_path: Path) -> None:
    text = "dn: OU=PCs,DC=corp\nobjectClass: organizationalUnit\n\ndn: CN=u,DC=corp\nobjectClass: user\n\n" + ldif(1)
    reading = read(tmp_path, a_ldif=text.encode())

    assert len(reading.table) == 1
    assert "directory/a.ldif: left out because they are no computers: 2" in reading.notes


def test_a_computer_that_was_deleted_is_gone(tmp_path: Path) -> None:
    tombstone = rf"CN=PC2\0ADEL:{guid(2)},CN=Deleted Objects,DC=corp,DC=example"
    reading = read(tmp_path, a_csv=csv(computer(1), computer(2, DistinguishedName=tombstone)))

    assert reading.table["name"].to_pylist() == ["PC1"]
    assert "directory/a.csv: left out because they are deleted: 1" in reading.notes


def test_service_accounts_are_computers(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_csv=csv(computer(1, ObjectClass="msDS-GroupManagedServiceAccount"), computer(2, ObjectClass="COMPUTER")),
    )

    assert len(reading.table) == 2


def test_malformed_values_are_listed_and_the_row_stays_as_served(tmp_path: Path) -> None:
    bad = {
        "ObjectGUID": "no-guid",
        "SID": "S-2-x",
        "lastLogonTimestamp": "yesterday",
        "Enabled": "maybe",
        "userCertificateCount": "many",
    }
    reading = read(tmp_path, a_csv=csv(computer(1, **bad)))
    row = reading.table.to_pylist()[0]

    assert sorted(rejected(reading)) == [
        (2, "enabled", "maybe", True),
        (2, "lastLogonTimestamp", "yesterday", True),
        (2, "objectGUID", "no-guid", True),
        (2, "objectSid", "S-2-x", True),
        (2, "userCertificateCount", "many", True),
    ]
    assert (row["objectGUID"], row["objectSid"], row["lastLogonTimestamp"]) == ("no-guid", "S-2-x", "yesterday")
    assert (row["enabled"], row["userCertificateCount"]) == (None, None)


@pytest.mark.parametrize("missing", ["", "00000000-0000-0000-0000-000000000000"])
def test_a_computer_without_identity_is_listed_and_stays(tmp_path: Path, missing: str) -> None:
    reading = read(tmp_path, a_csv=csv(computer(1, ObjectGUID=missing), computer(2, ObjectGUID=missing)))

    assert rejected(reading) == [(2, "objectGUID", missing, True), (3, "objectGUID", missing, True)]
    assert len(reading.table) == 2


@pytest.mark.parametrize("never", ["0", "", "9223372036854775807"])
def test_never_is_a_time_like_any_other(tmp_path: Path, never: str) -> None:
    assert rejected(read(tmp_path, a_csv=csv(computer(1, lastLogonTimestamp=never, pwdLastSet=never)))) == []


def test_local_dates_get_one_note_a_column_and_no_rejection(tmp_path: Path) -> None:
    data = csv(*(computer(n, LastLogonDate="23.11.2026 06:00:00", Created="01.01.2020 00:00:00") for n in range(3)))
    reading = read(tmp_path, a_csv=data)

    assert rejected(reading) == []
    assert [note.partition(":")[2].partition(":")[0].strip() for note in reading.notes] == [
        "lastLogonTimestamp has dates written in a local way, which stay unknown (3)",
        "whenCreated has dates written in a local way, which stay unknown (3)",
    ]
    assert reading.table["lastLogonTimestamp"].to_pylist() == ["23.11.2026 06:00:00"] * 3


def test_local_dates_are_read_with_a_format_and_those_that_do_not_fit_are_listed(tmp_path: Path) -> None:
    settings = Directory(date_format="%d.%m.%Y %H:%M:%S", date_zone="Europe/Berlin")
    data = csv(computer(1, LastLogonDate="23.11.2026 06:00:00"), computer(2, LastLogonDate="11/23/2026 6:00 AM"))
    reading = read(tmp_path, settings, a_csv=data)

    assert rejected(reading) == [(3, "lastLogonTimestamp", "11/23/2026 6:00 AM", True)]
    assert reading.notes == ()


@pytest.mark.parametrize(
    ("enabled", "control", "known"),
    [("True", "4098", True), ("False", "4096", False), ("", "4098", False), ("", "4096", True), ("", "", None)],
)
def test_enabled_is_what_is_served_else_what_the_control_bits_say(
    tmp_path: Path,
    enabled: str,
    control: str,
    known: bool | None,  # noqa: FBT001 - the three values it can have
) -> None:
    reading = read(tmp_path, a_csv=csv(computer(1, Enabled=enabled, userAccountControl=control)))

    assert reading.table["enabled"].to_pylist() == [known]


def test_what_no_row_serves_is_told(tmp_path: Path) -> None:
    plain = {
        name: value
        for name, value in computer(1).items()
        if name not in {"ServicePrincipalNames", "userCertificateCount"}
    }

    assert [note.split(":")[1] for note in read(tmp_path, a_csv=csv(plain)).notes] == [
        " no ServicePrincipalNames",
        " no userCertificateCount",
    ]


def test_a_computer_that_stands_twice_in_the_same_words_counts_once(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        a_csv=csv(computer(1), computer(2), computer(1)),
        b_csv=csv(computer(2, ObjectGUID=f"{{{guid(2).upper()}}}")),
    )

    assert reading.table["name"].to_pylist() == ["PC1", "PC2"]
    assert reading.notes == ("computers that stand twice in the same words, counted once: 2",)
    assert reading.rejected == ()


def test_a_computer_that_stands_twice_in_other_words_stays_as_it_stood_first(tmp_path: Path) -> None:
    other = computer(1, ServicePrincipalNames="HOST/PC1;HOST/other")
    reading = read(tmp_path, a_csv=csv(computer(1)), b_csv=csv(computer(2), other, computer(2, Enabled="")))

    assert reading.table["file"].to_pylist() == ["directory/a.csv", "directory/b.csv"]
    assert rejected(reading) == [(3, "objectGUID", guid(1), False), (4, "objectGUID", guid(2), False)]
    assert reading.rejected[0].reason == "this computer stands already in directory/a.csv, row 2, with other values"


def test_a_row_that_cannot_be_read_is_listed_and_left_out(tmp_path: Path) -> None:
    reading = read(tmp_path, a_csv=csv(computer(1)) + b"too,few\r\n")

    assert [(item.row, item.kept) for item in reading.rejected] == [(3, False)]
    assert len(reading.table) == 1


SEEDS = st.sampled_from(
    [
        csv(computer(1), computer(2)),
        json.dumps([computer(1)]).encode(),
        ldif(2).encode(),
        "dn: ä\nname: ü\n".encode("utf-16"),
        b"",
    ]
)


@given(SEEDS, st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=6)), max_size=4), st.integers(0, 800))
def test_any_bytes_give_a_reading_or_an_error_of_ours(seed: bytes, edits: list[tuple[int, bytes]], length: int) -> None:
    data = bytearray(seed)
    for at, change in edits:
        data[at : at + len(change)] = change
    assert read_or_refused(bytes(data[:length]), Directory())


@given(st.binary(max_size=300))
def test_any_noise_gives_a_reading_or_an_error_of_ours(data: bytes) -> None:
    assert read_or_refused(data, Directory(complete=True))


def read_or_refused(data: bytes, settings: Directory) -> bool:
    """Whether the file is read into the columns of the snapshot, or refused by its name; another error goes through."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return bool(read(Path(folder), settings, a_txt=data).table.schema == DIRECTORY)
        except ReconcileError as error:
            return "a.txt" in str(error)
