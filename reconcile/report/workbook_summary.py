"""The first sheet: the whole run on a page."""

from collections.abc import Mapping, Sequence

from openpyxl.formatting.rule import DataBar, FormatObject, Rule
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from reconcile.report import words
from reconcile.report import workbook_style as style
from reconcile.report.summary import Count, Source, Summary, Tally
from reconcile.report.workbook_chart import ages_chart, kinds_chart
from reconcile.report.workbook_lines import Cells, Lines, Link, lines_high
from reconcile.report.workbook_style import Style, Value

KIND_HEAD = (
    "Kind",
    "Findings",
    "High",
    "Medium",
    "Low",
    "Held back",
    "Free",
    "New",
    "Change",
    "What it means",
    "What to do next",
)
SOURCE_HEAD = ("System", "Rows", "Bad rows", "Taken at (UTC)", "", "State", "", "", "", "How it was obtained", "Notes")
WIDE = 54
WIDTHS = (28, 11, 9, 9, 9, 11, 9, 9, 9, WIDE, WIDE)
FREE, HELD = KIND_HEAD.index("Free") + 1, KIND_HEAD.index("Held back") + 1
CHART_ROWS = 19
LEGEND = "Held back: a protection holds it, so it is reported and never planned. Free: none does; a plan still looks again at each device."


def write_summary(sheet: Worksheet, summary: Summary, sheets: Mapping[str, Sequence[str]]) -> None:
    """`sheets` are the names of the sheets that each kind has."""
    lines = Lines(WIDTHS)
    _title(lines, summary)
    _sources(lines, summary.facts.sources)
    _withheld(lines, summary.facts.withheld)
    kinds = _kinds(lines, summary, sheets)
    charts = len(lines.rows) + 2
    for _ in range(CHART_ROWS):
        lines.add()
    ages = _breakdown(lines, "By last activity", summary.ages, {})
    bars = [ages, _breakdown(lines, "By join", summary.joins, words.JOINS)]
    bars += [_breakdown(lines, "By system", summary.systems, words.SYSTEMS), _protections(lines, summary.protections)]
    style.print_setup(sheet, "Device reconciliation")
    sheet.sheet_view.showGridLines = False
    sheet.row_breaks.append(Break(charts - 2))
    lines.write(sheet)
    sheet.add_chart(kinds_chart(sheet, *kinds, (FREE, HELD)), f"A{charts}")
    sheet.add_chart(ages_chart(sheet, *ages), f"J{charts}")
    for head, last in bars:
        if last > head:
            ends = [FormatObject("num", 0), FormatObject("max")]
            rule = Rule("dataBar", dataBar=DataBar(cfvo=ends, color=style.HELD_COLOUR))
            sheet.conditional_formatting.add(f"B{head + 1}:B{last}", rule)


def _title(lines: Lines, summary: Summary) -> None:
    facts, total = summary.facts, summary.total
    tenant = " · ".join(part for part in (facts.tenant_name, facts.tenant_id) if part) or "tenant not known"
    lines.add([("Device reconciliation", style.TITLE)], 30)
    lines.add([(f"{tenant} · run {facts.run} · {facts.now:%Y-%m-%d %H:%M} UTC", style.SUBTITLE)], 18)
    lines.add()
    numbers = [("Findings", total.count), ("Objects", summary.objects)]
    numbers += [(item.name.capitalize(), item.count) for item in total.severities]
    numbers += [("Held back", total.blocked), ("Free", total.free)]
    lines.add([(label, style.BIG_LABEL) for label, _ in numbers])
    lines.add([(number, style.BIG) for _, number in numbers], 27)


