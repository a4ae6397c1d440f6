"""What device reports claim: the ids that they say are theirs, in our tenant."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.estate import Estate
from reconcile.finding.lookup import Mask, Positions, Times, arrow, equals, flatten, mask_of, times, where


@dataclass(frozen=True)
class Claims:
    """One row a claim, the newest report first; reports without a known time come last."""

    ids: pa.Array
    reports: Positions
    """The report's row in the agents frame."""
    at: Times
    device: Mask
    """Whether it claims the device slot; else it is a registration of a work account."""
    fresh: Mask

    def only(self, mask: Mask) -> "Claims":
        return Claims(
            self.ids.filter(pa.array(mask)), self.reports[mask], self.at[mask], self.device[mask], self.fresh[mask]
        )


def claims(estate: Estate) -> Claims:
    """Every claim of every report, fresh or not."""
    agents = estate.agents
    captured = times(agents["captured_at"])
    device = where(_claims_device(estate))
    owners, ids = _registrations(estate)
    reports = np.concatenate([device, owners])
    order = np.argsort(captured[reports], kind="stable")[::-1]
    known_first = np.concatenate(
        [order[~np.isnat(captured[reports][order])], order[np.isnat(captured[reports][order])]]
    )
    every_id = pa.concat_arrays([arrow(agents["device_id"]).take(pa.array(device)), ids])
    return Claims(
        ids=every_id.take(pa.array(known_first)),
        reports=reports[known_first],
        at=captured[reports][known_first],
        device=known_first < len(device),
        fresh=estate.fresh[reports][known_first],
    )


def _claims_device(estate: Estate) -> Mask:
    agents = estate.agents
    if estate.tenant is None:
        return np.zeros(len(agents), dtype=np.bool_)
    joined = equals(agents["entra_joined"], "YES") & equals(agents["tenant_id"], estate.tenant)
    return joined & mask_of(pc.is_valid(arrow(agents["device_id"])))


def _registrations(estate: Estate) -> tuple[Positions, pa.Array]:
    listed, owners = flatten(arrow(estate.agents["work_accounts"]))
    ids, tenants = pc.struct_field(listed, "device_id"), pc.struct_field(listed, "tenant_id")
    ours = pc.and_(pc.is_valid(ids), pc.fill_null(pc.equal(tenants, pa.scalar(estate.tenant, pa.string())), False))  # noqa: FBT003 - Arrow's own order of arguments
    return owners[mask_of(ours)], ids.filter(ours)
