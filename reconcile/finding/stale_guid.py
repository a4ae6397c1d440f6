"""stale-guid: another identity holds the row's place; its AD computer or its device now bears another GUID."""

from collections.abc import Iterator

from reconcile.finding.found import Found, constant, report_evidence
from reconcile.finding.lookup import NOWHERE, Positions, arrow, clock, take_times, times, where
from reconcile.finding.view import View

KIND = "stale-guid"
ACTION = "delete this cloud object; the machine lives on under the id in the evidence"


def stale_guid(view: View) -> Iterator[Found]:
    replaced = view.candidates & (view.namesakes != NOWHERE)
    yield _by_directory(view, where(replaced))
    yield _by_report(view, where(view.candidates & ~replaced & (view.testimony.displaced_by != NOWHERE)))


def _by_directory(view: View, rows: Positions) -> Found:
    """The computer's GUID is another one, or the row were confirmed."""
    directory, computer = view.estate.directory, view.namesakes[rows]
    evidence = {
        "by": constant("directory", len(rows)),
        "computer_guid": arrow(directory["object_guid"]).take(computer),
        "computer_name": arrow(directory["name"]).take(computer),
        "computer_enabled": arrow(directory["enabled"]).take(computer),
        "computer_created_at": clock(take_times(times(directory["created_at"]), computer)),
    }
    return Found(KIND, "entra", rows, "high", ACTION, evidence)


def _by_report(view: View, rows: Positions) -> Found:
    evidence = report_evidence(view.estate.agents, view.testimony.displaced_by[rows])
    evidence["claimed_id"] = arrow(view.estate.agents["device_id"]).take(view.testimony.displaced_by[rows])
    return Found(KIND, "entra", rows, "high", ACTION, evidence)
