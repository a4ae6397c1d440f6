"""What has happened to the other machines of a fleet: a story for each finding kind, its look-alikes among them."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.benchmarks.chance import join
from tests.benchmarks.fleet_healthy import (
    Stage,
    Story,
    anchors,
    hybrid_report,
    joined,
    phones,
    registered,
    renamed,
    shared_name,
)
from tests.benchmarks.fleet_rows import (
    ELSEWHERE,
    OTHER_TENANT,
    TENANT,
    Machines,
    computers,
    entra,
    physical_ids,
    reports,
)


def _earlier(of: Machines) -> pa.Array:
    """SIDs of the same domain that no computer has."""
    return join(of.sid, "0000")


def _reimaged(stage: Stage, count: int) -> Iterator[pa.Table]:
    """stale-guid by the directory: the computer was joined anew; for every second one the new row is there."""
    of, chance = stage.machines(count), stage.chance
    yield entra(
        chance, of, "hybrid", stage.old(count), deviceId=chance.guids(count), onPremisesSecurityIdentifier=_earlier(of)
    )
    yield computers(chance, of, stage.recent(count))
    back = of.only(chance.holds(count, 0.5))
    yield entra(chance, back, "hybrid", stage.recent(len(back)))


def _cut_names(stage: Stage, count: int) -> Iterator[pa.Table]:
    """The same where the directory knows only the fifteen letters of the NetBIOS name."""
    of, chance = stage.machines(count), stage.chance
    long = join(of.host, "-workstation")
    cut = pc.utf8_slice_codeunits(pc.utf8_upper(long), 0, 15)
    yield entra(
        chance,
        of,
        "hybrid",
        stage.old(count),
        deviceId=chance.guids(count),
        displayName=long,
        onPremisesSecurityIdentifier=_earlier(of),
    )
    served = pc.if_else(pa.array(chance.holds(count, 0.5)), pa.scalar(None, pa.string()), of.domain)
    names = pc.binary_join_element_wise(long, served, ".")
    yield computers(chance, of, stage.recent(count), name=cut, sAMAccountName=cut, dNSHostName=names)


def _displaced(stage: Stage, count: int) -> Iterator[pa.Table]:
    """stale-guid by a report: the device bears another id, which the cloud mostly has."""
    of, chance = stage.machines(count), stage.chance
    yield entra(chance, of, "joined", stage.old(count), deviceId=chance.guids(count))
    yield reports(of, stage.fresh(count), slot=of.guid)
    known = of.only(chance.holds(count, 0.7))
    yield entra(chance, known, "joined", stage.recent(len(known)))


def _account_changed(stage: Stage, count: int) -> Iterator[pa.Table]:
    """stale-guid of a registration: its owner's session lists another one."""
    of, chance = stage.machines(count), stage.chance
    yield entra(chance, of, "registered", stage.old(count), deviceId=chance.guids(count))
    yield reports(
        of,
        stage.fresh(count),
        registered=of.guid,
        context=chance.pick(count, {"user": 3, "system": 1, None: 1}),
    )
    yield entra(chance, of, "registered", stage.recent(count))


def _gone_from_directory(stage: Stage, count: int) -> Iterator[pa.Table]:
    """orphaned-cloud; a fifth of them belongs to a domain that nobody exported."""
    of, chance = stage.machines(count), stage.chance
    rid = pc.list_element(pc.split_pattern(of.sid, "-", max_splits=1, reverse=True), 1)
    elsewhere = pc.binary_join_element_wise(ELSEWHERE, rid, "-")
    sid = pc.if_else(pa.array(chance.holds(count, 0.2)), elsewhere, of.sid)
    yield entra(chance, of, "hybrid", stage.old(count), onPremisesSecurityIdentifier=sid)


