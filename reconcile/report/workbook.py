"""`6-report.xlsx`: a summary for managers, and a sheet of findings per kind."""

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from openpyxl import Workbook

from reconcile.report import workbook_style as style
from reconcile.report.order import ranked
from reconcile.report.summary import Summary, Tally
from reconcile.report.workbook_kind import write_kind
from reconcile.report.workbook_summary import write_summary
from reconcile.report.writing import replacing

ROWS_PER_SHEET = 1_000_000
"""Excel ends at 1,048,576; this leaves room for the header and the word where the kind goes on."""
MAX_NAME = 31
SUMMARY = "Summary"

Names = Mapping[str, tuple[str, ...]]


def write_workbook(summary: Summary, findings: pa.Table, path: Path, rows_per_sheet: int = ROWS_PER_SHEET) -> None:
    names = sheet_names(summary, rows_per_sheet)
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = "Device reconciliation", "reconcile"
    book.properties.created = book.properties.modified = summary.facts.now.replace(tzinfo=None)
    write_summary(book.create_sheet(SUMMARY), summary, names)
    ordered = ranked(findings)
    for tally in summary.kinds:
        of_kind = ordered.filter(pc.equal(pc.fill_null(ordered["kind"], "unknown"), tally.name))
        _write_sheets(book, tally, of_kind, names.get(tally.name, ()), rows_per_sheet)
    with replacing(path) as part:
        book.save(part)


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


def _write_sheets(book: Workbook, tally: Tally, findings: pa.Table, names: tuple[str, ...], rows: int) -> None:
    for number, (name, following) in enumerate(pairwise((*names, None))):
        sheet = book.create_sheet(name)
        sheet.sheet_properties.tabColor = _tab_colour(tally)
        write_kind(sheet, tally.name, findings.slice(number * rows, rows), following)


def _tab_colour(tally: Tally) -> str:
    """That of the gravest severity in it."""
    worst = next((item.name for item in tally.severities if item.count), "")
    return style.SEVERITY_COLOURS.get(worst, (style.MUTED, ""))[0]
