"""A pull that asks only for what changed, and when it must not."""

import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from reconcile.errors import AccessRefused, SourceError
from reconcile.settings import Entra
from tests.client.graph.session import HASTY
from tests.source.live.entra.pulling import Fleet, Pulled, device, fleet, tenant_of


def test_a_later_pull_asks_for_changes_alone(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        entra.lab.log.clear()
        entra.lab.tenant.patch(entra.ids[0], {"displayName": "renamed"})
        pulled = entra.pull()

    assert {line.path for line in entra.lab.log} == {"/devices/delta", "/devices/$count"}
    assert pulled.rows[entra.ids[0]]["displayName"] == "renamed"
    assert set(pulled.rows) == set(entra.ids)
    assert (pulled.live.sweeps, pulled.live.requests, pulled.live.parts["changes"].rows) == (1, len(entra.lab.log), 1)


def test_nothing_changed_is_the_same_snapshot_and_no_file_of_changes(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        first, second = entra.pull(), entra.pull()

    assert second.table == first.table
    assert second.files == {"1-entra.parquet", "1-rejected.csv", "manifest.json"}
    assert second.entry.sha256 == first.entry.sha256


def test_many_changes_come_in_many_pages(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.lab.page_size = 7
        entra.pull()
        for number, one in enumerate(entra.ids):
            entra.lab.tenant.patch(one, {"displayName": f"renamed-{number}"})
            entra.lab.tenant.patch(one, {"model": f"model-{number}"})
        pulled = entra.pull()
        assert pulled.rows == entra.afresh().rows

    assert pulled.live.parts["changes"].rows == len(entra.ids)


def test_what_can_be_restored_and_what_is_gone_for_good_are_told_apart(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        soft, purged, hard = entra.soft(), entra.soft(1), entra.hard()
        for one in (soft, purged, hard):
            entra.lab.tenant.remove(one)
        entra.lab.tenant.purge(purged)
        pulled = entra.pull()

    assert pulled.removed == {soft: "changed", purged: "deleted", hard: "deleted"}
    assert pulled.rows.keys().isdisjoint({soft, purged, hard})


def test_a_device_that_was_removed_and_is_restored_is_there_again_with_all_its_values(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        one = entra.soft()
        before = entra.pull().rows[one]
        entra.lab.tenant.remove(one)
        gone = entra.pull().rows
        entra.lab.tenant.restore(one)
        restored = entra.pull()
        assert restored.rows == entra.afresh().rows

    assert one not in gone
    assert restored.rows[one] == before | {"isCompliant": None}
    assert restored.removed == {}


def test_owners_of_changed_devices_are_asked_for_anew(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("owners",)) as entra:
        entra.pull()
        user = next(iter(entra.lab.tenant.users.values()))
        row = device(1)
        entra.lab.tenant.add(row, [user["id"]])
        owned = next(key for key, owners in entra.lab.tenant.owners.items() if owners and key in entra.ids)
        entra.lab.tenant.patch(owned, {"displayName": "renamed"})
        entra.lab.tenant.remove(entra.hard())
        pulled = entra.pull()
        assert pulled.rows == entra.afresh().rows

    assert pulled.rows[row["id"]]["registeredOwners"] == [user["userPrincipalName"]]
    assert pulled.rows[owned]["registeredOwners"]


def test_owners_that_cannot_be_asked_for_stay_as_they_were(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("owners",)) as entra:
        before = entra.pull().rows
        owned = next(key for key, row in before.items() if row["registeredOwners"])
        entra.lab.tenant.patch(owned, {"displayName": "renamed"})
        entra.fault("forbidden", "/devices/[^/]+/registeredOwners", times=None)
        pulled = entra.pull()

    assert pulled.rows[owned] == before[owned] | {"displayName": "renamed"}


Cause = Callable[[Fleet, Pulled], object]


def another_query(entra: Fleet, _: Pulled) -> None:
    entra.settings = Entra(also=("owners",))


def another_tenant(entra: Fleet, _: Pulled) -> None:
    entra.tenant = "c0ffee00-0000-4000-8000-00000000000f"


def alter(path: Path) -> None:
    """In a copy, as the files of two runs may be one."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data + b"x")


def expired(status: int) -> Cause:
    def cause(entra: Fleet, _: Pulled) -> None:
        entra.lab.expired_delta_status = status
        entra.lab.expire_delta()

    return cause


def unread(_: Fleet, pulled: Pulled) -> None:
    """Of the last pull, not every row could be read."""
    manifest = pulled.run.manifest
    manifest.write_text(manifest.read_text().replace('"complete": true', '"complete": false'))


ANEW: dict[str, tuple[Cause, str]] = {
    "expired, 410": (expired(410), "the link to page 1 of GET /devices/delta has expired"),
    "expired, 400": (expired(400), "the link to page 1 of GET /devices/delta has expired"),
    "another query": (another_query, "the last pull was of another tenant, or asked for other things"),
    "another tenant": (another_tenant, "the last pull was of another tenant, or asked for other things"),
    "base altered": (lambda _, last: alter(last.run.snapshot("entra")), "are not as they were left"),
    "base missing": (lambda _, last: last.run.snapshot("entra").unlink(), "are not as they were left"),
    "changes altered": (lambda _, last: alter(last.run.part("changes")), "are not as they were left"),
    "changes missing": (lambda _, last: last.run.part("changes").unlink(), "are not as they were left"),
    "unread rows": (unread, "could be read"),
    "endless changes": (
        lambda entra, _: entra.fault("repeat-link", "/devices/delta", times=30),
        "there is no end to it",
    ),
}


@pytest.mark.parametrize(("cause", "said"), ANEW.values(), ids=ANEW)
def test_everything_is_read_anew_where_changes_would_tell_nothing(cause: Cause, said: str, tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        entra.lab.tenant.remove(entra.ids[0])
        last = entra.pull()
        entra.lab.tenant.remove(entra.ids[0])
        cause(entra, last)
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.live.sweeps == 0
    assert re.search(f"everything was read anew: .*{said}", pulled.notes)
    assert "pull again" not in pulled.notes


def test_a_run_whose_folder_is_gone_is_nothing_to_build_on(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        shutil.rmtree(entra.pull().run.folder)
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert (pulled.live.sweeps, pulled.notes) == (0, "")


def test_another_endpoint_is_read_anew(tmp_path: Path) -> None:
    with fleet(tmp_path) as first:
        first.pull()
    with fleet(tmp_path, 30) as second:
        pulled = second.pull()

    assert set(pulled.rows) == set(second.ids)
    assert "another tenant" in pulled.notes


def test_a_refusal_of_changes_is_no_reason_to_read_everything(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.pull()
        entra.fault("forbidden", "/devices/delta")
        with pytest.raises(AccessRefused):
            entra.pull()

    assert len(entra.asked("/devices")) == 1
    assert entra.left_behind == set()


def test_where_nobody_answers_the_pull_ends_at_once(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.graph.patience = HASTY
        entra.settings = Entra(also=("deleted", "intune"))
        entra.fault("throttle", "/.*", status=503, times=None)
        with pytest.raises(SourceError, match="given up"):
            entra.pull()

    assert {line.path for line in entra.lab.log} == {"/devices/delta"}


def test_the_files_of_a_run_that_is_built_on_are_copied_where_links_are_not_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with fleet(tmp_path) as entra:
        first, second = entra.pull(), entra.pull()

    assert second.table == first.table
    assert second.run.snapshot("entra").stat().st_nlink == 1


def test_elsewhere_the_file_is_the_same_and_no_copy(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        first, second = entra.pull(), entra.pull()

    assert first.run.snapshot("entra").samefile(second.run.snapshot("entra"))


def test_what_could_not_be_used_stays_listed(tmp_path: Path) -> None:
    wrong, right = device(1, deviceId="no-guid"), device(2)
    with fleet(tmp_path, tenant_of(wrong, right), checked=False) as entra:
        entra.pull()
        entra.lab.tenant.patch(right["id"], {"registrationDateTime": "whenever"})
        second, third = entra.pull(), entra.pull()

    listed = [("Graph /devices", "deviceId", "no-guid"), ("Graph /devices/delta", "registrationDateTime", "whenever")]
    assert [(item.file, item.field, item.value) for item in second.rejected] == listed
    assert third.rejected == second.rejected
    assert third.entry.bad_rows == 2


def test_where_the_list_of_what_could_not_be_used_is_gone_everything_is_read_anew(tmp_path: Path) -> None:
    with fleet(tmp_path, tenant_of(device(1, deviceId="no-guid")), checked=False) as entra:
        first = entra.pull()
        first.run.rejected.unlink()
        second = entra.pull()

    assert "are not as they were left" in second.notes
    assert second.rejected == first.rejected


def test_what_could_not_be_used_of_the_deleted_is_not_listed_twice(tmp_path: Path) -> None:
    with fleet(tmp_path, tenant_of(device(1), device(2)), also=("deleted",), checked=False) as entra:
        entra.lab.tenant.remove(device(1)["id"])
        entra.lab.tenant.deleted[device(1)["id"]]["deviceId"] = "no-guid"
        first, second = entra.pull(), entra.pull()

    assert second.live.sweeps == 1
    assert [item.value for item in second.rejected] == [item.value for item in first.rejected] == ["no-guid"]
