"""The `evidence` column: one JSON object a finding, with the values that decided."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.found import Column, Found
from reconcile.finding.lookup import Positions, arrow, mask_of, take
from reconcile.finding.view import View

_ENCODER = msgspec.json.Encoder()


def encode(columns: Mapping[str, Column]) -> pa.Array:
    """One JSON object a row; nulls are left out."""
    values = [column.to_pylist() if isinstance(column, pa.Array) else column for column in columns.values()]
    lines = [
        _ENCODER.encode({name: value for name, value in zip(columns, row, strict=True) if value is not None})
        for row in zip(*values, strict=True)
    ]
    return pa.array([line.decode() for line in lines], pa.string())


def context(view: View, found: Found) -> Mapping[str, Column]:
    """What any finding of an Entra row says beside its rule: its other name, anchors that disagree, an id that is none."""
    if found.system != "entra":
        return {}
    entra, rows = view.estate.entra, found.rows
    own, host = arrow(entra["host"]).take(rows), view.hosts.take(rows)
    renamed = mask_of(pc.not_equal(own, host))
    columns: dict[str, Column] = {
        "confirmed_host": pc.if_else(pa.array(renamed), host, None),
        "anchors": _anchors(view, rows),
        "device_id_served": arrow(entra["device_id_served"]).take(rows),
    }
    return {name: column for name, column in columns.items() if _says_anything(column)}


def _anchors(view: View, rows: Positions) -> Sequence[str | None]:
    """Where the SID leads to one AD computer and the device id to another one, or to none."""
    links, guids = view.links, arrow(view.estate.directory["object_guid"])
    disagree = links.anchors_disagree[rows]
    if not disagree.any():
        return [None] * len(rows)
    by_guid, by_sid = take(guids, links.by_guid[rows]).to_pylist(), take(guids, links.by_sid[rows]).to_pylist()
    sentences = (
        f"disagree: device_id leads to {guid or 'no computer'}, sid leads to {sid or 'no computer'}"
        for guid, sid in zip(by_guid, by_sid, strict=True)
    )
    return [
        sentence if differs else None
        for sentence, differs in zip(sentences, np.asarray(disagree).tolist(), strict=True)
    ]


def _says_anything(column: Column) -> bool:
    values = column if isinstance(column, pa.Array) else pa.array(column)
    return bool(len(values) > values.null_count)
