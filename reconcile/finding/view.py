"""The estate as the rules see it: links, claims, activity and presence, each worked out once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa

from reconcile.finding.activity import Activity, directory_activity, entra_activity
from reconcile.finding.claim import Claims, claims
from reconcile.finding.estate import Estate
from reconcile.finding.host import confirmed_hosts, namesakes
from reconcile.finding.link import Links, link
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    arrow,
    equals,
    holds_at,
    is_false,
    is_known,
    positions,
    stands_in,
    where,
)
from reconcile.finding.presence import Presence, presence
from reconcile.finding.testimony import Testimony, testimony


@dataclass(frozen=True)
class View:
    estate: Estate

    @cached_property
    def claims(self) -> Claims:
        """Every claim, old ones too: they count as activity only."""
        return claims(self.estate)

    @cached_property
    def fresh_claims(self) -> Claims:
        return self.claims.only(self.claims.fresh)

    @cached_property
    def links(self) -> Links:
        return link(self.estate, self.fresh_claims)

    @cached_property
    def presence(self) -> Presence:
        return presence(self.estate, self.links)

    @cached_property
    def activity(self) -> Activity:
        return entra_activity(self.estate, self.links, self.claims)

    @cached_property
    def directory_activity(self) -> Activity:
        return directory_activity(self.estate, self.links, self.claims)

    @cached_property
    def testimony(self) -> Testimony:
        """What reports say of the rows that nothing confirms."""
        return testimony(self.estate, self.fresh_claims, self.activity.seen, where(self.candidates))

    @cached_property
    def claimed_rows(self) -> Positions:
        """Per fresh claim the Entra row with its id."""
        return positions(self.fresh_claims.ids, arrow(self.estate.entra["device_id"]))

    @cached_property
    def claiming_report(self) -> Positions:
        """Per Entra row the newest fresh report that claims it."""
        return np.append(self.fresh_claims.reports, NOWHERE)[self.links.claim]

    @cached_property
    def hosts(self) -> pa.Array:
        """Per Entra row the host of what confirms it, else its own."""
        return confirmed_hosts(self.estate, self.links, self.claiming_report)

    @cached_property
    def namesakes(self) -> Positions:
        """Per unconfirmed hybrid row an AD computer that bears its host; one without a GUID before any other."""
        rows = where(self._unconfirmed & self.joined("hybrid"))
        return namesakes(self.estate, rows)

    @cached_property
    def candidates(self) -> Mask:
        """Entra rows that stale-guid, orphaned-cloud and duplicate may name.

        Not those whose host a computer without a GUID bears: it may be theirs.
        """
        nameless = ~is_known(self.estate.directory["object_guid"])
        return self._unconfirmed & ~holds_at(nameless, self.namesakes)

    @cached_property
    def _unconfirmed(self) -> Mask:
        not_autopilot = ~equals(self.estate.entra["autopilot"], "true")
        return self.estate.takes_part & self.presence.unconfirmed & not_autopilot

    def joined(self, *joins: str) -> Mask:
        """Entra rows of these join models."""
        return stands_in(arrow(self.estate.entra["join"]), pa.array(joins))

    @cached_property
    def windows_or_unsaid(self) -> Mask:
        """Entra rows that are Windows, or do not say what they are."""
        return ~is_false(self.estate.entra["windows"])

    @cached_property
    def computers_without_a_row(self) -> Mask:
        """Workstations and servers that no Entra row is linked to; none while Entra cannot say so."""
        role = self.estate.directory["role"]
        unlinked = stands_in(arrow(role), pa.array(["workstation", "server"])) & ~self.links.linked_computer
        return unlinked & (self.estate.entra_state == "complete")
