"""What Export-Csv and ConvertTo-Json print is read as the snapshot's values, still as text."""

import json
from pathlib import Path
from typing import Any

import pytest

from reconcile.errors import InputError, SourceIncomplete
from reconcile.source.computer import Export
from reconcile.source.powershell import read_csv, read_json

GUID = "8d5a1c0e-2b3f-4d67-9a81-0c2e4f6a8b1d"
SID = "S-1-5-21-1004336348-1177238915-682003330-1104"
COLLECTION = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Export:
    path = folder / "computers.csv"
    path.write_bytes(text.encode(encoding))
    return read_csv(path, "directory/computers.csv")


def parsed(value: object) -> Export:
    return read_json(json.dumps(value), "utf-8", Path("computers.json"), "directory/computers.json")


def first(export: Export) -> dict[str, Any]:
    return dict(export.table.to_pylist()[0])


def cell(name: str, value: object, place: str) -> object:
    """What the column says of one record with this value at this place."""
    return first(parsed([{"ObjectGUID": GUID, place: value}]))[name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_is_read_in_any_encoding_with_any_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    lines = ['"Name","ObjectGUID","Enabled"', f'"BÜRO-1","{GUID}","True"']
    row = first(csv(tmp_path, "\r\n".join(lines).replace(",", delimiter) + "\r\n", encoding))

    assert (row["name"], row["objectGUID"], row["enabled"]) == ("BÜRO-1", GUID, "True")


def test_a_type_line_is_skipped_and_rows_know_their_lines(tmp_path: Path) -> None:
    export = csv(tmp_path, f'#TYPE Microsoft.ActiveDirectory.Management.ADComputer\n"OBJECTGUID","sid"\n{GUID},{SID}\n')

    assert (first(export)["row"], first(export)["objectSid"]) == (3, SID)


def test_columns_that_are_missing_are_not_served(tmp_path: Path) -> None:
    row = first(csv(tmp_path, f"ObjectGUID,Name\n{GUID},PC1\n"))

    assert [name for name, value in row.items() if value is not None] == ["row", "objectGUID", "name"]


def test_spns_joined_by_semicolons_are_a_list_and_none_is_an_empty_one(tmp_path: Path) -> None:
    export = csv(tmp_path, f"ObjectGUID,ServicePrincipalNames\n{GUID},HOST/PC1;MSServerCluster/C1\nx,\n")

    assert export.table["servicePrincipalName"].to_pylist() == [["HOST/PC1", "MSServerCluster/C1"], []]


@pytest.mark.parametrize(
    "joined",
    [
        "HOST/A MSServerCluster/C",
        "HOST/A,MSServerCluster/C",
        "; HOST/A ;; MSServerCluster/C;",
        "HOST/A|MSServerCluster/C",
    ],
)
def test_spns_joined_in_another_way_do_not_hide_a_cluster(tmp_path: Path, joined: str) -> None:
    export = csv(tmp_path, f'ObjectGUID,ServicePrincipalNames\n{GUID},"{joined}"\n')

    assert first(export)["servicePrincipalName"] == ["HOST/A", "MSServerCluster/C"]
    assert cell("servicePrincipalName", joined, "ServicePrincipalNames") == ["HOST/A", "MSServerCluster/C"]


@pytest.mark.parametrize(
    "printed", [COLLECTION, "System.Byte[]", "System.Object[]", "System.Collections.Generic.List`1[System.String]"]
)
def test_the_name_of_a_type_is_no_value_and_the_operator_is_told(tmp_path: Path, printed: str) -> None:
    export = csv(tmp_path, f"ObjectGUID,ServicePrincipalNames\n{GUID},{printed}\n")

    assert first(export)["servicePrincipalName"] is None
    assert [note for note in export.notes if note.startswith("servicePrincipalName was exported as the name of a type")]


def test_certificates_as_the_name_of_a_type_are_not_counted(tmp_path: Path) -> None:
    assert first(csv(tmp_path, f"ObjectGUID,userCertificate\n{GUID},{COLLECTION}\n"))["userCertificateCount"] is None


def test_the_local_date_columns_stand_in_only_where_the_filetime_says_nothing(tmp_path: Path) -> None:
    export = csv(
        tmp_path,
        "ObjectGUID,LastLogonDate,lastLogonTimestamp,PasswordLastSet,Created\na,01.02.2026 08:00:00,,x,y\nb,z,133500000000000000,,\n",
    )

    assert export.table["lastLogonTimestamp"].to_pylist() == ["01.02.2026 08:00:00", "133500000000000000"]
    assert export.table["pwdLastSet"].to_pylist() == ["x", ""]
    assert export.table["whenCreated"].to_pylist() == ["y", ""]


@pytest.mark.parametrize(
    ("group", "number"),
    [
        ("CN=Domain Controllers,CN=Users,DC=corp,DC=example", "516"),
        ("CN=Read-only Domain Controllers,CN=Users,DC=corp,DC=example", "521"),
        ("CN=Domain Computers,CN=Users,DC=corp,DC=example", "515"),
        ("CN=Domänencomputer,CN=Users,DC=corp,DC=example", None),
        ("515", "515"),
    ],
)
def test_a_primary_group_by_name_is_its_number(tmp_path: Path, group: str, number: str | None) -> None:
    assert first(csv(tmp_path, f'ObjectGUID,PrimaryGroup\n{GUID},"{group}"\n'))["primaryGroupID"] == number
    assert cell("primaryGroupID", group, "PrimaryGroup") == number


def test_a_row_of_another_width_is_listed_with_its_line(tmp_path: Path) -> None:
    export = csv(tmp_path, f"ObjectGUID,Name\n{GUID},PC1\nx,y,z\n{GUID},PC2\n")

    assert [(item.row, item.value, item.kept) for item in export.rejected] == [(3, "x,y,z", False)]
    assert (export.records, len(export.table)) == (3, 2)


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"computers\.csv: is no export of AD computers"):
        csv(tmp_path, "deviceId,displayName\n1,2\n")
    with pytest.raises(InputError, match=r"computers\.json: is no export of AD computers"):
        parsed([{"deviceId": "1"}])


