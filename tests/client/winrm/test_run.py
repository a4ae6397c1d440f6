"""Scripts on hosts, over the real wire: what goes there arrives, what comes back is what was said."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from reconcile.client.remote.given import Parameter, Secret
from reconcile.client.remote.output import Output, ScriptError
from reconcile.client.winrm.run import ask, run
from reconcile.lab.winrm.lab import Invocation, Said
from tests.winrm_lab import ADMIN, Hosts

TEXTS = [
    "",
    " ",
    "it's",
    'say "no"',
    "a\r\nb\tc",
    "`$(x); | & ' \"",
    "müßig 😀 \x07",
    "_x000A_ _X000a_",
    "<a>&amp;</a>",
    "a" * 5000,
]


class Told(msgspec.Struct):
    name: str
    count: int


def test_what_a_script_says_comes_back(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(["one", 2, True, 2.5, ["a", None], {"k": "v"}], ["not found"])

    output = run(hosts.host, ADMIN, "Get-Something")

    assert output == Output(
        "done",
        objects=("one", 2, True, 2.5, ["a", None], {"k": "v"}),
        errors=(ScriptError("not found", "RuntimeException"),),
        begun=True,
    )
    assert output.ok
    assert msgspec.json.decode(msgspec.json.encode(output.objects)) == list(output.objects)


def test_a_script_arrives_as_it_is_with_its_parameters_and_secrets(hosts: Hosts) -> None:
    script = 'param($Name)\n# it\'s "quoted" äöü 😀\n'
    parameters: dict[str, Parameter] = {"Name": "x", "Count": -5, "Big": 2**40, "On": True, "Off": False, "Each": TEXTS}

    run(hosts.host, ADMIN, script, parameters, {"Password": Secret("sécret 😀")})

    (ran,) = hosts.lab.ran
    assert (ran.host, ran.script, ran.parameters) == ("PC1", script, parameters)
    assert ran.secrets == {"Password": "sécret 😀"}


def test_no_text_is_changed_on_its_way(hosts: Hosts) -> None:
    run(
        hosts.host,
        ADMIN,
        "x",
        {f"P{at}": text for at, text in enumerate(TEXTS)},
        {f"S{at}": Secret(text) for at, text in enumerate(TEXTS)},
    )

    (ran,) = hosts.lab.ran
    assert list(ran.parameters.values()) == TEXTS
    assert list(ran.secrets.values()) == TEXTS


def test_a_script_of_300_kb_arrives_whole(hosts: Hosts) -> None:
    script = "".join(f"# line {number}: äöü 😀 'quoted'\n" for number in range(9000))
    assert len(script.encode()) > 300_000

    assert run(hosts.host, ADMIN, script).ok
    assert hosts.lab.ran[0].script == script


def test_much_output_comes_back_whole(hosts: Hosts) -> None:
    rows = [f"row {number} 😀" * 20 for number in range(5000)]
    hosts.lab.handler = lambda _: Said(rows)

    assert list(run(hosts.host, ADMIN, "x").objects) == rows


def test_many_hosts_answer_each_for_itself(hosts: Hosts) -> None:
    hosts.lab.handler = lambda invocation: Said([invocation.host])
    names = [f"PC{number}" for number in range(20)]

    with ThreadPoolExecutor(8) as pool:
        outputs = list(pool.map(lambda name: run(hosts.named(name), ADMIN, "hostname"), names))

    assert [output.objects for output in outputs] == [(name,) for name in names]
    assert hosts.lab.open == 0


def test_a_script_that_takes_longer_than_one_answer_is_waited_for(hosts: Hosts) -> None:
    async def slow(_: Invocation) -> Said:
        await asyncio.sleep(1.6)
        return Said(["at last"])

    hosts.lab.handler = slow

    assert run(hosts.host, ADMIN, "x").objects == ("at last",)
    assert hosts.lab.asked.count("Receive") > 2


def test_one_json_text_is_read(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(['{"name":"x","count":3}'])

    assert ask(hosts.host, ADMIN, "x", Told)[1] == Told("x", 3)


@pytest.mark.parametrize("objects", [[], ["no JSON"], ['{"name":"x"}'], ['{"name":"x","count":1}', "and more"]])
def test_what_is_no_answer_is_a_failed_one(objects: list[str], hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(objects)

    output, told = ask(hosts.host, ADMIN, "x", Told)

    assert told is None
    assert (output.outcome, output.begun) == ("failed", True)
    assert output.why.startswith("an answer that cannot be read: ")


def test_an_answer_that_cannot_be_read_is_explained_by_the_errors_that_came_with_it(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said([], ["Access is denied"])

    assert ask(hosts.host, ADMIN, "x", Told)[0].why == "Access is denied"
