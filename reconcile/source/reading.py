"""What the reader of one system's files gives to the pull."""

from dataclasses import dataclass

import pyarrow as pa

from reconcile.source.snapshot import Origin, Rejected


@dataclass(frozen=True)
class Reading:
    """All rows of all files of one system; `table` has the columns of `source/schema.py`."""

    table: pa.Table
    rejected: tuple[Rejected, ...]
    files: tuple[Origin, ...]
    tenant: str | None = None
    domains: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