def test_json_of_windows_powershell_is_read() -> None:
    row = first(
        parsed(
            {
                "DistinguishedName": "CN=PC1,DC=corp,DC=example",
                "Enabled": True,
                "ObjectGUID": GUID,
                "SID": {
                    "BinaryLength": 28,
                    "AccountDomainSid": {"BinaryLength": 24, "Value": "S-1-5-21-1"},
                    "Value": SID,
                },
                "userAccountControl": 4096,
                "lastLogonTimestamp": 133500000000000000,
                "whenCreated": {
                    "value": "/Date(1700000000000)/",
                    "DisplayHint": 2,
                    "DateTime": "Dienstag, 14. November 2023",
                },
                "ServicePrincipalNames": {"value": ["HOST/PC1", "TERMSRV/PC1"], "Count": 2},
                "userCertificate": {"value": [[48, 130, 1], [48, 130, 2]], "Count": 2},
                "nTSecurityDescriptor": [1, 0, 4],
                "MemberOf": [],
            }
        )
    )

    assert row["objectSid"] == SID
    assert (row["enabled"], row["userAccountControl"], row["lastLogonTimestamp"]) == (
        "true",
        "4096",
        "133500000000000000",
    )
    assert (row["whenCreated"], row["servicePrincipalName"]) == ("/Date(1700000000000)/", ["HOST/PC1", "TERMSRV/PC1"])
    assert (row["row"], row["userCertificateCount"]) == (1, "2")


def test_json_of_powershell_7_is_read() -> None:
    rows = parsed(
        [{"ObjectGUID": GUID, "SID": SID, "whenCreated": "2026-01-02T03:04:05+01:00"}, {"objectguid": "b"}]
    ).table.to_pylist()

    assert [(row["row"], row["objectGUID"], row["objectSid"], row["whenCreated"]) for row in rows] == [
        (1, GUID, SID, "2026-01-02T03:04:05+01:00"),
        (2, "b", None, None),
    ]


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ([[48, 130], [48, 130]], "2"),
        (["48 130 3", "48 130 4"], "2"),
        ([48, 130, 3], "1"),
        ({"value": [[48]], "Count": 1}, "1"),
        ([], "0"),
        ({}, "0"),
        ("48 130 3", "1"),
        (None, None),
        (COLLECTION, None),
    ],
)
def test_certificates_are_counted(value: object, count: str | None) -> None:
    assert cell("userCertificateCount", value, "userCertificate") == count


@pytest.mark.parametrize(
    ("value", "spns"),
    [
        (["HOST/A", "HOST/B"], ["HOST/A", "HOST/B"]),
        ([], []),
        ({}, []),
        ("HOST/A", ["HOST/A"]),
        ("", []),
        (None, None),
        (COLLECTION, None),
    ],
)
def test_spns_are_a_list_or_not_served(value: object, spns: list[str] | None) -> None:
    assert cell("servicePrincipalName", value, "ServicePrincipalNames") == spns


@pytest.mark.parametrize(
    ("value", "text"),
    [([SID], SID), ([], None), ({}, None), (None, None), ([1, 5, 0], "[1,5,0]"), ({"a": 1}, '{"a":1}')],
)
def test_a_value_in_an_unknown_form_stays_visible(value: object, text: str | None) -> None:
    assert cell("objectSid", value, "SID") == text


def test_a_list_of_classes_has_one_that_decides() -> None:
    assert cell("objectClass", ["top", "user", "computer"], "ObjectClass") == "computer"


def test_an_array_with_its_count_is_checked_against_it() -> None:
    export = parsed({"value": [{"ObjectGUID": GUID}], "Count": 2})

    assert (export.records, export.count) == (1, 2)


@pytest.mark.parametrize("end", [1, 20, -1])
def test_json_that_ends_early_is_incomplete(end: int) -> None:
    text = json.dumps([{"ObjectGUID": GUID, "Name": "PC1"}])

    with pytest.raises(SourceIncomplete, match="ends in the middle of its JSON"):
        read_json(text[:end], "utf-8", Path("a.json"), "a.json")


@pytest.mark.parametrize("text", ["{]", '[{"a":1}] x', "[" * 100_000 + "]" * 100_000])
def test_json_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="cannot be read as JSON"):
        read_json(text, "utf-8", Path("a.json"), "a.json")


def test_an_item_that_is_no_object_is_listed_with_its_number() -> None:
    export = parsed([{"ObjectGUID": GUID}, 7, {"ObjectGUID": "b"}])

    assert [(item.row, item.value, item.kept) for item in export.rejected] == [(2, "7", False)]
    assert (export.records, export.table["row"].to_pylist()) == (3, [1, 3])
