"""Rows of a sheet as they come; what is written as a stream must know its heights beforehand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import workbook_style as style
from reconcile.report.workbook_style import Style, Value
from reconcile.report.workbook_values import clean_text

LINE = 15.5


@dataclass(frozen=True)
class Link:
    """A text that leads to a sheet of the workbook."""

    text: str
    sheet: str


Cells = Sequence[tuple[Value | Link, Style]]


@dataclass
class Lines:
    widths: Sequence[int]
    rows: list[Cells] = field(default_factory=list)
    heights: dict[int, float] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)

    def add(self, cells: Cells = (), height: float | None = None) -> int:
        """The row's number."""
        self.rows.append(cells)
        if height:
            self.heights[len(self.rows)] = height
        return len(self.rows)

    def merge(self, first: int, last: int) -> None:
        """Let a cell of the row just added, by its column's number, reach to another."""
        row = len(self.rows)
        self.merged.append(f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}")

    def sentence(self, text: str, look: Style) -> None:
        """Over the whole width."""
        self.add([(text, look)], lines_high(len(text), sum(self.widths)))
        self.merge(1, len(self.widths))

    def section(self, title: str) -> None:
        self.add()
        self.add([(title, style.SECTION)], 22)

    def head(self, titles: Iterable[str], numbers: range = range(1, 2)) -> int:
        """Titles of columns; those of `numbers` stand at the right, above their numbers."""
        return self.add(
            [(title, style.HEAD_NUMBER if place in numbers else style.HEAD) for place, title in enumerate(titles)], 22
        )

    def write(self, sheet: Worksheet) -> None:
        for number, width in enumerate(self.widths, 1):
            sheet.column_dimensions[get_column_letter(number)].width = width
        for row, height in self.heights.items():
            sheet.row_dimensions[row].height = height
        for cells in self.rows:
            sheet.append([_cell(sheet, value, look) for value, look in cells])
        for area in self.merged:
            sheet.merged_cells.add(area)


def lines_high(characters: int, width: int) -> float:
    """The height that a wrapped text needs; words do not fill their lines."""
    return LINE * max(1, ceil(characters / width))


def _cell(sheet: Worksheet, value: Value | Link, look: Style) -> Cell:
    if isinstance(value, Link):
        made = style.cell(sheet, clean_text(value.text), look)
        made.hyperlink = Hyperlink(ref="", location=f"'{value.sheet}'!A1")
        return made
    return style.cell(sheet, clean_text(value) if isinstance(value, str) else value, look)
