"""What a rule gives: the rows that it names, and the values that decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import pandas as pd
import pyarrow as pa

from reconcile.finding.lookup import Positions, arrow, clock, take_times, times
from reconcile.workspace import System

Severity = Literal["high", "medium", "low"]
Column: TypeAlias = "pa.Array | Sequence[object]"


@dataclass(frozen=True)
class Found:
    kind: str
    system: System
    rows: Positions
    """Rows of the system's frame: of the active Entra rows, of the directory, of the reports."""
    severity: Severity | pa.Array
    action: str
    evidence: Mapping[str, Column]
    """A column per value, as long as `rows`; a null is left out of the row's JSON."""
    claimed: pa.Array | None = None
    """For reports: the id that each claims."""
    joins: pa.Array | None = None
    """For reports: the join that each claims."""


def constant(value: object, length: int) -> Sequence[object]:
    return [value] * length


def report_evidence(agents: pd.DataFrame, reports: Positions) -> dict[str, Column]:
    """What a report said, when, and how its time is known."""
    columns = ("context", "account", "captured_by", "entra_joined", "workplace_joined", "capture")
    return {
        "by": constant("report", len(reports)),
        "reported_host": arrow(agents["host"]).take(reports),
        "captured_at": clock(take_times(times(agents["captured_at"]), reports)),
        **{name: arrow(agents[name]).take(reports) for name in columns},
    }
