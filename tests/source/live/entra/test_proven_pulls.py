"""Changes held against the count and against a full pull: what they missed is never taken for true."""

import csv
from pathlib import Path

import pytest

from reconcile.errors import SourceIncomplete
from reconcile.settings import Entra
from tests.source.live.entra.pulling import Fleet, Pulled, device, fleet

EVERY = 3


def pulls(entra: Fleet, count: int) -> list[Pulled]:
    return [entra.pull() for _ in range(count)]


def test_every_so_often_a_full_pull_proves_the_changes(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.settings = Entra(full_every=EVERY)
        _, second, third, fourth = pulls(entra, 4)

    assert [one.live.sweeps for one in (second, third, fourth)] == [1, 2, 0]
    assert fourth.notes == "what changes told of 3 pulls was held against this full one, 60 devices: no difference"
    assert not fourth.run.differences("entra").exists()


def test_what_changes_between_proof_and_pull_is_no_difference(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.settings = Entra(full_every=1)
        entra.pull()
        entra.when("/devices", lambda: entra.lab.tenant.patch(entra.ids[3], {"displayName": "renamed"}))
        entra.when("/devices/delta", lambda: entra.lab.tenant.patch(entra.ids[4], {"displayName": "renamed too"}))
        second = entra.pull()

    assert "58 devices: no difference" in second.notes
    assert {second.rows[entra.ids[number]]["displayName"] for number in (3, 4)} == {"renamed", "renamed too"}


def behind_its_back(entra: Fleet) -> tuple[str, str, str]:
    """What the changes do not tell: one is renamed, one is gone, one is new."""
    tenant = entra.lab.tenant
    renamed, gone, new = entra.ids[5], entra.ids[6], device(9)
    known = len(tenant.changes)
    tenant.patch(renamed, {"displayName": "renamed", "isManaged": True})
    tenant.remove(gone)
    tenant.add(new)
    del tenant.changes[known:]
    return renamed, gone, new["id"]


def test_where_changes_told_too_little_the_full_pull_is_right_and_says_what_they_missed(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.settings = Entra(full_every=2)
        entra.pull()
        renamed, gone, new = behind_its_back(entra)
        first, second = entra.pull(), entra.pull()
        assert second.rows == entra.afresh().rows

    assert (first.live.sweeps, second.live.sweeps) == (1, 0)
    with second.run.differences("entra").open(encoding="utf-8-sig", newline="") as file:
        told = {(row["object_id"], row["difference"]) for row in csv.DictReader(file)}
    assert told >= {(renamed, "displayName"), (gone, "no longer there"), (new, "missing")}
    assert "3 differ, missing 1, no longer there 1, displayName 1" in second.notes
    assert "1-entra-differences.csv lists them. This pull is right" in second.notes


def test_changes_that_missed_a_device_do_not_pass_for_an_index_that_lags(tmp_path: Path) -> None:
    """The fleet shrank since it was read in full; the count lies between what it was and what the changes make of it."""
    with fleet(tmp_path) as entra:
        entra.pull()
        for one in entra.ids[:10]:
            entra.lab.tenant.remove(one)
        entra.lab.tenant.add(device(9))
        entra.lab.tenant.changes.pop()
        pulled = entra.pull()

    assert device(9)["id"] in pulled.rows
    assert set(pulled.rows) == set(entra.ids)
    assert "everything was read anew: Graph counts 51 devices, and 50 were read; what" in pulled.notes
    assert "50 devices: 1 differ, missing 1; 1-entra-differences.csv lists them" in pulled.notes


def test_a_device_that_is_gone_during_the_pull_excuses_none_that_the_changes_missed(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        entra.lab.tenant.add(device(9))
        entra.lab.tenant.changes.pop()
        entra.when("/devices/$count", lambda: entra.lab.tenant.remove(entra.ids[0]))
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids) >= {device(9)["id"]}
    assert "everything was read anew: Graph counts 60 devices, and 59 were read; what" in pulled.notes


def test_a_count_that_stands_still_since_before_is_taken_for_changes_too(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        entra.fault("lag", "/devices/.count", times=None)
        entra.when("/devices/$count", lambda: entra.lab.tenant.remove(entra.ids[0]))
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.live.sweeps == 1
    assert pulled.notes == "Graph counts 60 devices, as many as there were when the pull began; 59 are there now"


def test_a_proof_that_cannot_be_made_does_not_spoil_the_full_pull(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.settings = Entra(full_every=1)
        entra.pull()
        entra.fault("forbidden", "/devices/delta", after=4, times=None)
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert "what changes told could not be held against this full pull: entra refused" in pulled.notes


def test_where_neither_changes_nor_a_full_pull_agree_with_the_count_there_is_no_snapshot(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        good = entra.pull()
        entra.fault("lag", "/devices/.count", times=None)
        entra.lab.tenant.remove(entra.ids[0])
        entra.lab.tenant.remove(entra.ids[0])
        entra.lab.tenant.remove(entra.ids[0])
        with pytest.raises(SourceIncomplete, match="Graph counts 60 devices, and 57 were read; pull again"):
            entra.pull()

    latest = entra.workspace.latest()
    assert latest is not None
    assert latest.name == good.run.name
    assert entra.left_behind == set()
