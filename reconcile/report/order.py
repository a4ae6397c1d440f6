"""The order in which reports list findings: the gravest first."""

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.report import words


def ranked(findings: pa.Table) -> pa.Table:
    """By severity, kind, host and ids; an unknown severity stands last."""
    rank = pc.index_in(findings["severity"], value_set=pa.array(words.SEVERITIES))
    keys = ["rank", "kind", "hostname", "object_id", "object_guid", "device_id"]
    order = pc.sort_indices(findings.append_column("rank", rank), sort_keys=[(key, "ascending") for key in keys])
    return findings.take(order)
