"""Many at once: no more than settings allow in all and of one site, and those that are off hold nobody up."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconcile.source.live.agents.collecting import Collector, Heard
from reconcile.source.live.agents.reaching import Reach, Reached, Target, network


@dataclass
class Fleet:
    """Devices that answer when they are told to, and how many are asked at one time."""

    busy: dict[str, int] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    slow: float = 0.001

    async def reach(self, target: Target) -> Reached:
        if target.host.startswith("off"):
            await asyncio.sleep(0.05)
            return Reached(trouble="timed-out", why="it is off")
        return Reached("127.0.0.1", target.site)

    async def ask(self, target: Target) -> Heard:
        for name in ("all", target.site):
            self.busy[name] = self.busy.get(name, 0) + 1
            self.most[name] = max(self.most.get(name, 0), self.busy[name])
        await asyncio.sleep(self.slow)
        for name in ("all", target.site):
            self.busy[name] -= 1
        return Heard(target, "done")

    def collect(self, targets: list[Target], at_once: int, per_site: int) -> dict[str, int]:
        collector = Collector(self.reach, self.ask, self.heard.append, at_once, per_site)
        return dict(asyncio.run(collector.collect(targets)))


def test_no_more_are_asked_at_once_than_in_all_and_of_one_site() -> None:
    fleet = Fleet()
    targets = [Target(f"pc-{number}", site=f"site-{number % 3}") for number in range(60)]

    assert fleet.collect(targets, at_once=7, per_site=4) == {"done": 60}
    assert fleet.most["all"] == 7
    assert max(fleet.most[f"site-{number}"] for number in range(3)) <= 4
    assert {one.target for one in fleet.heard} == set(targets)


def test_a_full_site_does_not_keep_others_waiting() -> None:
    fleet = Fleet()
    targets = [Target(f"a-{number}", site="a") for number in range(20)] + [Target("b", site="b")]
    fleet.collect(targets, at_once=5, per_site=1)

    order = [one.target.host for one in fleet.heard]
    assert order.index("b") <= 2
    assert fleet.most == {"all": 2, "a": 1, "b": 1}


def test_devices_that_are_off_take_nobodys_place() -> None:
    fleet = Fleet()
    targets = [Target(f"off-{number}") for number in range(200)] + [Target(f"pc-{number}") for number in range(5)]

    assert fleet.collect(targets, at_once=2, per_site=2) == {"timed-out": 200, "done": 5}
    assert [one.target.host.partition("-")[0] for one in fleet.heard[:5]] == ["pc"] * 5
    assert {one.why for one in fleet.heard if one.outcome != "done"} == {"it is off"}


def reached(target: Target, port: int, seconds: float = 1) -> Reached:
    with ThreadPoolExecutor(2) as threads:
        return asyncio.run(Reach(port, seconds, threads)(target))


def test_a_device_that_listens_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        assert reached(Target("localhost"), port) == Reached("127.0.0.1", "127.0.0.0/24")
        assert reached(Target("anything", "127.0.0.1", "Bern"), port) == Reached("127.0.0.1", "Bern")


def test_one_that_does_not_listen_refuses() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    found = reached(Target("pc", "127.0.0.1"), port)

    assert (found.address, found.trouble) == ("", "refused")
    assert found.why.startswith(f"127.0.0.1, port {port}: ")


def named(monkeypatch: pytest.MonkeyPatch, found: Callable[..., Any]) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_one_without_an_address_is_unresolved(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> list[Any]:
        raise socket.gaierror(-2, "Name or service not known")

    named(monkeypatch, nobody)
    assert reached(Target("pc-1"), 1) == Reached(trouble="unresolved", why="pc-1: Name or service not known")
    named(monkeypatch, lambda *_, **__: [])
    assert reached(Target("pc-1"), 1) == Reached(trouble="unresolved", why="pc-1 has no address")


def test_one_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> Coroutine[Any, Any, Any]:
        return asyncio.sleep(60)

    monkeypatch.setattr(asyncio, "open_connection", never)
    found = reached(Target("pc", "127.0.0.1"), 5985, seconds=0.01)

    assert found == Reached(trouble="timed-out", why="127.0.0.1 does not answer on port 5985")


def test_a_site_is_the_network_where_nobody_named_it() -> None:
    assert network("192.0.2.77") == "192.0.2.0/24"
    assert network("2001:db8:1:2:3::4") == "2001:db8:1:2::/64"
    assert network("fe80::1%eth0") == "fe80::/64"
