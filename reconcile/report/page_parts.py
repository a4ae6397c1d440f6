"""The parts of the page that stand still: all of it but the table, readable where scripts are not run."""

from collections.abc import Iterable

from reconcile.report import words
from reconcile.report.markup import Html, el, join
from reconcile.report.page_charts import bars, line, number, signed, stacked
from reconcile.report.summary import Count, Source, Summary, Tally

MIN_SWEEPS = 2


def header(summary: Summary) -> Html:
    facts = summary.facts
    tenant = facts.tenant_name or facts.tenant_id or "tenant not known"
    when = el("time", f"{facts.now:%Y-%m-%d %H:%M} UTC", datetime=f"{facts.now:%Y-%m-%dT%H:%M:%SZ}")
    told = join(
        "Sweep of ",
        when,
        f" · run {facts.run}",
        f" · {facts.tenant_id}" if facts.tenant_name and facts.tenant_id else "",
    )
    return join(el("p", "Device reconciliation", class_="over"), el("h1", tenant), el("p", told, class_="muted"))


def figures(summary: Summary) -> Html:
    """The numbers that a manager asks for first."""
    total = summary.total
    cards = [
        _card("Findings", number(total.count), f"on {number(summary.objects)} objects"),
        *(
            _card(item.name.capitalize(), number(item.count), "severity", f"severity {item.name}")
            for item in total.severities
        ),
        _card("Free", number(total.free), "no protection holds them", "free"),
        _card("Held back", number(total.blocked), "by a protection", "held"),
    ]
    if total.new is not None:
        cards.append(_card("New", number(total.new), f"since the last sweep ({signed(total.change)} in all)"))
    return el("dl", *cards, class_="figures")


def _card(label: str, figure: str, note: str, look: str = "") -> Html:
    return el("div", el("dt", label), el("dd", el("b", figure), el("span", note)), class_=look or None)


def withheld(sentences: Iterable[str]) -> Html:
    items = [el("li", sentence) for sentence in sentences]
    title = el("h2", "What could not be judged, and why", id="withheld-title")
    return (
        el("section", title, el("ul", *items), class_="withheld", aria_labelledby="withheld-title") if items else Html()
    )


def sources(lines: Iterable[Source]) -> Html:
    return el("div", *map(_source, lines), class_="sources")


def _source(source: Source) -> Html:
    taken = f"taken {source.taken_at:%Y-%m-%d %H:%M} UTC" if source.taken_at else "never taken"
    bad = f", {number(source.bad_rows)} of them bad" if source.bad_rows else ""
    read = source.state != "absent" and source.taken_at is not None
    notes = [el("p", note, class_="note") for note in source.notes]
    return el(
        "article",
        el("h3", words.SYSTEMS[source.system], el("span", source.state, class_=f"state {source.state}")),
        el("p", el("b", number(source.rows)), f" rows{bad} · {taken}") if read else None,
        el("p", source.obtained, class_="muted") if source.obtained else None,
        el("p", words.STATES[source.state], class_="muted") if source.state != "complete" else None,
        *notes,
    )


def kinds(summary: Summary) -> Html:
    """Chart, figures and words of each kind in one table; a click on a kind filters the findings."""
    most = max((tally.count for tally in summary.kinds), default=0)
    trend = len(summary.sweeps) >= MIN_SWEEPS
    heads = [
        "Kind",
        "Findings",
        "Free",
        "Held back",
        "High",
        "Medium",
        "Low",
        *(["New", "Change", "Trend"] if trend else []),
    ]
    head = el(
        "tr",
        *(
            el("th", text, scope="col", class_="number" if text not in ("Kind", "Findings", "Trend") else None)
            for text in heads
        ),
    )
    rows = [_kind(tally, most, summary) for tally in summary.kinds]
    return el("table", el("thead", head), el("tbody", *rows), class_="kinds")


def _kind(tally: Tally, most: int, summary: Summary) -> Html:
    said = words.kind(tally.name)
    name = (
        el("button", tally.name, type="button", data_kind=tally.name, title=f"Show only {tally.name} below")
        if tally.count
        else el("b", tally.name)
    )
    bar = stacked([("free", tally.free), ("held", tally.blocked)], most)
    by_severity = {item.name: item.count for item in tally.severities}
    plain = [tally.free, tally.blocked, *(by_severity[severity] for severity in words.SEVERITIES)]
    numbers = [number(value) for value in plain]
    trend: tuple[Html, ...] = ()
    if len(summary.sweeps) >= MIN_SWEEPS:
        numbers += [number(tally.new), signed(tally.change)]
        trend = (el("td", line(tally.trend, summary.sweeps, "spark")),)
    meaning = el(
        "details", el("summary", said.title), el("p", said.meaning), el("p", el("b", "Next: "), said.next_step)
    )
    cells = (el("td", value, class_="number" if value != "0" else "number zero") for value in numbers)
    first = (
        el("th", name, meaning, scope="row"),
        el("td", el("div", bar, el("b", number(tally.count)), class_="measure")),
    )
    return el("tr", *first, *cells, *trend, class_=None if tally.count else "none")


def charts(summary: Summary) -> Html:
    held = [Count(words.protection(item.name), item.count) for item in summary.protections]
    made = [
        _chart("Last activity", bars(summary.ages, {})),
        _chart("Join", bars(summary.joins, words.JOINS)),
        _chart("Held back by", bars(held, {}), "many") if held else Html(),
    ]
    if len(summary.sweeps) >= MIN_SWEEPS:
        made.insert(0, _chart("Findings, sweep by sweep", _trend(summary)))
    return el("div", *made, class_="charts")


def _chart(title: str, drawn: Html, look: str | None = None) -> Html:
    return el("figure", el("figcaption", title), drawn, class_=look)


def _trend(summary: Summary) -> Html:
    values, times = summary.total.trend, summary.sweeps
    ends = (f"{times[0]:%Y-%m-%d}: {number(values[0])}", f"{times[-1]:%Y-%m-%d}: {number(values[-1])}")
    return join(line(values, times, "trend"), el("p", *(el("span", end) for end in ends), class_="ends"))


def chips(summary: Summary) -> Html:
    """The filters; their figures are those of the whole run."""
    return join(
        _group("Severity", "severity", ((item.name, item.name, item.count) for item in summary.total.severities)),
        _group("Kind", "kind", ((tally.name, tally.name, tally.count) for tally in summary.kinds)),
        _group(
            "System",
            "system",
            ((item.name, words.SYSTEMS.get(item.name, item.name), item.count) for item in summary.systems),
        ),
        _group(
            "Protection", "held", (("free", "free", summary.total.free), ("held", "held back", summary.total.blocked))
        ),
    )


def _group(title: str, column: str, items: Iterable[tuple[str, str, int]]) -> Html:
    made = [
        el(
            "button",
            label,
            el("span", number(count)),
            type="button",
            class_="chip",
            data_column=column,
            data_value=value,
            aria_pressed="false",
        )
        for value, label, count in items
        if count
    ]
    return (
        el("div", el("span", title, class_="group"), *made, class_="chips", role="group", aria_label=title)
        if made
        else Html()
    )
