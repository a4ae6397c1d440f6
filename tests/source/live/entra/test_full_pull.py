"""All devices from Graph, page by page, whatever happens on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from reconcile.errors import AccessRefused, SourceIncomplete
from reconcile.frame.entra import entra_frame
from reconcile.settings import Entra
from reconcile.source.live.entra.parts import OF_DEVICES
from reconcile.workspace import Workspace
from tests.client.graph.canned import canned, said
from tests.source.live.entra.pulling import Fleet, Puller, device, fleet, tenant_of

PAGE = 999
MANY = 1100
"""Two pages."""
SEVERAL = 250
"""Three pages, with owners: then Graph gives a hundred at once."""


def test_every_device_is_in_the_snapshot_with_the_values_that_an_export_gives(tmp_path: Path) -> None:
    with fleet(tmp_path, MANY) as entra:
        pulled = entra.pull()
        export = entra.export(tmp_path)

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.table.drop_columns("file") == export.drop_columns("file")
    assert pulled.rejected == []
    assert (pulled.entry.rows, pulled.live.count, pulled.entry.complete) == (MANY, MANY, True)


def test_a_live_pull_and_a_file_export_give_the_same_frame(tmp_path: Path) -> None:
    with fleet(tmp_path, 300) as entra:
        live, export = entra_frame(entra.pull().table), entra_frame(entra.export(tmp_path))

    places = ["file", "row"]
    assert live.drop(columns=places, errors="ignore").equals(export.drop(columns=places, errors="ignore"))


def test_large_pages_of_the_members_that_are_kept_are_asked_for_and_the_count(tmp_path: Path) -> None:
    with fleet(tmp_path, MANY) as entra:
        pulled = entra.pull()

    first, *later = entra.asked("/devices")
    assert first.query == {"$top": str(PAGE), "$select": ",".join(OF_DEVICES)}
    assert len(later) == MANY // PAGE
    assert len(entra.asked("/devices/$count")) == 2
    assert pulled.live.requests == len(entra.lab.log)


def test_rows_are_numbered_through_all_pages(tmp_path: Path) -> None:
    with fleet(tmp_path, MANY) as entra:
        table = entra.pull().table

    assert table["row"].to_pylist() == list(range(1, MANY + 1))


def test_a_fleet_without_any_device_is_refused_unless_settings_say_that_it_is_all(tmp_path: Path) -> None:
    with fleet(tmp_path, tenant_of()) as entra:
        with pytest.raises(SourceIncomplete, match="Graph shows this account no device at all"):
            entra.pull()
        entra.settings = Entra(complete=True)
        pulled = entra.pull()

    assert (pulled.table.num_rows, pulled.live.count) == (0, 0)


def test_a_cloud_that_does_not_know_a_member_yet_is_pulled_without_it_and_told(tmp_path: Path) -> None:
    missing = frozenset({"isManagementRestricted", "registrationDateTime"})
    with fleet(tmp_path, also=("deleted",)) as entra:
        entra.lab.unknown_members = missing
        entra.lab.tenant.remove(entra.soft())
        first = entra.pull()
        entra.lab.tenant.patch(entra.ids[0], {"displayName": "renamed"})
        second = entra.pull()

    for pulled in (first, second):
        assert pulled.live.unknown == ("registrationDateTime", "isManagementRestricted")
        assert "this Graph has no registrationDateTime, isManagementRestricted" in pulled.notes
        assert set(pulled.table["registrationDateTime"].to_pylist()) == {None}
        assert "deleted" in pulled.live.parts
    assert (first.live.sweeps, second.live.sweeps) == (0, 1)
    assert second.rows[entra.ids[0]]["displayName"] == "renamed"


Trouble = Callable[[Fleet], object]

HARMLESS: dict[str, Trouble] = {
    "an empty page": lambda entra: entra.fault("empty-page"),
    "throttling without a wait": lambda entra: entra.fault("throttle", times=3, after=1),
    "throttling with a wait": lambda entra: entra.fault("throttle", retry_after="0.02", times=2),
    "unavailable": lambda entra: entra.fault("throttle", status=503, times=2, after=2),
    "a reset connection": lambda entra: entra.fault("reset", times=2, after=1),
    "a body that is cut off": lambda entra: entra.fault("truncate", after=1),
    "JSON that is cut off": lambda entra: entra.fault("cut", after=2),
    "a token that is revoked": lambda entra: entra.when("/devices", entra.lab.tokens.revoke, 2),
    "an index that lags by two looks": lambda entra: lagging(entra, 2),
    "a count that is throttled": lambda entra: entra.fault("throttle", "/devices/.count", times=2),
    "changes that are throttled": lambda entra: entra.fault("throttle", "/devices/delta.*", times=3),
}


def lagging(entra: Fleet, times: int | None) -> None:
    """One device is gone before the pull, and the count shows it yet."""
    entra.fault("lag", "/devices/.count", times=times)
    entra.lab.tenant.remove(entra.hard())


@pytest.mark.parametrize("trouble", HARMLESS.values(), ids=HARMLESS)
def test_what_graph_mends_leaves_no_trace(trouble: Trouble, tmp_path: Path) -> None:
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        trouble(entra)
        pulled = entra.pull()
        assert pulled.rows == entra.afresh().rows

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.notes == ""


def test_a_device_on_two_pages_is_counted_once_and_told(tmp_path: Path) -> None:
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        entra.fault("overlap")
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.notes == "devices that stood on two pages, counted once: 1"


FATAL: dict[str, tuple[Trouble, str]] = {
    "a page left out": (lambda entra: entra.fault("skip-page"), "Graph counts 250 devices, and 150 were read"),
    "a link to itself": (lambda entra: entra.fault("repeat-link", after=1, times=None), "there is no end to it"),
    "a link elsewhere": (lambda entra: entra.fault("foreign-link"), "graph.elsewhere.example.*, which is not asked"),
    "an expired link": (lambda entra: entra.when("/devices", entra.lab.expire_pages, 2), "has expired"),
    "an index that never agrees": (lambda entra: lagging(entra, None), "Graph counts 250 devices, and 249"),
}


@pytest.mark.parametrize(("trouble", "why"), FATAL.values(), ids=FATAL)
def test_what_is_not_whole_is_refused_and_nothing_is_left(trouble: Trouble, why: str, tmp_path: Path) -> None:
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        entra.settings = Entra(also=("owners", "deleted", "intune", "autopilot"))
        trouble(entra)
        with pytest.raises(SourceIncomplete, match=why):
            entra.pull()

    assert entra.workspace.latest() is None
    assert entra.left_behind == set()


def test_a_refusal_leaves_the_last_good_run_where_it_is(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        good = entra.pull()
        for path in ("/devices", "/devices/delta.*"):
            entra.fault("forbidden", path, times=None)
        with pytest.raises(AccessRefused, match=r"Device\.Read\.All"):
            entra.pull()

    latest = entra.workspace.latest()
    assert latest is not None
    assert latest.name == good.run.name
    assert good.rows


def churn(entra: Fleet) -> None:
    """What people do while the second page is on its way."""
    ids = entra.ids
    for number in (0, 120, 240):
        entra.lab.tenant.patch(ids[number], {"displayName": "renamed", "accountEnabled": False})
        entra.lab.tenant.remove(ids[number + 1])
    entra.add(1)
    entra.lab.tenant.remove(entra.add(2))
    entra.lab.tenant.restore(entra.soft()) if entra.soft() in entra.lab.tenant.deleted else None


@pytest.mark.parametrize("page", [1, 2, 3])
@pytest.mark.parametrize("whole", [True, False])
def test_what_changes_during_the_pull_is_right_in_the_end(page: int, whole: Any, tmp_path: Path) -> None:
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        entra.lab.delta_whole = whole
        entra.when("/devices", lambda: churn(entra), page)
        pulled = entra.pull()
        assert pulled.rows == entra.afresh().rows

    assert set(pulled.rows) == set(entra.ids)
    assert (pulled.live.count, pulled.entry.rows, pulled.notes) == (len(entra.ids), len(entra.ids), "")


@pytest.mark.parametrize("number", [0, -1])
def test_a_count_that_stands_still_at_what_was_true_during_the_pull_is_taken_and_told(
    number: int, tmp_path: Path
) -> None:
    """The device was read before it was gone, or it was gone before its page came."""
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        gone = entra.ids[number]
        entra.fault("lag", "/devices/.count", times=None)
        entra.when("/devices", lambda: entra.lab.tenant.remove(gone))
        pulled = entra.pull()

    assert set(pulled.rows) == set(entra.ids)
    assert pulled.notes == "Graph counts 250 devices, as many as there were when the pull began; 249 are there now"


def remove(entra: Fleet, ids: list[str]) -> None:
    for one in ids:
        entra.lab.tenant.remove(one)


def test_a_device_that_is_gone_during_the_pull_excuses_none_that_was_never_listed(tmp_path: Path) -> None:
    """The count is what there was by our own account when the pull began, but not what it was by the server's."""
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        gone, hidden = entra.ids[0], entra.ids[-1]

        def happen() -> None:
            (listing,) = (one for one in entra.lab.listings.values() if one.path == "/devices")
            list.remove(listing.keys, hidden)  # type: ignore[arg-type]
            entra.lab.tenant.remove(gone)

        entra.when("/devices", happen)
        with pytest.raises(SourceIncomplete, match="Graph counts 249 devices, and 248 were read"):
            entra.pull()


