from fnmatch import fnmatchcase
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.finding.protection import _pattern
from reconcile.source.protected import Protected, read_protected

GUID = "3e0b9f52-71c4-4d8a-a6f1-08d92c5b7e13"


def read(folder: Path, *lines: str, header: str = "device,reason", encoding: str = "utf-8") -> list[Protected]:
    file = folder / "protected.csv"
    file.write_text("\n".join([header, *lines]), encoding=encoding)
    return read_protected(file)


def refused(folder: Path, *lines: str, header: str = "device,reason") -> str:
    with pytest.raises(InputError) as error:
        read(folder, *lines, header=header)
    assert error.value.exit_code == 4
    return str(error.value).removeprefix(f"{folder / 'protected.csv'}")


def test_no_file_protects_nothing(tmp_path: Path) -> None:
    assert read_protected(tmp_path / "protected.csv") == []


def test_a_header_alone_protects_nothing(tmp_path: Path) -> None:
    assert read(tmp_path) == []


def test_a_device_is_a_guid_a_sid_or_a_host(tmp_path: Path) -> None:
    lines = (f"{{{GUID.upper()}}},legal hold", "s-1-5-21-1-2-3-1104,server room", "Reception-*,front desk")
    assert read(tmp_path, *lines) == [
        Protected(GUID, "guid", "legal hold", 2),
        Protected("S-1-5-21-1-2-3-1104", "sid", "server room", 3),
        Protected("reception-*", "host", "front desk", 4),
    ]


@pytest.mark.parametrize(
    ("device", "value"),
    [
        ("KIOSK-1", "kiosk-1"),
        ("kiosk-1.corp.example.test", "kiosk-1"),
        ("KIOSK-*.corp.example.test", "kiosk-*"),
        ("STRASSE-?", "strasse-?"),
        ("STRAẞE", "strasse"),  # folded, not merely lowered
        ("Anna's PC v1.2", "anna's pc v1.2"),
        ("PC-[0-9]", "pc-[0-9]"),
        ("PC-[!A-F]", "pc-[!a-f]"),
        ("*", "*"),
        ("laptop-de-ber-03-accounting", "laptop-de-ber-03-accounting"),
        ("S-1", "s-1"),
        ("cafe-01", "cafe-01"),
    ],
)
def test_a_host_is_as_the_frames_have_it(tmp_path: Path, device: str, value: str) -> None:
    assert read(tmp_path, f"{device},why") == [Protected(value, "host", "why", 2)]


def test_blank_lines_and_comments_are_skipped_and_rows_still_counted(tmp_path: Path) -> None:
    lines = ("", "# PC-1,not this one", '"# quoted by a spreadsheet",', "  ", "PC-2,this one")
    assert read(tmp_path, *lines, header="# who, and why\n\ndevice,reason") == [
        Protected("pc-2", "host", "this one", 8)
    ]


def test_a_quote_left_open_in_a_comment_swallows_nothing(tmp_path: Path) -> None:
    assert [line.value for line in read(tmp_path, '# see,"the list', "PC-1,why", '# of,"hosts', "PC-2,why")] == [
        "pc-1",
        "pc-2",
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_any_encoding_will_do(tmp_path: Path, encoding: str) -> None:
    assert read(tmp_path, "BÜRO-1,Empfang", encoding=encoding) == [Protected("büro-1", "host", "Empfang", 2)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_shows_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    line = f'PC-1{delimiter}"front, desk; hall"'
    assert read(tmp_path, line, header=f"Device{delimiter}Reason") == [
        Protected("pc-1", "host", "front, desk; hall", 2)
    ]


def test_a_reason_may_be_empty(tmp_path: Path) -> None:
    assert read(tmp_path, "PC-1,") == [Protected("pc-1", "host", "", 2)]


@pytest.mark.parametrize("header", ["", "PC-1,why", "device", "device,reason,note", '"device,reason'])
def test_a_file_without_its_header_stops_the_run(tmp_path: Path, header: str) -> None:
    assert (
        refused(tmp_path, "PC-2,why", header=header).partition(": ")[2].startswith("the header must be device,reason")
    )


def test_an_emptied_file_stops_the_run(tmp_path: Path) -> None:
    assert "the header must be" in refused(tmp_path, header="")


@pytest.mark.parametrize("line", ["PC-1", "PC-1,a,b", '"PC-1,why', 'PC-1,"why" not'])
def test_a_line_that_is_not_two_cells_stops_the_run(tmp_path: Path, line: str) -> None:
    assert refused(tmp_path, line).startswith(", row 2, line: must be a device and a reason")


@pytest.mark.parametrize(
    ("device", "why"),
    [
        ("", "is empty"),
        ("  ", "is empty"),
        (GUID[:-1], "looks like a GUID"),
        (GUID[:23], "looks like a GUID"),
        (GUID.replace("0", "o"), "looks like a GUID"),
        (GUID.replace("-", ""), "looks like a GUID"),
        ("{PC-1}", "looks like a GUID"),
        ("00000000-0000-0000-0000-000000000000", "looks like a GUID"),
        ("S-1-5-21-1-2-3-", "looks like a SID"),
        ("S-1-5-21-1-2-3-*", "looks like a SID"),
        ("S-5-21-1-2-3-1104", "looks like a SID"),
        ("PC-[", "has a [ ]"),
        ("PC-]", "has a [ ]"),
        ("PC-[]", "has a [ ]"),
        ("PC-[!]", "has a [ ]"),
        ("PC-[Z-a]", "has a [ ]"),
        ("PC-[a.b]", "has a [ ]"),
        ("*.corp.example.test", "means every host of a domain"),
        (".corp.example.test", "means every host of a domain"),
    ],
)
def test_a_device_that_can_be_none_stops_the_run(tmp_path: Path, device: str, why: str) -> None:
    assert why in refused(tmp_path, f"{device},x")


def test_bytes_that_stand_for_no_character_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "protected.csv").write_bytes(b"device,reason\nB\x81RO,x\n")
    with pytest.raises(InputError, match="stand for no character"):
        read_protected(tmp_path / "protected.csv")


def test_every_malformed_line_is_named(tmp_path: Path) -> None:
    said = refused(tmp_path, "PC-1,fine", ",why", "PC-2", "S-1-x,why")
    assert said.startswith(": 3 faults")
    assert [line.split(":")[0] for line in said.splitlines()[1:]] == [
        "  row 3, device",
        "  row 4, line",
        "  row 5, device",
    ]


def test_a_folder_in_its_place_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_protected(tmp_path)


names = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=15)


@given(name=names)
def test_any_text_is_read_as_a_host_or_refused_and_never_crashes(
    name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    try:
        listed = read(tmp_path_factory.mktemp("any"), '"' + name.replace('"', '""') + '",why')
    except InputError:
        return
    assert all(line.value and line.value == line.value.casefold() for line in listed if line.kind == "host")


@given(glob=st.text("abz*?[]!^-\\", min_size=1, max_size=8), host=st.text("abz-", min_size=1, max_size=6))
def test_every_glob_that_is_accepted_can_be_matched(
    glob: str, host: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """By the expression that the protections make of it."""
    try:
        (listed,) = read(tmp_path_factory.mktemp("glob"), f"{glob},why")
    except InputError:
        return
    matched = pc.match_substring_regex(pa.array([host]), _pattern([listed.value]))[0].as_py()
    if not set(glob) & set("[]!^\\"):
        assert matched == fnmatchcase(host, glob)
