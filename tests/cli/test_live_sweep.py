"""Sweeps of a live Entra, end to end, against the lab."""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconcile.client.graph.retry import Patience
from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab
from tests.cli.small import NOW, Small
from tests.graph_lab import graph_lab
from tests.source.live.entra.pulling import NOW as TODAY

LATER = "2026-11-24T06:00:00Z"
LATEST = "2026-11-25T06:00:00Z"
ALSO = ["owners", "deleted", "intune", "autopilot", "sync-threshold"]


@pytest.fixture(name="quick", autouse=True)
def quick_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for minutes here."""
    monkeypatch.setattr(Patience.__init__, "__defaults__", (0.3, 0.002, 0.05, 0.3))


@contextmanager
def live(
    root: Path, monkeypatch: pytest.MonkeyPatch, devices: int = 60, **settings: Any
) -> Iterator[tuple[Small, Lab]]:
    """A workspace whose Entra is the lab, which a managed identity may read."""
    small = Small(root)
    with graph_lab(estate(devices, TODAY)) as (lab, url):
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", lab.tokens.identity_header)
        configure(small, url, lab.tenant.tenant_id, **settings)
        yield small, lab


def configure(small: Small, url: str, tenant: str, **settings: Any) -> None:
    given = {"live": True, "endpoint": url, "credential": "managed-identity", **settings}
    lines = [f"{name} = {json.dumps(value)}" for name, value in given.items()]
    small.settings("\n".join([f'[tenant]\nid = "{tenant}"', "[entra]", *lines, ""]))


def entra(small: Small) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((small.latest / "manifest.json").read_bytes())
    entry: dict[str, Any] = manifest["sources"]["entra"]
    return entry


def test_a_sweep_pulls_finds_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, also=ALSO) as (small, lab):
        result = small.run("sweep")

    assert result.exit_code == 0, result.output
    assert {path.name for path in small.latest.iterdir()} == {
        "1-entra.parquet",
        "1-entra-deleted.parquet",
        "1-entra-intune.parquet",
        "1-entra-autopilot.parquet",
        "1-rejected.csv",
        "2-findings.csv",
        "2-findings.parquet",
        "6-report.html",
        "6-report.xlsx",
        "manifest.json",
    }
    rows = len(lab.tenant.devices) + len(lab.tenant.deleted)
    assert f"entra      {rows:>9,} rows   from Graph, everything read\n" in result.output
    assert {line["object_id"] for line in small.findings()} <= set(lab.tenant.devices)
    assert entra(small)["live"]["count"] == len(lab.tenant.devices)


def test_a_second_sweep_asks_what_changed_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, lab):
        small.run("sweep")
        disabled, gone = list(lab.tenant.devices)[:2]
        lab.tenant.patch(disabled, {"accountEnabled": not lab.tenant.devices[disabled]["accountEnabled"]})
        lab.tenant.remove(gone)
        lab.log.clear()
        result = small.run("sweep", now=LATER)
        third = small.run("sweep", now=LATEST)

    assert result.exit_code == 0, result.output
    assert "from Graph, what changed\n" in result.output
    assert "from Graph, what changed in 2 pulls\n" in third.output
    assert {line.path for line in lab.log} == {"/devices/delta", "/devices/$count"}
    page = (small.latest / "6-report.html").read_text(encoding="utf-8")
    assert "Graph, what changed in 2 pulls" in page
    assert "59 devices counted there" in page


def test_findings_of_changes_are_those_of_a_full_pull(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, also=ALSO) as (small, lab):
        small.run("sweep")
        ids = list(lab.tenant.devices)
        for number in range(0, 30, 3):
            lab.tenant.patch(ids[number], {"accountEnabled": False})
            lab.tenant.remove(ids[number + 1])
        small.run("sweep", now=LATER)
        by_changes = findings(small)
        other = Small(tmp_path / "other")
        other.settings((small.inputs / "settings.toml").read_text(encoding="utf-8"))
        other.run("sweep", now=LATER)

    assert by_changes == findings(other)
    assert by_changes


def findings(small: Small) -> list[dict[str, str]]:
    """Without since when they are known, and without where the row stands."""
    apart = {"first_seen_at", "evidence"}
    rows = [{name: value for name, value in row.items() if name not in apart} for row in small.findings()]
    return sorted(rows, key=lambda row: (row["kind"], row["object_id"]))


def test_pull_find_and_report_give_what_the_sweep_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, also=ALSO) as (small, _):
        results = [small.run(command) for command in ("pull", "find", "report")]
        by_parts = findings(small)
        small.run("sweep", now=NOW)

    assert [result.exit_code for result in results] == [0, 0, 0]
    assert "from Graph, everything read" in results[2].output
    assert findings(small) == by_parts


def test_a_note_of_the_pull_stands_in_the_closing_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, also=["intune"]) as (small, lab):
        lab.faults.add(Fault(kind="forbidden", path="/deviceManagement/.*", times=None))
        result = small.run("sweep")

    assert result.exit_code == 0
    assert "note: intune is left out: entra refused" in result.output
    assert "DeviceManagementManagedDevices.Read.All" in result.output


def test_a_short_pull_is_never_a_small_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Promise 1, live: the last good snapshot stays."""
    with live(tmp_path, monkeypatch, 250, also=["owners"], full_every=1) as (small, lab):
        small.run("sweep")
        good = small.latest.resolve()
        lab.faults.add(Fault(kind="skip-page", path="/devices"))
        result = small.run("sweep", now=LATER)

    assert result.exit_code == 3
    assert "entra is not complete: Graph counts 250 devices, and 150 were read; pull again" in result.output
    assert small.latest.resolve() == good
    assert {path.name for path in (small.reports / "20261124T060000Z").iterdir()} == {"1-rejected.csv"}