def test_a_count_between_two_numbers_that_were_true_excuses_no_missing_page(tmp_path: Path) -> None:
    """Many were deleted during the pull, and a page was left out: the count lies in between, and is right."""
    with fleet(tmp_path, SEVERAL, also=("owners",)) as entra:
        ids = entra.ids
        entra.fault("skip-page", after=1)
        entra.when("/devices", lambda: remove(entra, ids[:60]))
        with pytest.raises(SourceIncomplete, match="Graph counts 190 devices, and 140 were read"):
            entra.pull()


def test_where_graph_does_not_track_changes_every_pull_is_full_and_says_so(tmp_path: Path) -> None:
    with fleet(tmp_path) as entra:
        entra.fault("throttle", "/devices/delta.*", status=501, times=None)
        pulled, again = entra.pull(), entra.pull()

    assert "every pull is a full one: entra: GET /devices/delta: 501" in pulled.notes
    assert "the last pull left no link to what changes" in again.notes
    assert again.rows == pulled.rows
    assert (again.live.link, again.live.sweeps, again.files & {"1-entra-changes.parquet"}) == (None, 0, set())


def test_who_is_not_let_in_is_told_the_right_that_is_missing(tmp_path: Path) -> None:
    with fleet(tmp_path, roles=("User.Read.All",)) as entra, pytest.raises(AccessRefused, match=r"Device\.Read\.All"):
        entra.pull()

    assert {line.path for line in entra.lab.log} == {"/devices/delta"}


