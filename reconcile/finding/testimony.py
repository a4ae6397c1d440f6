"""What fresh reports of a host say of a row that bears its name: that it is denied, or that another id holds its place."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.claim import Claims
from reconcile.finding.estate import Estate
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    Times,
    arrow,
    equals,
    first_of,
    flatten,
    holds_at,
    mask_of,
    positions,
    stands_in,
    take_times,
    times,
    where,
)


@dataclass(frozen=True)
class Testimony:
    """Per Entra row the report that speaks against it, or -1. Whether anything confirms the row is not asked here."""

    denied_by: Positions
    displaced_by: Positions


def testimony(estate: Estate, fresh: Claims, activity: Times, rows: Positions) -> Testimony:
    """What is said of these rows; of the others nothing is asked."""
    asked = _of(replace(estate, entra=estate.entra.iloc[rows]), fresh, activity[rows])
    denied, displaced = (np.full(len(estate.entra), NOWHERE, dtype=np.int64) for _ in range(2))
    denied[rows], displaced[rows] = asked.denied_by, asked.displaced_by
    return Testimony(denied, displaced)


def _of(estate: Estate, fresh: Claims, activity: Times) -> Testimony:
    registered = equals(estate.entra["join"], "registered")
    device_slot = equals(estate.entra["join"], "joined") | equals(estate.entra["join"], "hybrid")
    denied, displaced = _device_slot(estate, fresh)
    owner_denied, owner_displaced = _registration(estate)
    denied_by = np.where(device_slot, denied, np.where(registered, owner_denied, NOWHERE))
    displaced_by = np.where(device_slot, displaced, np.where(registered, owner_displaced, NOWHERE))
    return Testimony(*(_only_of_older_rows(estate, reports, activity) for reports in (denied_by, displaced_by)))


def _device_slot(estate: Estate, fresh: Claims) -> tuple[Positions, Positions]:
    """Per Entra row the denying and the displacing report of its host."""
    agents, hosts = estate.agents, arrow(estate.entra["host"])
    reporting = arrow(agents["host"])
    answers = _newest_first(estate, estate.fresh & ~equals(agents["entra_joined"], "unknown"))
    newest_answer = _at(answers, positions(hosts, reporting.take(pa.array(answers))))
    denied = np.where(holds_at(equals(agents["entra_joined"], "NO"), newest_answer), newest_answer, NOWHERE)
    denied[stands_in(hosts, reporting.filter(pa.array(_may_claim(estate))))] = NOWHERE
    device = fresh.only(fresh.device)
    displaced = _at(device.reports, positions(hosts, reporting.take(pa.array(device.reports))))
    return denied, displaced


def _may_claim(estate: Estate) -> Mask:
    """Fresh reports that say YES and do not name another tenant: while one stands, its host denies nothing."""
    agents = estate.agents
    ours = ~mask_of(pc.is_valid(arrow(agents["tenant_id"])))
    if estate.tenant is not None:
        ours |= equals(agents["tenant_id"], estate.tenant)
    return estate.fresh & equals(agents["entra_joined"], "YES") & ours


def _registration(estate: Estate) -> tuple[Positions, Positions]:
    """Per Entra row what its owner's newest capture on its host says, in the owner's own session."""
    agents = estate.agents
    in_session = estate.fresh & equals(agents["context"], "user")
    answers = _newest_first(estate, in_session & ~equals(agents["workplace_joined"], "unknown"))
    spoken = pc.binary_join_element_wise(arrow(agents["host"]), account_upn(arrow(agents["account"])), "\n").take(
        pa.array(answers)
    )
    owned = pc.binary_join_element_wise(arrow(estate.entra["host"]), known_owner(arrow(estate.entra["owners"])), "\n")
    newest_answer = _at(answers, positions(owned, spoken))
    says_no = equals(agents["workplace_joined"], "NO") & equals(agents["layout"], "modern")
    denied = np.where(holds_at(says_no, newest_answer), newest_answer, NOWHERE)
    displaced = np.where(holds_at(_lists_readable_accounts(estate), newest_answer), newest_answer, NOWHERE)
    return denied, displaced


def _lists_readable_accounts(estate: Estate) -> Mask:
    """Reports that list work accounts of our tenant, and none that cannot be read."""
    accounts = arrow(estate.agents["work_accounts"])
    listed, owner = flatten(accounts)
    ids, tenants = pc.struct_field(listed, "device_id"), pc.struct_field(listed, "tenant_id")
    readable = mask_of(pc.and_(pc.is_valid(ids), pc.is_valid(tenants)))
    ours = mask_of(pc.equal(tenants, pa.scalar(estate.tenant, pa.string())))
    count = np.bincount(owner[ours], minlength=len(accounts))
    unreadable = np.bincount(owner[~readable], minlength=len(accounts))
    return np.asarray((count > 0) & (unreadable == 0), dtype=np.bool_)


def account_upn(accounts: pa.Array) -> pa.Array:
    """The user principal name in an executing account such as `CONTOSO/Ada, ada@contoso.example`; null where there is none."""
    parts = pc.extract_regex(pc.utf8_lower(accounts), r"(?:^|[\s,])(?P<upn>[^\s,\\@]+@[^\s,\\@]+)")
    return pc.struct_field(parts, "upn")


def known_owner(owners: pa.Array) -> pa.Array:
    """The one owner of each row; null where none or several are named."""
    return pc.if_else(pc.equal(pc.list_value_length(owners), 1), first_of(owners), None)


def _only_of_older_rows(estate: Estate, reports: Positions, activity: Times) -> Positions:
    """A report says nothing of a row that was registered after it, or that was active since."""
    registered, created = times(estate.entra["registered_at"]), times(estate.entra["created_at"])
    began = np.where(np.isnat(registered), created, registered)
    captured = take_times(times(estate.agents["captured_at"]), reports)
    return np.where((began < captured) & ~(activity > captured), reports, NOWHERE)


def _newest_first(estate: Estate, mask: Mask) -> Positions:
    rows = where(mask)
    return rows[np.argsort(times(estate.agents["captured_at"])[rows], kind="stable")[::-1]]


def _at(values: Positions, rows: Positions) -> Positions:
    """The values at the rows; -1 at -1."""
    return np.append(values, NOWHERE)[rows]
