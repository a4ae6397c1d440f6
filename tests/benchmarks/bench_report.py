"""How fast findings become reports: one JSON line per writer, each in a process of its own.

Run from the root of the checkout: `python -m tests.benchmarks.bench_report [findings]`.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
from openpyxl import Workbook
from pyarrow import csv, parquet

from reconcile.frame.columns import FINDINGS
from reconcile.report.findings import write_csv
from reconcile.report.page import write_page
from reconcile.report.summary import Facts, Source, summarise
from reconcile.report.words import KINDS, PROTECTIONS, SEVERITIES
from reconcile.report.workbook import write_workbook

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
COUNT = 50_000


def invented(count: int) -> pa.Table:
    chance = random.Random(7)

    def guid() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128)))

    def row(number: int) -> dict[str, object]:
        seen = NOW - timedelta(days=chance.randrange(600), seconds=chance.randrange(86_400))
        held = ";".join(chance.sample(list(PROTECTIONS), chance.choice((0, 0, 1, 2))))
        evidence = {
            "cutoff": "2026-08-25T08:00:00Z",
            "asked": ["entra", "directory"],
            "seen_at": f"{seen:%Y-%m-%dT%H:%M:%SZ}",
        }
        return {
            "kind": chance.choice(list(KINDS)),
            "severity": chance.choice(SEVERITIES),
            "system": "entra",
            "hostname": f"WS-{number:06d}",
            "object_id": guid(),
            "device_id": guid(),
            "object_guid": guid(),
            "sid": f"S-1-5-21-1-2-3-{number}",
            "join": chance.choice(("registered", "joined", "hybrid")),
            "enabled": chance.choice((True, False, None)),
            "last_activity_at": chance.choice((seen, None)),
            "activity_source": "directory",
            "owner": f"user{number % 9000}@contoso.example",
            "action": "disable, and delete after the grace period",
            "blocked_by": held,
            "first_seen_at": seen,
            "evidence": json.dumps(evidence),
        }

    return pa.Table.from_pylist([row(number) for number in range(count)], schema=FINDINGS)


def bare_workbook(findings: pa.Table, path: Path) -> None:
    """The same cells, unstyled and on one sheet: what openpyxl itself takes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("all")
    naive = [field.with_type(pa.timestamp("us")) if pa.types.is_timestamp(field.type) else field for field in FINDINGS]
    columns = [column.to_pylist() for column in findings.drop_columns("kind").cast(pa.schema(naive[1:])).columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    book.save(path)


def measured(job: Callable[[], object]) -> dict[str, float]:
    before, started = _peak_mb(), time.process_time()
    job()
    return {"seconds": round(time.process_time() - started, 3), "peak_growth_mb": round(_peak_mb() - before, 1)}


def _peak_mb() -> float:
    """VmHWM of this process alone; ru_maxrss starts with what the parent had."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def one(name: str, file: Path) -> dict[str, float]:
    """What one writer takes, in this process; the findings are read from a file, lest making them counts."""
    findings, path = parquet.read_table(file), file.with_name("report")
    summary = summarise(findings, Facts("bench", NOW, (Source("entra", "complete", NOW, len(findings)),)))
    jobs: dict[str, Callable[[], object]] = {
        "summary": lambda: summarise(findings, summary.facts),
        "workbook": lambda: write_workbook(summary, findings, path),
        "bare_workbook": lambda: bare_workbook(findings, path),
        "page": lambda: write_page(summary, findings, path),
        "csv": lambda: write_csv(findings, path),
        "bare_csv": lambda: csv.write_csv(findings, path),
    }
    path.unlink(missing_ok=True)
    figures = measured(jobs[name])
    return {**figures, "mb": round(path.stat().st_size / 1e6, 2)} if path.exists() else figures


def in_a_process_of_its_own(name: str, file: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.bench_report", name, str(file)]
    root = Path(__file__).parents[2]
    figures: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=root).stdout)
    return figures


def tell(figures: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(figures) + "\n")
    sys.stdout.flush()


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "findings.parquet"
        parquet.write_table(invented(count), file)
        for name, bare in (("summary", None), ("workbook", "bare_workbook"), ("page", "bare_csv"), ("csv", "bare_csv")):
            figures = in_a_process_of_its_own(name, file)
            told: dict[str, object] = {"benchmark": f"report.{name}", "findings": count, **figures}
            if bare:
                other = in_a_process_of_its_own(bare, file)
                told |= {bare: other, "ratio": round(figures["seconds"] / other["seconds"], 3)}
            tell(told)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        tell(one(sys.argv[1], Path(sys.argv[2])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
