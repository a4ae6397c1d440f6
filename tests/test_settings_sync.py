"""The settings of the sync's server."""

from pathlib import Path

import pytest

from reconcile.errors import SettingsError
from reconcile.settings import Settings, Sync, load, sync_password


def loaded(folder: Path, text: str) -> Settings:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_without_a_server_there_is_none_to_ask() -> None:
    assert Settings().sync == Sync(None, None, "negotiate", None)


def test_every_key_is_read(tmp_path: Path) -> None:
    text = '[sync]\nserver = "connect1"\nuser = \'CORP\\ada\'\nauth = "basic"\nca_file = "ca.pem"\n'

    assert loaded(tmp_path, text).sync == Sync("connect1", "CORP\\ada", "basic", "ca.pem")


@pytest.mark.parametrize("line", ['auth = "ntlm"', 'password = "s3cret"', "server = 1"])
def test_what_is_no_setting_is_refused(line: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="sync"):
        loaded(tmp_path, f"[sync]\n{line}\n")


@pytest.mark.parametrize(("value", "password"), [("s3cret", "s3cret"), ("", None), (None, None)])
def test_the_password_stands_in_the_environment(
    value: str | None, password: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RECONCILE_SYNC_PASSWORD", raising=False)
    if value is not None:
        monkeypatch.setenv("RECONCILE_SYNC_PASSWORD", value)

    assert sync_password() == password
