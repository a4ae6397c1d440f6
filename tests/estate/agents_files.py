"""`inputs/agents/`: text captures by the folder they were left in, and one file of JSON lines with all others."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime

from tests.estate.dsregcmd_text import text
from tests.estate.rows import Report


def files(reports: Iterable[Report]) -> Iterator[tuple[str, bytes]]:
    ordered = sorted(reports, key=lambda report: (report.at, report.host))
    yield from ((f"{report.folder}/{report.host}.txt", _capture(report)) for report in ordered if report.is_file)
    lines = [json.dumps(_record(report), ensure_ascii=False) for report in ordered if not report.is_file]
    yield "collected.jsonl", ("\n".join(lines) + "\n").encode()


def _capture(report: Report) -> bytes:
    """As `dsregcmd /status > file` leaves it: UTF-16 from Windows PowerShell, the console's code page from cmd."""
    written = text(report).replace("\n", report.newline)
    if report.encoding == "utf-16":
        return b"\xff\xfe" + written.encode("utf-16-le")
    return written.encode(report.encoding)


def _record(report: Report) -> dict[str, str | None]:
    """What collect-dsregcmd.ps1 writes."""
    return {
        "host": report.host,
        "captured_at": _iso(report.at),
        "context": report.context,
        "status": text(report).replace("\n", "\r\n"),
    }


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
