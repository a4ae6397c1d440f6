"""Scripts on hosts, over the real wire: what goes there arrives, what comes back is what was said; as over WinRM."""

import asyncio
from dataclasses import replace

import msgspec
import pytest

from reconcile.client.remote.given import Parameter, Secret
from reconcile.client.remote.output import Output, ScriptError
from reconcile.client.ssh.envelope import command_line
from reconcile.client.ssh.run import ask, run
from reconcile.lab.winrm.lab import Invocation, Said
from tests.ssh_lab import ADMIN, USER, SSHHosts, ran

TEXTS = ["", " ", "it's", 'say "no"', "a\r\nb\tc", "`$(x); | & ' \"", "müßig 😀 \x07", "<a>&amp;</a>", "a" * 5000]


class Told(msgspec.Struct):
    name: str
    count: int


def test_what_a_script_says_comes_back(hosts: SSHHosts) -> None:
    hosts.lab.handler = lambda _: Said(["one", 2, True, 2.5, ["a", None], {"k": "v"}], ["not found"])

    output = ran(hosts.host)

    assert output == Output(
        "done",
        objects=("one", 2, True, 2.5, ["a", None], {"k": "v"}),
        errors=(ScriptError("not found", "RuntimeException"),),
        begun=True,
    )


def test_a_script_arrives_as_it_is_with_its_parameters_and_secrets(hosts: SSHHosts) -> None:
    script = 'param($Name)\n# it\'s "quoted" äöü 😀\n'
    parameters: dict[str, Parameter] = {"Name": "x", "Count": -5, "Big": 2**40, "On": True, "Off": False, "Each": TEXTS}
    secrets = {f"S{at}": Secret(text) for at, text in enumerate(TEXTS)}

    ran(hosts.host, script=script, parameters=parameters, secrets=secrets)

    (one,) = hosts.lab.ran
    assert (one.host, one.script, one.parameters, one.account) == ("PC1", script, parameters, USER)
    assert list(one.secrets.values()) == TEXTS


def test_nothing_of_it_is_in_a_command_line(hosts: SSHHosts) -> None:
    ran(hosts.host, script="Get-Something", parameters={"Name": "x"}, secrets={"Password": Secret("s3cret")})
    ran(hosts.host, script="Get-Other")

    assert hosts.lab.lines == [command_line()] * 2


def test_a_script_of_300_kb_arrives_whole(hosts: SSHHosts) -> None:
    script = "".join(f"# line {number}: äöü 😀 'quoted'\n" for number in range(9000))

    assert ran(hosts.host, script=script).ok
    assert hosts.lab.ran[0].script == script


def test_much_output_comes_back_whole(hosts: SSHHosts) -> None:
    rows = [f"row {number} 😀" * 20 for number in range(5000)]
    hosts.lab.handler = lambda _: Said(rows)

    assert list(ran(hosts.host).objects) == rows


def test_banners_around_an_answer_do_no_harm(hosts: SSHHosts) -> None:
    hosts.fault("noise")

    assert ran(hosts.host).objects == ("well",)


def test_many_hosts_answer_each_for_itself(hosts: SSHHosts) -> None:
    async def slow(invocation: Invocation) -> Said:
        await asyncio.sleep(0.5)
        return Said([invocation.host])

    async def everyone() -> list[Output]:
        names = [f"PC{1 + number % 3}" for number in range(60)]
        return await asyncio.gather(*(run(hosts.named(name), ADMIN, "x") for name in names))

    hosts.lab.handler = slow

    assert [output.objects for output in asyncio.run(everyone())] == [("PC1",), ("PC2",), ("PC3",)] * 20
    assert hosts.lab.logins == 60


def test_a_host_that_is_silent_holds_up_no_other(hosts: SSHHosts) -> None:
    async def all_three() -> list[str]:
        asked = [run(replace(hosts.named(name), run_timeout=1), ADMIN, "x") for name in ("PC1", "PC2", "PC3")]
        return [(await one).outcome for one in asyncio.as_completed(asked)]

    hosts.fault("silent", "PC2")

    assert asyncio.run(all_three()) == ["done", "done", "timed-out"]


def test_one_json_text_is_read(hosts: SSHHosts) -> None:
    hosts.lab.handler = lambda _: Said(['{"name":"x","count":3}'])

    assert asyncio.run(ask(hosts.host, ADMIN, "x", Told))[1] == Told("x", 3)


def test_what_is_no_answer_is_a_failed_one(hosts: SSHHosts) -> None:
    output, told = asyncio.run(ask(hosts.host, ADMIN, "x", Told))

    assert told is None
    assert (output.outcome, output.begun) == ("failed", True)


@pytest.mark.parametrize("objects", [[], [None], [[]], [{}], [["one"]], ["", ""]])
def test_no_shape_of_an_answer_is_changed(objects: list[object], hosts: SSHHosts) -> None:
    hosts.lab.handler = lambda _: Said(objects)

    assert list(ran(hosts.host).objects) == objects
