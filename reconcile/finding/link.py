"""Which rows of the three systems are one device: by id, never by name."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.claim import Claims
from reconcile.finding.estate import Estate
from reconcile.finding.lookup import NOWHERE, Mask, Positions, arrow, is_known, mask_of, positions, spread, take


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
    by_sid = _by_sid(sid, arrow(estate.directory["sid"]), by_guid)
    computers = len(estate.directory)
    return Links(
        by_guid=by_guid,
        by_sid=by_sid,
        claim=positions(device_id, fresh.ids),
        anchors_disagree=_disagree(estate, by_guid, by_sid),
        linked_computer=spread(by_guid, computers) | spread(by_sid, computers),
    )


def _by_sid(sid: pa.Array, of_computers: pa.Array, by_guid: Positions) -> Positions:
    """Most rows have the SID of the computer with their GUID: only the others are looked for."""
    same = mask_of(pc.equal(sid, take(of_computers, by_guid)))
    found = by_guid.copy()
    found[~same] = positions(sid.filter(pa.array(~same)), of_computers)
    return found


def _disagree(estate: Estate, by_guid: Positions, by_sid: Positions) -> Mask:
    """One anchor leads to a computer and the other one, which both sides have, does not lead there."""
    guid_leads_elsewhere = (by_sid != NOWHERE) & is_known(estate.entra["device_id"]) & (by_guid != by_sid)
    sid_of_computer = take(arrow(estate.directory["sid"]), by_guid)
    both_sids = pc.and_(pc.is_valid(sid_of_computer), pc.is_valid(arrow(estate.entra["sid"])))
    sid_leads_elsewhere = (by_guid != NOWHERE) & mask_of(both_sids) & (by_guid != by_sid)
    disagree: Mask = guid_leads_elsewhere | sid_leads_elsewhere
    return disagree
