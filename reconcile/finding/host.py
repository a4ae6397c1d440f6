"""Which rows bear a host name: evidence, never identity."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.finding.estate import Estate
from reconcile.finding.link import Links
from reconcile.finding.lookup import (
    NOWHERE,
    Mask,
    Positions,
    arrow,
    first_of,
    flatten,
    is_known,
    mask_of,
    spread,
    stands_in,
    take,
    where,
)

NETBIOS_LENGTH = 15
"""A NetBIOS name ends here: one of this length may stand for a longer name that it begins."""


def bearers(estate: Estate, hosts: pa.Array) -> Mapping[str, Sequence[int]]:
    """The directory rows that bear each host, in their own order."""
    names, rows = flatten(arrow(estate.directory["hosts"]))
    found: dict[str, list[int]] = defaultdict(list)
    exact = stands_in(names, hosts)
    for host, row in zip(names.filter(pa.array(exact)).to_pylist(), rows[exact].tolist(), strict=True):
        found[host].append(row)
    cut = _longer_than_netbios(hosts)
    may_be_cut = stands_in(names, pa.array(cut, pa.string())) & ~is_known(estate.directory["dns_name"])[rows]
    for name, row in zip(names.filter(pa.array(may_be_cut)).to_pylist(), rows[may_be_cut].tolist(), strict=True):
        for host in cut[name]:
            found[host].append(row)
    return found


def bears_any(estate: Estate, hosts: pa.Array) -> Mask:
    """The directory rows that bear any of the hosts."""
    rows = [row for group in bearers(estate, hosts).values() for row in group]
    return spread(np.asarray(rows, dtype=np.int64), len(estate.directory))


def namesakes(estate: Estate, rows: Positions) -> Positions:
    """Per Entra row, where it is one of these, an AD computer that bears its host; one without a GUID before any other."""
    hosts = arrow(estate.entra["host"]).take(rows)
    borne, known = bearers(estate, hosts), is_known(estate.directory["object_guid"])
    found = np.full(len(estate.entra), NOWHERE, dtype=np.int64)
    found[rows] = [
        min(borne[host], key=lambda row: (known[row], row)) if host in borne else NOWHERE for host in hosts.to_pylist()
    ]
    return found


def confirmed_hosts(estate: Estate, links: Links, reports: Positions) -> pa.Array:
    """The host of each Entra row: of what confirms it, else its own; `reports` holds the report that claims each row."""
    own = arrow(estate.entra["host"])
    return pc.coalesce(_computer_hosts(estate, links, own), take(arrow(estate.agents["host"]), reports), own)


def _longer_than_netbios(hosts: pa.Array) -> Mapping[str, Sequence[str]]:
    """Hosts that are too long for NetBIOS, by the part that NetBIOS keeps."""
    cut: dict[str, list[str]] = defaultdict(list)
    for host in pc.unique(hosts.filter(pc.greater(pc.utf8_length(hosts), NETBIOS_LENGTH))).to_pylist():
        cut[host[:NETBIOS_LENGTH]].append(host)
    return cut


def _computer_hosts(estate: Estate, links: Links, own: pa.Array) -> pa.Array:
    """Per Entra row the name of its computer: the row's own where the computer bears it, else the computer's first."""
    hosts = arrow(estate.directory["hosts"])
    computer = links.computer
    named = take(first_of(hosts), computer)
    differs = where(mask_of(pc.not_equal(named, own)))
    pairs = zip(own.take(differs).to_pylist(), hosts.take(computer[differs]).to_pylist(), strict=True)
    bears_it = np.array([host in names for host, names in pairs], dtype=np.bool_)
    return pc.if_else(pa.array(spread(differs[bears_it], len(own))), own, named)
