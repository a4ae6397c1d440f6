"""orphaned-cloud: the row's other half is gone; no AD computer for a hybrid row, a device that denies the join for the others."""

from collections.abc import Iterator

from reconcile.finding.found import Found, constant, report_evidence
from reconcile.finding.lookup import NOWHERE, Mask, where
from reconcile.finding.view import View

KIND = "orphaned-cloud"
ACTION = "delete this cloud object; nothing stands behind it any more"


def orphaned_cloud(view: View, *, stale_guid: Mask) -> Iterator[Found]:
    """`stale_guid` are the rows that are stale-guid already: of a hybrid row it says whether a computer bears its host."""
    candidates = view.candidates & ~stale_guid
    hybrid = where(candidates & view.joined("hybrid"))
    nothing_there = {
        "by": constant("directory", len(hybrid)),
        "computer": constant("none with its GUID, SID or host", len(hybrid)),
    }
    yield Found(KIND, "entra", hybrid, "medium", ACTION, nothing_there)
    denied = where(candidates & view.joined("joined", "registered") & (view.testimony.denied_by != NOWHERE))
    yield Found(
        KIND, "entra", denied, "medium", ACTION, report_evidence(view.estate.agents, view.testimony.denied_by[denied])
    )
