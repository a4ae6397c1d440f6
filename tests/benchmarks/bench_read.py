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
from tests.benchmarks.fleet import REPORTS, fleet
from tests.benchmarks.measure import answer, cost_of, in_own_process, load, tell

COUNTS = (100_000, 1_000_000)
RUNS = 3
MODULE = "tests.benchmarks.bench_read"
RECOMMENDED = ("entra", "directory", "agents")
EXPORTS = (*RECOMMENDED, "entra-pages", "entra-portal")
VARIED = 500
"""So many different captures; the rest repeat them under other host names."""

PAGE = 999

DEVICES = """
    CREATE VIEW devices AS
        SELECT id, deviceId, displayName, trustType, accountEnabled, approximateLastSignInDateTime, registrationDateTime,
            createdDateTime, operatingSystem, operatingSystemVersion, onPremisesSecurityIdentifier, isManaged, isCompliant,
            model, manufacturer, coalesce(physicalIds, []) AS physicalIds,
            list_transform(coalesce(alternativeSecurityIds, []), lambda key: {'type': 2, 'key': key}) AS alternativeSecurityIds
        FROM read_parquet('{folder}/entra.parquet') WHERE deletedDateTime IS NULL
"""
ENTRA = "COPY devices TO '{folder}/entra.jsonl' (FORMAT json)"
PAGES = """
    COPY (
        SELECT if(page < max(page) OVER (), 'https://graph.microsoft.com/v1.0/devices?$skiptoken=' || page, NULL) AS "@odata.nextLink", value
        FROM (SELECT page, list(device) AS value FROM (SELECT (row_number() OVER () - 1) // {page} AS page, devices AS device FROM devices) GROUP BY page)
        ORDER BY page
    ) TO '{folder}/pages.jsonl' (FORMAT json)
"""
PORTAL = """
    COPY (
        SELECT displayName, accountEnabled, operatingSystem, operatingSystemVersion, trustType AS "joinType (trustType)",
            isCompliant, registrationDateTime AS registrationTime, approximateLastSignInDateTime, deviceId, isManaged,
            id AS objectId, model
        FROM devices
    ) TO '{folder}/portal.csv' (FORMAT csv, HEADER)
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


QUERIES = {"entra": ENTRA, "entra-pages": PAGES, "entra-portal": PORTAL, "directory": DIRECTORY}


def write(folder: Path, count: int, exports: tuple[str, ...]) -> None:
    """The exports of one fleet."""
    _snapshots(folder, count)
    with duckdb.connect() as connection:
        for query in (DEVICES, *(QUERIES[export] for export in exports if export in QUERIES)):
            connection.execute(query.replace("{folder}", str(folder)).replace("{page}", str(PAGE)))
    texts = [json.dumps(text) for text in captures(VARIED)]
    with (folder / "agents.jsonl").open("w", encoding="utf-8") as file:
        for number in range(count // REPORTS):
            record = f'{{"host": "PC-{number}", "captured_at": "2026-11-22T06:00:00Z", "context": "user", "status": {texts[number % VARIED]}}}\n'
            file.write(record)


def _snapshots(folder: Path, count: int) -> None:
    of = fleet(count, noise=0)
    for system in ("entra", "directory"):
        pq.write_table(getattr(of, system), folder / f"{system}.parquet")


def jobs(folder: Path) -> dict[str, Callable[[], object]]:
    names = ("entra.jsonl", "pages.jsonl", "portal.csv", "directory.csv", "agents.jsonl")
    entra, pages, portal, directory, agents = (folder / name for name in names)
    a_page_is_a_line = pajson.ReadOptions(block_size=16 << 20)
    return {
        "entra": lambda: read_entra([entra], folder, assume_complete=True),
        "entra-pyarrow": lambda: pajson.read_json(entra),
        "entra-pages": lambda: read_entra([pages], folder, assume_complete=True),
        "entra-pages-pyarrow": lambda: pajson.read_json(pages, a_page_is_a_line),
        "entra-portal": lambda: read_entra([portal], folder, assume_complete=True),
        "entra-portal-pyarrow": lambda: pacsv.read_csv(portal),
        "directory": lambda: read_directory([directory], folder, Directory(complete=True)),
        "directory-pyarrow": lambda: pacsv.read_csv(directory),
        "agents": lambda: read_agents([agents], folder, trust_mtime=False),
        "agents-pyarrow": lambda: pajson.read_json(agents),
    }


def compare(count: int, exports: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_own_process(MODULE, "write", folder, count, *exports)
        run = partial(in_own_process, MODULE, runs=RUNS)
        for export in exports:
            costs = {"reconcile": run(export, folder), "pyarrow": run(f"{export}-pyarrow", folder)}
            rows = count // REPORTS if export == "agents" else count
            for by, cost in costs.items():
                ratios = costs["reconcile"].against(cost) if by == "pyarrow" else {}
                told = {f"reconcile_{key}": value for key, value in ratios.items()}
                tell({"benchmark": f"read.{export}", "rows": rows, "by": by, **asdict(cost), **told, "load": load()})


def main(counts: tuple[int, ...]) -> None:
    """Every shape at the least count; at the others the three that are recommended."""
    for count in counts:
        compare(count, EXPORTS if count == min(counts) else RECOMMENDED)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", target, number, *which]:
            answer(cost_of(lambda: write(Path(target), int(number), tuple(which))))
        case [job, target] if not job.isdecimal():
            answer(cost_of(jobs(Path(target))[job]))
        case numbers:
            main(tuple(map(int, numbers)) or COUNTS)