def _denied(stage: Stage, count: int) -> Iterator[pa.Table]:
    """orphaned-cloud of joined rows; a row that was active or registered since is none."""
    of, chance = stage.machines(count), stage.chance
    seen = np.where(chance.holds(count, 0.2), chance.ago(count, 0, 1), stage.old(count))
    began = np.where(chance.holds(count, 0.1), chance.ago(count, 0, 1), chance.ago(count, 700, 900))
    yield entra(chance, of, "joined", seen, began=began)
    yield reports(of, chance.ago(count, 1, 18))
    again = of.only(chance.holds(count, 0.2))
    answer = chance.pick(len(again), {"YES": 2, "NO": 1, None: 1})
    yield reports(again, chance.ago(len(again), 1, 18), AzureAdJoined=answer, TenantId=OTHER_TENANT)


def _registration_denied(stage: Stage, count: int) -> Iterator[pa.Table]:
    """orphaned-cloud of registered rows, where the owner's own session says NO in today's layout."""
    of, chance = stage.machines(count), stage.chance
    context = chance.pick(count, {"user": 6, "system": 1, "remote": 1, None: 2})
    account = pc.if_else(
        pa.array(chance.holds(count, 0.8)),
        pc.binary_join_element_wise("CONTOSO\\user", of.owner, ", "),
        "CONTOSO\\else, else@contoso.example",
    )
    yield entra(chance, of, "registered", stage.old(count))
    layout = chance.pick(count, {"modern": 8, "legacy": 1, None: 1})
    yield reports(of, stage.fresh(count), context=context, ExecutingAccountName=account, layout=layout)


def _siblings(joined: str) -> Story:
    """duplicate: groups of two to four of one host and owner; some share their hardware, some show none."""

    def story(stage: Stage, count: int) -> Iterator[pa.Table]:
        of, chance = stage.machines(count), stage.chance
        yield entra(chance, of, joined, stage.recent(count))
        for share in (1.0, 0.5, 0.25):
            older = of.only(chance.holds(count, share))
            seen = np.where(chance.holds(len(older), 0.3), chance.ago(len(older), 20, 60), stage.old(len(older)))
            other = chance.numbers(len(older), 10**15, 2 * 10**15)
            hardware = pc.if_else(pa.array(chance.holds(len(older), 0.5)), older.hardware, other)
            yield entra(
                chance,
                older,
                joined,
                seen,
                deviceId=chance.guids(len(older)),
                physicalIds=physical_ids(older, hardware),
            )

    return story


def _not_in_cloud(stage: Stage, count: int) -> Iterator[pa.Table]:
    """orphaned-directory; some wait for their first sync, and some have a row of their name without an id."""
    of, chance = stage.machines(count), stage.chance
    yield computers(
        chance,
        of,
        stage.recent(count),
        userCertificateCount=chance.pick(count, {"1": 8, "0": 1, None: 1}).cast(pa.int64()),
    )
    saved = of.only(chance.holds(count, 0.1))
    no_id = chance.pick(len(saved), {None: 1, "00000000-0000-0000-0000-000000000000": 1, "none": 1})
    yield entra(chance, saved, "hybrid", stage.recent(len(saved)), deviceId=no_id, onPremisesSecurityIdentifier=None)


def _unknown_to_cloud(stage: Stage, count: int) -> Iterator[pa.Table]:
    """orphaned-device, some of another tenant; every third was reported twice."""
    of, chance = stage.machines(count), stage.chance
    status = chance.pick(count, {"SUCCESS": 1, "FAILED. Device is either disabled or deleted": 3, "FAILED. ERROR": 1})
    tenant = chance.pick(count, {TENANT: 4, OTHER_TENANT: 1})
    yield reports(of, stage.fresh(count), slot=of.guid, DeviceAuthStatus=status, TenantId=tenant)
    again = of.only(chance.holds(count, 0.3))
    yield reports(again, stage.fresh(len(again)), slot=again.guid, host=pc.utf8_lower(again.host))


