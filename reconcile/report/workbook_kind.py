"""The sheets of one kind: every finding of it, to be filtered and sorted."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import words
from reconcile.report import workbook_style as style
from reconcile.report.evidence import readable
from reconcile.report.workbook_values import clean_text, dates, texts

BATCH = 2_000


@dataclass(frozen=True)
class Shown:
    title: str
    width: int
    name: str
    say: Callable[[str], str] | None = None
    """Puts a value into words."""


def _system(name: str) -> str:
    return words.WITNESSES.get(name, name)


COLUMNS = (
    Shown("Host", 24, "hostname"),
    Shown("Severity", 11, "severity"),
    Shown("System", 16, "system", _system),
    Shown("Join", 14, "join", lambda name: words.JOINS.get(name, name)),
    Shown("Enabled", 10, "enabled"),
    Shown("Last activity", 19, "last_activity_at"),
    Shown("Seen by", 16, "activity_source", _system),
    Shown("Owner", 28, "owner"),
    Shown("Held back by", 28, "blocked_by", words.held_by),
    Shown("What to do", 46, "action"),
    Shown("Why", 90, "evidence", readable),
    Shown("First seen", 19, "first_seen_at"),
    Shown("Object id", 38, "object_id"),
    Shown("Device id", 38, "device_id"),
    Shown("AD objectGUID", 38, "object_guid"),
    Shown("SID", 46, "sid"),
)
LAST = get_column_letter(len(COLUMNS))
LAST_PRINTED = "K"
"""Ids are for the screen; nobody types them from paper."""


def write_kind(sheet: Worksheet, kind: str, findings: pa.Table, continued: str | None) -> None:
    """`continued` names the sheet where the kind goes on."""
    _prepare(sheet, kind, len(findings))
    sheet.append([style.cell(sheet, column.title, style.HEAD_FLUSH) for column in COLUMNS])
    for start in range(0, len(findings), BATCH):
        batch = findings.slice(start, BATCH)
        for row in zip(*(_cells(sheet, batch[column.name], column.say) for column in COLUMNS), strict=True):
            sheet.append(row)
    if continued:
        sheet.append([clean_text(f"More of this kind is on the sheet {continued}")])


def _prepare(sheet: Worksheet, kind: str, count: int) -> None:
    last = count + 1
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{LAST}{last}"
    sheet.row_dimensions[1].height = 22
    for number, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for name in words.SEVERITIES:
        rule = Rule(type="cellIs", operator="equal", formula=[f'"{name}"'], dxf=style.severity_style(name))
        sheet.conditional_formatting.add(f"B2:B{last}", rule)
    style.print_setup(sheet, clean_text(f"{kind}: {words.kind(kind).title}"), pages_wide=2, repeated="1:1")
    sheet.print_title_cols, sheet.print_area = "A:A", f"A1:{LAST_PRINTED}{last}"


def _cells(sheet: Worksheet, column: pa.ChunkedArray, say: Callable[[str], str] | None) -> Iterable[str | Cell | None]:
    """Plain texts where they do; openpyxl is quicker with these than with cells of ours."""
    if pa.types.is_timestamp(column.type):
        return _dated(style.cell(sheet, None, style.DATE), dates(column))
    if pa.types.is_boolean(column.type):
        column = pc.fill_null(pc.if_else(column, "yes", "no"), "unknown")
    said = texts(_said(column, say) if say else column)
    return [style.literal(sheet, text) if text and text[0] in style.RISKY else text or None for text in said]


def _dated(cell: Cell, values: Iterable[datetime | str]) -> Iterator[Cell]:
    """One cell over and over: it is written before the next is asked for, and a style of its own would cost each more than its value."""
    for value in values:
        cell.value = value
        yield cell


def _said(column: pa.ChunkedArray, say: Callable[[str], str]) -> pa.ChunkedArray:
    """Each different value put into words once; null stays null."""
    coded = column.combine_chunks().dictionary_encode()
    said = pa.array([say(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([said.take(coded.indices)])
