"""The page in a real Chromium; `tox -e browser` runs this, as not every machine has one."""

import re
import shutil
import subprocess
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import pyarrow as pa
import pytest

from reconcile.report.page import write_page
from reconcile.report.summary import summarise
from tests.report.invention import FACTS, HOSTILE, finding, hostile_table, table

QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
)
pytestmark = pytest.mark.browser


def seen(folder: Path, findings: pa.Table, view: str) -> str:
    """The document after its script ran, without the data and the script."""
    file = folder / "page.html"
    write_page(summarise(findings, FACTS), findings, file)
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    assert browser is not None, "these tests need Chromium; install it, or leave them out with -m 'not browser'"
    command = [browser, *QUIET, f"--user-data-dir={folder / 'profile'}", "--dump-dom", f"{file.as_uri()}#{view}"]
    document = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8", timeout=60).stdout
    return re.sub(r"<script.*?</script>", "", document, flags=re.DOTALL)


def hosts(document: str) -> list[str]:
    return [
        unescape(text)
        for text in re.findall(r'<button[^>]*class="host"[^>]*>(.*?)</button>', document, flags=re.DOTALL)
    ]


def test_rows_sort_by_time_and_the_unknown_stands_last_either_way(tmp_path: Path) -> None:
    may, march = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    findings = table(
        finding(hostname=host, last_activity_at=at) for host, at in (("PC-10", may), ("PC-9", None), ("PC-2", march))
    )
    assert hosts(seen(tmp_path, findings, "sort=last_activity_at")) == ["PC-2", "PC-10", "PC-9"]
    assert hosts(seen(tmp_path, findings, "sort=-last_activity_at")) == ["PC-10", "PC-2", "PC-9"]


def test_rows_are_filtered_by_text_and_chips_and_counted(tmp_path: Path) -> None:
    given = [
        finding(hostname="PC-10", kind="disabled", severity="low", owner="Ada@contoso.example"),
        finding(hostname="PC-2", kind="disabled", severity="low", owner="ada@contoso.example"),
        finding(hostname="PC-3", kind="disabled", severity="low", owner="ada@contoso.example", blocked_by="vdi"),
        finding(hostname="PC-4", kind="stale", owner="ada@contoso.example"),
        finding(hostname="PC-5", kind="disabled", severity="low", owner="bob@contoso.example"),
    ]
    document = seen(tmp_path, table(given), "q=ADA+pc&kind=disabled&held=free&sort=hostname")
    assert hosts(document) == ["PC-2", "PC-10"]
    assert "2 of 5 findings" in document


def test_hostile_texts_are_shown_as_text(tmp_path: Path) -> None:
    document = seen(tmp_path, hostile_table(), "")
    shown = [text.replace("\r", "\n") for text in HOSTILE]
    assert sorted(hosts(document)) == sorted(text.replace("\x00", "\x00") for text in shown)
    assert "<img" not in document
