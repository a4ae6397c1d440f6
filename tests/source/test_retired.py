from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.ledger.retired import Retired
from reconcile.source.retired import read_retired

GUID = "3e0b9f52-71c4-4d8a-a6f1-08d92c5b7e13"
OTHER = "4f1c0a63-82d5-4e9b-b702-19ea3d6c8f24"
THIRD = "502d1b74-93e6-4fac-8813-2afb4e7d9035"
SID = "S-1-5-21-1-2-3-1104"
ZERO = "00000000-0000-0000-0000-000000000000"
HEADER = "device_id,object_guid,sid,object_id,hostname,retired_at"
MARCH = datetime(2025, 3, 31, tzinfo=UTC)


def read(folder: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> list[Retired]:
    file = folder / "retired.csv"
    file.write_text("\n".join([header, *lines, ""]), encoding=encoding)
    return read_retired(file)


def refused(folder: Path, *lines: str, header: str = HEADER) -> str:
    with pytest.raises(InputError) as error:
        read(folder, *lines, header=header)
    assert error.value.exit_code == 4
    return str(error.value).removeprefix(f"{folder / 'retired.csv'}")


def test_a_row_is_an_identity(tmp_path: Path) -> None:
    line = f"{{{GUID.upper()}}},{OTHER},{SID.lower()},{THIRD}, LT-0001 ,2025-03-31T14:00:00+02:00"
    assert read(tmp_path, line) == [Retired(GUID, OTHER, SID, THIRD, "LT-0001", datetime(2025, 3, 31, 12, tzinfo=UTC))]


def test_what_is_empty_is_unknown(tmp_path: Path) -> None:
    assert read(tmp_path, f",,{SID},,,2025-03-31") == [Retired(None, None, SID, None, None, MARCH)]


def test_a_header_alone_is_no_row(tmp_path: Path) -> None:
    assert read(tmp_path) == []


@pytest.mark.parametrize(
    "header",
    [
        "ObjectGUID;Name;RetiredAt;Ticket",
        '"objectGuid";"displayName";"retired_at";"note"',
        "object guid;HOST;Retired At;",
        "#TYPE Selected.ADComputer\nObjectGUID;ComputerName;retiredDateTime;Owner",
    ],
)
def test_columns_have_the_spellings_of_graph_and_powershell_in_any_order(tmp_path: Path, header: str) -> None:
    line = f"{GUID};LT-0001;2025-03-31;CHG-7"
    assert read(tmp_path, line, header=header) == [Retired(None, GUID, None, None, "LT-0001", MARCH)]


@pytest.mark.parametrize(
    ("column", "field"),
    [
        ("deviceId", "device_id"),
        ("azureADDeviceId", "device_id"),
        ("ObjectId", "object_id"),
        ("id", "object_id"),
        ("objectSid", "sid"),
        ("SID", "sid"),
        ("onPremisesSecurityIdentifier", "sid"),
    ],
)
def test_each_spelling_means_one_field(tmp_path: Path, column: str, field: str) -> None:
    value = SID if field == "sid" else GUID
    (row,) = read(tmp_path, f"2025-03-31,{value}", header=f"retired_at,{column}")
    assert getattr(row, field) == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_will_do(tmp_path: Path, encoding: str) -> None:
    (row,) = read(tmp_path, f"{GUID},,,,BÜRO-1,2025-03-31", encoding=encoding)
    assert row.hostname == "BÜRO-1"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2025-03-31", MARCH),
        ("2025-03-31T00:00:00Z", MARCH),
        ("2025-03-31T01:00:00.0000000+01:00", MARCH),
        ("20250331000000.0Z", MARCH),
    ],
)
def test_a_day_counts_from_its_first_moment_and_a_time_has_its_zone(tmp_path: Path, text: str, at: datetime) -> None:
    (row,) = read(tmp_path, f"{GUID},,,,,{text}")
    assert row.retired_at == at


