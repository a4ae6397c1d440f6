"""The engine as settings name it."""

from pathlib import Path

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.sync.connect import engine
from reconcile.client.winrm.host import Account, Host
from reconcile.errors import SettingsError
from reconcile.settings import Sync

HOST = "connect1.corp.example.com"
PASSWORD = "s3cret"


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (HOST, Host(HOST)),
        (f"{HOST}:443", Host(HOST, port=443)),
        (f"https://{HOST}", Host(HOST)),
        (f"https://{HOST}:443/wsman", Host(HOST, port=443)),
        (f"http://{HOST}", Host(HOST, tls=False)),
        (f"http://{HOST}:80/winrm/", Host(HOST, port=80, tls=False, path="winrm")),
    ],
)
def test_a_server_is_a_name_or_an_address(server: str, host: Host) -> None:
    assert engine(Sync(server), None).host == host


def test_who_has_no_user_signs_in_by_kerberos() -> None:
    assert engine(Sync(HOST), "unused").account == Account("kerberos")


def test_who_has_a_user_signs_in_with_its_password() -> None:
    assert engine(Sync(HOST, "CORP\\ada"), PASSWORD).account == Account("negotiate", "CORP\\ada", Secret(PASSWORD))
    assert engine(Sync(HOST, "ada", "basic"), PASSWORD).account == Account("basic", "ada", Secret(PASSWORD))


def test_a_user_of_kerberos_needs_no_password_but_a_ticket() -> None:
    assert engine(Sync(HOST, "ada@CORP.EXAMPLE.COM", "kerberos"), None).account == Account(
        "kerberos", "ada@CORP.EXAMPLE.COM"
    )


def test_the_authority_is_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("a certificate")

    assert engine(Sync(HOST, ca_file=str(file)), None).host.ca_file == str(file)
    with pytest.raises(SettingsError, match="is no file"):
        engine(Sync(HOST, ca_file=str(tmp_path / "other.pem")), None)


@pytest.mark.parametrize(
    "server", ["", "ftp://x", "https://", "https://x:port", "https://ada:pw@x", "https://x?y=1", "x:99999"]
)
def test_what_is_no_server_is_refused_without_what_may_be_secret_in_it(server: str) -> None:
    with pytest.raises(SettingsError, match="must be such as"):
        engine(Sync(server), None)


@pytest.mark.parametrize(
    ("sync", "password", "said"),
    [
        (Sync(HOST, "ada"), None, "RECONCILE_SYNC_PASSWORD: must hold the password of \\[sync\\] user ada"),
        (Sync(HOST, auth="basic"), PASSWORD, "basic needs a user"),
        (Sync(f"http://{HOST}", "ada", "basic"), PASSWORD, "basic is only safe over https"),
    ],
)
def test_what_would_not_work_or_not_be_safe_is_refused(sync: Sync, password: str | None, said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        engine(sync, password)

    assert PASSWORD not in str(caught.value)
