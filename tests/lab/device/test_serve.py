"""The company's machines over WinRM, asked by our own client: restarts, lockouts, and hosts that cannot be reached."""

import json
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import Output
from reconcile.client.winrm.host import Account, Host
from reconcile.client.winrm.run import run
from reconcile.lab.certificates import Certified
from reconcile.lab.device.company import Timing
from reconcile.lab.device.devices import Devices, devices_of
from reconcile.lab.device.serve import Served, serving_devices
from reconcile.lab.device.trouble import Trouble
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.lab.winrm.fault import WinRMFault
from tests.lab.certificates import certified

NEW_PASSWORD = "a long new word"
PAUSE = 0.05
PATIENCE = 100


def clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Fleet:
    served: Served
    authority: Path

    @property
    def devices(self) -> Devices:
        return self.served.devices

    def run(self, host: str, script: str, account: tuple[str, str] | None = None, **parameters: str | int) -> Output:
        """A password among the parameters goes as a secret."""
        user, password = account or self.devices.account_of(host)
        at = self.served.address(host)
        there = Host(
            host,
            at.host,
            at.port,
            path=at.path,
            ca_file=str(self.authority),
            connect_timeout=1,
            answer_timeout=1,
            run_timeout=3,
        )
        secrets = {"Password": Secret(str(parameters.pop("Password")))} if "Password" in parameters else {}
        return run(there, Account("basic", user, Secret(password)), f"# reconcile {script}\n", parameters, secrets)

    def told(self, host: str, script: str, account: tuple[str, str] | None = None, **parameters: str | int) -> Any:
        output = self.run(host, script, account, **parameters)
        assert output.ok, output
        return json.loads(str(output.objects[0]))

    def until_done(self, host: str, account: tuple[str, str]) -> list[str]:
        """The outcomes of `whoami`, until one is done."""
        outcomes: list[str] = []
        for _ in range(PATIENCE):
            outcomes.append(self.run(host, "whoami", account).outcome)
            if self.devices[host].boots and outcomes[-1] == "done":
                break
            threading.Event().wait(PAUSE)
        return outcomes

    def some(self, kind: str, number: int = 0) -> str:
        """A healthy machine that lets its administrators in."""
        found = (
            host
            for host in self.devices.hosts
            if self.devices.plan(host).kind == kind
            and self.devices.condition(host) == "healthy"
            and self.devices.sign_in(host, *self.devices.account_of(host))
        )
        return list(found)[number]


@contextmanager
def fleet(tls: Certified, untrusted: Certified | None = None, count: int = 120) -> Iterator[Fleet]:
    now = clock()
    tenant = estate(count, now)
    timing = Timing(restart=0.3, grace=0.1)
    devices = devices_of(tenant, directory_of(tenant, now), clock, timing=timing, lock=threading.RLock())
    with serving_devices(devices, tls.context, untrusted.context if untrusted else None) as served:
        yield Fleet(served, tls.authority)


@pytest.fixture(name="here")
def here_fixture(tls: Certified) -> Iterator[Fleet]:
    with fleet(tls) as here:
        yield here


@pytest.mark.parametrize("kind", ["hybrid", "joined", "registered", "domain"])
def test_each_machine_answers_at_its_own_path_to_its_own_account(here: Fleet, kind: str) -> None:
    host = here.some(kind)

    told = here.told(host, "collect")

    assert told["host"] == host
    assert told["account"].rpartition("\\")[2] == here.devices.account_of(host)[0].rpartition("\\")[2]
    assert here.told(host, "whoami")["elevated"] is True


def test_the_account_of_one_machine_is_not_taken_by_another(here: Fleet) -> None:
    one, other = here.some("registered"), here.some("registered", 1)

    assert here.run(other, "whoami", here.devices.account_of(one)).outcome == "authentication"
    assert here.run(one, "whoami").ok


def test_a_machine_that_restarts_drops_its_connections_and_comes_back_later_started(here: Fleet) -> None:
    host = here.some("hybrid")
    before = here.told(host, "collect")["booted_at"]

    assert here.told(host, "restart", DelaySeconds=1)["booted_at"] == before
    outcomes = here.until_done(host, here.devices.account_of(host))

    assert "lost" in outcomes
    assert set(outcomes) <= {"done", "lost"}
    assert here.told(host, "collect")["booted_at"] > before


