"""Past jump hosts: one connection with each, whoever passes there."""

import asyncio
from dataclasses import replace

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import Output
from reconcile.client.ssh.host import Account, Jump
from reconcile.client.ssh.run import run
from reconcile.lab.winrm.lab import Invocation, Said
from tests.ssh_lab import ADMIN, USER, SSHHosts, ran


@pytest.fixture(autouse=True)
def forwarding_fixture(hosts: SSHHosts) -> None:
    hosts.lab.forwards = True


def test_a_script_gets_past_two_jump_hosts(hosts: SSHHosts) -> None:
    hosts.lab.handler = lambda one: Said([one.host])
    way = Jump(replace(hosts.named("PC2"), jump=hosts.through("PC3")), ADMIN)

    assert ran(replace(hosts.host, jump=way)).objects == ("PC1",)
    assert hosts.lab.logins == 3


def test_many_share_one_connection_and_close_it_in_the_end(hosts: SSHHosts) -> None:
    async def slow(_: Invocation) -> Said:
        await asyncio.sleep(0.3)
        return Said(["well"])

    async def everyone() -> list[Output]:
        host = replace(hosts.host, jump=hosts.through("PC2"))
        return await asyncio.gather(*(run(host, ADMIN, "x") for _ in range(20)))

    hosts.lab.handler = slow

    assert all(output.ok for output in asyncio.run(everyone()))
    assert hosts.lab.logins == 21


def test_one_that_gives_up_leaves_the_way_to_the_others(hosts: SSHHosts) -> None:
    async def both() -> list[str]:
        way = hosts.through("PC2")
        short = run(replace(hosts.host, jump=way, run_timeout=0.2), ADMIN, "x")
        long = run(replace(hosts.named("PC3"), jump=way), ADMIN, "x")
        return [output.outcome for output in await asyncio.gather(short, long)]

    hosts.fault("silent", "PC1")
    hosts.fault("slow", "PC3", seconds=0.6)

    assert asyncio.run(both()) == ["timed-out", "done"]
    assert hosts.lab.logins == 3


def test_one_that_is_cancelled_before_the_way_is_open_leaves_nothing(hosts: SSHHosts) -> None:
    async def given_up() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await run(replace(hosts.host, jump=hosts.through("PC2")), ADMIN, "x")

    hosts.fault("stuck", "PC2")
    asyncio.run(given_up())

    assert ran(replace(hosts.host, jump=hosts.through("PC2"))).ok


def test_what_is_wrong_with_a_jump_host_is_told_by_its_name(hosts: SSHHosts) -> None:
    stranger = hosts.through("PC2", Account(USER, Secret("wrong")))

    output = ran(replace(hosts.host, jump=stranger))

    assert (output.outcome, output.begun) == ("authentication", False)
    assert output.why.startswith("jump host PC2: ")


def test_a_jump_host_is_held_to_its_key_too(hosts: SSHHosts) -> None:
    hosts.devices.rekey("PC2")

    assert ran(replace(hosts.host, jump=hosts.through("PC2"))).outcome == "wrong-identity"
    assert hosts.lab.tried == []


def test_and_so_is_the_host_behind_it(hosts: SSHHosts) -> None:
    hosts.devices.rekey("PC1")

    output = ran(replace(hosts.host, jump=hosts.through("PC2")))

    assert output.outcome == "wrong-identity"
    assert len(hosts.lab.tried) == 1


def test_a_jump_host_that_lets_nobody_pass(hosts: SSHHosts) -> None:
    hosts.lab.forwards = False

    output = ran(replace(hosts.host, jump=hosts.through("PC2")))

    assert (output.outcome, output.begun) == ("failed", False)
    assert "forwards nothing there" in output.why


def test_an_account_of_a_jump_host_that_cannot_be_used_is_a_mistake(hosts: SSHHosts) -> None:
    nobody = hosts.through("PC2", Account(USER, key=str(hosts.folder / "nowhere")))

    with pytest.raises(ValueError, match="is no private key"):
        ran(replace(hosts.host, jump=nobody))


def test_a_way_that_broke_is_opened_anew(hosts: SSHHosts) -> None:
    async def one_after_the_other() -> list[str]:
        host = replace(hosts.host, jump=hosts.through("PC2"))
        waiting = asyncio.create_task(run(host, ADMIN, "x"))
        await asyncio.sleep(0.4)
        hosts.devices.cut("PC2")
        first = await waiting
        return [first.outcome, (await run(host, ADMIN, "x")).outcome]

    hosts.fault("silent", "PC1")

    assert asyncio.run(one_after_the_other()) == ["lost", "done"]
