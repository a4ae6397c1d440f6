"""The lab's hosts behind SSH, asked by asyncssh alone: what they let in, and what they answer."""

import asyncio
import base64
import json
from collections.abc import Iterator
from typing import Any

import asyncssh
import pytest

from reconcile.lab.ssh.envelope import BEGIN, END, is_ours
from reconcile.lab.ssh.fault import SSHFault, SSHFaults
from reconcile.lab.ssh.lab import SSH, Typed
from reconcile.lab.ssh.server import LOOPBACK, Devices, serving_ssh
from reconcile.lab.winrm.lab import Invocation, Said

LINE = "powershell.exe -NoProfile -ExecutionPolicy Bypass -EncodedCommand " + base64.b64encode(
    f"'{BEGIN}'".encode("utf-16-le")
).decode("ascii")
ENVELOPE = base64.b64encode(b'{"script":"x","parameters":{"A":1},"secrets":{"S":"t"}}')
MANY = 500


@pytest.fixture(name="lab")
def lab_fixture() -> SSH:
    return SSH(lambda one: Said([one.host], ["e"]), {"me": "secret"})


@pytest.fixture(name="devices")
def devices_fixture(lab: SSH) -> Iterator[Devices]:
    with serving_ssh(lab, ["PC1", "PC2"]) as devices:
        yield devices


async def asked(port: int, line: str = LINE, given: bytes = ENVELOPE, **options: Any) -> asyncssh.SSHCompletedProcess:
    facts = {"username": "me", "password": "secret", "known_hosts": None, "config": None, "client_keys": None} | options
    async with asyncssh.connect(LOOPBACK, port, **facts) as connection:
        return await connection.run(line, input=given, encoding=None)


def said(done: asyncssh.SSHCompletedProcess) -> Any:
    text = bytes(done.stdout or b"").decode()  # type: ignore[arg-type]
    return json.loads(base64.b64decode(text.partition(BEGIN)[2].partition(END)[0]))


def test_a_script_is_handled_and_answered(lab: SSH, devices: Devices) -> None:
    done = asyncio.run(asked(devices.ports["PC2"]))

    assert said(done) == {"objects": ["PC2"], "errors": [{"message": "e", "id": "RuntimeException"}], "failed": False}
    assert lab.ran == [Invocation("PC2", "x", {"A": 1}, {"S": "t"}, "me")]


def test_a_handler_of_its_own_kind_of_trouble_is_told_like_a_scripts(lab: SSH, devices: Devices) -> None:
    lab.handler = lambda one: Said([one.parameters["missing"]])

    assert said(asyncio.run(asked(devices.ports["PC1"])))["failed"] is True


def test_an_envelope_that_did_not_arrive_whole_is_not_carried_out(lab: SSH, devices: Devices) -> None:
    for given in (ENVELOPE[:20], b"!", b"\n"):
        assert said(asyncio.run(asked(devices.ports["PC1"], given=given)))["failed"] is True
    assert lab.ran == []


def test_any_other_command_is_a_plain_one(lab: SSH, devices: Devices) -> None:
    done = asyncio.run(asked(devices.ports["PC1"], "hostname /x"))
    assert (done.exit_status, b"'hostname' is not recognized" in bytes(done.stderr or b"")) == (1, True)  # type: ignore[arg-type]

    lab.shell = lambda host, line, given: Typed(f"{host} {line} ".encode() + given)
    done = asyncio.run(asked(devices.ports["PC1"], "hostname", b"stdin"))
    assert done.stdout == b"PC1 hostname stdin"


def test_only_powershell_with_our_marks_is_ours() -> None:
    assert is_ours(LINE)
    assert not is_ours("powershell.exe -EncodedCommand " + base64.b64encode("dir".encode("utf-16-le")).decode())
    assert not is_ours("powershell.exe -Command dir")


def test_who_is_not_known_is_not_let_in(lab: SSH, devices: Devices) -> None:
    for user, password in (("me", "wrong"), ("you", "secret")):
        with pytest.raises(asyncssh.PermissionDenied):
            asyncio.run(asked(devices.ports["PC1"], username=user, password=password))
    assert lab.tried == ["me", "you"]


def test_each_host_may_have_accounts_of_its_own(lab: SSH, devices: Devices) -> None:
    lab.sign_in = lambda host, user, password: (host, user, password) == ("PC1", "me", "local")

    assert asyncio.run(asked(devices.ports["PC1"], password="local")).exit_status == 0
    with pytest.raises(asyncssh.PermissionDenied):
        asyncio.run(asked(devices.ports["PC2"], password="local"))


def test_a_host_that_is_down_takes_nobody(lab: SSH, devices: Devices) -> None:
    lab.boot = lambda host: None if host == "PC1" else 1

    with pytest.raises((asyncssh.ConnectionLost, OSError)):
        asyncio.run(asked(devices.ports["PC1"]))
    assert asyncio.run(asked(devices.ports["PC2"])).exit_status == 0


def test_who_is_connected_when_a_host_restarts_gets_no_answer(lab: SSH, devices: Devices) -> None:
    boots = [1]

    def restart(_: Invocation) -> Said:
        boots[0] += 1
        return Said()

    lab.handler, lab.boot = restart, lambda _: boots[0]

    assert asyncio.run(asked(devices.ports["PC1"])).exit_status is None


def test_each_host_has_a_key_of_its_own_and_may_change_it(devices: Devices) -> None:
    first, second = devices.public_keys["PC1"], devices.public_keys["PC2"]
    devices.rekey("PC1")

    assert len({first, second, devices.public_keys["PC1"]}) == 3
    found = asyncio.run(asyncssh.get_server_host_key(LOOPBACK, devices.ports["PC1"], config=None))
    assert found is not None
    assert found.export_public_key().decode().strip() == devices.public_keys["PC1"]


def test_a_fault_meets_its_stage_its_host_and_its_times() -> None:
    faults = SSHFaults()
    faults.add(SSHFault("drop", "PC1", times=2, after=1))
    faults.add(SSHFault("refuse"))

    assert [faults.take("PC1", "run") is not None for _ in range(4)] == [False, True, True, False]
    assert faults.take("PC2", "run") is None
    assert faults.take("PC2", "login") is not None
    assert faults.take("PC2", "login") is None


def test_trouble_with_starting_is_told_to_who_starts(lab: SSH, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: object, **__: object) -> None:
        raise OSError("taken")

    monkeypatch.setattr("reconcile.lab.ssh.server.asyncssh.listen", taken)

    with pytest.raises(OSError, match="taken"), serving_ssh(lab, ["PC1"]):
        pass


def test_five_hundred_hosts_fit_and_answer_at_once(lab: SSH) -> None:
    names = [f"PC{number}" for number in range(MANY)]

    async def everyone(devices: Devices) -> list[str]:
        gate = asyncio.Semaphore(100)

        async def one(name: str) -> str:
            async with gate:
                found: str = said(await asked(devices.ports[name]))["objects"][0]
                return found

        return await asyncio.gather(*map(one, names))

    with serving_ssh(lab, names) as devices:
        assert len(set(devices.public_keys.values())) == MANY
        assert asyncio.run(everyone(devices)) == names
