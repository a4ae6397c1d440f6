"""disabled: disabled is not deleted."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.found import Found
from reconcile.finding.lookup import arrow, holds_at, is_false, where
from reconcile.finding.view import View

KIND = "disabled"
ACTION = "delete it when its grace period is over; disabled is not gone"


def disabled(view: View) -> Iterator[Found]:
    estate, computer = view.estate, view.links.computer
    rows = where(is_false(estate.entra["enabled"]))
    off_in_directory = is_false(estate.directory["enabled"])
    master = pc.if_else(pa.array(holds_at(off_in_directory, computer[rows])), "directory", None)
    yield Found(KIND, "entra", rows, "low", ACTION, {"master": master})
    unlinked = where(off_in_directory & view.computers_without_a_row)
    yield Found(KIND, "directory", unlinked, "low", ACTION, {"role": arrow(estate.directory["role"]).take(unlinked)})
