"""What can go wrong with a host is a value with a reason, and leaves nothing open behind it."""

import asyncio
import errno
import socket
from dataclasses import replace

import asyncssh
import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.ssh.command import Ended, command
from reconcile.client.ssh.host import Account, Host
from reconcile.client.ssh.trouble import told, told_of_tunnel
from reconcile.lab.ssh.lab import Typed
from reconcile.lab.winrm.lab import Invocation, Said
from tests.ssh_lab import ADMIN, USER, SSHHosts, ran


async def without_end(_: Invocation) -> Said:
    await asyncio.sleep(60)
    return Said()


def test_a_script_that_throws_has_failed_with_its_message(hosts: SSHHosts) -> None:
    hosts.lab.handler = lambda _: Said(["before"], ["a warning sign"], thrown="Cannot find\r\n  the domain")

    output = ran(hosts.host)

    assert (output.outcome, output.why, output.objects) == ("failed", "Cannot find the domain", ("before",))
    assert [error.message for error in output.errors] == ["a warning sign", "Cannot find the domain"]
    assert output.begun


def test_a_wrong_password_is_told_as_such_and_tried_once(hosts: SSHHosts) -> None:
    output = ran(hosts.host, Account(USER, Secret("wrong")))

    assert (output.outcome, output.begun) == ("authentication", False)
    assert USER in output.why
    assert hosts.lab.tried == [USER]
    assert hosts.lab.ran == []


def test_a_login_that_is_refused(hosts: SSHHosts) -> None:
    hosts.fault("refuse")

    assert [ran(hosts.host).outcome for _ in range(2)] == ["authentication", "done"]


