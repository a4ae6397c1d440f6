"""Plain commands: what they were given, what they said, and how they ended."""

import asyncio

import asyncssh
import pytest

from reconcile.client.ssh.command import Ended, command
from reconcile.lab.ssh.lab import Typed
from tests.ssh_lab import ADMIN, SSHHosts


def ended(hosts: SSHHosts, typed: Typed, stdin: bytes = b"") -> Ended:
    hosts.lab.shell = lambda _, line, given: Typed(line.encode() + typed.out + given, typed.err, typed.status)
    return asyncio.run(command(hosts.host, ADMIN, "hostname", stdin))


def test_a_command_that_went_well_is_done(hosts: SSHHosts) -> None:
    found = ended(hosts, Typed(b"\xff", b"a warning"), b"\x00 given")

    assert found == Ended("done", status=0, out=b"hostname\xff\x00 given", err=b"a warning", begun=True)
    assert found.ok


@pytest.mark.parametrize(("err", "why"), [(b"no\r\nway", "status 3: no way"), (b"", "status 3")])
def test_one_that_did_not_says_its_status(err: bytes, why: str, hosts: SSHHosts) -> None:
    found = ended(hosts, Typed(err=err, status=3))

    assert (found.outcome, found.why, found.status, found.begun) == ("failed", why, 3, True)
    assert not found.ok


def test_a_host_that_runs_no_commands_has_begun_none(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("asyncssh.SSHServerConnection._process_session_open", _closed)

    found = ended(hosts, Typed())

    assert (found.outcome, found.begun) == ("failed", False)
    assert "no sessions" in found.why


def _closed(*_: object) -> None:
    raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "no sessions")
