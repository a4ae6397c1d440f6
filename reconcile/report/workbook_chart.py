"""The native charts of the summary sheet."""

from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.label import DataLabelList
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import workbook_style as style


def kinds_chart(sheet: Worksheet, head: int, last: int, columns: tuple[int, int]) -> BarChart:
    """Findings by kind, the free ones beside those that are held back."""
    chart = _bars("Findings by kind", 21, 8.4)
    chart.type, chart.grouping, chart.overlap = "bar", "stacked", 100
    chart.x_axis.scaling.orientation = "maxMin"  # the first kind on top
    chart.legend.position = "b"
    for column, colour in zip(columns, (style.FREE_COLOUR, style.HELD_COLOUR), strict=True):
        _add(chart, Reference(sheet, min_col=column, min_row=head, max_row=last), colour)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    return chart


def ages_chart(sheet: Worksheet, head: int, last: int) -> BarChart:
    chart = _bars("Last activity of what was found", 19, 8.4)
    chart.type, chart.legend = "col", None
    _add(chart, Reference(sheet, min_col=2, min_row=head, max_row=last), style.NAVY)
    chart.set_categories(Reference(sheet, min_col=1, min_row=head + 1, max_row=last))
    chart.dataLabels = DataLabelList(showVal=True, showSerName=False, showCatName=False, showLegendKey=False)
    return chart


def _bars(title: str, width: float, height: float) -> BarChart:
    chart = BarChart()
    chart.title, chart.gapWidth = title, 45
    chart.width, chart.height = width, height  # type: ignore[assignment]  # centimetres; the stubs take the default for the type
    chart.x_axis.delete = chart.y_axis.delete = False
    chart.y_axis.number_format, chart.y_axis.majorGridlines = "#,##0", None
    return chart


def _add(chart: BarChart, values: Reference, colour: str) -> None:
    series = Series(values, title_from_data=True)
    series.graphicalProperties.solidFill = colour
    series.graphicalProperties.line.noFill = True
    chart.series.append(series)
