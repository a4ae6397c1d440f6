"""What changed since the last pull, deletions included, and every so often everything again to prove it."""

import csv
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from reconcile.client.ldap.restore import restore
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from reconcile.source.manifest import read_manifest, write_manifest
from reconcile.source.snapshot import digest
from tests.client.ldap.domain import Domain, Place
from tests.source.live.directory.pulling import Puller, add, lab_puller, puller


def told(one: Puller) -> tuple[Any, Any]:
    """The same moment twice: by what changed, and read in full."""
    pulled = one.pull()
    assert pulled.sweeps == [1]
    return pulled.rows, one.afresh().rows


def test_what_changed_is_as_if_everything_had_been_read(domain: Domain, place: Place, tmp_path: Path) -> None:
    disabled, moved, gone, keyed, lost_key, with_tree, same = (place.computer() for _ in range(7))
    key = place.key(lost_key)
    place.key(keyed)
    place.key(with_tree)
    elsewhere = place.below("Elsewhere")
    one = puller(domain, tmp_path)
    before = one.pull()

    place.change(place.dn(disabled), userAccountControl="4098")
    assert place.session.move(place.dn(moved), f"CN={place.names[1]}", elsewhere).ok
    assert place.session.delete(place.dn(gone)).ok
    assert place.session.delete(place.dn(with_tree), [("1.2.840.113556.1.4.805", True, None)]).ok
    place.key(keyed)
    assert place.session.delete(key).ok
    new = place.computer()
    place.key(new)
    came_and_went = place.computer()
    assert place.session.delete(place.dn(came_and_went)).ok
    after, anew = told(one)

    assert after == anew
    assert after[disabled.object_guid]["enabled"] is False
    assert after[moved.object_guid]["distinguishedName"] == f"CN={place.names[1]},{elsewhere}"
    assert {gone.object_guid, with_tree.object_guid, came_and_went.object_guid}.isdisjoint(after)
    assert [after[pin.object_guid]["bitlockerKeys"] for pin in (keyed, lost_key, new)] == [2, 0, 1]
    assert after[same.object_guid] == before.rows[same.object_guid]


def test_a_restored_computer_is_there_again(domain: Domain, place: Place, tmp_path: Path) -> None:
    pin = place.computer()
    one = puller(domain, tmp_path)
    one.pull()
    assert place.session.delete(place.dn(pin)).ok
    without = one.pull()
    answer = restore(place.session, pin)
    assert answer.outcome == "done", answer
    after = one.pull()

    assert pin.object_guid not in without.rows
    assert after.sweeps == [2]
    assert after.rows[pin.object_guid]["distinguishedName"] == f"CN={place.names[0]},{place.ou}"


def test_nothing_but_what_changed_is_asked_for(tmp_path: Path) -> None:
    with lab_puller(tmp_path, computers=50) as one:
        assert one.domain.lab is not None
        first = one.pull()
        before = len(one.domain.lab.log)
        add(one.domain, "PC-NEW")
        second = one.pull()
        searches = [asked for asked in one.domain.lab.log[before:] if asked.dn.upper().startswith("DC=")]

    assert (len(first.rows), len(second.rows)) == (51, 52)
    assert sum(asked.entries for asked in searches) == 1
    assert all("uSNChanged" in asked.detail for asked in searches)


