"""Devices asked for their own word from the command line, over the lab's SSH and WinRM, and what a sweep makes of it."""

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from reconcile.lab.device.devices import Devices, devices_of
from reconcile.lab.device.serve import serving_devices
from reconcile.lab.device.serve_ssh import serving_by_ssh
from reconcile.lab.device.trouble import Trouble
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.source.live.agents.reaching import Reach
from tests.certificates import Authority
from tests.cli.small import Small, device

PEOPLE = 40


@dataclass
class Office:
    """Machines that one account signs in to, the commands that ask them, and where each is."""

    small: Small
    devices: Devices
    hosts: list[str]
    places: dict[str, str] = field(default_factory=dict)
    user: str = ""
    served: Any = None

    def collect(self, *more: str) -> Result:
        return self.small.run("collect", "--hosts", str(self.small.inputs / "hosts.csv"), *more)

    def write_list(self) -> None:
        rows = "".join(f"{host},{self.places[host]},Bern\n" for host in self.hosts)
        (self.small.inputs / "hosts.csv").write_text(f"host,address,site\n{rows}", encoding="utf-8")

    @property
    def asked(self) -> dict[str, str]:
        """The last outcome of each."""
        (file,) = (self.small.reports / "collected").glob("*.csv")
        with file.open(encoding="utf-8", newline="") as rows:
            return {row["host"]: row["outcome"] for row in csv.DictReader(rows)}

    @property
    def captures(self) -> list[dict[str, Any]]:
        (file,) = (self.small.inputs / "agents" / "collected").glob("*.jsonl")
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def office(root: Path, monkeypatch: pytest.MonkeyPatch, count: int = 4) -> tuple[Office, str]:
    now = datetime.now(UTC)
    tenant = estate(PEOPLE, now)
    devices = devices_of(tenant, directory_of(tenant, now), lambda: datetime.now(UTC))
    hybrid = [host for host in devices.hosts if devices.plan(host).kind == "hybrid"]
    well = [host for host in hybrid if devices[host].join and devices.sign_in(host, *devices.account_of(host))][:count]
    user, password = devices.account_of(well[0])
    monkeypatch.setenv("RECONCILE_AGENT_PASSWORD", password)
    return Office(Small(root), devices, well), user


@contextmanager
def by_ssh(root: Path, monkeypatch: pytest.MonkeyPatch, **trouble: Trouble) -> Iterator[Office]:
    """`trouble` by the number of the machine: _0, _1."""
    one, user = office(root, monkeypatch)
    for name, what in trouble.items():
        one.devices.trouble[one.hosts[int(name[1:])]] = what
    with serving_by_ssh(one.devices, one.hosts) as served:
        one.user, one.served = user, served
        known = root / "known_hosts"
        known.write_text(served.known_hosts, encoding="utf-8")
        for host in one.hosts:
            name, port = served.address(host)
            one.places[host] = f"{name}:{port}"
        settings = {"transport": "ssh", "user": user, "known_hosts": str(known)}
        one.small.settings(
            "\n".join(["[agents]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())])
        )
        one.write_list()
        yield one


@contextmanager
def by_winrm(root: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    one, user = office(root, monkeypatch)
    certificate = Authority().issue("localhost")
    with serving_devices(one.devices, certificate.context(root / "tls")) as served:
        for host in one.hosts:
            at = served.address(host)
            one.places[host] = f"{at.host}:{at.port}/{at.path}"
        settings = {"user": user, "auth": "basic", "ca_file": str(root / "tls" / "ca.pem")}
        one.small.settings(
            "\n".join(["[agents]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())])
        )
        one.write_list()
        yield one


@pytest.mark.parametrize("way", [by_ssh, by_winrm])
def test_every_device_says_its_word_and_a_sweep_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    with way(tmp_path, monkeypatch) as one:
        result = one.collect()
        one.small.entra([device(1)])
        sweep = one.small.run("sweep", now=None)

    assert result.exit_code == 0, result.output
    assert one.asked == dict.fromkeys(one.hosts, "done")
    assert "  answered                4\n" in result.output
    remote = [capture for capture in one.captures if capture["context"] == "remote"]
    assert {capture["host"] for capture in remote} == set(one.hosts)
    assert all("AzureAdJoined : YES" in capture["status"] for capture in remote)
    assert all(capture["facts"]["serial"] for capture in remote)
    assert sweep.exit_code == 0, sweep.output
    assert f"agents     {len(one.captures):>9,} rows" in sweep.output


def test_who_does_not_answer_is_listed_with_the_reason_and_asked_again_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with by_ssh(tmp_path, monkeypatch, _0=Trouble("dead")) as one:
        one.places[one.hosts[1]] = "no" * 40
        one.write_list()
        first = one.collect()
        before = len(list(one.devices.ran("collect")))
        second = one.collect("--resume")

    assert first.exit_code == second.exit_code == 0
    assert [one.asked[host] for host in one.hosts] == ["refused", "unresolved", "done", "done"]
    assert "  answered                2\n  refused                 1\n  unresolved              1\n" in first.output
    assert "Again   reconcile collect --resume asks those that did not answer" in first.output
    assert len(list(one.devices.ran("collect"))) == before
    assert "  answered                2\n" in second.output


def test_a_device_that_shows_another_key_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_ssh(tmp_path, monkeypatch, _0=Trouble("wrong-identity")) as one:
        one.collect()

    assert one.asked[one.hosts[0]] == "wrong-identity"
    assert one.hosts[0] not in {capture["host"] for capture in one.captures}


def test_where_nobody_answers_the_command_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_ssh(tmp_path, monkeypatch) as one:
        monkeypatch.setenv("RECONCILE_AGENT_PASSWORD", "wrong horse")
        result = one.collect()

    assert result.exit_code == 3
    assert set(one.asked.values()) == {"authentication"}
    assert "horse" not in result.output + json.dumps(one.asked)


def test_devices_behind_a_jump_host_are_reached_through_it_and_not_tried_for_directly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody(*_: object) -> None:
        raise AssertionError("only the jump host reaches them")

    monkeypatch.setattr(Reach, "__call__", nobody)
    with by_ssh(tmp_path, monkeypatch) as one:
        one.served.ssh.forwards = True
        gate, place = one.hosts[0], one.places[one.hosts[0]]
        known = tmp_path / "known_hosts"
        lines = known.read_text(encoding="utf-8")
        (key,) = (line.partition(" ")[2] for line in lines.splitlines() if line.startswith(f"[{gate}]:"))
        address, _, port = place.partition(":")
        known.write_text(f"{lines}[{address}]:{port} {key}\n", encoding="utf-8")
        with (one.small.inputs / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write(f"\njump = {json.dumps(f'{one.user}@{place}')}\n")
        result = one.collect()

    assert result.exit_code == 0, result.output
    assert one.asked == dict.fromkeys(one.hosts, "done")


def test_a_key_that_cannot_be_read_is_a_fault_of_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with by_ssh(tmp_path, monkeypatch) as one:
        with (one.small.inputs / "settings.toml").open("a", encoding="utf-8") as settings:
            settings.write('\nkey_file = "no such key"\n')
        result = one.collect()

    assert result.exit_code == 2, result.output
    assert "reconcile: [agents]: " in result.output
    assert "no such key" in result.output


def test_without_a_list_and_a_sweep_nobody_is_known(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.settings("")
    result = small.run("collect")

    assert result.exit_code == 4
    assert "there is no sweep yet that knows of devices; name them, or use --hosts" in result.output
