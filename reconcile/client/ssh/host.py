"""Whom to ask, by which way, and as whom."""

from dataclasses import dataclass

from reconcile.client.remote.given import Secret

PORT = 22


@dataclass(frozen=True)
class Account:
    """`key` is the file of a private key, `agent` the one of this session. A password also answers the keyboard."""

    user: str
    password: Secret | None = None
    key: str | None = None
    passphrase: Secret | None = None
    agent: bool = False

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return tuple(secret for secret in (self.password, self.passphrase) if secret)


@dataclass(frozen=True)
class Host:
    """`address` is what is connected to; it is the name unless said otherwise.

    Seconds: to connect, to sign in, and for the whole of a script. `max_output`: bytes of both its streams together.
    """

    name: str
    address: str = ""
    port: int = PORT
    known_as: str = ""
    """What its keys stand under; the name unless said otherwise, as addresses are given to others in time."""
    known_hosts: str | None = None
    """The file of keys that are trusted; `~/.ssh/known_hosts` unless said otherwise."""
    first_use: str | None = None
    """A file of our own: a host that is in neither is trusted once, and its key is written there. Without it nobody is."""
    jump: "Jump | None" = None
    connect_timeout: float = 10
    login_timeout: float = 30
    run_timeout: float = 300
    max_output: int = 16 * 1024 * 1024

    @property
    def reached_at(self) -> tuple[str, int]:
        return self.address or self.name, self.port

    @property
    def identity(self) -> str:
        return self.known_as or self.name


@dataclass(frozen=True)
class Jump:
    """A host on the way, and who passes it; it may have one before it."""

    host: Host
    account: Account
