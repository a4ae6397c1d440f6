"""stale: no system has seen it for longer than the threshold."""

from collections.abc import Iterator

import numpy as np

from reconcile.finding.activity import SYSTEMS, Activity
from reconcile.finding.found import Column, Found, constant
from reconcile.finding.lookup import Positions, clock, where
from reconcile.finding.view import View

KIND = "stale"
ACTION = "disable it, wait out the grace period, then retire it"

_ANSWERS = tuple([name for bit, name in enumerate(SYSTEMS) if bits >> bit & 1] for bits in range(1 << len(SYSTEMS)))


def stale(view: View) -> Iterator[Found]:
    """Blank activity is unknown, never old: NaT compares as neither."""
    cutoff = view.estate.days_ago(view.estate.policy.stale_days)
    silent = view.activity.seen < cutoff
    if view.presence.directory_state == "incomplete":
        silent &= ~view.joined("hybrid")
    rows = where(silent)
    yield Found(KIND, "entra", rows, "medium", ACTION, _evidence(view.activity, rows, cutoff))
    unlinked = where((view.directory_activity.seen < cutoff) & view.computers_without_a_row)
    yield Found(KIND, "directory", unlinked, "medium", ACTION, _evidence(view.directory_activity, unlinked, cutoff))


def _evidence(activity: Activity, rows: Positions, cutoff: np.datetime64) -> dict[str, Column]:
    return {
        "asked": [_ANSWERS[bits] for bits in activity.answered[rows].tolist()],
        "cutoff": constant(clock(np.array([cutoff]))[0].as_py(), len(rows)),
    }
