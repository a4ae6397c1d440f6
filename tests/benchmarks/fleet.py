"""An invented fleet as snapshot tables: about nine in ten machines healthy, the others of every finding kind and its look-alikes.

The same for the same count and seed. `noise` is the share of values of each column that are served in an odd way.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.frame.columns import RETIRED
from reconcile.source.schema import AGENTS, DIRECTORY, ENTRA
from reconcile.source.value import guids, sids
from tests.benchmarks.chance import Chance
from tests.benchmarks.fleet_healthy import Stage, healthy_hybrid, never_synced, servers
from tests.benchmarks.fleet_noise import noisy
from tests.benchmarks.fleet_rows import DOMAINS, rows_of
from tests.benchmarks.fleet_stories import STORIES

REPORTS = 5
"""One device report to so many Entra rows."""
RETIREMENTS = 1000
"""One retired identity to so many Entra rows."""


@dataclass(frozen=True)
class Fleet:
    entra: pa.Table
    directory: pa.Table
    agents: pa.Table
    retired: pa.Table
    """With the columns of the ledger's frame."""


def fleet(count: int, seed: int = 7, noise: float = 0.002, domains: int = 2) -> Fleet:
    """`count` Entra rows and AD computers each, and a fifth as many reports."""
    stage = Stage(Chance(seed), tuple(DOMAINS)[:domains])
    tables = [table for story, share in STORIES.items() for table in story(stage, round(count * share))]
    healthy = count - _rows(tables, ENTRA)
    tables += healthy_hybrid(stage, healthy, count // REPORTS - _rows(tables, AGENTS))
    tables += servers(stage, (count - _rows(tables, DIRECTORY)) // 2)
    tables += never_synced(stage, count - _rows(tables, DIRECTORY))
    served = {schema: _shuffled(stage.chance, tables, schema) for schema in (ENTRA, DIRECTORY, AGENTS)}
    odd = {schema: noisy(stage.chance, table, noise) for schema, table in served.items()}
    return Fleet(
        odd[ENTRA], odd[DIRECTORY], odd[AGENTS], _retired(stage, odd[ENTRA], odd[DIRECTORY], count // RETIREMENTS)
    )


def _rows(tables: list[pa.Table], schema: pa.Schema) -> int:
    return sum(len(table) for table in tables if table.schema == schema)


def _shuffled(chance: Chance, tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    whole = pa.concat_tables([schema.empty_table(), *(table for table in tables if table.schema == schema)])
    whole = whole.take(pa.array(chance.order(len(whole)))).combine_chunks()
    file = pa.repeat(pa.scalar("fleet"), len(whole))
    return whole.set_column(0, "file", file).set_column(1, "row", pa.array(np.arange(1, len(whole) + 1)))


def _retired(stage: Stage, rows: pa.Table, directory: pa.Table, count: int) -> pa.Table:
    """resurrected: a third of the ledger's identities is back, by an id or by the name of a pending row."""
    chance, third = stage.chance, max(count // 3, 1)
    back, computer = rows.slice(0, third), directory.slice(0, third)
    pending = rows.filter(pc.equal(rows["registrationDateTime"], "")).slice(0, third)
    parts = [
        {"device_id": guids(back["deviceId"]), "hostname": back["displayName"]},
        {"sid": sids(computer["objectSid"]), "object_guid": chance.guids(len(computer)), "hostname": computer["name"]},
        {"object_id": chance.guids(len(pending)), "hostname": pc.utf8_upper(pending["displayName"])},
        {"device_id": chance.guids(third), "hostname": pa.repeat(pa.scalar("gone"), third)},
    ]  # fmt: skip
    return pa.concat_tables([_retirements(chance, part) for part in parts])


def _retirements(chance: Chance, part: dict[str, Any]) -> pa.Table:
    count = len(part["hostname"])
    return rows_of(RETIRED, count, part | {"retired_at": chance.ago(count, 30, 60)})
