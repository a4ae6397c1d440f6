"""What can go wrong with a host is a value with a reason, and leaves nothing open behind it."""

import asyncio
import errno
import http.client
import itertools
import socket
import ssl
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from pypsrp.exceptions import WinRMError, WinRMTransportError, WSManFaultError

from reconcile.client.remote.given import Secret
from reconcile.client.winrm.host import Account, Host
from reconcile.client.winrm.run import ask, run
from reconcile.client.winrm.trouble import told
from reconcile.lab.serve import serving
from reconcile.lab.winrm.lab import Invocation, Said
from tests.lab.certificates import certified
from tests.winrm_lab import ADMIN, USER, Hosts


async def without_end(_: Invocation) -> Said:
    await asyncio.sleep(60)
    return Said()


def test_a_script_that_throws_has_failed_with_its_message(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(["before"], ["a warning sign"], thrown="Cannot find\r\n  the domain")

    output = run(hosts.host, ADMIN, "throw")

    assert (output.outcome, output.why, output.objects) == ("failed", "Cannot find the domain", ("before",))
    assert [error.message for error in output.errors] == ["a warning sign", "Cannot find the domain"]
    assert output.begun
    assert hosts.lab.open == 0


def test_a_wrong_password_is_told_as_such(hosts: Hosts) -> None:
    output = run(hosts.host, Account("basic", USER, Secret("wrong")), "x")

    assert (output.outcome, output.begun) == ("authentication", False)
    assert USER in output.why
    assert hosts.lab.ran == []


def test_a_host_that_offers_no_way_to_sign_in_that_is_meant_is_told_as_such(hosts: Hosts) -> None:
    output = run(hosts.host, Account("negotiate", USER, Secret("x")), "x")

    assert (output.outcome, output.begun) == ("authentication", False)


def test_nobody_listens(hosts: Hosts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert run(replace(hosts.host, port=port), ADMIN, "x").outcome == "refused"


def test_a_name_that_is_not_known(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    output = run(hosts.host, ADMIN, "x")

    assert (output.outcome, output.begun) == ("unresolved", False)
    assert "Name or service not known" in output.why


def test_a_certificate_of_another_authority(hosts: Hosts, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()

    output = run(replace(hosts.host, ca_file=str(certified(other).authority)), ADMIN, "x")

    assert (output.outcome, output.begun) == ("wrong-identity", False)
    assert hosts.lab.asked == []


def test_the_usual_authorities_do_not_vouch_for_it(hosts: Hosts) -> None:
    assert run(replace(hosts.host, ca_file=None), ADMIN, "x").outcome == "wrong-identity"


def test_a_certificate_of_another_name(hosts: Hosts) -> None:
    output = run(replace(hosts.host, address="127.0.0.2"), ADMIN, "x")

    assert output.outcome in {"wrong-identity", "refused"}  # refused where only 127.0.0.1 is listened at
    assert hosts.lab.asked == []


def test_who_listens_there_says_nothing(hosts: Hosts) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(5)
        host = replace(hosts.host, port=server.getsockname()[1], answer_timeout=0.3, connect_timeout=0.3)
        assert run(host, ADMIN, "x").outcome == "timed-out"


@pytest.mark.parametrize("action", ["Create", "Receive", "Command"])
def test_a_connection_that_is_reset_is_lost(action: str, hosts: Hosts) -> None:
    hosts.fault("reset", action)

    output = run(hosts.host, ADMIN, "x")

    assert (output.outcome, output.begun) == ("lost", action == "Command")
    assert hosts.lab.ran == []


def test_an_answer_that_is_lost_does_not_hide_that_the_script_was_sent(hosts: Hosts) -> None:
    hosts.fault("lost", "Receive", after=1)

    output = run(hosts.host, ADMIN, "x")

    assert (output.outcome, output.begun) == ("lost", True)
    assert len(hosts.lab.ran) == 1


def test_a_goodbye_that_is_lost_takes_nothing_from_the_answer(hosts: Hosts) -> None:
    hosts.fault("lost", "Delete")

    assert run(hosts.host, ADMIN, "x").objects == ("well",)


@pytest.mark.parametrize(("action", "begun"), [("Create", False), ("Command", True)])
def test_a_host_that_falls_silent_has_timed_out(*, action: str, begun: bool, hosts: Hosts) -> None:
    hosts.fault("silent", action)

    output = run(replace(hosts.host, answer_timeout=0.3), ADMIN, "x")

    assert (output.outcome, output.begun) == ("timed-out", begun)


def test_a_slow_answer_is_an_answer(hosts: Hosts) -> None:
    hosts.fault("slow", "Command", seconds=0.5)

    assert run(hosts.host, ADMIN, "x").ok


def test_a_script_without_end_is_ended(hosts: Hosts) -> None:
    hosts.lab.handler = without_end

    output = run(replace(hosts.host, run_timeout=0.5), ADMIN, "x")

    assert (output.outcome, output.why, output.begun) == ("timed-out", "no end after 0.5 s", True)
    assert hosts.lab.open == 0


def test_a_host_that_talks_without_end_is_stopped(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(["x" * 100_000] * 20)

    output = run(replace(hosts.host, max_output=500_000), ADMIN, "x")

    assert (output.outcome, output.why, output.begun) == ("failed", "more output than 500,000 bytes", True)
    assert hosts.lab.open == 0


def test_a_service_that_is_down_is_told_by_its_status(hosts: Hosts) -> None:
    hosts.fault("busy", "Create")

    output = run(hosts.host, ADMIN, "x")

    assert (output.outcome, output.why) == ("failed", "HTTP status 503")


@pytest.mark.parametrize("action", ["Create", "Receive", "Command"])
def test_an_answer_of_something_else_cannot_be_read(action: str, hosts: Hosts) -> None:
    hosts.fault("garbage", action)

    output = run(hosts.host, ADMIN, "x")

    assert (output.outcome, output.begun) == ("failed", action == "Command")
    assert output.why.startswith("an answer that cannot be read: ")


def test_who_lets_everybody_in_where_messages_are_to_be_encrypted_is_sent_nothing(hosts: Hosts) -> None:
    bodies: list[bytes] = []

    async def welcome(request: web.Request) -> web.Response:
        bodies.append(await request.read())
        return web.Response()

    app = web.Application()
    app.router.add_post("/wsman", welcome)
    with serving(app) as url:
        host = replace(hosts.host, address="127.0.0.1", port=int(url.rpartition(":")[2]), tls=False)
        output = run(host, Account("negotiate", USER, Secret("x")), "x")

    assert output.outcome == "failed"
    assert bodies == [b""]


def test_no_answer_at_all_is_read_as_none(hosts: Hosts) -> None:
    hosts.fault("reset", "Create")

    output, read = ask(hosts.host, ADMIN, "x", dict)

    assert (output.outcome, read) == ("lost", None)


def test_a_host_that_was_in_trouble_is_asked_again_as_if_nothing_had_been(hosts: Hosts) -> None:
    hosts.fault("reset", "Command", times=3)

    assert [run(hosts.host, ADMIN, "x").outcome for _ in range(4)] == ["lost", "lost", "lost", "done"]


def chained(*errors: BaseException) -> BaseException:
    """Each raised from the one before."""
    for before, after in itertools.pairwise(errors):
        after.__cause__ = before
    return errors[-1]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (chained(socket.gaierror(-2, "x"), OSError("y")), "unresolved"),
        (chained(ssl.SSLCertVerificationError(1, "x"), OSError("y")), "wrong-identity"),
        (chained(ssl.SSLEOFError(8, "x"), OSError("y")), "lost"),
        (chained(ssl.SSLError(1, "wrong version number"), OSError("y")), "refused"),
        (chained(ConnectionRefusedError(), OSError("y")), "refused"),
        (chained(TimeoutError(), OSError("y")), "timed-out"),
        (chained(http.client.RemoteDisconnected("x"), OSError("y")), "lost"),
        (http.client.IncompleteRead(b""), "lost"),
        (chained(OSError(errno.EHOSTUNREACH, "No route to host"), OSError("y")), "refused"),
        (OSError("something else"), "lost"),
        (WinRMTransportError("http", 403, "x"), "authentication"),
        (WinRMTransportError("http", 404, "x"), "failed"),
        (WSManFaultError(5, "PC1", "Access is denied.", None, None, None), "authentication"),
        (WSManFaultError(0x80338029, "PC1", "No time.", None, None, None), "timed-out"),
        (WSManFaultError(0x8033805B, "PC1", "No such shell.", None, None, None), "lost"),
        (WSManFaultError(0x803381A6, "PC1", "Too many\n shells.", None, None, None), "failed"),
        (WinRMError("x"), "failed"),
    ],
)
def test_each_trouble_has_its_name(error: BaseException, outcome: str) -> None:
    found, why = told(error)

    assert found == outcome
    assert why
    assert "\n" not in why


def test_a_host_is_reached_by_its_name_and_the_usual_port() -> None:
    assert Host("pc1.corp.example").reached_at == ("pc1.corp.example", 5986)
    assert Host("pc1", tls=False).reached_at == ("pc1", 5985)
    assert Host("pc1", "192.0.2.7", 1).reached_at == ("192.0.2.7", 1)
