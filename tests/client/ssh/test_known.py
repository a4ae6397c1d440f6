"""Whom we believe to be the host: its key is known, or nothing is told there."""

import asyncio
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from reconcile.client.remote.output import Output
from reconcile.client.ssh.host import Host
from reconcile.client.ssh.known import entry_name
from reconcile.client.ssh.run import run
from tests.ssh_lab import ADMIN, SSHHosts, ran


def key_line(kind: str = "ssh-ed25519") -> str:
    return asyncssh.generate_private_key(kind).export_public_key().decode().strip()


def fingerprint(line: str) -> str:
    return asyncssh.import_public_key(line).get_fingerprint()


@pytest.fixture(name="stranger")
def stranger_fixture(hosts: SSHHosts) -> Host:
    """A host that no file knows."""
    file = hosts.folder / "none"
    file.touch()
    return replace(hosts.host, known_hosts=str(file))


def test_a_host_that_is_not_known_is_told_nothing(stranger: Host, hosts: SSHHosts) -> None:
    output = ran(stranger)

    assert (output.outcome, output.begun) == ("wrong-identity", False)
    assert fingerprint(hosts.devices.public_keys["PC1"]) in output.why
    assert entry_name(stranger) in output.why
    assert hosts.lab.tried == []


@pytest.mark.parametrize("kind", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
def test_a_host_with_another_key_is_told_nothing(kind: str, stranger: Host, hosts: SSHHosts) -> None:
    line = key_line(kind)
    Path(str(stranger.known_hosts)).write_text(f"{entry_name(stranger)} {line}\n")

    output = ran(stranger)

    assert (output.outcome, output.begun) == ("wrong-identity", False)
    assert fingerprint(line) in output.why
    assert fingerprint(hosts.devices.public_keys["PC1"]) in output.why
    assert "ssh-keygen -R" in output.why
    assert hosts.lab.tried == []


def test_a_host_whose_key_has_changed_since_is_told_nothing(hosts: SSHHosts) -> None:
    assert ran(hosts.host).ok
    hosts.devices.rekey("PC1")

    assert ran(hosts.host).outcome == "wrong-identity"
    assert len(hosts.lab.tried) == 1


def test_a_key_that_is_revoked_opens_nothing(stranger: Host, hosts: SSHHosts) -> None:
    name, line = entry_name(stranger), hosts.devices.public_keys["PC1"]
    Path(str(stranger.known_hosts)).write_text(f"{name} {line}\n@revoked * {line}\n")

    output = ran(stranger)

    assert output.outcome == "wrong-identity"
    assert "revoked" in output.why


def test_one_of_several_keys_is_enough(stranger: Host, hosts: SSHHosts) -> None:
    lines = [key_line(), key_line("ecdsa-sha2-nistp256"), hosts.devices.public_keys["PC1"]]
    Path(str(stranger.known_hosts)).write_text("".join(f"{entry_name(stranger)} {line}\n" for line in lines))

    assert ran(stranger).ok


def test_a_host_is_known_by_its_name_whatever_its_address(hosts: SSHHosts) -> None:
    assert ran(replace(hosts.host, name="PC9")).outcome == "wrong-identity"
    assert ran(replace(hosts.host, name="PC9", known_as="pc1")).ok


def test_a_first_use_is_believed_only_where_that_is_asked_for(stranger: Host, hosts: SSHHosts) -> None:
    ours = hosts.folder / "ours"
    trusting = replace(stranger, first_use=str(ours))

    assert ran(trusting).ok
    assert ours.read_text() == f"{entry_name(stranger)} {hosts.devices.public_keys['PC1']}\n"
    assert ran(stranger).outcome == "wrong-identity"


def test_a_first_use_is_no_second_one(stranger: Host, hosts: SSHHosts) -> None:
    trusting = replace(stranger, first_use=str(hosts.folder / "ours"))
    assert ran(trusting).ok
    before = (hosts.folder / "ours").read_text()
    hosts.devices.rekey("PC1")

    assert ran(trusting).outcome == "wrong-identity"
    assert (hosts.folder / "ours").read_text() == before


def test_first_uses_are_added_and_change_nothing_else(stranger: Host, hosts: SSHHosts) -> None:
    ours = hosts.folder / "ours"
    ours.write_text(f"# by hand\npc7 {key_line()}")
    before = ours.read_text()

    async def all_of_them() -> list[Output]:
        each = [replace(hosts.named(name), known_hosts=stranger.known_hosts) for name in ("PC1", "PC2", "PC3") * 4]
        return await asyncio.gather(*(run(replace(one, first_use=str(ours)), ADMIN, "x") for one in each))

    assert all(output.ok for output in asyncio.run(all_of_them()))
    assert ours.read_text().startswith(f"{before}\n")
    assert len(ours.read_text().splitlines()) == 5


def test_a_first_use_that_cannot_be_written_down_is_not_believed(stranger: Host, hosts: SSHHosts) -> None:
    output = ran(replace(stranger, first_use=str(hosts.folder / "no" / "such" / "folder")))

    assert output.outcome == "wrong-identity"
    assert "cannot be written" in output.why
    assert hosts.lab.tried == []


def test_a_host_that_is_known_already_is_no_first_use(hosts: SSHHosts) -> None:
    ours = hosts.folder / "ours"

    assert ran(replace(hosts.host, first_use=str(ours))).ok
    assert not ours.exists()


def test_without_a_file_it_is_the_users_own(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    host = replace(hosts.host, known_hosts=None)
    assert ran(host).outcome == "wrong-identity"

    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "known_hosts").write_text(hosts.devices.known_hosts)
    (tmp_path / ".ssh" / "config").write_text("Host *\nUserKnownHostsFile none\nProxyCommand false\n")

    assert ran(host).ok


@pytest.mark.parametrize("text", ["one-word\n", "\ufeffx", None])
def test_a_file_that_is_none_is_not_taken_for_an_empty_one(text: str | None, hosts: SSHHosts) -> None:
    file = hosts.folder / "odd"
    if text is not None:
        file.write_text(text)

    with pytest.raises(ValueError, match="is no known_hosts file that can be read"):
        ran(replace(hosts.host, known_hosts=str(file)))
