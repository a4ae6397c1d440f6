"""Both ways to a device: whoever acts does not care which it is."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reconcile.client.device.channel import SSH, Channel, WinRM
from reconcile.client.device.state import look
from reconcile.client.remote.given import Parameter, Secret
from reconcile.lab.winrm.lab import Invocation, Said
from tests import ssh_lab, winrm_lab
from tests.client.device.wire import run

TOLD = '{"host": "PC1", "part_of_domain": false}'
GIVEN: Mapping[str, Parameter] = {"Name": "x", "On": True}


@pytest.fixture(name="way", params=["winrm", "ssh"])
def way_fixture(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Channel, list[Invocation]]]:
    """And what arrives at its end."""
    arrived: list[Invocation] = []

    def answer(invocation: Invocation) -> Said:
        arrived.append(invocation)
        return Said([TOLD])

    if request.param == "ssh":
        with ssh_lab.ssh_hosts(tmp_path, answer, "PC1") as behind:
            yield SSH(ssh_lab.ADMIN, behind.named), arrived
    else:
        with winrm_lab.winrm_hosts(tmp_path, answer) as hosts, ThreadPoolExecutor(2) as threads:
            yield WinRM(winrm_lab.ADMIN, hosts.named, threads), arrived


def test_a_script_goes_there_with_what_it_is_given(way: tuple[Channel, list[Invocation]]) -> None:
    channel, arrived = way

    output = run(channel.run("PC1", "# reconcile test\n", GIVEN, {"Password": Secret("wörd")}))

    assert output.ok
    assert output.objects == (TOLD,)
    (one,) = arrived
    assert (one.host, one.script) == ("PC1", "# reconcile test\n")
    assert dict(one.parameters) == GIVEN
    assert one.secrets == {"Password": "wörd"}


def test_a_device_is_looked_at_by_it(way: tuple[Channel, list[Invocation]]) -> None:
    channel, _ = way

    output, seen = run(look(channel, "PC1"))

    assert output.ok
    assert seen is not None
    assert (seen.host, seen.part_of_domain, seen.entra_joined) == ("PC1", False, None)


def test_no_way_shows_a_secret(way: tuple[Channel, list[Invocation]]) -> None:
    channel, _ = way

    assert winrm_lab.PASSWORD not in repr(channel)
