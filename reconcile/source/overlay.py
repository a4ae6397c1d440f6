"""A snapshot that was read some time ago, and what has changed since: together they are the snapshot of today."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.schema import CHANGES, ENTRA

MEMBERS: list[str] = ENTRA.names[2:]
"""What a change may name, in the order of its bits."""
ALWAYS = ("file", "row", "id")
"""What a change says whether it names it or not: where it stands, and of what it speaks."""


def bit(member: str) -> int:
    return 1 << MEMBERS.index(member)


def overlay(base: pa.Table, changes: pa.Table) -> pa.Table:
    """The base with its changes; both may hold fewer columns than their schema, but `id` and what marks a change."""
    if not len(changes):
        return base
    changed = _merged(_placed(base, changes), changes).filter(changes["removed"].is_null())
    kept = base.filter(pc.invert(pc.is_in(base["id"], value_set=changes["id"].combine_chunks())))
    return pa.concat_tables([kept, changed.select(base.column_names)])


def newer(changes: pa.Table, later: pa.Table) -> pa.Table:
    """Two sets of changes as one; no id stands twice in either. What was removed and is there again is there."""
    if not (len(changes) and len(later)):
        return changes if len(changes) else later
    before = _placed(changes, later)
    served = pc.bit_wise_or(later["served"], pc.fill_null(before["served"], 0))
    merged = _merged(before, later).set_column(CHANGES.get_field_index("served"), "served", served)
    merged = merged.set_column(CHANGES.get_field_index("removed"), "removed", later["removed"])
    kept = changes.filter(pc.invert(pc.is_in(changes["id"], value_set=later["id"].combine_chunks())))
    return pa.concat_tables([kept, merged])


def _placed(older: pa.Table, newer: pa.Table) -> pa.Table:
    """Per row of the newer what the older says of the same id; null where it says nothing."""
    ids = newer["id"].combine_chunks()
    of_these = older.filter(pc.is_in(older["id"], value_set=ids))
    return of_these.take(pc.index_in(ids, value_set=of_these["id"].combine_chunks()))


def _merged(before: pa.Table, changes: pa.Table) -> pa.Table:
    """What a change names is as it says, and everything else as it was."""
    served = np.asarray(changes["served"], np.int64)
    columns = {name: _column(name, before, changes, served) for name in before.column_names}
    return pa.table(columns, schema=before.schema)


def _column(name: str, before: pa.Table, changes: pa.Table, served: Any) -> pa.ChunkedArray:  # noqa: ANN401 - bits
    if name in ALWAYS:
        return changes[name]
    if name not in MEMBERS:
        return before[name]
    is_served = pa.array(served & bit(name) != 0)
    return pc.if_else(is_served, changes[name].combine_chunks(), before[name].combine_chunks())
