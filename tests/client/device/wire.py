"""One machine of the lab on a real wire, and the ways to it that a test needs."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from reconcile.client.device.act import ready_administrator
from reconcile.client.device.channel import Channel, WinRM
from reconcile.client.device.proof import LoginProof, prove_login
from reconcile.client.device.restart import Patience
from reconcile.client.remote.given import NOTHING, Parameter, Secret
from reconcile.client.remote.output import Output
from reconcile.client.winrm.host import Account, Host
from reconcile.lab.device.clock import Clock
from reconcile.lab.device.serve import Served, serving_devices
from tests.lab.certificates import certified
from tests.lab.device.machine import ADMIN, CLOUD_ADMIN, NEW_PASSWORD, PASSWORD, Machine

T = TypeVar("T")

HOST = "PC1"
SECRET = Secret(NEW_PASSWORD)
SWIFT = Patience(delay=0, total=3, every=0.01)
LOST = Output("lost", "connection reset by peer", begun=True)
NO_WAY = Output("refused", "connection refused")
DENIED = {"before": {}, "did": False, "errors": [{"part": "test", "message": "Access is denied."}]}


def name_of(script: str) -> str:
    return script.partition("\n")[0].removeprefix("# reconcile ")


def printed(told: object) -> Output:
    return Output("done", objects=(json.dumps(told),), begun=True)


@dataclass
class Way:
    """A channel that a test gets in the way of: by a script's name, before it is run, or after. Each run takes a second of the lab's."""

    channel: Channel
    clock: Clock | None = None
    instead: dict[str, Output] = field(default_factory=dict)
    after: dict[str, Output] = field(default_factory=dict)
    heard: Callable[[Output], Output] = lambda output: output
    """What comes back in the place of what was said."""
    ran: list[str] = field(default_factory=list)

    async def run(
        self,
        host: str,
        script: str,
        parameters: Mapping[str, Parameter] = NOTHING,
        secrets: Mapping[str, Secret] = NOTHING,
    ) -> Output:
        name = name_of(script)
        self.ran.append(name)
        if name in self.instead:
            return self.instead[name]
        output = await self.channel.run(host, script, parameters, secrets)
        if self.clock:
            self.clock.advance(1)
        return self.heard(self.after.get(name, output))


@dataclass
class Wire:
    machine: Machine
    served: Served
    ca_file: str
    threads: ThreadPoolExecutor

    @property
    def done(self) -> list[str]:
        """The scripts that changed something, in order."""
        return [one.script for one in self.machine.device.log if one.changed]

    @property
    def asked(self) -> list[str]:
        """The scripts that were carried out and do not only look."""
        return [one.script for one in self.machine.device.log if one.script not in {"collect", "whoami"}]

    def at(self, host: str) -> Host:
        where = self.served.address(host)
        return Host(
            host,
            where.host,
            where.port,
            path=where.path,
            ca_file=self.ca_file,
            connect_timeout=2,
            answer_timeout=2,
            run_timeout=4,
        )

    def way(self, user: str = "", password: str = PASSWORD) -> Way:
        """As who administers the machine as it is."""
        known = ADMIN if self.machine.device.domain else CLOUD_ADMIN if self.machine.device.join else "fleet"
        account = Account("basic", user or known, Secret(password))
        return Way(WinRM(account, self.at, self.threads), self.machine.clock)

    def local(self, password: str = NEW_PASSWORD) -> Way:
        """As the built-in administrator, whatever it is called."""
        built_in = self.machine.device.built_in
        assert built_in is not None
        return self.way(f"{HOST}\\{built_in.name}", password)

    def proven(self) -> LoginProof:
        """After the built-in administrator was made ready."""
        assert run(ready_administrator(self.way(), HOST, SECRET)).outcome == "done"
        return self.proof_of_now(self.way())

    def proof_of_now(self, way: Way | None = None) -> LoginProof:
        answer, proof = run(prove_login(way or self.local(), self.local(), HOST))
        assert proof is not None, answer
        return proof


@contextmanager
def wire(machine: Machine, folder: Path) -> Iterator[Wire]:
    made = certified(folder)
    with ThreadPoolExecutor(4) as threads, serving_devices(machine.devices, made.context) as served:
        yield Wire(machine, served, str(made.authority), threads)


def run(awaitable: Awaitable[T]) -> T:
    async def wait() -> T:
        return await awaitable

    return asyncio.run(wait())
