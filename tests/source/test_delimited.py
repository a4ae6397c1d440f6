"""Delimited text as administrators have it."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.source import delimited
from reconcile.source.delimited import read_delimited


def written(folder: Path, content: str | bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_tells_the_delimiter(delimiter: str, tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, f"name{delimiter}note\nPC-1{delimiter}x\n"))
    assert read.table.to_pylist() == [{"name": "PC-1", "note": "x"}]


def test_a_delimiter_inside_quotes_does_not_count(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, '"a,b,c";d\n1;2\n'))
    assert read.table.to_pylist() == [{"a,b,c": "1", "d": "2"}]


def test_the_type_line_of_windows_powershell_is_no_header(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, '#TYPE Some.Type, or other\r\n"a","b"\r\n"1","2"\r\n'))
    assert read.table.to_pylist() == [{"a": "1", "b": "2"}]
    assert read.lines.to_pylist() == [3]


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"'])
def test_the_first_line_of_excel_tells_the_delimiter(line: str, tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, f"{line}\r\na,x;b\r\n1;2\r\n"))
    assert read.table.to_pylist() == [{"a,x": "1", "b": "2"}]


def test_blank_lines_before_the_header_and_between_rows_are_no_rows(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, "\n\na,b\n\n1,2\n\r\n3,4\n\n"))
    assert read.table["a"].to_pylist() == ["1", "3"]
    assert read.lines.to_pylist() == [5, 7]


def test_names_are_stripped_and_cells_are_not(tmp_path: Path) -> None:
    assert read_delimited(written(tmp_path, " a , b\n 1 ,2\n")).table.to_pylist() == [{"a": " 1 ", "b": "2"}]


def test_an_empty_cell_is_empty_text_whether_quoted_or_not(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, 'a,b,c\n,"",NULL\n'))
    assert read.table.to_pylist() == [{"a": "", "b": "", "c": "NULL"}]


def test_lines_are_exact_where_cells_hold_newlines(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, 'a,b\n1,"x\n\ny"\n\n2,"""q"""\n'))
    assert read.table["b"].to_pylist() == ["x\n\ny", '"q"']
    assert read.lines.to_pylist() == [2, 6]


def test_a_row_of_the_wrong_width_is_listed_with_its_line_and_left_out(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, "a,b\n1,2\n\n3\n4,5,6\n7,8\n"))
    assert read.table["a"].to_pylist() == ["1", "7"]
    assert read.lines.to_pylist() == [2, 6]
    assert [(line, text) for line, text, _ in read.bad] == [(4, "3"), (5, "4,5,6")]
    assert read.bad[0][2] == "1 cells, and the header has 2"


def test_lines_of_bad_rows_are_exact_where_cells_hold_newlines(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, 'a,b\n"1\n",2\n3\n4,5\n'))
    assert read.lines.to_pylist() == [2, 5]
    assert [line for line, _, _ in read.bad] == [4]


@pytest.mark.parametrize("content", ["a,b\n1,2\n3", 'a,b\n1,2\n3,"4', 'a,b\n1,2\n3,"4\n', 'a,b\n"1\n",2\n3,"4\n'])
def test_a_file_that_ends_in_the_middle_of_a_row_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cut off"):
        read_delimited(written(tmp_path, content))


def test_the_last_row_needs_no_newline(tmp_path: Path) -> None:
    assert read_delimited(written(tmp_path, "a,b\n1,2")).table.num_rows == 1


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "empty"),
        ("\n \n", "empty"),
        ("Name,name\n1,2\n", "twice"),
        ("PC-1 is gone\nPC-2, PC-3\n", "is the header missing"),
    ],
)
def test_what_has_no_header_is_refused_by_the_name_of_the_file(content: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=f"export.csv.*{why}"):
        read_delimited(written(tmp_path, content))


def test_one_column_is_enough(tmp_path: Path) -> None:
    assert read_delimited(written(tmp_path, "hostname\nPC-1\nPC-2\n")).table["hostname"].to_pylist() == ["PC-1", "PC-2"]


def test_a_header_alone_is_no_rows(tmp_path: Path) -> None:
    assert read_delimited(written(tmp_path, "a,b")).table.num_rows == 0


def test_returns_alone_end_lines_as_well(tmp_path: Path) -> None:
    read = read_delimited(written(tmp_path, "a,b\r1,2\r3,4"))
    assert read.table["a"].to_pylist() == ["1", "3"]
    assert read.lines.to_pylist() == [2, 3]


def test_utf_16_and_ansi_are_read_and_named(tmp_path: Path) -> None:
    assert read_delimited(written(tmp_path, "a,b\nä,1\n".encode("utf-16"))).encoding == "utf-16-le"
    ansi = read_delimited(written(tmp_path, "a,b\nä,1\n".encode("cp1252")))
    assert (ansi.encoding, ansi.table["a"].to_pylist()) == ("cp1252", ["ä"])


def test_a_newline_in_a_quoted_cell_on_the_border_of_two_blocks_is_still_one_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 64)
    rows = "".join(f'{number},"x\ny"\n' for number in range(100))
    read = read_delimited(written(tmp_path, "a,b\n" + rows))
    assert read.table["b"].to_pylist() == ["x\ny"] * 100
    assert read.lines.to_pylist() == list(range(2, 202, 2))


def test_the_last_line_is_found_however_long_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "BLOCK", 4)
    for last in ("x", "x" * 4, "x" * 100):
        assert delimited._last_line(memoryview(f"first\n{last}\r\n\n".encode())) == last


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=6)


@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12),
    delimiter=st.sampled_from(",;\t"),
    quoted=st.booleans(),
)
def test_what_a_writer_of_csv_wrote_is_read_back_with_exact_lines(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, ...]], delimiter: str, *, quoted: bool
) -> None:
    stream = io.StringIO()
    writer = csv.writer(stream, "unix" if quoted else "excel", delimiter=delimiter, lineterminator="\n")
    writer.writerow(["one", "two", "three"])
    lines = []
    for row in rows:
        lines.append(stream.getvalue().count("\n") + 1)
        writer.writerow(row)
    read = read_delimited(written(tmp_path_factory.getbasetemp(), stream.getvalue()))
    assert [tuple(row.values()) for row in read.table.to_pylist()] == rows
    assert read.lines.to_pylist() == lines
    assert read.bad == []


@given(st.text(st.sampled_from('ab,;\t"\n\r '), max_size=40))
def test_no_text_crashes_and_every_row_is_either_read_or_listed(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    try:
        read = read_delimited(written(tmp_path_factory.getbasetemp(), content))
    except InputError:
        return
    lines = [*read.lines.to_pylist(), *(line for line, _, _ in read.bad)]
    assert len(read.table) == len(read.lines)
    assert len(set(lines)) == len(lines)
    assert all(1 < line <= content.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1 for line in lines)
