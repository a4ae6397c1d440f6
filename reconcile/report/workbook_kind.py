"""The sheets of one kind: every finding of it, to be filtered and sorted."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl.formatting.rule import Rule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import words, workbook_xml
from reconcile.report import workbook_style as style
from reconcile.report.evidence import readable
from reconcile.report.workbook_style import CellStyles

BATCH = 20_000


@dataclass(frozen=True)
class Shown:
    title: str
    width: int
    name: str
    say: Callable[[str], str] | None = None
    """Puts a value into words."""


def _system(name: str) -> str:
    return words.SYSTEMS.get(name, name)


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


def prepare(sheet: Worksheet, kind: str, count: int) -> None:
    """All of the sheet but its findings."""
    last = count + 1
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{LAST}{last}"
    sheet.row_dimensions[1].height = 22
    for number, column in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    for name in words.SEVERITIES:
        rule = Rule(type="cellIs", operator="equal", formula=[f'"{name}"'], dxf=style.severity_style(name))
        sheet.conditional_formatting.add(f"B2:B{last}", rule)
    style.print_setup(sheet, workbook_xml.clean_text(f"{kind}: {words.kind(kind).title}"), pages_wide=2, repeated="1:1")
    sheet.print_title_cols, sheet.print_area = "A:A", f"A1:{LAST_PRINTED}{last}"
    sheet.append([style.cell(sheet, column.title, style.HEAD_FLUSH) for column in COLUMNS])


def rows(findings: pa.Table, continued: str | None, styles: CellStyles) -> Iterator[bytes]:
    """The rows below the head, in pieces of the sheet's XML; `continued` names the sheet where the kind goes on."""
    for start in range(0, len(findings), BATCH):
        batch = findings.slice(start, BATCH)
        cells = [_cells(batch[column.name], column.say, styles) for column in COLUMNS]
        yield from workbook_xml.encoded(workbook_xml.rows(cells, start + 2))
    if continued:
        note = pa.chunked_array([[f"More of this kind is on the sheet {continued}"]], pa.string())
        cells = [workbook_xml.texts(note, styles.quoted)]
        yield from workbook_xml.encoded(workbook_xml.rows(cells, len(findings) + 2))


def _cells(column: pa.ChunkedArray, say: Callable[[str], str] | None, styles: CellStyles) -> pa.ChunkedArray:
    if pa.types.is_timestamp(column.type):
        return workbook_xml.dates(column, styles.date)
    if pa.types.is_boolean(column.type):
        column = pc.fill_null(pc.if_else(column, "yes", "no"), "unknown")
    return workbook_xml.texts(_said(column, say) if say else column, styles.quoted)


def _said(column: pa.ChunkedArray, say: Callable[[str], str]) -> pa.ChunkedArray:
    """Each different value put into words once; null stays null."""
    coded = column.combine_chunks().dictionary_encode()
    said = pa.array([say(text) for text in coded.dictionary.to_pylist()], pa.string())
    return pa.chunked_array([said.take(coded.indices)])
