"""What settings ask for beside the devices."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reconcile.finding.estate import split_deleted
from reconcile.frame.entra import entra_frame
from reconcile.settings import Extra
from reconcile.source.live.entra.parts import pull_parts
from reconcile.source.manifest import load_part, read_manifest
from reconcile.source.schema import AUTOPILOT, INTUNE
from reconcile.workspace import Part, Run
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY
from tests.source.live.entra.pulling import Pulled, device, fleet, tenant_of

ALL: tuple[Extra, ...] = ("owners", "deleted", "intune", "autopilot", "sync-threshold")


def part(pulled: Pulled, name: Part) -> pa.Table:
    table = load_part(name, pulled.run, read_manifest(pulled.run))
    assert table is not None
    return table


def test_each_is_whole_and_has_its_own_count(tmp_path: Path) -> None:
    with fleet(tmp_path, 300, also=ALL) as entra:
        tenant = entra.lab.tenant
        pulled = entra.pull()

    assert set(part(pulled, "deleted")["id"].to_pylist()) == set(tenant.deleted)
    assert set(part(pulled, "intune")["id"].to_pylist()) == set(tenant.managed_devices)
    assert set(part(pulled, "autopilot")["id"].to_pylist()) == set(tenant.autopilot_identities)
    counts = {name: (entry.rows, entry.count) for name, entry in pulled.live.parts.items()}
    assert counts == {
        "deleted": (len(tenant.deleted),) * 2,
        "intune": (len(tenant.managed_devices),) * 2,
        "autopilot": (len(tenant.autopilot_identities),) * 2,
    }
    assert pulled.live.sync_deletion_threshold == tenant.deletion_threshold
    assert pulled.notes == ""
    assert pulled.entry.rows == len(pulled.table) == 300 + len(tenant.deleted)


def test_they_hold_what_graph_serves(tmp_path: Path) -> None:
    with fleet(tmp_path, 100, also=("intune", "autopilot")) as entra:
        pulled, tenant = entra.pull(), entra.lab.tenant

    for name, schema, rows in (
        ("intune", INTUNE, tenant.managed_devices),
        ("autopilot", AUTOPILOT, tenant.autopilot_identities),
    ):
        expected = [{member: row.get(member) for member in schema.names[1:]} for row in rows.values()]
        assert part(pulled, name).drop_columns("row").to_pylist() == expected  # type: ignore[arg-type]


def test_owners_come_with_the_devices(tmp_path: Path) -> None:
    with fleet(tmp_path, 150, also=("owners",)) as entra:
        rows, tenant = entra.pull().rows, entra.lab.tenant

    for one, row in rows.items():
        names = [tenant.users[user]["userPrincipalName"] for user in tenant.owners.get(one, [])]
        assert row["registeredOwners"] == names
    assert entra.asked("/devices")[0].query["$top"] == "100"


def test_who_may_not_read_users_is_told_why_owners_have_no_names(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("owners",), roles=("Device.Read.All",)) as entra:
        pulled, later = entra.pull(), entra.pull()

    assert not any(row["registeredOwners"] for row in pulled.rows.values())
    assert "owners is left out: no owner is served by name. It needs User.Read.All to read the owners" in pulled.notes
    assert (later.live.sweeps, later.notes) == (1, pulled.notes)


LOCKED: dict[Extra, tuple[str, str]] = {
    "deleted": ("/directory/deletedItems.*", "Device.Read.All to read deleted devices"),
    "intune": ("/deviceManagement/managedDevices", "DeviceManagementManagedDevices.Read.All to read Intune's devices"),
    "autopilot": ("/deviceManagement/windows.*", "DeviceManagementServiceConfig.Read.All to read Autopilot's devices"),
    "sync-threshold": ("/directory/onPrem.*", "OnPremDirectorySynchronization.Read.All to read the sync's"),
}


@pytest.mark.parametrize("extra", LOCKED)
def test_what_is_refused_is_left_out_and_told_with_the_right_it_needs(extra: Extra, tmp_path: Path) -> None:
    path, needs = LOCKED[extra]
    with fleet(tmp_path, also=ALL) as entra:
        entra.fault("forbidden", path, times=None)
        pulled = entra.pull()

    assert f"{extra} is left out: entra refused" in pulled.notes
    assert f"It needs {needs}" in pulled.notes
    assert set(pulled.live.parts) == {"deleted", "intune", "autopilot"} - {extra}
    assert set(pulled.rows) >= set(entra.ids)
    assert f"1-entra-{extra}.parquet" not in pulled.files


def test_an_app_that_may_read_devices_alone_still_pulls_them(tmp_path: Path) -> None:
    with fleet(tmp_path, also=ALL, roles=("Device.Read.All",)) as entra:
        pulled = entra.pull()

    assert set(pulled.rows) >= set(entra.ids)
    assert pulled.notes.count("is left out") == 4
    assert set(pulled.live.parts) == {"deleted"}


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ("deleted", "/directory/deletedItems/graph.device"),
        ("intune", "/deviceManagement/managedDevices"),
        ("autopilot", "/deviceManagement/windowsAutopilotDeviceIdentities"),
    ],
)
def test_what_is_short_is_left_out_and_told(extra: Extra, path: str, tmp_path: Path) -> None:
    """An empty list where the count says otherwise."""
    with fleet(tmp_path, 200, also=(extra,), checked=False) as entra:
        tenant = entra.lab.tenant
        kept = {"deleted": tenant.deleted, "intune": tenant.managed_devices, "autopilot": tenant.autopilot_identities}
        rows = kept[extra]
        first, *_ = list(rows)
        entra.when(f"{path}/$count", lambda: rows.update({"lost": rows.pop(first) | {"id": second(rows)}}))
        pulled = entra.pull()

    assert f"{extra} is left out: entra is not complete: Graph counts" in pulled.notes
    assert extra not in pulled.live.parts
    assert pulled.files == {"1-entra.parquet", "1-rejected.csv", "manifest.json"}


def second(rows: dict[str, dict[str, str]]) -> str:
    """The id of the first that is left: another that bears it stands for a row that is served twice."""
    return next(iter(rows.values()))["id"]


def test_what_comes_while_it_is_read_is_no_reason_to_leave_it_out(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("deleted",)) as entra:
        entra.when("/directory/deletedItems/graph.device", lambda: entra.lab.tenant.remove(entra.soft()), 2)
        pulled = entra.pull()

    assert (pulled.live.parts["deleted"].rows, pulled.live.parts["deleted"].count) == (1, 2)
    assert pulled.notes == ""


def test_where_v1_does_not_list_the_deleted_the_beta_is_asked(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("deleted",)) as entra:
        entra.lab.deleted_on_v1 = False
        pulled = entra.pull()

    assert set(part(pulled, "deleted")["id"].to_pylist()) == set(entra.lab.tenant.deleted)


def test_a_deleted_device_never_counts_as_active(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("deleted",)) as entra:
        entra.pull()
        one = entra.soft()
        entra.lab.tenant.remove(one)
        pulled = entra.pull()

    active, deleted = split_deleted(entra_frame(pulled.table))
    assert set(active["object_id"]) == set(entra.ids)
    assert set(deleted["object_id"]) == set(entra.lab.tenant.deleted) >= {one}


def test_a_device_that_is_restored_during_the_pull_is_active(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("deleted",)) as entra:
        one = next(iter(entra.lab.tenant.deleted))
        entra.when("/directory/deletedItems/graph.device/$count", lambda: entra.lab.tenant.restore(one), 2)
        pulled = entra.pull()

    active, deleted = split_deleted(entra_frame(pulled.table))
    assert one in set(active["object_id"])
    assert one not in set(deleted["object_id"])
    assert one in set(part(pulled, "deleted")["id"].to_pylist())


def test_a_device_that_is_deleted_during_the_pull_is_not_active(tmp_path: Path) -> None:
    """Whenever that is: the deleted devices are read before the active ones, so nothing that is gone passes for restored."""
    for number, path in enumerate(("/devices/delta", "/directory/deletedItems/graph.device", "/devices")):
        with fleet(tmp_path / str(number), also=("deleted",)) as entra:
            one = entra.soft()
            entra.when(path, lambda entra=entra, one=one: entra.lab.tenant.remove(one))  # type: ignore[misc]
            pulled = entra.pull()
            later = entra.pull()

        assert one not in set(split_deleted(entra_frame(pulled.table))[0]["object_id"])
        assert one in set(split_deleted(entra_frame(later.table))[1]["object_id"])


def test_a_deleted_device_without_its_time_is_left_out_and_listed(tmp_path: Path) -> None:
    with fleet(tmp_path, tenant_of(device(1)), also=("deleted",), checked=False) as entra:
        for number, time in ((2, None), (3, "whenever"), (4, "2026-11-20T00:00:00Z")):
            entra.lab.tenant.deleted[device(number)["id"]] = device(number, deletedDateTime=time)
        entra.lab.tenant.expire = lambda: None  # type: ignore[method-assign]
        pulled = entra.pull()

    assert set(pulled.rows) == {device(1)["id"], device(4)["id"]}
    assert [(item.row, item.value, item.reason, item.kept) for item in pulled.rejected] == [
        (1, "", "is missing", False),
        (2, "whenever", "is no time", False),
    ]


def test_nothing_of_the_wrong_type_stops_what_is_all_texts(tmp_path: Path) -> None:
    items = [7, None, {"id": 1, "serialNumber": "S"}, {"id": "x", "deviceName": {"a": 1}}]

    def answers(asked: str, _: bytes) -> object:
        return said(b"4") if "$count" in asked else said({"value": items})

    with canned(answers) as (graph, runner):  # type: ignore[arg-type]
        parts = runner.run(pull_parts(graph, ("intune",), Run(tmp_path)))

    assert parts.notes == []
    rows = pq.read_table(Run(tmp_path).part("intune")).select(["row", "id", "serialNumber", "deviceName"]).to_pylist()
    assert [(row["row"], row["id"], row["serialNumber"]) for row in rows] == [
        (1, None, None),
        (2, None, None),
        (3, None, "S"),
        (4, "x", None),
    ]
    assert (parts.notes, parts.rejected) == ([], [])


def test_what_stands_on_two_pages_is_counted_once(tmp_path: Path) -> None:
    def answers(asked: str, _: bytes) -> object:
        return said(b"1") if "$count" in asked else said({"value": [{"id": "x", "serialNumber": s} for s in "ab"]})

    with canned(answers) as (graph, runner):  # type: ignore[arg-type]
        parts = runner.run(pull_parts(graph, ("autopilot",), Run(tmp_path)))

    assert pq.read_table(Run(tmp_path).part("autopilot"))["serialNumber"].to_pylist() == ["b"]
    assert parts.notes == ["autopilot: devices that stood on two pages, counted once: 1"]
    assert parts.entries["autopilot"].rows == 1


def test_a_part_that_nobody_answers_for_is_left_out(tmp_path: Path) -> None:
    with fleet(tmp_path, also=("intune",)) as entra:
        entra.graph.patience = HASTY
        entra.fault("throttle", "/deviceManagement/.*", status=503, times=None)
        pulled = entra.pull()

    assert "intune is left out: entra: GET /deviceManagement/managedDevices" in pulled.notes
    assert set(pulled.rows) == set(entra.ids)
