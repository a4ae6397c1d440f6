"""Windows hosts of the lab behind SSH for the tests of all rooms, with a known_hosts file that knows them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncssh

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import Output
from reconcile.client.ssh.host import Account, Host, Jump
from reconcile.client.ssh.run import run
from reconcile.lab.ssh.fault import SSHFault
from reconcile.lab.ssh.lab import SSH
from reconcile.lab.ssh.server import LOOPBACK, Devices, serving_ssh
from reconcile.lab.winrm.lab import Handler

USER, PASSWORD = "CORP\\reconcile", 'pa55 wörd: "quoted"'
ADMIN = Account(USER, Secret(PASSWORD))


@dataclass(frozen=True)
class SSHHosts:
    """`host` is the first of them."""

    lab: SSH
    devices: Devices
    host: Host
    folder: Path

    def named(self, name: str) -> Host:
        return replace(self.host, name=name, port=self.devices.ports[name])

    def through(self, name: str, account: Account = ADMIN) -> Jump:
        return Jump(self.named(name), account)

    def fault(self, kind: str, host: str = ".*", **rest: object) -> None:
        self.lab.faults.add(SSHFault(kind, host, **rest))  # type: ignore[arg-type]


@contextmanager
def ssh_hosts(folder: Path, handler: Handler, *names: str) -> Iterator[SSHHosts]:
    lab = SSH(handler, {USER: PASSWORD})
    with serving_ssh(lab, names) as devices:
        known_hosts = folder / "known_hosts"
        known_hosts.write_text(devices.known_hosts, encoding="utf-8")
        host = Host(
            names[0],
            LOOPBACK,
            devices.ports[names[0]],
            known_hosts=str(known_hosts),
            connect_timeout=3,
            login_timeout=10,
            run_timeout=10,
        )
        yield SSHHosts(lab, devices, host, folder)


def key_file(folder: Path, passphrase: str | None = None, kind: str = "ssh-ed25519") -> tuple[str, asyncssh.SSHKey]:
    """A private key in a file of OpenSSH's, and the public one."""
    key = asyncssh.generate_private_key(kind)
    file = folder / f"key-{passphrase or 'open'}"
    key.write_private_key(file, passphrase=passphrase, rounds=50)
    return str(file), key.convert_to_public()


def ran(host: Host, account: Account = ADMIN, script: str = "x", **given: Any) -> Output:
    """In a loop of its own."""
    return asyncio.run(run(host, account, script, **given))