def test_another_tenant_than_settings_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, lab):
        url = json.loads((small.inputs / "settings.toml").read_text().split("endpoint = ")[1].split("\n")[0])
        configure(small, url, "c0ffee00-0000-4000-8000-00000000000f")
        result = small.run("sweep")

    assert result.exit_code == 3
    assert f"the token is for the tenant {lab.tenant.tenant_id}" in " ".join(result.output.split())
    assert not small.latest.exists()
    assert lab.log == []


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_an_endpoint_that_nobody_listens_on_is_told_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live(tmp_path, monkeypatch) as (small, lab):
        configure(small, f"http://127.0.0.1:{closed_port()}", lab.tenant.tenant_id, also=ALSO)
        result = small.run("sweep")

    assert result.exit_code == 3
    assert "entra: GET /devices/delta: given up" in result.output
    assert "Traceback" not in result.output
    assert not small.latest.exists()


def test_too_many_bad_rows_refuse_a_live_source_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, lab):
        for one in list(lab.tenant.devices)[:3]:
            lab.tenant.devices[one]["deviceId"] = "no-guid"
        refused = small.run("sweep")
        settings = (small.inputs / "settings.toml").read_text(encoding="utf-8")
        small.settings(f"{settings}[limits]\nmax_rejected = 0.5\n")
        accepted = small.run("sweep")

    assert refused.exit_code == 4
    assert "3 of 60 rows (5.0 %) are bad" in " ".join(refused.output.split())
    assert accepted.exit_code == 0
    assert small.rejected().count("is no GUID") == 3


@pytest.mark.parametrize("harm", ["damaged", "missing"])
def test_a_damaged_manifest_is_no_base_and_no_obstacle(
    harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live(tmp_path, monkeypatch) as (small, _):
        small.run("pull")
        manifest = small.latest / "manifest.json"
        manifest.unlink() if harm == "missing" else manifest.write_text("{")
        result = small.run("sweep", now=LATER)

    assert result.exit_code == 0
    assert "everything read" in result.output


def test_after_a_sweep_of_exports_a_live_one_reads_everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, _):
        settings = (small.inputs / "settings.toml").read_text(encoding="utf-8")
        small.settings("")
        small.entra([{"id": "aaaaaaaa-0000-4000-8000-000000000001", "deviceId": None, "displayName": "x"}])
        small.run("pull")
        small.settings(settings)
        result = small.run("sweep", now=LATER)

    assert result.exit_code == 0, result.output
    assert "from Graph, everything read\n" in result.output