def test_nobody_listens(hosts: SSHHosts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert ran(replace(hosts.host, port=port)).outcome == "refused"


def test_a_name_that_is_not_known(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    output = ran(replace(hosts.host, address="pc1.corp.example"))

    assert (output.outcome, output.begun) == ("unresolved", False)
    assert "Name or service not known" in output.why


def test_a_name_that_can_be_none(hosts: SSHHosts) -> None:
    assert ran(replace(hosts.host, address=f"{'a' * 64}.example")).outcome == "unresolved"


def test_an_address_that_is_dead_leaves_time_for_the_next(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    dead, alive = "127.0.0.9", "127.0.0.1"
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in (dead, dead, alive)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    assert ran(replace(hosts.host, address="pc1.corp.example")).ok


def test_a_name_without_addresses(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [])

    assert ran(replace(hosts.host, address="pc1.corp.example")).outcome == "unresolved"


def test_who_listens_there_says_nothing(hosts: SSHHosts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        output = ran(replace(hosts.host, port=server.getsockname()[1], login_timeout=0.3))

    assert (output.outcome, output.why, output.begun) == ("timed-out", "no login after 0.3 s", False)


def test_a_host_that_takes_no_connection(hosts: SSHHosts) -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for one in (first, second):  # a Linux queue of none takes one, and lets the next wait
            one.settimeout(0)
            one.connect_ex(full.getsockname())
        output = ran(replace(hosts.host, port=full.getsockname()[1], connect_timeout=0.3))

    assert (output.outcome, output.why) == ("timed-out", "no connection after 0.3 s")


@pytest.mark.parametrize("words", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"SSH-1.5-old\r\n", b""])
def test_who_listens_there_speaks_something_else(words: bytes, hosts: SSHHosts) -> None:
    async def asked() -> Ended:
        async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(words)
            writer.close()
            await writer.wait_closed()

        async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            return await command(replace(hosts.host, port=port), ADMIN, "x")

    found = asyncio.run(asked())

    assert found.outcome in {"refused", "lost"}
    assert found.why
    assert not found.begun


def test_a_login_that_is_not_answered_has_timed_out(hosts: SSHHosts) -> None:
    hosts.fault("stuck")

    output = ran(replace(hosts.host, login_timeout=0.5))

    assert (output.outcome, output.why, output.begun) == ("timed-out", "no login after 0.5 s", False)


def test_a_connection_that_is_cut_is_lost(hosts: SSHHosts) -> None:
    hosts.fault("drop")

    output = ran(hosts.host)

    assert (output.outcome, output.begun) == ("lost", True)
    assert hosts.lab.ran == []


def test_an_answer_that_is_lost_does_not_hide_that_the_script_was_sent(hosts: SSHHosts) -> None:
    hosts.fault("lost")

    output = ran(hosts.host)

    assert (output.outcome, output.begun) == ("lost", True)
    assert len(hosts.lab.ran) == 1


def test_a_host_that_falls_silent_has_timed_out(hosts: SSHHosts) -> None:
    hosts.fault("silent")

    output = ran(replace(hosts.host, run_timeout=0.5))

    assert (output.outcome, output.why, output.begun) == ("timed-out", "no end after 0.5 s", True)


def test_a_slow_answer_is_an_answer(hosts: SSHHosts) -> None:
    hosts.fault("slow", seconds=0.5)

    assert ran(hosts.host).ok


def test_a_script_without_end_is_ended(hosts: SSHHosts) -> None:
    hosts.lab.handler = without_end

    assert ran(replace(hosts.host, run_timeout=0.5)).outcome == "timed-out"


def test_a_host_that_talks_without_end_is_stopped(hosts: SSHHosts) -> None:
    hosts.fault("flood", size=2_000_000)

    output = ran(replace(hosts.host, max_output=500_000))

    assert (output.outcome, output.why, output.begun) == ("failed", "more output than 500,000 bytes", True)


def test_half_an_answer_cannot_be_read(hosts: SSHHosts) -> None:
    hosts.fault("garbled")

    output = ran(hosts.host)

    assert (output.outcome, output.begun) == ("failed", True)
    assert output.why.startswith("an answer that cannot be read: ")


def test_an_answer_that_came_whole_counts_though_the_command_does_not_end(hosts: SSHHosts) -> None:
    hosts.fault("unended")

    output = ran(replace(hosts.host, run_timeout=0.5))

    assert (output.outcome, output.objects, output.begun) == ("done", ("well",), True)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (Typed(err=b"'powershell.exe' is not recognized", status=1), "'powershell.exe' is not recognized"),
        (
            Typed(
                err=b'#< CLIXML\r\n<Objs><S S="Error">It is &lt;no&gt;_x000D__x000A_</S><S S="Error">use.</S></Objs>'
            ),
            "It is <no> use.",
        ),
        (Typed(b"You may not sign in now.\r\n"), "You may not sign in now."),
        (Typed(), "PowerShell ended without an answer"),
    ],
)
def test_what_came_instead_of_an_answer_says_why(
    typed: Typed, why: str, hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconcile.lab.ssh.session.is_ours", {}.get)
    hosts.lab.shell = lambda *_: typed

    output = ran(hosts.host)

    assert (output.outcome, output.why, output.begun) == ("failed", why, True)


def test_a_host_that_was_in_trouble_is_asked_again_as_if_nothing_had_been(hosts: SSHHosts) -> None:
    hosts.fault("drop", times=3)

    assert [ran(hosts.host).outcome for _ in range(4)] == ["lost", "lost", "lost", "done"]


def test_who_gives_up_leaves_nothing_open(hosts: SSHHosts) -> None:
    async def given_up(seconds: float) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(seconds):
                await command(hosts.host, ADMIN, "x")

    hosts.fault("silent", times=None)
    for seconds in (0.001, 0.02, 0.1, 0.5):
        asyncio.run(given_up(seconds))

    hosts.lab.faults.armed.clear()
    assert ran(hosts.host).ok
    assert hosts.lab.open <= 1  # the last goodbye may still be on its way


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (socket.gaierror(-2, "x"), "unresolved"),
        (ConnectionRefusedError(), "refused"),
        (TimeoutError(), "timed-out"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "refused"),
        (ConnectionResetError(), "lost"),
        (OSError("something else"), "lost"),
        (asyncssh.ConnectionLost("x"), "lost"),
        (asyncssh.DisconnectError(2, "x"), "lost"),
        (asyncssh.HostKeyNotVerifiable("x"), "wrong-identity"),
        (asyncssh.PermissionDenied("x"), "authentication"),
        (asyncssh.IllegalUserName("x"), "authentication"),
        (asyncssh.KeyExchangeFailed("x"), "refused"),
        (asyncssh.ProtocolError("x"), "refused"),
        (asyncssh.ChannelOpenError(4, "x"), "failed"),
        (ValueError("x"), "failed"),
    ],
)
def test_each_trouble_has_its_name(error: BaseException, outcome: str) -> None:
    found, why = told(error)

    assert found == outcome
    assert why


def test_who_is_shown_the_door_while_signing_in_was_not_let_in() -> None:
    assert told(asyncssh.DisconnectError(2, "Too many authentication failures"), signing_in=True)[0] == "authentication"


@pytest.mark.parametrize(
    ("code", "words", "outcome"),
    [
        (2, "Connection refused", "refused"),
        (2, "Connection timed out", "timed-out"),
        (2, "Name or service not known", "unresolved"),
        (2, "Temporary failure in name resolution", "unresolved"),
        (2, "No route to host", "refused"),
        (1, "open failed", "failed"),
    ],
)
def test_what_a_jump_host_says_of_the_next_is_understood(code: int, words: str, outcome: str) -> None:
    assert told_of_tunnel(asyncssh.ChannelOpenError(code, words))[0] == outcome


def test_a_host_is_reached_by_its_name_and_the_usual_port() -> None:
    assert Host("pc1.corp.example").reached_at == ("pc1.corp.example", 22)
    assert Host("pc1", "192.0.2.7", 1).reached_at == ("192.0.2.7", 1)