def _twins_by_report(stage: Stage, count: int) -> Iterator[pa.Table]:
    """dual-state: one report claims the machine and its registration."""
    of, chance = stage.machines(count), stage.chance
    twin, seen = chance.guids(count), stage.recent(count)
    yield entra(chance, of, "hybrid", seen)
    yield computers(chance, of, seen)
    yield entra(chance, of, "registered", stage.recent(count), deviceId=twin, physicalIds=None)
    yield reports(of, stage.fresh(count), slot=of.guid, registered=twin, DomainJoined="YES")


def _twins_by_hardware(stage: Stage, count: int) -> Iterator[pa.Table]:
    """dual-state: machine and registration share their hardware id; clones share it with another host too, and are none."""
    of, chance = stage.machines(count), stage.chance
    yield entra(chance, of, "joined", stage.recent(count))
    yield entra(chance, of, "registered", stage.recent(count), deviceId=chance.guids(count))
    clone, clones = stage.machines(count), chance.holds(count, 0.2)
    yield entra(
        chance,
        clone.only(clones),
        "joined",
        stage.recent(int(clones.sum())),
        physicalIds=physical_ids(of.only(clones), of.only(clones).hardware),
    )
    renamed = of.only(chance.holds(count, 0.1))
    yield entra(
        chance,
        renamed,
        "registered",
        stage.recent(len(renamed)),
        deviceId=chance.guids(len(renamed)),
        displayName="another",
    )


def _switched_off(stage: Stage, count: int) -> Iterator[pa.Table]:
    """disabled, in the directory for every second one too."""
    of, chance, seen = stage.machines(count), stage.chance, stage.old(count)
    yield entra(chance, of, "hybrid", seen, accountEnabled=False)
    yield computers(chance, of, seen, enabled=chance.holds(count, 0.5))


def _unfinished(stage: Stage, count: int) -> Iterator[pa.Table]:
    """pending: no device certificate, or where that is not served no registration time."""
    of, chance = stage.machines(count), stage.chance
    served = chance.holds(count, 0.5)
    keys = pc.if_else(pa.array(served), pa.scalar([], pa.list_(pa.string())), pa.scalar(None, pa.list_(pa.string())))
    time = pc.if_else(pa.array(chance.holds(count, 0.8)), "", "2026-01-01T00:00:00Z")
    never = np.full(count, np.datetime64("NaT", "s"))
    yield entra(
        chance,
        of,
        "hybrid",
        never,
        began=chance.ago(count, 1, 90),
        alternativeSecurityIds=keys,
        registrationDateTime=time,
    )
    yield computers(chance, of, stage.recent(count))


def _silent(stage: Stage, count: int) -> Iterator[pa.Table]:
    """stale; for every third another system has seen it since."""
    of, chance, seen = stage.machines(count), stage.chance, stage.old(count)
    yield entra(chance, of, "hybrid", seen)
    yield computers(chance, of, np.where(chance.holds(count, 0.3), stage.recent(count), seen))
    heard = of.only(chance.holds(count, 0.05))
    yield hybrid_report(stage, heard, captured_at=None)


STORIES: dict[Story, float] = {
    joined: 0.2,
    registered: 0.12,
    phones: 0.03,
    renamed: 0.01,
    _reimaged: 0.008,
    _cut_names: 0.001,
    _displaced: 0.004,
    _account_changed: 0.003,
    _gone_from_directory: 0.01,
    _denied: 0.005,
    _registration_denied: 0.004,
    _siblings("joined"): 0.005,
    _siblings("registered"): 0.004,
    shared_name: 0.004,
    _not_in_cloud: 0.015,
    _unknown_to_cloud: 0.003,
    _twins_by_report: 0.006,
    _twins_by_hardware: 0.006,
    anchors: 0.004,
    _switched_off: 0.01,
    _unfinished: 0.006,
    _silent: 0.03,
}
"""The share of machines to Entra rows; the rest is healthy and hybrid."""
