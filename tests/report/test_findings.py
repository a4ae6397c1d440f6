import codecs
import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.frame.columns import FINDINGS
from reconcile.report.findings import write_csv
from tests.report.invention import HOSTILE, finding, hostile_table, table


def written(findings: pa.Table, folder: Path) -> list[dict[str, str]]:
    file = folder / "2-findings.csv"
    write_csv(findings, file)
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def test_the_columns_are_the_contract_and_nothing_else(tmp_path: Path) -> None:
    assert list(written(table([finding()]), tmp_path)[0]) == FINDINGS.names


def test_excel_sees_a_byte_order_mark_and_then_the_header(tmp_path: Path) -> None:
    written(table(), tmp_path)
    assert (tmp_path / "2-findings.csv").read_bytes().startswith(codecs.BOM_UTF8 + b'"kind","severity"')


def test_no_findings_are_a_header_alone(tmp_path: Path) -> None:
    assert written(table(), tmp_path) == []


def test_a_time_is_iso_8601_in_utc_to_the_second(tmp_path: Path) -> None:
    assert written(table([finding()]), tmp_path)[0]["last_activity_at"] == "2026-01-02T03:04:05Z"


@pytest.mark.parametrize(
    "at", [datetime(1601, 1, 2, 3, 4, 5, 900_000, UTC), datetime(1969, 12, 31, 23, 59, 59, 999_999, UTC)]
)
def test_a_time_before_1970_is_not_rounded_up(tmp_path: Path, at: datetime) -> None:
    assert written(table([finding(last_activity_at=at)]), tmp_path)[0]["last_activity_at"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"


@pytest.mark.parametrize(("flag", "text"), [(True, "true"), (False, "false"), (None, "")])
def test_a_flag_is_true_false_or_empty(tmp_path: Path, flag: object, text: str) -> None:
    assert written(table([finding(enabled=flag)]), tmp_path)[0]["enabled"] == text


def test_what_is_unknown_is_empty(tmp_path: Path) -> None:
    row = written(table([finding(last_activity_at=None, owner=None)]), tmp_path)[0]
    assert (row["last_activity_at"], row["owner"]) == ("", "")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
def test_a_cell_that_begins_like_a_formula_is_neutralised(tmp_path: Path, start: str) -> None:
    row = written(table([finding(hostname=f"{start}cmd|' /C calc'!A0")]), tmp_path)[0]
    assert row["hostname"] == f"'{start}cmd|' /C calc'!A0"


def test_a_sign_inside_a_text_is_left_alone(tmp_path: Path) -> None:
    assert written(table([finding(hostname="PC-1+1=2@x")]), tmp_path)[0]["hostname"] == "PC-1+1=2@x"


def test_hostile_texts_stay_in_their_cells(tmp_path: Path) -> None:
    rows = written(hostile_table(), tmp_path)
    assert [row["owner"].removeprefix("'") for row in rows] == list(HOSTILE)
    assert all(row["kind"] == "stale" for row in rows)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")), max_size=5))
def test_any_text_comes_back_and_none_begins_a_formula(tmp_path_factory: Any, hosts: list[str]) -> None:
    rows = written(table(finding(hostname=host) for host in hosts), tmp_path_factory.mktemp("csv"))
    assert [row["hostname"] for row in rows if row["hostname"][:1] in tuple("=+-@\t\r")] == []
    assert [
        row["hostname"] if row["hostname"] == host else row["hostname"][1:]
        for row, host in zip(rows, hosts, strict=True)
    ] == hosts


def test_a_report_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "2-findings.csv"
    file.write_text("old", encoding="utf-8")
    with pytest.raises(KeyError):
        write_csv(table().drop_columns("owner"), file)
    assert file.read_text(encoding="utf-8") == "old"
