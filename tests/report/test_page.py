import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.frame.columns import FINDINGS
from reconcile.report.page import write_page
from reconcile.report.summary import summarise
from tests.report.invention import FACTS, HOSTILE, NOW, finding, hostile_table, table


def page(findings: pa.Table, folder: Path, history: Any = (), max_rows: int = 100_000) -> str:
    file = folder / "6-report.html"
    write_page(summarise(findings, FACTS, history), findings, file, max_rows)
    return file.read_text(encoding="utf-8")


def embedded(text: str) -> dict[str, Any]:
    (block,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', text, flags=re.DOTALL)
    found: dict[str, Any] = json.loads(block)
    return found


def column(text: str, name: str) -> list[Any]:
    values = embedded(text)["columns"][name]
    if isinstance(values, list):
        return values
    return [None if code is None else values["words"][code] for code in values["index"]]


def inline(text: str, tag: str) -> str:
    (block,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, flags=re.DOTALL)
    return str(block)


@pytest.mark.parametrize("count", [0, 1, 250])
def test_every_finding_is_in_the_page_with_every_column(tmp_path: Path, count: int) -> None:
    text = page(table(finding(hostname=f"PC-{number:03d}") for number in range(count)), tmp_path)
    assert embedded(text)["rows"] == count
    assert list(embedded(text)["columns"]) == FINDINGS.names
    assert column(text, "hostname") == [f"PC-{number:03d}" for number in range(count)]


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(tmp_path: Path) -> None:
    text = page(table(), tmp_path)
    allowed = {
        tag: base64.b64encode(hashlib.sha256(inline(text, tag).encode()).digest()).decode()
        for tag in ("style", "script")
    }
    assert (
        f"default-src 'none'; style-src 'sha256-{allowed['style']}'; script-src 'sha256-{allowed['script']}';"
        " base-uri 'none'; form-action 'none'"
    ) in text
    assert text.index("Content-Security-Policy") < text.index("<style>")


def test_the_page_asks_nothing_of_a_network(tmp_path: Path) -> None:
    text = page(table([finding()]), tmp_path)
    assert not re.search(
        r"https?:|//[a-z]|\bsrc=|@import|url\(|<link|<img|<iframe|\sstyle=|\son\w+=",
        text.replace("createObjectURL(", ""),
    )


def test_the_script_never_makes_markup_of_data(tmp_path: Path) -> None:
    script = inline(page(table(), tmp_path), "script")
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser", script
    )


def test_hostile_texts_come_back_from_the_page_as_they_were(tmp_path: Path) -> None:
    text = page(hostile_table(), tmp_path)
    for name in ("hostname", "owner", "evidence", "object_id"):
        assert sorted(column(text, name)) == sorted(HOSTILE)


def test_hostile_texts_end_no_element_and_no_line(tmp_path: Path) -> None:
    text = page(hostile_table(), tmp_path)
    assert text.count("<script") == text.count("</script>") == 2
    assert "\u2028" not in text
    assert "alert(1)" in text
    assert "<img" not in text


@given(st.text())
def test_any_text_comes_back(tmp_path_factory: Any, owner: str) -> None:
    text = page(table([finding(owner=owner, hostname=owner)]), tmp_path_factory.mktemp("page"))
    assert (column(text, "owner"), column(text, "hostname")) == ([owner], [owner])


def test_hostile_facts_are_text_as_well(tmp_path: Path) -> None:
    evil = "<script>alert(1)</script>{{data}}{{script}}"
    facts = replace(
        FACTS,
        run=evil,
        tenant_name=evil,
        withheld=(evil,),
        sources=(replace(FACTS.sources[0], obtained=evil, notes=(evil,)),),
    )
    findings = table([finding(kind=evil, severity=evil, system=evil, join=evil, blocked_by=evil)])
    file = tmp_path / "page.html"
    write_page(summarise(findings, facts), findings, file)
    text = file.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert column(text, "kind") == [evil]


def test_too_many_findings_are_cut_to_the_gravest_and_the_page_says_so(tmp_path: Path) -> None:
    findings = table(finding(severity=severity, hostname=severity) for severity in ("low", "high", "medium", "low"))
    text = page(findings, tmp_path, max_rows=2)
    assert column(text, "hostname") == ["high", "medium"]
    assert "the 2 gravest of 4 findings; 2-findings.csv" in text


def test_a_page_with_all_findings_does_not_speak_of_a_cut(tmp_path: Path) -> None:
    assert "gravest of" not in page(table([finding()]), tmp_path)


def test_what_is_unknown_stays_null_in_the_data(tmp_path: Path) -> None:
    text = page(table([finding(enabled=None, last_activity_at=None, owner=None)]), tmp_path)
    assert [column(text, name) for name in ("enabled", "last_activity_at", "owner")] == [[None]] * 3


def test_a_trend_needs_two_sweeps(tmp_path: Path) -> None:
    assert "sweep by sweep" not in page(table([finding()]), tmp_path)
    text = page(table([finding()]), tmp_path, [(NOW - timedelta(days=7), {"stale": 3})])
    assert "2026-11-16: 3" in text
    assert text.count('class="spark"') == 10


def test_what_could_not_be_judged_and_each_source_stand_in_the_page_without_scripts(tmp_path: Path) -> None:
    still = page(table([finding()]), tmp_path).split('id="data"', maxsplit=1)[0]
    for sentence in (
        "Of AD nothing can be said.",
        "1 file: devices.json (Graph page)",
        "absent: nothing was read",
        "A note.",
    ):
        assert sentence in still


def test_the_same_run_gives_the_same_page(tmp_path: Path) -> None:
    assert page(hostile_table(), tmp_path) == page(hostile_table(), tmp_path)
