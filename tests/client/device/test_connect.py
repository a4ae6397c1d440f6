"""The way to devices as settings name it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reconcile.client.device.channel import SSH, WinRM
from reconcile.client.device.connect import Place, channel, place, port
from reconcile.client.remote.given import Secret
from reconcile.client.ssh import host as ssh
from reconcile.client.winrm import host as winrm
from reconcile.errors import SettingsError
from reconcile.settings import Agents


def way(password: str | None = None, addresses: dict[str, str] | None = None, **settings: Any) -> Any:
    with ThreadPoolExecutor(1) as threads:
        return channel(Agents(**settings), password, addresses or {}, threads)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("pc-1", Place("pc-1", 7)),
        ("pc-1:2222", Place("pc-1", 2222)),
        ("pc-1.corp.example:443/wsman/a", Place("pc-1.corp.example", 443, "wsman/a")),
        ("192.0.2.7", Place("192.0.2.7", 7)),
    ],
)
def test_a_place_is_a_name_and_perhaps_more(address: str, found: Place) -> None:
    assert place(address, 7) == found


def test_a_port_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="Port"):
        place("pc-1:99999", 7)


def test_the_port_is_the_transports_own_unless_settings_say_otherwise() -> None:
    assert [port(Agents()), port(Agents(transport="ssh")), port(Agents(port=8))] == [5986, 22, 8]


def test_winrm_without_a_user_signs_in_by_kerberos() -> None:
    found = way(ca_file="ca.pem")

    assert isinstance(found, WinRM)
    assert found.account == winrm.Account("kerberos")
    assert found.at("PC-1") == winrm.Host("PC-1", "PC-1", 5986, ca_file="ca.pem")


def test_winrm_with_a_user_takes_the_password() -> None:
    found = way("horse", {"PC-1": "pc-1:1/x"}, user="CORP\\svc", auth="basic")

    assert found.account == winrm.Account("basic", "CORP\\svc", Secret("horse"))
    assert found.at("PC-1") == winrm.Host("PC-1", "pc-1", 1, path="x")
    assert "horse" not in repr(found)


def test_ssh_takes_a_key_or_a_password() -> None:
    by_key = way(transport="ssh", user="svc", key_file="key", known_hosts="known")
    by_password = way("horse", transport="ssh", user="svc")

    assert isinstance(by_key, SSH)
    assert by_key.account == ssh.Account("svc", key="key")
    assert by_key.at("PC-1") == ssh.Host("PC-1", "PC-1", 22, known_hosts="known")
    assert by_password.account == ssh.Account("svc", Secret("horse"))
    assert "horse" not in repr(by_password)


def test_a_jump_host_is_signed_in_to_as_the_devices_are() -> None:
    found = way("horse", transport="ssh", user="svc", jump="door@gate:2222", known_hosts="known").at("PC-1")

    gate = ssh.Host("gate", port=2222, known_hosts="known")
    assert found.jump == ssh.Jump(gate, ssh.Account("door", Secret("horse")))


def test_a_certificate_signs_in_without_a_password() -> None:
    found = way(auth="certificate", certificate_file="cert.pem", key_file="key.pem")

    assert found.account == winrm.Account("certificate", certificate="cert.pem", key="key.pem")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"auth": "basic"}, r"\[agents\] user: must be set: basic needs a user and a password"),
        ({"user": "svc"}, r"RECONCILE_AGENT_PASSWORD: must hold the password of \[agents\] user svc"),
        ({"transport": "ssh"}, r"\[agents\] user: must be set: ssh needs one"),
        ({"transport": "ssh", "user": "svc"}, r"RECONCILE_AGENT_PASSWORD: .* or set key_file"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_asked(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        way(**settings)
