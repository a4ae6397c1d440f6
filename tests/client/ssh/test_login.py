"""As whom: by password, at the keyboard, by key, by agent; and never as nobody."""

from pathlib import Path

import asyncssh
import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.ssh.host import Account
from tests.ssh_lab import ADMIN, PASSWORD, USER, SSHHosts, key_file, ran

PHRASE = "a päss phrase"


def test_a_password_answers_the_keyboard(hosts: SSHHosts) -> None:
    hosts.lab.keyboard = True

    assert ran(hosts.host).ok


def test_a_wrong_one_is_tried_once_there_too(hosts: SSHHosts) -> None:
    hosts.lab.keyboard = True

    assert ran(hosts.host, Account(USER, Secret("wrong"))).outcome == "authentication"
    assert hosts.lab.tried == [USER]


@pytest.mark.parametrize("phrase", [None, PHRASE])
def test_a_key_opens(phrase: str | None, hosts: SSHHosts, tmp_path: Path) -> None:
    file, public = key_file(tmp_path, phrase)
    hosts.lab.keys = {USER: public}
    account = Account(USER, key=file, passphrase=Secret(phrase) if phrase else None)

    assert ran(hosts.host, account).ok
    assert ran(hosts.host, account).ok
    assert hosts.lab.tried == []


def test_a_key_that_is_not_the_users_opens_nothing(hosts: SSHHosts, tmp_path: Path) -> None:
    hosts.lab.keys = {USER: key_file(tmp_path)[1]}
    other, _ = key_file(tmp_path)

    assert ran(hosts.host, Account(USER, key=other)).outcome == "authentication"


def test_a_password_is_there_where_the_key_does_not_open(hosts: SSHHosts, tmp_path: Path) -> None:
    assert ran(hosts.host, Account(USER, Secret(PASSWORD), key=key_file(tmp_path)[0])).ok


def test_an_account_without_anything_to_show_is_no_account(hosts: SSHHosts) -> None:
    with pytest.raises(ValueError, match="needs a password, a key or an agent"):
        ran(hosts.host, Account(USER))


def test_a_key_that_cannot_be_read_is_told_before_anything_is_sent(hosts: SSHHosts, tmp_path: Path) -> None:
    file, _ = key_file(tmp_path, PHRASE)
    (tmp_path / "no-key").write_text("x")

    for account in (
        Account(USER, key=file),
        Account(USER, key=file, passphrase=Secret("wrong")),
        Account(USER, key=str(tmp_path / "no-key")),
        Account(USER, key=str(tmp_path / "nowhere")),
    ):
        with pytest.raises(ValueError, match="is no private key that can be used") as caught:
            ran(hosts.host, account)
        assert "wrong" not in str(caught.value)
    assert hosts.lab.logins == 0


def test_an_agent_that_is_not_there_lets_us_in_nowhere(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_AUTH_SOCK", str(hosts.folder / "nowhere"))

    output = ran(hosts.host, Account(USER, agent=True))

    assert (output.outcome, output.begun) == ("authentication", False)
    assert "agent" in output.why


def test_who_lets_everybody_in_proves_no_account(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    async def nobody_needs_to(*_: object) -> bool:
        return False

    monkeypatch.setattr("reconcile.lab.ssh.server._Server.begin_auth", nobody_needs_to)

    assert ran(hosts.host).outcome == "authentication"
    assert hosts.lab.ran == []


def test_an_expired_password_is_told_as_such(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    def expired(*_: object) -> bool:
        raise asyncssh.PasswordChangeRequired("Change it!")

    monkeypatch.setattr("reconcile.lab.ssh.server._Server.validate_password", expired)

    output = ran(hosts.host)

    assert output.outcome == "authentication"
    assert "the password has expired" in output.why


def test_no_secret_shows(hosts: SSHHosts) -> None:
    shown = repr([ADMIN, Account(USER, passphrase=Secret(PHRASE)), hosts.through("PC2"), hosts.lab])
    assert PASSWORD not in shown
    assert PHRASE not in shown

    hosts.lab.handler = lambda one: (_ for _ in ()).throw(ValueError(f"{one.secrets['S']} {PASSWORD}"))
    assert "***" in ran(hosts.host, secrets={"S": Secret("s3cret")}).why
    assert "s3cret" not in ran(hosts.host, secrets={"S": Secret("s3cret")}).why


class Agent:
    """As asyncssh's, of one key; its protocol is asyncssh's own affair."""

    def __init__(self, *keys: asyncssh.SSHKey) -> None:
        self.keys = keys
        self.closed = False

    async def get_keys(self) -> list[asyncssh.SSHKey]:
        if not self.keys:
            raise ValueError("no keys")
        return list(self.keys)

    def close(self) -> None:
        self.closed = True

    async def wait_closed(self) -> None:
        assert self.closed


def at_hand(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect() -> Agent:
        return agent

    monkeypatch.setattr(asyncssh, "connect_agent", connect)


def test_an_agent_opens(hosts: SSHHosts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, public = key_file(tmp_path)
    hosts.lab.keys = {USER: public}
    agent = Agent(asyncssh.read_private_key(file))
    at_hand(agent, monkeypatch)

    assert ran(hosts.host, Account(USER, agent=True)).ok
    assert agent.closed


def test_an_agent_that_is_locked_lets_us_in_nowhere(hosts: SSHHosts, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand(Agent(), monkeypatch)

    output = ran(hosts.host, Account(USER, agent=True))

    assert (output.outcome, output.why) == ("authentication", "the agent gives no keys: no keys")
