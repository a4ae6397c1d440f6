"""pending: a hybrid row that never finished registering."""

from collections.abc import Iterator

from reconcile.finding.found import Found
from reconcile.finding.lookup import clock, is_true, times, where
from reconcile.finding.view import View

KIND = "pending"
ACTION = "let the device finish its registration, or retire its AD computer"


def pending(view: View) -> Iterator[Found]:
    entra = view.estate.entra
    rows = where(is_true(entra["pending"]) & view.joined("hybrid") & view.windows_or_unsaid)
    yield Found(KIND, "entra", rows, "low", ACTION, {"created_at": clock(times(entra["created_at"])[rows])})
