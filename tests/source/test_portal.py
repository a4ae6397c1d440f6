"""The portal's "Download devices" CSV."""

import csv
from pathlib import Path
from typing import Any

import pytest

from reconcile.errors import InputError
from reconcile.source.listing import Page
from reconcile.source.portal import read_portal

COLUMNS = (
    "displayName",
    "accountEnabled",
    "operatingSystem",
    "operatingSystemVersion",
    "joinType (trustType)",
    "registeredOwners",
    "userNames",
    "mdmDisplayName",
    "isCompliant",
    "registrationTime",
    "approximateLastSignInDateTime",
    "deviceId",
    "isManaged",
    "objectId",
    "profileType",
    "systemLabels",
    "model",
)
IDS = {"objectId": "00000001-1111-4111-8111-111111111111", "deviceId": "00000002-1111-4111-8111-111111111111"}


def read(root: Path, *rows: dict[str, str], columns: tuple[str, ...] = COLUMNS) -> Page:
    path = root / "exportDevice.csv"
    with path.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.DictWriter(stream, columns, restval="")
        writer.writeheader()
        writer.writerows(IDS | row for row in rows)
    return read_portal(path, "entra/exportDevice.csv")[1]


def row(root: Path, **cells: str) -> dict[str, Any]:
    return dict(read(root, cells).table.to_pylist()[0])


def test_the_portal_s_names_stand_for_graph_s(tmp_path: Path) -> None:
    cells = {"joinType (trustType)": "Microsoft Entra joined", "registrationTime": "Pending", "accountEnabled": "True"}
    found = row(tmp_path, **cells, displayName="PC-1", model="Book", isManaged="false", operatingSystem="Windows")
    assert (found["id"], found["deviceId"]) == (IDS["objectId"], IDS["deviceId"])
    assert (found["trustType"], found["registrationDateTime"]) == ("Microsoft Entra joined", "Pending")
    assert (found["accountEnabled"], found["isManaged"], found["model"]) == (True, False, "Book")
    assert (found["file"], found["row"]) == ("entra/exportDevice.csv", 2)


def test_columns_are_known_in_any_case_and_order_and_by_graph_s_names_too(tmp_path: Path) -> None:
    columns = ("TRUSTTYPE", "Id", "DEVICEID", "DisplayName", "CreatedDateTime")
    path = tmp_path / "devices.csv"
    path.write_text(";".join(columns) + "\nServerAd;a;b;PC-1;2026-11-23T12:00:00Z\n")
    (found,) = read_portal(path, "devices.csv")[1].table.to_pylist()
    assert [found[name] for name in ("id", "deviceId", "displayName", "trustType", "createdDateTime")] == [
        "a",
        "b",
        "PC-1",
        "ServerAd",
        "2026-11-23T12:00:00Z",
    ]


def test_what_the_portal_does_not_serve_is_null(tmp_path: Path) -> None:
    found = row(tmp_path, displayName="PC-1")
    for name in ("physicalIds", "alternativeSecurityIds", "onPremisesSecurityIdentifier", "isManagementRestricted"):
        assert found[name] is None


def test_an_empty_cell_was_served_and_an_empty_flag_is_unknown(tmp_path: Path) -> None:
    found = row(tmp_path, registrationTime="", isCompliant="")
    assert (found["registrationDateTime"], found["isCompliant"]) == ("", None)


@pytest.mark.parametrize("nothing", ["N/A", "None", "-"])
def test_a_word_for_nothing_is_neither_a_flag_nor_a_fault(nothing: str, tmp_path: Path) -> None:
    page = read(tmp_path, {"isCompliant": nothing, "approximateLastSignInDateTime": nothing})
    assert page.table["isCompliant"].to_pylist() == [None]
    assert page.table["approximateLastSignInDateTime"].to_pylist() == [""]
    assert page.rejected == ()


def test_a_flag_that_is_none_is_listed_and_unknown(tmp_path: Path) -> None:
    page = read(tmp_path, {}, {"accountEnabled": "perhaps"})
    assert page.table["accountEnabled"].to_pylist() == [None, None]
    (item,) = page.rejected
    assert (item.row, item.field, item.value, item.kept) == (3, "accountEnabled", "perhaps", True)


@pytest.mark.parametrize(
    ("names", "owners", "upns"),
    [
        ("ann@contoso.example", "Ann", ["ann@contoso.example"]),
        ("ann@contoso.example;bob@contoso.example", "", ["ann@contoso.example", "bob@contoso.example"]),
        (
            "ann@contoso.example, bob@contoso.example",
            "bob@contoso.example",
            ["ann@contoso.example", "bob@contoso.example"],
        ),
        ("", "ann@contoso.example", ["ann@contoso.example"]),
        ("", "", []),
        ("None", "", []),
        ("", "Ann", None),
    ],
)
def test_owners_are_user_principal_names_and_unknown_where_only_others_stand(
    names: str, owners: str, upns: list[str] | None, tmp_path: Path
) -> None:
    assert row(tmp_path, userNames=names, registeredOwners=owners)["registeredOwners"] == upns


def test_without_columns_of_owners_they_are_not_served(tmp_path: Path) -> None:
    page = read(tmp_path, {}, columns=("displayName", "deviceId", "objectId"))
    assert page.table["registeredOwners"].to_pylist() == [None]


def test_a_row_of_the_wrong_width_is_left_out_and_listed(tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_text("displayName,deviceId,objectId\nPC-1,a\nPC-2,b,c\n")
    page = read_portal(path, "devices.csv")[1]
    assert page.table["displayName"].to_pylist() == ["PC-2"]
    assert [(item.row, item.value, item.kept) for item in page.rejected] == [(2, "PC-1,a", False)]


@pytest.mark.parametrize("missing", ["displayName", "deviceId", "objectId"])
def test_a_csv_without_ids_and_names_is_refused(missing: str, tmp_path: Path) -> None:
    path = tmp_path / "devices.csv"
    path.write_text(",".join({"displayName", "deviceId", "objectId", "model"} - {missing}) + "\n1,2,3\n")
    with pytest.raises(InputError, match=r"devices\.csv"):
        read_portal(path, "devices.csv")
