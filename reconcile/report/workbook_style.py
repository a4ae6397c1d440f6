"""How the workbook looks, and cells whose text is never a formula."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeAlias

from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

Value: TypeAlias = str | float | datetime | None
"""What a worksheet takes."""
FORMULA = ("=", "+", "-", "@")
"""What begins like this would become a formula when a person edits the cell, unless it is marked as quoted."""
RISKY = (*FORMULA, "#")
"""What begins like this openpyxl might take for a formula or an error."""
INK, MUTED, LINE, NAVY, PAPER = "1F2937", "6B7280", "D9DEE5", "1F3A5F", "F3F5F8"
HELD_COLOUR, FREE_COLOUR = "A9B4C4", "2B6CB0"
SEVERITY_COLOURS = {"high": ("B42318", "FDE3E1"), "medium": ("9A5B00", "FDF0D0"), "low": ("1D5FA8", "E1EDFA")}


def _font(size: int = 11, color: str = INK, *, bold: bool = False, underline: Literal["single"] | None = None) -> Font:
    return Font(name="Calibri", size=size, color=color, bold=bold, underline=underline)


@dataclass(frozen=True)
class Style:
    font: Font = field(default_factory=_font)
    fill: PatternFill | None = None
    alignment: Alignment = field(default_factory=lambda: Alignment(vertical="top"))
    border: Border | None = None
    number_format: str = "General"


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)


_INDENTED = Alignment(vertical="top", horizontal="left", indent=1)
_WRAPPED = Alignment(vertical="top", wrap_text=True, horizontal="left", indent=1)
_UNDER = Border(bottom=Side("thin", color=LINE))
TITLE = Style(_font(size=20, bold=True, color=NAVY))
SUBTITLE = Style(_font(size=11, color=MUTED))
SECTION = Style(_font(size=13, bold=True, color=NAVY))
HEAD = Style(_font(color="FFFFFF", bold=True), _fill(NAVY), Alignment(vertical="center", horizontal="left", indent=1))
HEAD_FLUSH = Style(HEAD.font, HEAD.fill, Alignment(vertical="center"))
HEAD_NUMBER = Style(HEAD.font, HEAD.fill, Alignment(horizontal="right", vertical="center"))
TEXT = Style(alignment=_WRAPPED, border=_UNDER)
NAME = Style(_font(bold=True), alignment=_INDENTED, border=_UNDER)
LINK = Style(_font(bold=True, color=FREE_COLOUR, underline="single"), alignment=_INDENTED, border=_UNDER)
NUMBER = Style(border=_UNDER, number_format="#,##0")
CHANGE = Style(border=_UNDER, number_format="+#,##0;-#,##0;0", alignment=Alignment(horizontal="right", vertical="top"))
LEGEND = Style(_font(color=MUTED), _fill(PAPER), _WRAPPED)
SUM = Style(_font(bold=True), _fill(PAPER), number_format="#,##0")
SUM_NAME = Style(SUM.font, SUM.fill, _INDENTED)
SUM_CHANGE = Style(
    SUM.font, SUM.fill, Alignment(horizontal="right", vertical="top"), number_format=CHANGE.number_format
)
DATE = Style(alignment=Alignment(horizontal="left"), number_format="yyyy-mm-dd hh:mm:ss")
NOTE = Style(_font(color=MUTED), alignment=_INDENTED)
WHEN = Style(alignment=_INDENTED, border=_UNDER, number_format="yyyy-mm-dd hh:mm")
WARNING = Style(_font(color="7A4B00"), _fill("FDF0D0"), _WRAPPED)
BIG_LABEL = Style(_font(size=9, color=MUTED), _fill(PAPER), Alignment(horizontal="left"))
BIG = Style(_font(size=18, bold=True, color=NAVY), _fill(PAPER), Alignment(horizontal="left"), number_format="#,##0")


def severity_style(name: str) -> DifferentialStyle:
    ink, paper = SEVERITY_COLOURS[name]
    return DifferentialStyle(font=Font(color=ink, bold=True), fill=PatternFill(bgColor=paper))


def cell(sheet: Worksheet, value: Value, style: Style) -> Cell:
    made = literal(sheet, value) if isinstance(value, str) else WriteOnlyCell(sheet, value)
    made.font, made.alignment, made.number_format = style.font, style.alignment, style.number_format
    if style.fill:
        made.fill = style.fill
    if style.border:
        made.border = style.border
    return made


def literal(sheet: Worksheet, text: str) -> Cell:
    """A cell that shows the text as it is: `=1+1` stays four characters."""
    made = WriteOnlyCell(sheet, text)
    made.data_type = "s"
    made.quotePrefix = text.startswith(FORMULA)
    return made


def print_setup(sheet: Worksheet, header: str, pages_wide: int = 1, repeated: str | None = None) -> None:
    """Landscape A4, as wide as the given pages, the given rows on each."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = "9"  # A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = pages_wide, 0
    sheet.print_title_rows = repeated
    sheet.HeaderFooter.oddHeader = HeaderFooterItem(left=_HeaderFooterPart(header.replace("&", "&&")))
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(right=_HeaderFooterPart("&P / &N"))