@pytest.mark.parametrize(
    "text", ["", "yesterday", "31.03.2025", "03/31/2025 14:00", "2025-03-31T14:00:00", "2025-02-30", "0", "45747"]
)
def test_a_time_that_cannot_be_told_is_a_fault(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, f"{GUID},,,,,{text}").startswith(f", row 2, retired_at: {text!r} is neither a day")


def test_a_host_name_alone_says_no_device(tmp_path: Path) -> None:
    assert refused(tmp_path, ",,,,LT-0001,2025-03-31").startswith(", row 2, id: at least one of device_id, object_guid")


def test_the_all_zero_guid_says_no_device(tmp_path: Path) -> None:
    assert "('LT-0001') says no device" in refused(tmp_path, f"{ZERO},{{{ZERO}}},,,LT-0001,2025-03-31")
    assert read(tmp_path, f"{ZERO},,{SID},,,2025-03-31") == [Retired(None, None, SID, None, None, MARCH)]


@pytest.mark.parametrize("field", ["device_id", "object_guid", "object_id"])
def test_a_malformed_guid_is_a_fault_even_beside_a_good_one(tmp_path: Path, field: str) -> None:
    header = f"{field},sid,retired_at"
    assert (
        refused(tmp_path, f"{GUID[:-1]},{SID},2025-03-31", header=header)
        == f", row 2, {field}: {GUID[:-1]!r} is no GUID"
    )


def test_a_malformed_sid_is_a_fault(tmp_path: Path) -> None:
    assert refused(tmp_path, f"{GUID},,S-1-x,,,2025-03-31") == ", row 2, sid: 'S-1-x' is no SID"


def test_every_bad_row_is_named_and_none_is_read(tmp_path: Path) -> None:
    said = refused(tmp_path, f"{GUID},,,,,2025-03-31", "x,,,,,2025-03-31", f"{GUID},,,2025-03-31", ",,,,LT-1,never")
    assert [line.split(":")[0] for line in said.splitlines()] == [
        "",
        "  row 3, device_id",
        "  row 4, line",
        "  row 5, id",
        "  row 5, retired_at",
    ]


def test_rows_of_bare_delimiters_are_no_rows_and_are_counted(tmp_path: Path) -> None:
    assert len(read(tmp_path, ",,,,,", f"{GUID},,,,,2025-03-31", " ,,,,,", ",,,,,")) == 1
    assert ", row 3, sid" in refused(tmp_path, ",,,,,", f"{GUID},,x,,,2025-03-31")


@pytest.mark.parametrize("header", ["device_id,hostname", "hostname,retired_at", "a,b"])
def test_a_header_without_an_id_or_the_time_is_refused(tmp_path: Path, header: str) -> None:
    assert refused(tmp_path, "x,y", header=header).startswith(": the header must have retired_at, and at least one of")


def test_two_columns_of_one_meaning_are_refused(tmp_path: Path) -> None:
    said = refused(tmp_path, header="deviceId,device_id,retired_at")
    assert said == ": more than one column of the header means device_id"


def test_a_misspelt_column_is_not_taken_for_a_stranger(tmp_path: Path) -> None:
    assert (
        refused(tmp_path, header="sid,objectgiud,retired_at")
        == ": the column 'objectgiud' is unknown; is it object_guid?"
    )


def test_a_missing_file_is_an_error_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"retired\.csv: cannot be read: No such file"):
        read_retired(tmp_path / "retired.csv")


cells = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], include_characters=" ", exclude_characters='"'),
    max_size=40,
)


@given(rows=st.lists(st.tuples(*[cells] * 6), max_size=4))
def test_any_cells_are_read_or_refused_and_never_crash(
    rows: list[tuple[str, ...]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    lines = [",".join(f'"{cell}"' for cell in row) for row in rows]
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    try:
        assert len(read(tmp_path_factory.mktemp("any"), *lines)) == len(filled)
    except InputError as error:
        assert filled, error  # noqa: PT017 (an error is right only where there is something to say it of)
