"""`6-report.xlsx`: a summary for managers, and a sheet of findings per kind."""

import io
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import workbook_style as style
from reconcile.report.order import ranked
from reconcile.report.summary import Summary, Tally
from reconcile.report.workbook_kind import prepare, rows
from reconcile.report.workbook_summary import write_summary
from reconcile.report.writing import replacing

ROWS_PER_SHEET = 1_000_000
"""Excel ends at 1,048,576; this leaves room for the header and the word where the kind goes on."""
MAX_NAME = 31
SUMMARY = "Summary"
END_OF_ROWS = b"</sheetData>"

Names = Mapping[str, tuple[str, ...]]
Sheets = list[tuple[Worksheet, Iterator[bytes]]]
"""Sheets without their findings, and the rows to fill them with."""


def write_workbook(summary: Summary, findings: pa.Table, path: Path, rows_per_sheet: int = ROWS_PER_SHEET) -> None:
    """All but the findings is written by openpyxl; their rows go straight into the sheets that it has made."""
    names = sheet_names(summary, rows_per_sheet)
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = "Device reconciliation", "reconcile"
    book.properties.created = book.properties.modified = summary.facts.now.replace(tzinfo=None)
    write_summary(book.create_sheet(SUMMARY), summary, names)
    ordered, sheets = ranked(findings), Sheets()
    for tally in summary.kinds:
        of_kind = ordered.filter(pc.equal(pc.fill_null(ordered["kind"], "unknown"), tally.name))
        sheets += _sheets(book, tally, of_kind, names.get(tally.name, ()), rows_per_sheet)
    skeleton = io.BytesIO()
    book.save(skeleton)
    with replacing(path) as part:
        _fill(skeleton, {sheet.path.lstrip("/"): pieces for sheet, pieces in sheets}, part)


def sheet_names(summary: Summary, rows_per_sheet: int) -> Names:
    """The sheets of each kind that has findings: `stale`, and `stale (2)` where one does not hold them."""
    taken = {SUMMARY.casefold()}
    return {
        tally.name: tuple(_free_name(tally.name, number, taken) for number in range(-(-tally.count // rows_per_sheet)))
        for tally in summary.kinds
        if tally.count
    }


def _free_name(kind: str, number: int, taken: set[str]) -> str:
    """A name that Excel allows and that no other sheet has; the case of letters makes no difference to it."""
    base = re.sub(r"[\\*?:/\[\]\x00-\x1f'\ufffe\uffff]", "_", kind).strip() or "unnamed"
    while True:
        number += 1
        suffix = "" if number == 1 else f" ({number})"
        name = base[: MAX_NAME - len(suffix)] + suffix
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name


def _sheets(book: Workbook, tally: Tally, findings: pa.Table, names: tuple[str, ...], rows_per_sheet: int) -> Sheets:
    made = Sheets()
    for number, (name, following) in enumerate(pairwise((*names, None))):
        sheet, part = book.create_sheet(name), findings.slice(number * rows_per_sheet, rows_per_sheet)
        sheet.sheet_properties.tabColor = _tab_colour(tally)
        prepare(sheet, tally.name, len(part))
        made.append((sheet, rows(part, following, style.cell_styles(sheet))))
    return made


def _tab_colour(tally: Tally) -> str:
    """That of the gravest severity in it."""
    worst = next((item.name for item in tally.severities if item.count), "")
    return style.SEVERITY_COLOURS.get(worst, (style.MUTED, ""))[0]


def _fill(skeleton: io.BytesIO, rows_of: Mapping[str, Iterator[bytes]], path: Path) -> None:
    """Copy the workbook part by part, and put each sheet's rows where its own end."""
    with ZipFile(skeleton) as source, ZipFile(path, "w", ZIP_DEFLATED) as target, TemporaryDirectory() as folder:
        for item in source.infolist():
            pieces = rows_of.get(item.filename)
            if pieces is None:
                target.writestr(item, source.read(item))
            else:
                # By way of a file, so that its size is known: Excel does not open a workbook with needless ZIP64 fields.
                target.write(_filled(source.read(item), pieces, Path(folder) / "sheet.xml"), item.filename)


def _filled(sheet: bytes, pieces: Iterator[bytes], file: Path) -> Path:
    head, end, tail = sheet.partition(END_OF_ROWS)
    with file.open("wb") as whole:
        whole.write(head)
        whole.writelines(pieces)
        whole.write(end + tail)
    return file
