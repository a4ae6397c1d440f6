"""Against a real OpenSSH server: what the lab's own cannot prove."""

import asyncio
import socket
import threading
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.ssh.command import Ended, command
from reconcile.client.ssh.host import Account, Host, Jump
from reconcile.client.ssh.run import run
from tests.sshd import ADDRESS, PASSWORD, Sshd

pytestmark = pytest.mark.live_ssh


@pytest.fixture(name="host")
def host_fixture(real: Sshd, tmp_path: Path) -> Host:
    file = tmp_path / "known_hosts"
    file.write_text(f"[{ADDRESS}]:{real.port} {real.public_key}\n")
    return Host(ADDRESS, port=real.port, known_hosts=str(file), connect_timeout=5, login_timeout=20, run_timeout=20)


@pytest.fixture(name="account")
def account_fixture(real: Sshd) -> Account:
    return Account(real.user, key=real.key)


def ended(host: Host, account: Account, text: str = "echo well", stdin: bytes = b"") -> Ended:
    return asyncio.run(command(host, account, text, stdin))


def another_key() -> str:
    return asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()


def test_a_host_that_is_known_is_asked_with_a_key(host: Host, account: Account) -> None:
    assert ended(host, account) == Ended("done", status=0, out=b"well\n", begun=True)


def test_and_with_a_password(host: Host, real: Sshd) -> None:
    assert ended(host, Account(real.user, Secret(PASSWORD))).out == b"well\n"


def test_a_key_that_is_hashed_is_known_too(host: Host, account: Account, real: Sshd) -> None:
    file = Path(str(host.known_hosts))
    real_ssh_keygen = ["ssh-keygen", "-q", "-H", "-f", str(file)]
    assert asyncio.run(_done(real_ssh_keygen)) == 0
    assert str(real.port) not in file.read_text()

    assert ended(host, account).ok


async def _done(line: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*line, stderr=asyncio.subprocess.DEVNULL)
    return await process.wait()


def test_a_wrong_password_is_refused(host: Host, real: Sshd) -> None:
    found = ended(host, Account(real.user, Secret("wrong")))

    assert (found.outcome, found.begun) == ("authentication", False)
    assert real.user in found.why


def test_a_user_that_is_not_there_is_refused(host: Host) -> None:
    assert ended(host, Account("nobody-at-all", Secret("x"))).outcome == "authentication"


def test_a_host_that_is_not_known_is_asked_nothing(host: Host, account: Account, real: Sshd, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()

    found = ended(replace(host, known_hosts=str(empty)), account)

    fingerprint = asyncssh.import_public_key(real.public_key).get_fingerprint()
    assert (found.outcome, found.begun) == ("wrong-identity", False)
    assert fingerprint in found.why
    assert f"[{ADDRESS}]:{real.port}" in found.why


def test_a_host_with_another_key_is_asked_nothing(host: Host, account: Account, real: Sshd) -> None:
    Path(str(host.known_hosts)).write_text(f"[{ADDRESS}]:{real.port} {another_key()}\n")

    found = ended(host, account)

    assert found.outcome == "wrong-identity"
    assert f"ssh-keygen -R '[{ADDRESS}]:{real.port}'" in found.why


def test_a_first_use_is_written_down_and_holds(host: Host, account: Account, real: Sshd, tmp_path: Path) -> None:
    empty, ours = tmp_path / "empty", tmp_path / "ours"
    empty.touch()
    trusting = replace(host, known_hosts=str(empty), first_use=str(ours))

    assert ended(trusting, account).ok
    assert ended(trusting, account).ok
    assert ours.read_text() == f"[{ADDRESS}]:{real.port} {real.public_key}\n"


def test_a_command_is_given_what_it_reads_and_tells_its_end(host: Host, account: Account) -> None:
    found = ended(host, account, "cat; echo trouble >&2; exit 3", b"\x00\xff" * 100_000)

    assert (found.outcome, found.status, found.why) == ("failed", 3, "status 3: trouble")
    assert found.out == b"\x00\xff" * 100_000
    assert found.begun


def test_a_command_that_is_killed_has_failed(host: Host, account: Account) -> None:
    found = ended(host, account, "kill -TERM $$")

    assert (found.outcome, found.why, found.status) == ("failed", "ended by signal TERM", None)


def test_a_command_without_end_is_ended(host: Host, account: Account, real: Sshd) -> None:
    mark = real.home / "still-there"

    found = ended(replace(host, run_timeout=0.5), account, f"echo before; sleep 2; touch {mark}")

    assert (found.outcome, found.why, found.out) == ("timed-out", "no end after 0.5 s", b"before\n")
    assert found.begun
    threading.Event().wait(2.2)
    assert not mark.exists()


def test_a_command_that_talks_without_end_is_stopped(host: Host, account: Account) -> None:
    found = ended(replace(host, max_output=500_000), account, "yes")

    assert (found.outcome, found.why) == ("failed", "more output than 500,000 bytes")
    assert len(found.out) <= 500_000


def test_who_listens_and_never_speaks_has_timed_out(host: Host, account: Account) -> None:
    with socket.create_server((ADDRESS, 0)) as server:
        found = ended(replace(host, port=server.getsockname()[1], login_timeout=0.3), account)

    assert (found.outcome, found.why, found.begun) == ("timed-out", "no login after 0.3 s", False)


def test_a_server_that_has_no_powershell_says_so(host: Host, account: Account) -> None:
    output = asyncio.run(run(host, account, "Get-Date"))

    assert output.outcome == "failed"
    assert "powershell.exe" in output.why


def test_two_hundred_sessions_at_once(host: Host, account: Account) -> None:
    async def everyone() -> list[Ended]:
        patient = replace(host, connect_timeout=30, login_timeout=30)
        return await asyncio.gather(*(command(patient, account, f"sleep 2; echo {n}") for n in range(200)))

    assert [found.out.split() for found in asyncio.run(everyone())] == [[b"%d" % n] for n in range(200)]


def test_past_a_jump_host(host: Host, account: Account) -> None:
    assert ended(replace(host, jump=Jump(host, account)), account).out == b"well\n"


def test_past_two_of_them_and_many_at_once(host: Host, account: Account) -> None:
    async def everyone() -> list[Ended]:
        way = Jump(replace(host, jump=Jump(host, account)), account)
        return await asyncio.gather(*(command(replace(host, jump=way), account, f"echo {n}") for n in range(20)))

    assert [found.out for found in asyncio.run(everyone())] == [b"%d\n" % n for n in range(20)]


def test_a_jump_host_that_lets_nobody_pass_there(host: Host, account: Account) -> None:
    found = ended(replace(host, port=1, jump=Jump(host, account)), account)

    assert found.outcome == "failed"
    assert "forwards nothing there" in found.why


def test_a_jump_host_that_lets_us_not_in(host: Host, account: Account, real: Sshd) -> None:
    stranger = Account(real.user, Secret("wrong"))

    found = ended(
        replace(host, jump=Jump(replace(host, name="gate", address=ADDRESS, known_as=ADDRESS), stranger)), account
    )

    assert found.outcome == "authentication"
    assert found.why.startswith("jump host gate: ")
