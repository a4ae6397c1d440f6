import re
import warnings
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import openpyxl
import pyarrow as pa
import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report.summary import summarise
from reconcile.report.words import KINDS
from reconcile.report.workbook import write_workbook
from reconcile.report.workbook_values import CUT, MAX_LENGTH
from tests.report.invention import FACTS, HOSTILE, NOW, finding, hostile_table, table


def saved(findings: pa.Table, folder: Path, rows_per_sheet: int = 1_000_000, history: Any = ()) -> Path:
    file = folder / "6-report.xlsx"
    write_workbook(summarise(findings, FACTS, history), findings, file, rows_per_sheet)
    return file


def opened(findings: pa.Table, folder: Path, rows_per_sheet: int = 1_000_000, history: Any = ()) -> Workbook:
    with warnings.catch_warnings(action="ignore"):  # openpyxl drops what it does not know of data bars
        return openpyxl.load_workbook(saved(findings, folder, rows_per_sheet, history))


def rows(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def parts(file: Path, pattern: str) -> dict[str, str]:
    with zipfile.ZipFile(file) as book:
        return {name: book.read(name).decode() for name in book.namelist() if re.search(pattern, name)}


def everything(sheet: Worksheet) -> list[object]:
    return [value for row in sheet.iter_rows(values_only=True) for value in row if value is not None]


def test_no_findings_are_a_summary_alone(tmp_path: Path) -> None:
    assert opened(table(), tmp_path).sheetnames == ["Summary"]


def test_each_kind_with_findings_has_a_sheet_of_its_name(tmp_path: Path) -> None:
    book = opened(table([finding(kind="stale"), finding(kind="disabled"), finding(kind="stale")]), tmp_path)
    assert book.sheetnames == ["Summary", "disabled", "stale"]
    assert len(rows(book["stale"])) == 2


def test_a_sheet_of_findings_filters_and_keeps_its_header_in_sight_and_on_paper(tmp_path: Path) -> None:
    sheet = opened(table([finding(), finding()]), tmp_path)["stale"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:P3")
    assert (sheet.print_title_rows, sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == (
        "$1:$1",
        "landscape",
        0,
    )
    assert sheet.column_dimensions["A"].width == 24


def test_a_finding_is_told_in_words_and_real_dates(tmp_path: Path) -> None:
    row = rows(opened(table([finding(blocked_by="autopilot;new", sid=None)]), tmp_path)["stale"])[0]
    assert row["Last activity"] == datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 - Excel knows no zones
    assert row["Held back by"] == "Autopilot, New"
    assert row["Why"] == "cutoff: 2026-08-25 08:00 UTC; asked: entra, directory"
    assert (row["Host"], row["System"], row["Join"], row["Enabled"], row["SID"]) == (
        "PC-1",
        "Entra ID",
        "hybrid joined",
        "yes",
        None,
    )


def test_what_is_unknown_is_called_so(tmp_path: Path) -> None:
    row = rows(opened(table([finding(enabled=None, last_activity_at=None)]), tmp_path)["stale"])[0]
    assert (row["Enabled"], row["Last activity"]) == ("unknown", "unknown")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (datetime(1601, 1, 2, tzinfo=UTC), "1601-01-02 00:00:00"),
        (datetime(1900, 2, 28, 23, 59, 59, tzinfo=UTC), "1900-02-28 23:59:59"),
        (datetime(1900, 3, 1, tzinfo=UTC), datetime(1900, 3, 1)),  # noqa: DTZ001 - Excel knows no zones
    ],
)
def test_a_date_before_excels_calendar_is_a_text(tmp_path: Path, at: datetime, told: object) -> None:
    row = rows(opened(table([finding(last_activity_at=at)]), tmp_path)["stale"])[0]
    assert row["Last activity"] == told


def test_a_date_after_excels_calendar_is_a_text(tmp_path: Path) -> None:
    year_10000 = pa.array([253_402_300_800_000_000], pa.timestamp("us", "UTC"))
    findings = table([finding()])
    place = findings.schema.get_field_index("first_seen_at")
    row = rows(opened(findings.set_column(place, findings.schema.field(place), year_10000), tmp_path)["stale"])[0]
    assert row["First seen"] == "10000-01-01 00:00:00"


def test_every_row_has_its_own_dates(tmp_path: Path) -> None:
    given = [
        finding(hostname=f"PC-{number}", last_activity_at=NOW - timedelta(days=number) if number % 2 else None)
        for number in range(4)
    ]
    sheet = opened(table(given), tmp_path)["stale"]
    now = NOW.replace(tzinfo=None)
    assert [(row["Last activity"], row["First seen"]) for row in rows(sheet)] == [
        ("unknown", now),
        (now - timedelta(days=1), now),
        ("unknown", now),
        (now - timedelta(days=3), now),
    ]
    assert {sheet.cell(row, 6).number_format for row in range(2, 6)} == {"yyyy-mm-dd hh:mm:ss"}


def test_the_gravest_findings_stand_first(tmp_path: Path) -> None:
    given = [
        finding(severity=severity, hostname=host) for severity, host in (("low", "a"), ("high", "c"), ("high", "b"))
    ]
    assert [row["Host"] for row in rows(opened(table(given), tmp_path)["stale"])] == ["b", "c", "a"]


def test_no_text_ever_becomes_a_formula_or_an_error(tmp_path: Path) -> None:
    findings = hostile_table()
    with_kinds = findings.set_column(
        0, findings.schema.field("kind"), pa.array([f"={number}" for number in range(len(findings))])
    )
    sheets = parts(saved(pa.concat_tables([findings, with_kinds]), tmp_path), r"worksheets/sheet\d+\.xml$")
    assert len(sheets) > len(HOSTILE)
    for text in sheets.values():
        assert not re.search(r"<f[ >/]|t=\"(e|str)\"", text)


def test_a_text_that_looks_like_a_formula_stays_quoted_when_it_is_edited(tmp_path: Path) -> None:
    sheet = opened(table([finding(hostname="=1+1"), finding(hostname="plain")]), tmp_path)["stale"]
    assert [
        (sheet.cell(row, 1).value, sheet.cell(row, 1).data_type, sheet.cell(row, 1).quotePrefix) for row in (2, 3)
    ] == [
        ("=1+1", "s", True),
        ("plain", "s", False),
    ]


def test_hostile_texts_come_back_as_excel_writes_them(tmp_path: Path) -> None:
    """But for what Excel reads back by itself, and what XML cannot hold."""
    changed = {
        "_x0041_": "_x005F_x0041_",
        "\r=1": "_x000D_=1",
        "\x00\x07bell\x1f\ufffe": "\ufffd\ufffdbell\ufffd\ufffd",
    }
    told = {row["Owner"] for row in rows(opened(hostile_table(), tmp_path)["stale"])}
    assert told == {changed.get(text, text) for text in HOSTILE}


def test_every_part_is_well_formed(tmp_path: Path) -> None:
    for text in parts(saved(hostile_table(), tmp_path), r"\.(xml|rels)$").values():
        ET.fromstring(text)


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    row = rows(opened(table([finding(owner="😀" * 40_000)]), tmp_path)["stale"])[0]
    assert row["Owner"] == "😀" * MAX_LENGTH + CUT


def test_more_findings_than_a_sheet_holds_go_on_in_the_next_which_is_named(tmp_path: Path) -> None:
    book = opened(table(finding(hostname=f"PC-{number}") for number in range(5)), tmp_path, rows_per_sheet=2)
    assert book.sheetnames == ["Summary", "stale", "stale (2)", "stale (3)"]
    assert [row["Host"] for row in rows(book["stale (2)"])] == [
        "PC-2",
        "PC-3",
        "More of this kind is on the sheet stale (3)",
    ]
    assert [row["Host"] for row in rows(book["stale (3)"])] == ["PC-4"]
    assert book["stale"].auto_filter.ref == "A1:P3"
    assert any("It has 3 sheets: stale, stale (2), stale (3)." in str(value) for value in everything(book["Summary"]))


@pytest.mark.parametrize("kind", ["a/b\\c*d?e:f[g]", "'quoted'", "k" * 60, "summary", "STALE", "\x01", ""])
def test_an_odd_kind_still_gets_a_sheet_that_excel_opens(tmp_path: Path, kind: str) -> None:
    names = opened(table([finding(kind=kind), finding(kind="stale")]), tmp_path).sheetnames
    assert len({name.casefold() for name in names}) == 3
    assert all(0 < len(name) <= 31 and not set(name) & set("\\*?:/[]'\x01") for name in names)


def test_the_summary_shows_the_figures_the_states_and_what_could_not_be_judged(tmp_path: Path) -> None:
    findings = table(
        [finding(blocked_by="vdi", first_seen_at=NOW), finding(severity="high", first_seen_at=NOW - timedelta(days=9))]
    )
    sheet = opened(findings, tmp_path, history=[(NOW - timedelta(days=7), {"stale": 5})])["Summary"]
    told = everything(sheet)
    assert "Of AD nothing can be said." in told
    assert "absent: nothing was read, so nothing is said of it" in told
    (stale,) = ([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "stale")
    assert stale[1:9] == [2, 1, 1, 0, 1, 1, 1, -3]
    assert [row[0].value for row in sheet.iter_rows() if row[0].value in KINDS] == list(KINDS)


def test_a_kind_leads_to_its_sheet(tmp_path: Path) -> None:
    sheet = opened(table([finding()]), tmp_path)["Summary"]
    links = [cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link.location for link in links] == ["'stale'!A1"]


def test_the_summary_has_native_charts_of_kinds_and_ages(tmp_path: Path) -> None:
    charts = parts(saved(table([finding()]), tmp_path), r"charts/chart\d+\.xml$")
    assert len(charts) == 2
    assert "Findings by kind" in charts["xl/charts/chart1.xml"]


def test_severities_are_coloured(tmp_path: Path) -> None:
    sheet = opened(table([finding()]), tmp_path)["stale"]
    rules = [rule.formula for area in sheet.conditional_formatting for rule in area.rules]
    assert rules == [['"high"'], ['"medium"'], ['"low"']]
