"""stale-guid: another identity holds the row's place; its AD computer or its device now bears another GUID."""

from collections.abc import Iterator

import numpy as np

from reconcile.finding.found import Found, constant, report_evidence
from reconcile.finding.host import bearers
from reconcile.finding.lookup import NOWHERE, Positions, arrow, clock, take_times, times, where
from reconcile.finding.view import View

KIND = "stale-guid"
ACTION = "delete this cloud object; the machine lives on under the id in the evidence"


def stale_guid(view: View) -> Iterator[Found]:
    computers = _computers_of_its_name(view)
    yield _by_directory(view, where(computers != NOWHERE), computers)
    displaced = view.candidates & (computers == NOWHERE) & (view.testimony.displaced_by != NOWHERE)
    yield _by_report(view, where(displaced))


def _computers_of_its_name(view: View) -> Positions:
    """Per hybrid candidate an AD computer that bears its host; its GUID is another one, or the row were confirmed."""
    rows = where(view.candidates & view.joined("hybrid"))
    hosts = arrow(view.estate.entra["host"]).take(rows)
    borne = bearers(view.estate, hosts)
    computers = np.full(len(view.estate.entra), NOWHERE, dtype=np.int64)
    computers[rows] = [borne[host][0] if host in borne else NOWHERE for host in hosts.to_pylist()]
    return computers


def _by_directory(view: View, rows: Positions, computers: Positions) -> Found:
    directory, computer = view.estate.directory, computers[rows]
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
