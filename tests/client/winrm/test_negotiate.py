"""Negotiate, with NTLM below it: over https, and over http with every message encrypted."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.winrm.host import Account
from reconcile.client.winrm.run import run
from reconcile.lab.winrm.lab import Said
from tests.winrm_lab import PASSWORD, USER, Hosts, saying, winrm_hosts

ADMIN = Account("negotiate", USER, Secret("NTLM knows no colon"))

Opening = Callable[[str], Hosts]


@pytest.fixture(name="opened")
def opened_fixture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """By the scheme. pyspnego's acceptor knows its users from a file that the environment names."""
    assert ADMIN.password is not None
    users = tmp_path / "users"
    users.write_text(USER.replace("\\", ":") + f":{ADMIN.password.text}\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    with ExitStack() as stack:

        def opened(scheme: str) -> Hosts:
            return stack.enter_context(winrm_hosts(tmp_path, saying("well"), tls=scheme == "https", negotiate=True))

        yield opened


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_scripts_and_secrets_arrive(scheme: str, opened: Opening) -> None:
    hosts = opened(scheme)
    script = "#" * 700_000

    output = run(hosts.host, ADMIN, script, {"Name": "😀"}, {"Password": Secret(PASSWORD)})

    assert output.objects == ("well",)
    (ran,) = hosts.lab.ran
    assert (ran.script, ran.parameters, ran.secrets) == (script, {"Name": "😀"}, {"Password": PASSWORD})
    assert hosts.lab.open == 0


@pytest.mark.parametrize("scheme", ["https", "http"])
def test_a_wrong_password_is_told_as_such(scheme: str, opened: Opening) -> None:
    hosts = opened(scheme)

    output = run(hosts.host, Account("negotiate", USER, Secret("wrong")), "x")

    assert (output.outcome, output.begun) == ("authentication", False)
    assert hosts.lab.asked == []


def test_much_output_is_decrypted(opened: Opening) -> None:
    hosts = opened("http")
    rows = ["x" * 100_000] * 20
    hosts.lab.handler = lambda _: Said(rows)

    assert list(run(hosts.host, ADMIN, "x").objects) == rows


@pytest.mark.parametrize("action", ["Create", "Receive"])
def test_an_answer_in_the_clear_is_not_believed_where_all_is_encrypted(action: str, opened: Opening) -> None:
    hosts = opened("http")
    hosts.fault("in-the-clear", action)

    output = run(hosts.host, ADMIN, "x")

    assert output.outcome == "wrong-identity"
    assert "in the clear" in output.why
    assert hosts.lab.ran == []


def test_a_fault_is_read_from_what_is_encrypted(opened: Opening) -> None:
    hosts = opened("http")
    hosts.fault("reset", "Command")

    assert run(hosts.host, ADMIN, "x").outcome == "lost"
