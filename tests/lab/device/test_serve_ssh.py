"""The company's machines over SSH, asked by our own client: the same answers, restarts and troubles as over WinRM."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import Output
from reconcile.client.ssh.host import Account, Host
from reconcile.client.ssh.run import run
from reconcile.lab.device.company import Timing
from reconcile.lab.device.devices import Devices, devices_of
from reconcile.lab.device.serve_ssh import ServedBySsh, serving_by_ssh
from reconcile.lab.device.trouble import Kind, Trouble
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate

PAUSE = 0.05
PATIENCE = 100


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Fleet:
    served: ServedBySsh
    known_hosts: Path

    def host(self, name: str) -> Host:
        address, port = self.served.address(name)
        return Host(
            name,
            address,
            port,
            known_hosts=str(self.known_hosts),
            connect_timeout=1,
            login_timeout=1,
            run_timeout=3,
        )

    def run(self, name: str, script: str, account: tuple[str, str] | None = None, **given: int) -> Output:
        user, password = account or self.served.devices.account_of(name)
        asked = run(self.host(name), Account(user, Secret(password)), f"# reconcile {script}\n", given)
        return asyncio.run(asked)

    def told(self, name: str, script: str, **given: int) -> Any:
        output = self.run(name, script, None, **given)
        assert output.ok, output
        return json.loads(str(output.objects[0]))


@pytest.fixture(name="devices")
def devices_fixture() -> Devices:
    now = clock()
    tenant = estate(60, now)
    return devices_of(tenant, directory_of(tenant, now), clock, timing=Timing(restart=0.3, grace=0.1))


def healthy(devices: Devices) -> list[str]:
    return [
        host
        for host in devices.hosts
        if devices.condition(host) == "healthy" and devices.sign_in(host, *devices.account_of(host))
    ]


@pytest.fixture(name="here")
def here_fixture(devices: Devices, tmp_path: Path) -> Iterator[Fleet]:
    with serving_by_ssh(devices) as served:
        yield known(served, tmp_path)


def known(served: ServedBySsh, folder: Path) -> Fleet:
    file = folder / "known_hosts"
    file.write_text(served.known_hosts, encoding="utf-8")
    return Fleet(served, file)


def test_each_kind_of_machine_answers_to_its_own_account(here: Fleet) -> None:
    devices = here.served.devices
    for kind in ("hybrid", "joined", "registered"):
        name = next(one for one in healthy(devices) if devices.plan(one).kind == kind)

        told = here.told(name, "collect")

        assert told["host"] == name
        assert told["account"].rpartition("\\")[2] == devices.account_of(name)[0].rpartition("\\")[2]
        assert here.run(name, "whoami", ("nobody", "at all")).outcome == "authentication"


def test_a_machine_that_restarts_answers_nobody_until_it_is_back(here: Fleet) -> None:
    name = healthy(here.served.devices)[0]
    before = here.told(name, "restart", DelaySeconds=0)["booted_at"]
    outcomes: list[str] = []
    for _ in range(PATIENCE):
        outcomes.append(here.run(name, "whoami").outcome)
        if here.served.devices[name].boots and outcomes[-1] == "done":
            break
        asyncio.run(asyncio.sleep(PAUSE))

    assert set(outcomes) == {"done", "lost"}
    assert here.told(name, "collect")["booted_at"] > before


def test_hosts_in_trouble_have_the_trouble_that_they_are_to_have(devices: Devices, tmp_path: Path) -> None:
    kinds: tuple[Kind, ...] = ("dead", "silent", "slow", "wrong-identity")
    names = healthy(devices)[:5]
    for name, kind in zip(names, kinds, strict=False):
        devices.trouble[name] = Trouble(kind, 0.2)

    with serving_by_ssh(devices, names) as served:
        here = known(served, tmp_path)
        outcomes = [here.run(name, "whoami").outcome for name in names]
        devices.trouble[names[4]] = Trouble("unresolved")
        address, _ = served.address(names[4])

    assert outcomes == ["refused", "timed-out", "done", "wrong-identity", "done"]
    assert address == f"{names[4].lower()}.invalid"
    assert [host for host, _ in devices.ran()] == [names[2], names[4]]