def test_where_graph_gives_no_link_to_what_changes_every_pull_is_full(tmp_path: Path) -> None:
    def answers(asked: str, _: bytes) -> Any:
        return said(b"1") if "$count" in asked else said({"value": [] if "delta" in asked else [device(1)]})

    with canned(answers) as one:
        pulled = Puller(*one, Workspace(tmp_path / "inputs", tmp_path / "reports")).pull()

    assert set(pulled.rows) == {device(1)["id"]}
    assert pulled.notes == "every pull is a full one: Graph gives no link to what changes"


def test_a_row_that_cannot_be_read_is_a_device_nevertheless_and_nothing_is_built_on_it(tmp_path: Path) -> None:
    """The count says that there is one; who it is nobody knows, so that the snapshot is not complete."""

    def answers(asked: str, _: bytes) -> Any:
        link = asked.rsplit(maxsplit=1)[-1].replace("latest", "x")
        delta = {"value": [], "@odata.deltaLink": f"{one[0].endpoint}{link}"}
        return said(b"2") if "$count" in asked else said(delta if "delta" in asked else {"value": [device(1), 7]})

    with canned(answers) as one:
        puller = Puller(*one, Workspace(tmp_path / "inputs", tmp_path / "reports"))
        first, second = puller.pull(), puller.pull()

    assert (first.entry.complete, first.entry.rows, first.live.count, first.entry.bad_rows) == (False, 1, 2, 1)
    assert (second.live.sweeps, second.entry.complete) == (0, False)
    assert f"everything was read anew: not every row of {first.run.name} could be read" in second.notes


def test_devices_whose_ids_are_missing_are_no_repeats_of_each_other(tmp_path: Path) -> None:
    nameless = [device(number) | {"id": None} for number in (2, 3)]
    with fleet(tmp_path, tenant_of(device(1)), checked=False) as entra:
        entra.lab.tenant.devices |= {f"key-{number}": row for number, row in enumerate(nameless)}
        pulled = entra.pull()

    assert [row["deviceId"][-1] for row in pulled.table.to_pylist()] == ["1", "2", "3"]
    assert [(item.row, item.field, item.reason) for item in pulled.rejected] == [
        (2, "id", "is missing"),
        (3, "id", "is missing"),
    ]
