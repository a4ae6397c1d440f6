"""`6-report.html`: the whole report in one file that asks nothing of any network."""

import base64
import hashlib
import re
from importlib import resources
from pathlib import Path

import pyarrow as pa

from reconcile.report import page_parts as parts
from reconcile.report.markup import Html, el
from reconcile.report.order import ranked
from reconcile.report.page_charts import number
from reconcile.report.page_data import data
from reconcile.report.summary import Summary
from reconcile.report.writing import replacing

MAX_ROWS = 100_000
"""More make a page that browsers are slow to open."""
PLACE = re.compile(r"\{\{(\w+)\}\}")


def write_page(summary: Summary, findings: pa.Table, path: Path, max_rows: int = MAX_ROWS) -> None:
    """Of more than `max_rows` findings, the gravest."""
    style, script = _read("page.css"), _read("page.js")
    filled = {
        "policy": f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'",
        "style": Html(style),
        "script": Html(script),
        "header": parts.header(summary),
        "figures": parts.figures(summary),
        "withheld": parts.withheld(summary.facts.withheld),
        "sources": parts.sources(summary.facts.sources),
        "kinds": parts.kinds(summary),
        "charts": parts.charts(summary),
        "chips": parts.chips(summary),
        "note": _note(len(findings), max_rows),
    }
    before, after = (_fill(half, filled).encode() for half in _read("page.html").split("{{data}}"))
    with replacing(path) as part, part.open("wb") as file:
        file.writelines((before, data(ranked(findings).slice(0, max_rows)), after))


def _note(rows: int, max_rows: int) -> Html:
    if rows <= max_rows:
        return Html()
    told = f"This page holds the {number(max_rows)} gravest of {number(rows)} findings; 2-findings.csv and 2-findings.parquet hold all of them."
    return el("p", told, class_="note", id="cut")


def _fill(template: str, values: dict[str, str]) -> str:
    """In one pass, so that nothing that is filled in is taken for a place."""
    return PLACE.sub(lambda place: values[place[1]], template)


def _read(name: str) -> str:
    return resources.files("reconcile.report").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """As a content security policy names an inline style or script."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
