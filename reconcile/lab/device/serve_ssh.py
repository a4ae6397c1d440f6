"""The machines on the wire by SSH: each has a port of its own, and a key."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from reconcile.lab.device.devices import Devices
from reconcile.lab.device.serve import NOWHERE, closed_port
from reconcile.lab.ssh.fault import SSHFault
from reconcile.lab.ssh.lab import SSH
from reconcile.lab.ssh.server import serving_ssh


@dataclass(frozen=True)
class ServedBySsh:
    """`known_hosts`: the file of that name, with keys that hosts of wrong identity have no longer."""

    devices: Devices
    ssh: SSH
    ports: dict[str, int]
    known_hosts: str
    dead_port: int

    def address(self, host: str) -> tuple[str, int]:
        """For a host in trouble, one that has that trouble."""
        trouble = self.devices.trouble.get(host)
        kind = trouble.kind if trouble else None
        name = NOWHERE.format(name=host.lower()) if kind == "unresolved" else "127.0.0.1"
        return name, self.dead_port if kind == "dead" else self.ports[host]


@contextmanager
def serving_by_ssh(devices: Devices, hosts: Iterable[str] | None = None) -> Iterator[ServedBySsh]:
    """These, or all. Their trouble is that of when it begins."""
    lab = SSH(devices.answer, sign_in=devices.sign_in, boot=devices.boot)
    names = list(devices.hosts if hosts is None else hosts)
    for name in _in_trouble(devices, names, "silent"):
        lab.faults.add(SSHFault("stuck", re.escape(name), times=None))
    with closed_port() as dead, serving_ssh(lab, names) as listening:
        known = listening.known_hosts
        for name in _in_trouble(devices, names, "wrong-identity"):
            listening.rekey(name)
        yield ServedBySsh(devices, lab, listening.ports, known, dead)


def _in_trouble(devices: Devices, names: list[str], kind: str) -> list[str]:
    return [name for name in names if (trouble := devices.trouble.get(name)) is not None and trouble.kind == kind]
