"""The way to the devices that settings name."""

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from reconcile.client.device.channel import SSH, Channel, WinRM
from reconcile.client.remote.given import Secret
from reconcile.client.ssh import host as ssh
from reconcile.client.winrm import host as winrm
from reconcile.errors import SettingsError
from reconcile.settings import Agents

PASSWORD = "RECONCILE_AGENT_PASSWORD"  # noqa: S105 (the name of a variable)


@dataclass(frozen=True)
class Place:
    name: str
    port: int
    path: str = ""


def place(address: str, port: int) -> Place:
    """Of `pc-1`, `pc-1:2222`, or for WinRM `pc-1:443/wsman`. Raises ValueError for a port that is none."""
    if not set(address) & {":", "/"}:
        return Place(address, port)
    parts = urlsplit(f"//{address}")
    return Place(parts.hostname or address, parts.port or port, parts.path.strip("/"))


def port(agents: Agents) -> int:
    return agents.port or (winrm.TLS_PORT if agents.transport == "winrm" else ssh.PORT)


def channel(agents: Agents, password: str | None, addresses: Mapping[str, str], threads: Executor) -> Channel:
    """`addresses`: the place of each device that is not found by its name. Nothing is asked yet. Raises SettingsError."""
    secret = Secret(password) if password else None
    if agents.transport == "ssh":
        by = _ssh_account(agents, secret)
        jump = _jump(agents, by)
        return SSH(by, lambda host: _ssh_host(agents, host, addresses.get(host, ""), jump))
    account = _winrm_account(agents, secret)
    return WinRM(account, lambda host: _winrm_host(agents, host, addresses.get(host, "")), threads)


def _winrm_host(agents: Agents, host: str, address: str) -> winrm.Host:
    at = place(address or host, port(agents))
    return winrm.Host(host, at.name, at.port, path=at.path or "wsman", ca_file=agents.ca_file)


def _ssh_host(agents: Agents, host: str, address: str, jump: ssh.Jump | None) -> ssh.Host:
    at = place(address or host, port(agents))
    return ssh.Host(host, at.name, at.port, known_hosts=agents.known_hosts, jump=jump)


def _jump(agents: Agents, account: ssh.Account) -> ssh.Jump | None:
    """As `user@host:port`; the user there has the key or the password that he has on the devices."""
    if agents.jump is None:
        return None
    user, _, address = agents.jump.rpartition("@")
    at = place(address, ssh.PORT)
    return ssh.Jump(ssh.Host(at.name, port=at.port, known_hosts=agents.known_hosts), replace(account, user=user))


def _winrm_account(agents: Agents, secret: Secret | None) -> winrm.Account:
    if agents.auth == "certificate":
        return winrm.Account("certificate", certificate=agents.certificate_file, key=agents.key_file)
    if agents.user is None and agents.auth != "basic":
        return winrm.Account("kerberos")
    if agents.user is None:
        raise SettingsError("[agents] user", "must be set: basic needs a user and a password")
    if secret is None and agents.auth != "kerberos":
        raise SettingsError(PASSWORD, f"must hold the password of [agents] user {agents.user}")
    return winrm.Account(agents.auth, agents.user, secret)


def _ssh_account(agents: Agents, secret: Secret | None) -> ssh.Account:
    if agents.user is None:
        raise SettingsError("[agents] user", "must be set: ssh needs one")
    if secret is None and agents.key_file is None:
        raise SettingsError(PASSWORD, f"must hold the password of [agents] user {agents.user}, or set key_file")
    return ssh.Account(agents.user, secret, agents.key_file)
