"""orphaned-directory: a workstation in sync scope whose cloud row does not exist."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.found import Found, constant
from reconcile.finding.host import bears_any
from reconcile.finding.lookup import Mask, arrow, equals, is_known, is_true, stands_in, where
from reconcile.finding.view import View

KIND = "orphaned-directory"
ACTION = "find out why it does not sync, or retire the AD computer"


def orphaned_directory(view: View) -> Iterator[Found]:
    estate = view.estate
    if estate.entra_state != "complete":
        return
    directory = estate.directory
    workstation = (
        equals(directory["role"], "workstation") & is_true(directory["windows"]) & is_known(directory["object_guid"])
    )
    rows = where(
        workstation & is_true(directory["in_sync_scope"]) & ~view.links.linked_computer & ~_has_a_row_of_its_name(view)
    )
    sids_served = is_known(estate.entra["sid"]).any()
    evidence = {
        "cloud_row": constant(
            "none with its GUID or SID" if sids_served else "none with its GUID; Entra served no SIDs", len(rows)
        ),
        "hybrid_row_of_its_name": constant("none", len(rows)),
        "sync_scope": constant(
            "has userCertificate; an upper bound, as newer sync counts the hybrid join certificate only", len(rows)
        ),
        "soft_deleted": _among_the_deleted(view, arrow(directory["object_guid"]).take(rows)),
    }
    yield Found(KIND, "directory", rows, "medium", ACTION, evidence)


def _has_a_row_of_its_name(view: View) -> Mask:
    """Computers whose host a hybrid row bears that lacks a confirmation or an id: then the finding is that row's, or unknown."""
    entra = view.estate.entra
    open_row = view.estate.takes_part & (view.presence.unconfirmed | view.presence.unknown)
    saves = view.joined("hybrid") & (open_row | ~is_known(entra["device_id"]))
    return bears_any(view.estate, arrow(entra["host"]).filter(pa.array(saves)))


def _among_the_deleted(view: View, guids: pa.Array) -> pa.Array:
    deleted = stands_in(guids, arrow(view.estate.deleted["device_id"]))
    return pc.if_else(pa.array(deleted), pa.scalar(True), pa.scalar(None, pa.bool_()))  # noqa: FBT003 - a value, not an option
