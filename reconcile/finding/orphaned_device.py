"""orphaned-device: the device claims a join with an id that the cloud does not have."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.found import Found, report_evidence
from reconcile.finding.lookup import NOWHERE, arrow, equals, stands_in
from reconcile.finding.view import View

KIND = "orphaned-device"
ACTION = "leave and join again on the device; its cloud object is gone"


def orphaned_device(view: View) -> Iterator[Found]:
    estate, claims = view.estate, view.fresh_claims
    if estate.entra_state != "complete":
        return
    missing = claims.only(view.claimed_rows == NOWHERE)
    hosts = arrow(estate.agents["host"]).take(missing.reports)
    first = ~pd.DataFrame({"host": hosts.to_pylist(), "id": missing.ids.to_pylist()}).duplicated().to_numpy()
    missing = missing.only(first)
    agents, reports = estate.agents, missing.reports
    hybrid = equals(agents["domain_joined"], "YES")[reports]
    joins = np.where(~missing.device, "registered", np.where(hybrid, "hybrid", "joined"))
    auth_status = pc.if_else(pa.array(missing.device), arrow(agents["auth_status"]).take(reports), None)
    evidence = {
        **report_evidence(agents, reports),
        "device_auth_status": auth_status,
        "soft_deleted": stands_in(missing.ids, arrow(estate.deleted["device_id"])).tolist(),
    }
    yield Found(
        KIND, "agents", reports, _severity(auth_status), ACTION, evidence, missing.ids, pa.array(joins, pa.string())
    )


def _severity(auth_status: pa.Array) -> pa.Array:
    """High where the device itself was told that it is gone; low where it says that it was let in, which a newer pull will settle."""
    told = pc.starts_with(auth_status, "FAILED. Device", ignore_case=True)
    let_in = pc.starts_with(auth_status, "SUCCESS", ignore_case=True)
    return pc.case_when(pc.make_struct(pc.fill_null(told, False), pc.fill_null(let_in, False)), "high", "low", "medium")  # noqa: FBT003 - Arrow's own order of arguments
