"""Whom to ask: by a list in the shapes in which such lists come, or out of the last sweep."""

from pathlib import Path

import pyarrow as pa
import pytest

from reconcile.errors import InputError
from reconcile.source.live.agents.reaching import Target
from reconcile.source.live.agents.targets import of_snapshots, read_targets
from reconcile.source.schema import DIRECTORY, ENTRA


def listed(root: Path, text: str) -> list[Target]:
    file = root / "hosts.csv"
    file.write_text(text, encoding="utf-8-sig")
    return read_targets(file)


@pytest.mark.parametrize(
    "text",
    [
        "PC-1\nPC-2\n",
        "# ours\n\nPC-1\r\nPC-2",
        "host\nPC-1\nPC-2\n",
        '"Name"\n"PC-1"\n"PC-2"\n',
        "site;HostName\n;PC-1\n;PC-2\n",
        "dns_name\tos\nPC-1\tx\nPC-2\ty\n",
    ],
)
def test_a_list_comes_in_many_shapes(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, text) == [Target("PC-1"), Target("PC-2")]


def test_a_list_may_tell_address_and_site(tmp_path: Path) -> None:
    assert listed(tmp_path, "host,address,site\nPC-1,192.0.2.7,Bern\n") == [Target("PC-1", "192.0.2.7", "Bern")]


def test_a_host_that_stands_twice_is_asked_once(tmp_path: Path) -> None:
    assert listed(tmp_path, "PC-1\npc-1.corp.example\nPC-2\n") == [Target("PC-1"), Target("PC-2")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no host"),
        ("# nobody\n", "names no host"),
        ("serial,site\n1,2\n", "row 1: has no column of hosts, such as host: serial, site"),
        ("host,site\nPC-1,a\n ,b\n", "row 3, host: is empty"),
    ],
)
def test_a_list_that_names_nobody_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        listed(tmp_path, text)
    assert str(error.value).endswith(said)


def test_a_list_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_targets(tmp_path / "none.csv")


def test_a_sweep_names_the_workstations_that_are_enabled() -> None:
    computers = [
        {"name": "PC-1", "dNSHostName": "pc-1.corp.example", "operatingSystem": "Windows 11 Pro", "enabled": True},
        {"name": "PC-2", "dNSHostName": None, "operatingSystem": "Windows 10 Enterprise", "enabled": True},
        {"name": "OFF", "dNSHostName": None, "operatingSystem": "Windows 11 Pro", "enabled": False},
        {"name": "SRV", "dNSHostName": None, "operatingSystem": "Windows Server 2022 Standard", "enabled": True},
        {"name": "NAS", "dNSHostName": None, "operatingSystem": "Linux", "enabled": True},
        {"name": "WHAT", "dNSHostName": None, "operatingSystem": None, "enabled": True},
    ]
    devices = [
        {"displayName": "pc-1", "operatingSystem": "Windows", "accountEnabled": True},
        {"displayName": "CLOUD-1", "operatingSystem": "Windows", "accountEnabled": True},
        {"displayName": "PHONE", "operatingSystem": "iOS", "accountEnabled": True},
        {"displayName": None, "operatingSystem": "Windows", "accountEnabled": True},
        {"displayName": "GONE", "operatingSystem": "Windows", "accountEnabled": None},
    ]
    found = of_snapshots(pa.Table.from_pylist(computers, schema=DIRECTORY), pa.Table.from_pylist(devices, schema=ENTRA))

    assert found == [Target("PC-1", "pc-1.corp.example"), Target("PC-2"), Target("CLOUD-1")]
    assert of_snapshots(None, None) == []
