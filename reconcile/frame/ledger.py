"""What the ledger remembers, as frames."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import pyarrow as pa

from reconcile.frame import columns
from reconcile.ledger.retired import Retired
from reconcile.ledger.sweep import FirstSeen
from reconcile.source.value import guids, sids

IDS = {"device_id": guids, "object_guid": guids, "sid": sids, "object_id": guids}


def retired_frame(rows: Sequence[Retired]) -> pd.DataFrame:
    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=columns.RETIRED)
    for name, read in IDS.items():
        table = table.set_column(table.schema.get_field_index(name), name, read(table[name]))
    return columns.to_frame(table, columns.RETIRED)


def seen_frame(seen: FirstSeen) -> pd.DataFrame:
    times = pa.array(seen.first_seen_at, pa.int64()).cast(columns.TIME)
    texts = [pa.array(values, columns.TEXT) for values in (seen.kind, seen.system, seen.object)]
    return columns.to_frame(pa.table([*texts, times], schema=columns.SEEN), columns.SEEN)
