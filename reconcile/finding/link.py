"""Which rows of the three systems are one device: by id, never by name."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.claim import Claims
from reconcile.finding.estate import Estate
from reconcile.finding.lookup import NOWHERE, Mask, Positions, arrow, is_known, mask_of, positions, spread


@dataclass(frozen=True)
class Links:
    """Positions per Entra row, and masks per directory row."""

    by_guid: Positions
    """The AD computer whose objectGUID is the row's device_id."""
    by_sid: Positions
    """The AD computer whose objectSid is the row's."""
    claim: Positions
    """The newest fresh claim of the row's device_id."""
    anchors_disagree: Mask
    linked_computer: Mask
    """The directory rows that some Entra row is linked to, by GUID or SID."""

    @property
    def computer(self) -> Positions:
        """The linked AD computer, by GUID before SID."""
        found = self.by_guid.copy()
        found[found == NOWHERE] = self.by_sid[found == NOWHERE]
        return found

    @property
    def confirmed(self) -> Mask:
        linked: Mask = (self.by_guid != NOWHERE) | (self.by_sid != NOWHERE) | (self.claim != NOWHERE)
        return linked


def link(estate: Estate, fresh: Claims) -> Links:
    """The links of the estate's rows; `fresh` are the fresh claims, the newest first."""
    device_id, sid = arrow(estate.entra["device_id"]), arrow(estate.entra["sid"])
    by_guid = positions(device_id, arrow(estate.directory["object_guid"]))
    by_sid = positions(sid, arrow(estate.directory["sid"]))
    computers = len(estate.directory)
    return Links(
        by_guid=by_guid,
        by_sid=by_sid,
        claim=positions(device_id, fresh.ids),
        anchors_disagree=_disagree(estate, by_guid, by_sid),
        linked_computer=spread(by_guid, computers) | spread(by_sid, computers),
    )


def _disagree(estate: Estate, by_guid: Positions, by_sid: Positions) -> Mask:
    """One anchor leads to a computer and the other one, which both sides have, does not lead there."""
    guid_leads_elsewhere = (by_sid != NOWHERE) & is_known(estate.entra["device_id"]) & (by_guid != by_sid)
    sid_of_computer = arrow(estate.directory["sid"]).take(pa.array(by_guid, mask=by_guid == NOWHERE))
    both_sids = pc.and_(pc.is_valid(sid_of_computer), pc.is_valid(arrow(estate.entra["sid"])))
    sid_leads_elsewhere = (by_guid != NOWHERE) & mask_of(both_sids) & (by_guid != by_sid)
    disagree: Mask = guid_leads_elsewhere | sid_leads_elsewhere
    return disagree
