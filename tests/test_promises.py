"""The README's promises, each as a test of its name."""

import logging
import re
import zipfile
from pathlib import Path

import pytest

from reconcile.client.graph.retry import Patience
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.tokens import WRITER
from tests.cli.small import TENANT, Small, device
from tests.client.graph.authority import Authority, authority
from tests.finding.fleet import DOMAIN_SID, Fleet, ago, computer, guid, report, row

WRITER_SECRET = "writer-secret"


@pytest.fixture(name="small")
def small_fixture(tmp_path: Path) -> Small:
    return Small(tmp_path)


def test_a_short_pull_is_never_a_small_fleet(small: Small) -> None:
    small.entra([device(number) for number in range(20)])
    assert small.run("sweep").exit_code == 0
    whole = small.latest.resolve()
    small.entra(
        [device(number) for number in range(10)], nextLink="https://graph.microsoft.com/v1.0/devices?$skiptoken=x"
    )
    assert small.run("sweep").exit_code == 3
    small.entra([device(number) for number in range(10)], count=20)
    assert small.run("sweep").exit_code == 3
    cut = (small.inputs / "entra" / "devices.json").read_bytes()[:-20]
    (small.inputs / "entra" / "devices.json").write_bytes(cut)
    assert small.run("sweep").exit_code == 3
    small.entra([])
    assert small.run("sweep").exit_code == 3

    assert small.latest.resolve() == whole


def test_a_short_pull_is_never_a_small_fleet_when_it_is_live(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_CLIENT_SECRET", WRITER_SECRET)
    with authority(tmp_path, devices=1200) as there:
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", there.url)
        small.settings(live(there))
        assert small.run("sweep").exit_code == 0
        whole = small.latest.resolve()
        small.settings(live(there) + "full_every = 1\n")
        monkeypatch.setattr(Patience.__init__, "__defaults__", (2, 0.01, 0.05, 2))
        there.lab.faults.add(Fault(kind="skip-page", path="/devices", times=1))

        short = small.run("sweep")

    assert short.exit_code == 3
    assert "Graph counts 1,200 devices, and 999 were read" in short.output
    assert small.latest.resolve() == whole


def test_no_secret_appears_in_a_log_a_report_or_a_traceback(
    small: Small, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens: set[str] = set()
    told = []
    with authority(tmp_path) as there:
        there.lab.observers.append(
            lambda exchange: tokens.add(exchange.headers["authorization"].removeprefix("Bearer "))
        )
        monkeypatch.setenv("AZURE_AUTHORITY_HOST", there.url)
        small.settings(live(there))
        for secret in (WRITER_SECRET, "a wrong horse battery"):
            monkeypatch.setenv("AZURE_CLIENT_SECRET", secret)
            told += [small.run(command, now=None) for command in ("doctor", "sweep")]

    said = "".join(f"{result.output} {result.exception!r} {result.exc_info}" for result in told) + caplog.text
    left = b"".join(path.read_bytes() for path in small.root.rglob("*") if path.is_file() and path.suffix != ".pem")
    assert [result.exit_code for result in told] == [0, 0, 3, 3]
    assert tokens
    for secret in (WRITER_SECRET, "a wrong horse battery", *tokens):
        assert secret not in said
        assert secret.encode() not in left


def live(there: Authority) -> str:
    """Settings of a live Entra, whose secret stands in the environment."""
    return (
        f'[tenant]\nid = "{there.lab.tenant.tenant_id}"\n'
        f'[entra]\nlive = true\nendpoint = "{there.url}"\ncredential = "client-secret"\n'
        f'client_id = "{WRITER}"\nca_file = "{there.ca_file}"\n'
    )


def test_unknown_is_never_gone_blank_is_never_old() -> None:
    blank = row(number=1, last_activity_at=None, created_at=ago(3000), registered_at=ago(3000))
    hybrid = row(number=2, name="pc-2", join="hybrid")
    mute = report(entra_joined="unknown", workplace_joined="unknown")

    for state in ("incomplete", "absent"):
        assert Fleet(entra=[blank, hybrid], agents=[mute], directory_state=state).kinds() == []
        assert Fleet(directory=[computer(number=1)], agents=[mute], entra_state=state).kinds() == []


def test_a_name_never_decides_a_deletion() -> None:
    """Whatever shares its name, a row that an id proves live is called neither stale, orphaned nor a duplicate."""
    namesakes = [row(number=n, join="joined", last_activity_at=ago(1)) for n in range(5, 9)]
    live = row(number=1, join="hybrid", sid=f"{DOMAIN_SID}-1", last_activity_at=ago(60))
    estate = Fleet(entra=[live, *namesakes], directory=[computer(number=1), computer(number=2)], agents=[report()])

    assert [finding["device_id"] for finding in estate.findings() if finding["device_id"] == guid(1)] == []


def test_protected_stays_protected(small: Small) -> None:
    """A protection that only the other system knows of still holds the row, and no setting lifts it by default."""
    disabled = row(number=1, join="hybrid", enabled=False)
    for role in ("domain-controller", "rodc", "cluster", "gmsa", "sso", "server"):
        assert Fleet(entra=[disabled], directory=[computer(number=1, role=role)]).only("disabled")["blocked_by"] != ""
    small.settings(f'[tenant]\nid = "{TENANT}"\n')
    small.entra([device(1, accountEnabled=False, physicalIds=["[ZTDID]:11111111-1111-4111-8111-111111111111"])])
    small.run("sweep")

    assert [finding["blocked_by"] for finding in small.findings()] == ["autopilot;recently-active"]


def test_no_cell_becomes_a_formula(small: Small) -> None:
    starts = ("=", "+", "-", "@")
    small.entra([device(n, displayName=f"{start}HYPERLINK(1)", accountEnabled=False) for n, start in enumerate(starts)])
    small.run("sweep")

    with zipfile.ZipFile(small.latest / "6-report.xlsx") as book:
        sheets = b"".join(book.read(name) for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
    assert re.search(rb"<f[ >]", sheets) is None
    assert {finding["hostname"][:2] for finding in small.findings()} == {f"'{start}" for start in starts}