def test_rows_keep_their_place_and_new_ones_get_their_own(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        first = one.pull()
        add(one.domain, "PC-9")
        second = one.pull()

    places = [
        dict(zip(pulled.table["objectGUID"].to_pylist(), pulled.table["row"].to_pylist(), strict=True))
        for pulled in (first, second)
    ]
    assert places[1].items() >= places[0].items()
    assert sorted(places[1].values()) == [1, 2, 3, 4, 5]


def test_every_so_often_a_full_pull_proves_the_changes(tmp_path: Path) -> None:
    with lab_puller(tmp_path, full_every=3) as one:
        pulls = []
        for number in range(4):
            add(one.domain, f"NEW-{number}")
            pulls.append(one.pull())

    assert [pulled.sweeps for pulled in pulls] == [[0], [1], [2], [0]]
    assert "what changes told of 3 pulls was held against this full one, 8 computers: no difference" in pulls[3].notes
    assert not pulls[3].run.differences("directory").exists()


def altered(one: Puller, table: pa.Table) -> None:
    """The last pull as if it had found this."""
    run = one.workspace.latest()
    assert run is not None
    pq.write_table(table, run.snapshot("directory"))
    manifest = read_manifest(run)
    entry = manifest.sources["directory"]
    read = msgspec.structs.replace(entry.read[0], rows=len(table))
    entry = msgspec.structs.replace(entry, sha256=digest(run.snapshot("directory")), rows=len(table), read=(read,))
    write_manifest(run, msgspec.structs.replace(manifest, sources={"directory": entry}))


def test_where_changes_told_too_little_the_full_pull_is_right_and_says_what_they_missed(tmp_path: Path) -> None:
    with lab_puller(tmp_path, full_every=2) as one:
        one.pull()
        second = one.pull()
        guids = {row["name"]: guid for guid, row in second.rows.items()}
        rows = second.table.filter(pc.not_equal(second.table["name"], "PC-0")).to_pylist()
        ghost = {**rows[0], "objectGUID": str(uuid4()), "row": 99}
        renamed = [row | {"operatingSystem": "Windows 7"} if row["name"] == "PC-1" else row for row in rows]
        altered(one, pa.Table.from_pylist([*renamed, ghost], schema=second.table.schema))
        third = one.pull()

    assert third.sweeps == [0]
    with third.run.differences("directory").open(encoding="utf-8-sig", newline="") as file:
        told = {(row["object_guid"], row["difference"]) for row in csv.DictReader(file)}
    assert told == {
        (guids["PC-0"], "missing"),
        (ghost["objectGUID"], "no longer there"),
        (guids["PC-1"], "operatingSystem"),
    }
    assert "3 computers: 3 differ, missing 1, no longer there 1, operatingSystem 1" in third.notes
    assert "PC-0" in {row["name"] for row in third.rows.values()}


@pytest.mark.parametrize("what", ["file", "list"])
def test_what_is_not_as_it_was_left_is_not_built_on(tmp_path: Path, what: str) -> None:
    with lab_puller(tmp_path) as one:
        first = one.pull()
        rows = first.rows
        if what == "file":
            pq.write_table(first.table.slice(1), first.run.snapshot("directory"))
        else:
            first.run.rejected.write_text("system,file,row,field,value,reason,kept\ndirectory,a,1,b,c,d,True\n")
        second = one.pull()

    assert (second.sweeps, second.rows) == ([0], rows)
    assert f"everything was read anew: {first.run.name} is not as it was left" in second.notes


def test_a_restored_controller_is_read_anew(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        assert one.domain.lab is not None
        directory = one.domain.lab.directory
        one.pull()
        settings = (
            f"CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,CN=Configuration,{directory.base}"
        )
        directory.modify(settings, [Change("replace", ATTRIBUTES["invocationid"], [uuid4().bytes_le])])
        second = one.pull()

    assert second.sweeps == [0]
    assert "was asked last, or" in second.notes
    assert "was restored" in second.notes


def test_a_controller_that_has_forgotten_changes_is_read_anew(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        assert one.domain.lab is not None
        first = one.pull()
        altered(one, first.table)
        run = one.workspace.latest()
        assert run is not None
        manifest = read_manifest(run)
        entry = manifest.sources["directory"]
        ahead = msgspec.structs.replace(entry.read[0], usn=entry.read[0].usn + 1000)
        write_manifest(
            run,
            msgspec.structs.replace(manifest, sources={"directory": msgspec.structs.replace(entry, read=(ahead,))}),
        )
        second = one.pull()

    assert second.sweeps == [0]
    assert "has forgotten changes" in second.notes
