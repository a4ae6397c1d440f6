"""What may be said of a row's absence: absent needs a complete snapshot that covers the place."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.estate import Estate, State
from reconcile.finding.link import Links
from reconcile.finding.lookup import Mask, arrow, equals, mask_of


@dataclass(frozen=True)
class Presence:
    directory_state: State
    """As pulled, and incomplete where a listed domain has no computer in the snapshot."""
    missing_domains: tuple[str, ...]
    unconfirmed: Mask
    """Entra rows that nothing confirms, where that can be said."""
    unknown: Mask
    """Hybrid rows that nothing confirms, and whose computer may be where nobody looked."""


def presence(estate: Estate, links: Links) -> Presence:
    missing = _missing_domains(estate)
    state: State = "incomplete" if missing else estate.directory_state
    unconfirmed = ~links.confirmed
    hybrid = equals(estate.entra["join"], "hybrid")
    covered = _covered(estate) if state == "complete" else hybrid & False
    return Presence(state, missing, unconfirmed & (~hybrid | covered), unconfirmed & hybrid & ~covered)


def _missing_domains(estate: Estate) -> tuple[str, ...]:
    held = set(pc.unique(arrow(estate.directory["domain"])).to_pylist())
    return (
        tuple(domain for domain in estate.domains if domain not in held) if estate.directory_state == "complete" else ()
    )


def _covered(estate: Estate) -> Mask:
    """Entra rows whose computer would stand in the snapshot: by the domain of their SID, or where there is one domain only."""
    sid = arrow(estate.entra["sid"])
    in_covered_domain = mask_of(pc.is_in(_domain_sid(sid), value_set=_covered_domain_sids(estate), skip_nulls=True))
    return in_covered_domain | (mask_of(pc.is_null(sid)) & _is_one_domain(estate))


def _covered_domain_sids(estate: Estate) -> pa.Array:
    sids = arrow(estate.directory["sid"])
    if estate.domains:
        sids = sids.filter(pc.is_in(arrow(estate.directory["domain"]), value_set=pa.array(estate.domains, pa.string())))
    return pc.drop_null(pc.unique(_domain_sid(sids)))


def _is_one_domain(estate: Estate) -> bool:
    if estate.domains:
        return len(estate.domains) == 1
    names = pc.drop_null(pc.unique(arrow(estate.directory["domain"])))
    return len(names) == 1 if len(names) else len(_covered_domain_sids(estate)) == 1


def _domain_sid(sids: pa.Array) -> pa.Array:
    """The SID without its last part, the relative id."""
    return pc.utf8_rtrim(sids, characters="0123456789")
