"""Frames and findings of an invented fleet against the same answers in DuckDB's SQL, from the same Parquet snapshots.

Run from the root of the checkout: `python -m tests.benchmarks.bench_findings [rows …]`.
"""

import sys
import tempfile
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reconcile.finding.estate import Estate, State, split_deleted
from reconcile.finding.find import find, sighting
from reconcile.finding.view import View
from reconcile.frame import columns
from reconcile.frame.agents import agents_frame
from reconcile.frame.directory import directory_frame
from reconcile.frame.entra import entra_frame
from reconcile.settings import Policy
from tests.benchmarks.chance import NOW
from tests.benchmarks.fleet import Fleet, fleet
from tests.benchmarks.fleet_rows import TENANT
from tests.benchmarks.measure import Cost, answer, cost_of, in_own_process, load, tell

COUNTS = (100_000, 1_000_000)
RUNS = 3
ROW_GROUP = 50_000
"""So that each thread of either side has something to read at a hundred thousand rows too."""
MODULE = "tests.benchmarks.bench_findings"
SQL = Path(__file__).with_name("findings.sql")
SYSTEMS = ("entra", "directory", "agents", "retired")
OBJECTS = pa.schema([("kind", pa.string()), ("system", pa.string()), ("object", pa.string())])


@dataclass(frozen=True)
class Known:
    """What is known of the snapshots."""

    directory_state: State = "complete"
    domains: tuple[str, ...] = ()
    tenant: str | None = TENANT
    policy: Policy = field(default_factory=Policy)


def write(folder: Path, of: Fleet) -> None:
    for system in SYSTEMS:
        pq.write_table(getattr(of, system), folder / f"{system}.parquet", compression="zstd", row_group_size=ROW_GROUP)


def by_reconcile(folder: Path, known: Known) -> pa.Table:
    """The findings, as a sweep has them; one snapshot is let go before the next is read."""
    active, deleted = split_deleted(entra_frame(_table(folder, "entra")))
    estate = Estate(
        entra=active,
        deleted=deleted,
        directory=directory_frame(_table(folder, "directory"), None),
        agents=agents_frame(_table(folder, "agents")),
        retired=columns.to_frame(_table(folder, "retired"), columns.RETIRED),
        entra_state="complete",
        directory_state=known.directory_state,
        domains=known.domains,
        tenant=known.tenant,
        policy=known.policy,
        protected=(),
        now=NOW,
    )
    seen = columns.to_frame(columns.SEEN.empty_table(), columns.SEEN)
    return columns.to_table(find(View(estate), seen), columns.FINDINGS)


def _table(folder: Path, system: str) -> pa.Table:
    return pq.read_table(folder / f"{system}.parquet")


def objects(findings: pa.Table) -> pa.Table:
    """What is found, without what is said of it; in an order of its own."""
    named = pa.table([findings["kind"], findings["system"], sighting(findings)], schema=OBJECTS)
    return _sorted(named)


def by_sql(folder: Path, known: Known, threads: int | None = None) -> pa.Table:
    with duckdb.connect(config={"threads": threads} if threads else {}) as connection:
        for system in SYSTEMS:
            connection.execute(f"CREATE VIEW {system} AS FROM read_parquet('{folder / f'{system}.parquet'}')")
        variables = {
            "now": NOW.replace(tzinfo=None),
            "tenant": known.tenant,
            "domains": list(known.domains),
            "directory_state": known.directory_state,
            **{
                name: getattr(known.policy, name) for name in ("stale_days", "agent_fresh_days", "recently_active_days")
            },
        }
        for name, value in variables.items():
            connection.execute(f"SET VARIABLE {name} = $1", [value])
        return connection.sql(SQL.read_text(encoding="utf-8")).to_arrow_table().cast(OBJECTS)


def _sorted(table: pa.Table) -> pa.Table:
    return table.sort_by([(name, "ascending") for name in OBJECTS.names]).combine_chunks()


def assert_same(ours: pa.Table, theirs: pa.Table) -> None:
    """Fails with the first of what only one side finds."""
    left, right = (set(zip(*table.to_pydict().values(), strict=True)) for table in (ours, theirs))
    assert left == right, f"only reconcile: {sorted(left - right)[:5]}, only SQL: {sorted(right - left)[:5]}"
    assert _sorted(ours).equals(_sorted(theirs)), "one side finds an object twice"


def child(job: str, folder: Path, count: int) -> None:
    """One job, in its own process; the answers are left in the folder."""
    if job == "write":
        answer(cost_of(lambda: write(folder, fleet(count))))
        return
    jobs = {
        "reconcile": lambda: answers.append(objects(by_reconcile(folder, Known()))),
        "duckdb": lambda: answers.append(by_sql(folder, Known())),
        "duckdb-1": lambda: answers.append(by_sql(folder, Known(), threads=1)),
    }
    answers: list[pa.Table] = []
    answer(cost_of(jobs[job]))
    pq.write_table(answers[0], folder / f"{job}.answers")


def compare(count: int) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = partial(in_own_process, MODULE)
        run("write", folder, count)
        costs = {job: run(job, folder, count, runs=RUNS) for job in ("reconcile", "duckdb", "duckdb-1")}
        answers = {job: pq.read_table(folder / f"{job}.answers") for job in costs}
    assert_same(answers["reconcile"], answers["duckdb"])
    assert_same(answers["reconcile"], answers["duckdb-1"])
    kinds = pc.value_counts(answers["reconcile"]["kind"]).to_pylist()
    tell(
        {
            "benchmark": "findings",
            "rows": count,
            "same_answers": True,
            "findings": {kind["values"]: kind["counts"] for kind in kinds},
        }
    )
    for job, cost in costs.items():
        ratios = {} if job == "reconcile" else costs["reconcile"].against(cost)
        tell(
            {
                "benchmark": "findings",
                "rows": count,
                "by": job,
                **asdict(cost),
                **{f"reconcile_{key}": value for key, value in ratios.items()},
                "load": load(),
            }
        )
    return costs


def main(counts: tuple[int, ...]) -> None:
    costs = {count: compare(count) for count in counts}
    least, most = min(counts), max(counts)
    for job in () if least == most else ("reconcile", "duckdb", "duckdb-1"):
        growth = costs[most][job].against(costs[least][job])
        tell({"benchmark": "findings.growth", "rows_ratio": most / least, "by": job, **growth})


if __name__ == "__main__":
    if sys.argv[1:] and not sys.argv[1].isdecimal():
        child(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(tuple(map(int, sys.argv[1:])) or COUNTS)