def test_a_joined_machine_that_left_is_reached_by_its_local_administrator_alone(here: Fleet) -> None:
    host = here.some("joined")
    name = here.told(host, "administrator", Name="", Password=NEW_PASSWORD)["name"]
    assert here.told(host, "whoami", (name, NEW_PASSWORD))["elevated"] is True
    assert here.told(host, "leave")["did"] is True
    here.told(host, "restart", DelaySeconds=0)

    here.until_done(host, (name, NEW_PASSWORD))

    assert here.run(host, "whoami").outcome == "authentication"
    assert "AzureAdJoined : NO" in here.told(host, "collect", (name, NEW_PASSWORD))["dsregcmd"]
    assert [ran.changed for _, ran in here.devices.ran("leave")] == [True]


def test_a_joined_machine_that_left_unprepared_authenticates_nobody_ever_again(here: Fleet) -> None:
    host = next(
        one
        for one in here.devices.hosts
        if here.devices.plan(one).kind == "joined"
        and here.devices.plan(one).credential is None
        and here.devices.sign_in(one, *here.devices.account_of(one))
        and here.devices[one].comes_back
    )
    here.told(host, "leave")
    here.told(host, "restart", DelaySeconds=0)
    while not (here.devices[host].boots and here.devices.up(host)):
        threading.Event().wait(PAUSE)

    assert here.run(host, "whoami").outcome == "authentication"
    assert here.devices[host].locked_out


def test_an_answer_that_is_lost_was_given_by_a_machine_that_did_it(here: Fleet) -> None:
    host = here.some("joined")
    here.served.winrm.faults.add(WinRMFault("lost", "Receive", host, after=1))

    output = here.run(host, "leave")

    assert (output.outcome, output.begun) == ("lost", True)
    assert [ran.changed for _, ran in here.devices.ran("leave")] == [True]
    assert here.devices[host].join is None


def test_a_shell_of_before_a_restart_is_forgotten(here: Fleet) -> None:
    host = here.some("hybrid")
    here.served.winrm.faults.add(WinRMFault("slow", "Command", host, seconds=0.05))
    boots = iter([0])
    here.served.winrm.boot = lambda _: next(boots, 1)

    assert here.run(host, "whoami").outcome == "lost"
    assert list(here.devices.ran()) == []


def test_hosts_in_trouble_have_the_trouble_that_they_are_to_have(
    tls: Certified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = socket.getaddrinfo

    def resolve(host: str, *args: Any, **options: Any) -> Any:
        if host.endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(host, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with fleet(tls, certified(tmp_path)) as here:
        hosts = [here.some("hybrid", number) for number in range(5)]
        for host, kind in zip(hosts, ("unresolved", "dead", "silent", "slow", "wrong-identity"), strict=True):
            here.devices.trouble[host] = Trouble(kind, 0.2)  # type: ignore[arg-type]

        outcomes = [here.run(host, "whoami").outcome for host in hosts]

        assert outcomes == ["unresolved", "refused", "timed-out", "done", "wrong-identity"]
        assert [host for host, _ in here.devices.ran()] == [hosts[3]]


def test_a_host_of_wrong_identity_is_not_there_where_there_is_no_such_certificate(here: Fleet) -> None:
    host = here.some("hybrid")
    here.devices.trouble[host] = Trouble("wrong-identity")

    assert here.run(host, "whoami").outcome == "refused"


def test_a_name_that_is_nobodys_is_not_found(here: Fleet) -> None:
    context = httpx.create_ssl_context(verify=False)
    context.load_verify_locations(here.authority)

    assert httpx.post(f"https://localhost:{here.served.port}/wsman/NOBODY", verify=context).status_code == 404


def test_many_are_asked_at_once_and_each_answers_for_itself(here: Fleet) -> None:
    hosts = [host for host in here.devices.hosts if here.devices.sign_in(host, *here.devices.account_of(host))][:40]

    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda host: here.told(host, "collect")["host"], hosts))

    assert told == hosts
    assert here.served.winrm.open == 0


def test_five_hundred_machines_take_a_few_megabytes() -> None:
    now = clock()
    tenant = estate(570, now)
    directory = directory_of(tenant, now)
    tracemalloc.start()
    try:
        devices = devices_of(tenant, directory, clock)
        begun = tracemalloc.get_traced_memory()[0]
        made = [devices[host] for host in devices.hosts]
        whole = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()

    assert len(made) >= 500
    assert begun < 1_000_000
    assert whole < 8_000_000
