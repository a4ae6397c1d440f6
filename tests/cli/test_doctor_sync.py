"""What `reconcile doctor` says of the sync's server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from tests.cli.small import Small
from tests.sync_lab import Serving, sync_server
from tests.winrm_lab import PASSWORD, USER


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Serving]:
    with sync_server(tmp_path) as lab:
        yield lab


def doctor(lab: Serving, folder: Path) -> Result:
    address, port = lab.engine.host.reached_at
    small = Small(folder)
    small.settings(
        f'[sync]\nserver = "https://{address}:{port}"\nuser = \'{USER}\'\nauth = "basic"\nca_file = "{lab.engine.host.ca_file}"\n'
    )
    return small.run("doctor")


def test_an_engine_that_is_well_is_told(lab: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_SYNC_PASSWORD", PASSWORD)

    result = doctor(lab, tmp_path)

    assert result.exit_code == 0, result.output
    assert f"sync: https://localhost:{lab.engine.host.port}" in result.output
    assert "version 2.4.131.0, exports, idle" in result.output
    assert "MISSING" not in result.output
    assert PASSWORD not in result.output


def test_an_engine_in_staging_mode_ends_with_3(lab: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_SYNC_PASSWORD", PASSWORD)
    lab.server.engine.staging = True

    result = doctor(lab, tmp_path)

    assert result.exit_code == 3
    assert "MISSING    engine" in result.output
    assert "staging mode" in result.output


def test_a_wrong_password_is_told_and_not_shown(lab: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECONCILE_SYNC_PASSWORD", "not-the-one")

    result = doctor(lab, tmp_path)

    assert result.exit_code == 3
    assert "authentication: " in result.output
    assert "not-the-one" not in result.output


def test_a_password_that_is_not_there_is_asked_for(
    lab: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECONCILE_SYNC_PASSWORD", raising=False)

    result = doctor(lab, tmp_path)

    assert result.exit_code == 2
    assert "RECONCILE_SYNC_PASSWORD" in result.output
