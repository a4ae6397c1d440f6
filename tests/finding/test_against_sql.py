"""The rules once more, in SQL: two writings of RULES must name the same objects."""

from pathlib import Path

import pytest

from reconcile.finding.find import KINDS
from reconcile.settings import Policy
from tests.benchmarks.bench_findings import Known, assert_same, by_reconcile, by_sql, objects, write
from tests.benchmarks.fleet import fleet


@pytest.mark.parametrize(
    ("seed", "known"),
    [
        (1, Known()),
        (2, Known(directory_state="incomplete")),
        (3, Known(tenant=None)),
        (4, Known(policy=Policy(stale_days=30, agent_fresh_days=7, recently_active_days=60))),
        (5, Known(domains=("nowhere.contoso.example",))),
    ],
)
def test_the_same_objects_are_found_by_the_same_rules_in_sql(seed: int, known: Known, tmp_path: Path) -> None:
    write(tmp_path, fleet(2000, seed=seed, noise=0.05))

    assert_same(objects(by_reconcile(tmp_path, known)), by_sql(tmp_path, known))


def test_the_fleet_that_both_are_asked_of_holds_every_kind(tmp_path: Path) -> None:
    write(tmp_path, fleet(2000, seed=1))

    assert set(by_sql(tmp_path, Known())["kind"].to_pylist()) == set(KINDS)
