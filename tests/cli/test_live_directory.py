"""Sweeps of a live directory, and what the doctor says of it, end to end against the lab."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconcile.lab.ldap.fault import LdapFault
from tests.cli.small import NOW, Small, device
from tests.client.ldap.domain import Domain, lab_domain
from tests.samba import PASSWORD
from tests.source.live.directory.pulling import add

LATER = "2026-11-24T06:00:00Z"


@contextmanager
def live(root: Path, monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Iterator[tuple[Small, Domain]]:
    """A workspace whose directory is the lab, with one computer named PC-1."""
    small = Small(root)
    small.entra([device(1)])
    monkeypatch.setenv("RECONCILE_LDAP_PASSWORD", PASSWORD)
    with lab_domain(root / "tls") as domain:
        add(domain, "PC-1", userAccountControl="4098")
        configure(small, domain, **settings)
        yield small, domain


def configure(small: Small, domain: Domain, **settings: Any) -> None:
    given = {"live": True, "servers": [domain.url], "bind": "simple", "user": domain.admin.user}
    given |= {"ca_file": str(domain.ca_file), **settings}
    small.settings("\n".join(["[directory]", *(f"{name} = {json.dumps(value)}" for name, value in given.items()), ""]))


def entry(small: Small) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((small.latest / "manifest.json").read_bytes())["sources"]["directory"]
    return found


def test_a_sweep_pulls_the_domain_and_the_next_one_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live(tmp_path, monkeypatch) as (small, domain):
        first = small.run("sweep", "--now", NOW)
        add(domain, "PC-2")
        second = small.run("sweep", "--now", LATER)

    assert first.exit_code == second.exit_code == 0, first.output + second.output
    assert "directory          2 rows   from example.test, everything read\n" in first.output
    assert "directory          3 rows   from example.test, what changed\n" in second.output
    assert [(line["kind"], line["hostname"]) for line in small.findings()] == [("disabled", "PC-1")]
    assert entry(small)["read"][0]["server"] == domain.url
    page = (small.latest / "6-report.html").read_text(encoding="utf-8")
    assert f"example.test, what changed: 3 computers from {domain.url}" in page


def test_a_pull_that_fails_leaves_the_last_sweep_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, full_every=1) as (small, domain):
        assert small.run("sweep", "--now", NOW).exit_code == 0
        before = small.latest.resolve()
        assert domain.lab is not None
        domain.lab.faults.add(LdapFault("size-limit", operation="search", dn="DC=example,DC=test"))
        result = small.run("sweep", "--now", LATER)

    assert result.exit_code == 3
    assert "directory is not complete: " in result.output
    assert "4 sizeLimitExceeded" in result.output
    assert small.latest.resolve() == before


def test_a_wrong_password_is_said_and_never_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, _):
        monkeypatch.setenv("RECONCILE_LDAP_PASSWORD", "correct horse")
        result = small.run("sweep", "--now", NOW)

    assert result.exit_code == 3
    assert "the password is wrong, or there is no such account" in result.output
    assert "horse" not in result.output


def test_an_excluded_place_is_read_and_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = ["CN=Computers,DC=example,DC=test", "OU=Kiosks,DC=example,DC=test"]
    with live(tmp_path, monkeypatch, exclude=places) as (small, _):
        result = small.run("sweep", "--now", NOW)

    assert [line["blocked_by"] for line in small.findings()] == ["new;protected-list"]
    assert "[directory] exclude: there is no computer below OU=Kiosks,DC=example,DC=test" in result.output


def doctor(small: Small, now: datetime | None = None) -> tuple[int, str]:
    result = small.run("doctor", "--now", (now or datetime.now(UTC)).isoformat())
    return result.exit_code, " ".join(result.output.split())


def test_a_controller_that_lets_everything_be_read_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, domains=["example.test"]) as (small, domain):
        code, said = doctor(small)

    assert code == 0, said
    assert f"directory: {domain.url}" in said
    assert "ok sign-in by simple, as Administrator@example.test, to dc1.example.test" in said
    assert "ok domain example.test" in said
    assert "ok computers they can be read" in said
    assert "ok deleted objects they can be read: pulls bring only what changed" in said
    assert "unknown BitLocker keys none is shown" in said
    assert "not there recycle bin no sweep needs it; it is off" in said


def test_what_a_controller_does_not_show_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, domain):
        configure(small, domain, user=domain.low.user)
        monkeypatch.setenv("RECONCILE_LDAP_PASSWORD", str(domain.low.password))
        code, said = doctor(small)

    assert code == 0, said
    assert "not there deleted objects no sweep needs it; this account is not shown them: every pull is a full" in said


def test_a_clock_that_is_wrong_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch) as (small, _):
        code, said = doctor(small, datetime.now(UTC) + timedelta(hours=1))

    assert code == 3
    assert "ahead of the controller's: set this machine's clock, or Kerberos fails" in said


def test_a_controller_that_does_not_answer_is_missing_even_beside_one_that_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with live(tmp_path, monkeypatch) as (small, domain):
        configure(small, domain, write_server="ldaps://localhost:1")
        code, said = doctor(small)

    assert code == 3
    assert "directory: ldaps://localhost:1 MISSING sign-in directory: ldaps://localhost:1: " in said


def test_a_listed_domain_without_a_controller_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with live(tmp_path, monkeypatch, domains=["example.test", "other.test"]) as (small, _):
        code, said = doctor(small)

    assert code == 3
    assert "directory: MISSING: no controller of other.test answers" in said
