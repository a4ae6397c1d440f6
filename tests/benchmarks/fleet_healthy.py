"""The healthy of a fleet, and what only looks like a finding; a story is a function that yields rows of any of the three systems."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.benchmarks.chance import Chance, Times, join, lists
from tests.benchmarks.fleet_rows import Machines, computers, entra, machines, physical_ids, reports


@dataclass
class Stage:
    """Where the stories take their machines from."""

    chance: Chance
    domains: tuple[str, ...]
    told: int = 0

    def machines(self, count: int) -> Machines:
        first, self.told = 1100 + self.told, self.told + count
        return machines(self.chance, count, first, self.domains)

    def recent(self, count: int) -> Times:
        return self.chance.ago(count, 1, 30)

    def old(self, count: int) -> Times:
        return self.chance.ago(count, 100, 700)

    def fresh(self, count: int) -> Times:
        """When a report was captured: mostly within the two weeks in which it is believed."""
        return self.chance.ago(count, 0, 13)


Story = Callable[[Stage, int], Iterator[pa.Table]]
"""So many machines, as tables of any of the three systems."""


def healthy_hybrid(stage: Stage, count: int, heard: int) -> Iterator[pa.Table]:
    of = stage.machines(count)
    seen = stage.recent(count)
    yield entra(stage.chance, of, "hybrid", seen)
    yield computers(stage.chance, of, seen)
    yield hybrid_report(stage, of.only(np.arange(count) < heard))


def hybrid_report(stage: Stage, of: Machines, **columns: Any) -> pa.Table:
    return reports(of, stage.fresh(len(of)), slot=of.guid, **{"DomainJoined": "YES", **columns})


def servers(stage: Stage, count: int) -> Iterator[pa.Table]:
    """Servers, domain controllers, clusters and service accounts that no cloud knows; some silent, some disabled."""
    of, chance = stage.machines(count), stage.chance
    enabled = ~chance.holds(count, 0.02)
    seen = np.where(chance.holds(count, 0.04), stage.old(count), stage.recent(count))
    group = chance.pick(count, {"515": 97, "516": 1, "521": 0.5}).cast(pa.int64())
    control = np.where(np.asarray(pc.equal(group, 516)), 532_480, 4096) + np.where(enabled, 0, 2)
    cluster = pc.if_else(pa.array(chance.holds(count, 0.01)), "MSClusterVirtualServer/x", "HOST/x")
    kind = chance.pick(count, {"computer": 99, "msDS-GroupManagedServiceAccount": 1})
    yield computers(
        chance, of, seen, enabled=enabled, userAccountControl=control, primaryGroupID=group, objectClass=kind,
        operatingSystem="Windows Server 2022 Datacenter", servicePrincipalName=lists(cluster), userCertificateCount=0,
    )  # fmt: skip


def never_synced(stage: Stage, count: int) -> Iterator[pa.Table]:
    of, chance = stage.machines(count), stage.chance
    seen = np.where(chance.holds(count, 0.03), stage.old(count), stage.recent(count))
    yield computers(chance, of, seen, userCertificateCount=0, enabled=~chance.holds(count, 0.01))


def joined(stage: Stage, count: int) -> Iterator[pa.Table]:
    of = stage.machines(count)
    yield entra(stage.chance, of, "joined", stage.recent(count))
    heard = of.only(stage.chance.holds(count, 0.2))
    yield reports(heard, stage.fresh(len(heard)), slot=heard.guid)


def registered(stage: Stage, count: int) -> Iterator[pa.Table]:
    of = stage.machines(count)
    yield entra(stage.chance, of, "registered", stage.recent(count))
    heard = of.only(stage.chance.holds(count, 0.15))
    yield reports(heard, stage.fresh(len(heard)), registered=heard.guid)


def phones(stage: Stage, count: int) -> Iterator[pa.Table]:
    of, chance = stage.machines(count), stage.chance
    os = chance.pick(count, {"IPhone": 4, "AndroidForWork": 4, "MacMDM": 1, "Linux": 0.2})
    seen = np.where(chance.holds(count, 0.1), stage.old(count), stage.recent(count))
    yield entra(chance, of, "registered", seen, operatingSystem=os, accountEnabled=~chance.holds(count, 0.03))


def renamed(stage: Stage, count: int) -> Iterator[pa.Table]:
    """The cloud has the old name yet: ids say that it is the same machine."""
    of, seen = stage.machines(count), stage.recent(count)
    old_name = pc.binary_join_element_wise("OLD", of.host, "-")
    yield entra(stage.chance, of, "hybrid", seen, displayName=old_name)
    yield computers(stage.chance, of, seen)


def shared_name(stage: Stage, count: int) -> Iterator[pa.Table]:
    """No duplicates: two machines of one name, both at work; two people's registrations on one machine."""
    of, other = stage.machines(count), stage.machines(count)
    for joined in ("joined", "registered"):
        for half in (of, other):
            yield entra(
                stage.chance, half, joined, stage.recent(count), deviceId=stage.chance.guids(count), displayName=of.host
            )


def anchors(stage: Stage, count: int) -> Iterator[pa.Table]:
    """An Autopilot anchor beside the hybrid row is expected; it is nobody's machine and no orphan."""
    of, chance, seen = stage.machines(count), stage.chance, stage.recent(count)
    yield entra(chance, of, "hybrid", seen)
    yield computers(chance, of, seen)
    tag = join("[ZTDID]:", chance.guids(count))
    never = np.full(count, np.datetime64("NaT", "s"))
    yield entra(
        chance, of, "joined", never, deviceId=chance.guids(count), physicalIds=physical_ids(of, of.hardware, tag)
    )
