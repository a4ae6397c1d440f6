"""The charts of the page, as SVG that scales without blurring its words: those stay HTML."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from reconcile.report.markup import Html, el
from reconcile.report.summary import Count

HEIGHT = 100


def stacked(parts: Sequence[tuple[str, int]], whole: int) -> Html:
    """A bar of parts, each with its CSS class, as wide as its share of `whole`; its figures stand beside it as text."""
    drawn, start = [], 0.0
    for name, count in parts:
        width = 100 * count / whole if whole else 0.0
        drawn.append(el("rect", class_=name, x=round(start, 3), y=0, width=round(width, 3), height=HEIGHT))
        start += width
    return _svg("bar", drawn)


def bars(counts: Iterable[Count], said: Mapping[str, str]) -> Html:
    """A list of names, bars and figures."""
    counts = list(counts)
    most = max((item.count for item in counts), default=0)
    rows = (
        el(
            "li",
            el("span", said.get(item.name, item.name)),
            stacked([("one", item.count)], most),
            el("b", number(item.count)),
        )
        for item in counts
    )
    return el("ul", *rows, class_="bars")


def line(values: Sequence[int], times: Sequence[datetime], name: str) -> Html:
    """A line over time from zero to the greatest value; the end is marked."""
    first, most = times[0], max(*values, 1)
    span = (times[-1] - first).total_seconds()
    places = [
        ((at - first).total_seconds() / span * 100, HEIGHT - value / most * (HEIGHT - 12) - 6)
        for at, value in zip(times, values, strict=True)
    ]
    points = " ".join(f"{x:.2f},{y:.2f}" for x, y in places)
    area = el("polygon", class_="area", points=f"0,{HEIGHT} {points} 100,{HEIGHT}")
    return _svg(name, [area, el("polyline", class_="line", points=points, vector_effect="non-scaling-stroke")])


def number(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"  # noqa: RUF001 - the dash of tables


def signed(value: int | None) -> str:
    return number(value) if not value else f"{value:+,}"


def _svg(name: str, drawn: Iterable[Html]) -> Html:
    return el("svg", *drawn, class_=name, viewBox=f"0 0 100 {HEIGHT}", preserveAspectRatio="none", aria_hidden="true")