def _sources(lines: Lines, sources: Sequence[Source]) -> None:
    lines.section("What was read")
    lines.head(SOURCE_HEAD, range(1, 3))
    lines.merge(4, 5)
    lines.merge(6, 9)
    for source in sources:
        obtained, notes, taken = source.obtained or "not read", " ".join(source.notes), source.taken_at
        cells: list[tuple[Value | Link, Style]] = [(None, style.TEXT) for _ in WIDTHS]
        cells[0] = (words.SYSTEMS[source.system], style.NAME)
        cells[1:3] = [(source.rows, style.NUMBER), (source.bad_rows, style.NUMBER)]
        cells[3] = (taken.replace(tzinfo=None) if taken else "never", style.WHEN)
        cells[5] = (words.STATES[source.state], style.TEXT)
        cells[9:] = [(obtained, style.TEXT), (notes, style.TEXT)]
        long = ((words.STATES[source.state], sum(WIDTHS[5:9])), (obtained, WIDE), (notes, WIDE))
        lines.add(cells, max(lines_high(len(text), width) for text, width in long))
        lines.merge(4, 5)
        lines.merge(6, 9)


def _withheld(lines: Lines, sentences: Sequence[str]) -> None:
    if sentences:
        lines.section("What could not be judged, and why")
    for sentence in sentences:
        lines.sentence(sentence, style.WARNING)


def _kinds(lines: Lines, summary: Summary, sheets: Mapping[str, Sequence[str]]) -> tuple[int, int]:
    """The numbers of the head row and of the last kind's row."""
    lines.section("Findings by kind")
    head = lines.head(KIND_HEAD, range(1, FREE + 2))
    for tally in summary.kinds:
        lines.add(*_kind(tally, sheets.get(tally.name, ())))
    last = len(lines.rows)
    cells = [("All", style.SUM_NAME), *_numbers(summary.total, style.SUM, style.SUM_CHANGE)]
    lines.add([*cells, (LEGEND, style.LEGEND), (None, style.LEGEND)], lines_high(len(LEGEND), 2 * WIDE))
    lines.merge(WIDTHS.index(WIDE) + 1, len(WIDTHS))
    return head, last


def _kind(tally: Tally, sheets: Sequence[str]) -> tuple[Cells, float]:
    said = words.kind(tally.name)
    note = f" It has {len(sheets)} sheets: {', '.join(sheets)}." if len(sheets) > 1 else ""
    texts = (f"{said.title}. {said.meaning}{note}", said.next_step)
    name = (Link(tally.name, sheets[0]), style.LINK) if sheets else (tally.name, style.NAME)
    cells = [name, *_numbers(tally, style.NUMBER, style.CHANGE), *((text, style.TEXT) for text in texts)]
    return cells, max(lines_high(len(text), WIDE) for text in texts)


def _numbers(tally: Tally, look: Style, change: Style) -> list[tuple[Value | Link, Style]]:
    severities = {item.name: item.count for item in tally.severities}
    plain = [tally.count, *(severities[name] for name in words.SEVERITIES), tally.blocked, tally.free]
    since = [(tally.new, look), (tally.change, change)]
    return [
        *((number, look) for number in plain),
        *(("-" if number is None else number, like) for number, like in since),
    ]


def _breakdown(lines: Lines, title: str, counts: Sequence[Count], said: Mapping[str, str]) -> tuple[int, int]:
    lines.section(title)
    head = lines.head((title.removeprefix("By ").capitalize(), "Findings"))
    for item in counts:
        lines.add([(said.get(item.name, item.name), style.NAME), (item.count, style.NUMBER)])
    return head, len(lines.rows)


def _protections(lines: Lines, counts: Sequence[Count]) -> tuple[int, int]:
    """With a line on each; a finding may be held by several."""
    lines.section("Held back by")
    head = lines.head(("Protection", "Findings", "Because", *[""] * 6))
    lines.merge(3, 9)
    for item in counts:
        label, because = words.PROTECTIONS.get(item.name, (item.name, ""))
        lines.add([(label, style.NAME), (item.count, style.NUMBER), (because, style.NOTE)])
    return head, len(lines.rows)
