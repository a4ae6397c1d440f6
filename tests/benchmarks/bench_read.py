"""Reading exports against pyarrow's own reader on the same files, in the same run.

Ours includes what pyarrow leaves out: the digest, the check of every id and time, the search for objects that stand twice.
Run from the root of the checkout: `python -m tests.benchmarks.bench_read [rows …]`.
"""

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path

import duckdb
import pyarrow.csv as pacsv
import pyarrow.json as pajson
import pyarrow.parquet as pq

from reconcile.settings import Directory
from reconcile.source.agents import read_agents
from reconcile.source.directory import read_directory
from reconcile.source.entra import read_entra
from tests.benchmarks.bench_dsregcmd import captures
from tests.benchmarks.fleet import fleet
from tests.benchmarks.measure import answer, cost_of, in_own_process, load, tell

COUNTS = (100_000, 1_000_000)
RUNS = 3
MODULE = "tests.benchmarks.bench_read"
VARIED = 500
"""So many different captures; the rest repeat them under other host names."""

ENTRA = """
    COPY (
        SELECT id, deviceId, displayName, trustType, accountEnabled, approximateLastSignInDateTime, registrationDateTime,
            createdDateTime, operatingSystem, operatingSystemVersion, onPremisesSecurityIdentifier, isManaged, isCompliant,
            model, manufacturer, coalesce(physicalIds, []) AS physicalIds,
            list_transform(coalesce(alternativeSecurityIds, []), lambda key: {'type': 2, 'key': key}) AS alternativeSecurityIds
        FROM read_parquet('{folder}/entra.parquet') WHERE deletedDateTime IS NULL
    ) TO '{folder}/entra.jsonl' (FORMAT json)
"""
DIRECTORY = """
    COPY (
        SELECT name AS Name, dNSHostName AS DNSHostName, sAMAccountName AS SamAccountName, distinguishedName AS DistinguishedName,
            objectClass AS ObjectClass, objectGUID AS ObjectGUID, objectSid AS SID, enabled AS Enabled, operatingSystem AS OperatingSystem,
            userAccountControl, primaryGroupID AS PrimaryGroupID, isCriticalSystemObject, userCertificateCount,
            array_to_string(coalesce(servicePrincipalName, []), ';') AS ServicePrincipalNames, lastLogonTimestamp, pwdLastSet, whenCreated
        FROM read_parquet('{folder}/directory.parquet')
    ) TO '{folder}/directory.csv' (FORMAT csv, HEADER, FORCE_QUOTE *)
"""


def write(folder: Path, count: int) -> None:
    """The exports of one fleet: devices and reports as JSON lines, computers as a quoted CSV."""
    of = fleet(count, noise=0)
    for system in ("entra", "directory"):
        pq.write_table(getattr(of, system), folder / f"{system}.parquet")
    with duckdb.connect() as connection:
        for query in (ENTRA, DIRECTORY):
            connection.execute(query.replace("{folder}", str(folder)))
    texts = [json.dumps(text) for text in captures(VARIED)]
    with (folder / "agents.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count // 5):
            record = f'{{"host": "PC-{number}", "captured_at": "2026-11-22T06:00:00Z", "context": "user", "status": {texts[number % VARIED]}}}\n'
            file.write(record)


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    entra, directory, agents = (folder / name for name in ("entra.jsonl", "directory.csv", "agents.jsonl"))
    return {
        "entra": lambda: read_entra([entra], folder, assume_complete=True),
        "entra-pyarrow": lambda: pajson.read_json(entra),
        "directory": lambda: read_directory([directory], folder, Directory(complete=True)),
        "directory-pyarrow": lambda: pacsv.read_csv(directory),
        "agents": lambda: read_agents([agents], folder, trust_mtime=False),
        "agents-pyarrow": lambda: pajson.read_json(agents),
    }


def compare(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, count)
        run = partial(in_own_process, MODULE)
        for system in ("entra", "directory", "agents"):
            ours, theirs = run(system, folder, runs=RUNS), run(f"{system}-pyarrow", folder, runs=RUNS)
            ratios = {f"reconcile_{key}": value for key, value in ours.against(theirs).items()}
            rows = count // 5 if system == "agents" else count
            tell({"benchmark": f"read.{system}", "rows": rows, "by": "reconcile", **asdict(ours), "load": load()})
            tell(
                {
                    "benchmark": f"read.{system}",
                    "rows": rows,
                    "by": "pyarrow",
                    **asdict(theirs),
                    **ratios,
                    "load": load(),
                }
            )


if __name__ == "__main__":
    if len(sys.argv) == 3:
        answer(cost_of(jobs(Path(sys.argv[2]))[sys.argv[1]]))
    else:
        for rows in tuple(map(int, sys.argv[1:])) or COUNTS:
            compare(rows)
