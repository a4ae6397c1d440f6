"""Whom to ask, and as whom; what would not be safe on the wire is not sent at all."""

from dataclasses import dataclass
from typing import Literal

from reconcile.client.remote.given import Secret

Auth = Literal["kerberos", "negotiate", "certificate", "basic"]

TLS_PORT, PLAIN_PORT = 5986, 5985
SEALING: tuple[Auth, ...] = ("kerberos", "negotiate")
"""These encrypt the messages themselves, and so need no TLS."""


@dataclass(frozen=True)
class Host:
    """`address` is what is connected to, and what its certificate must name; it is the name unless said otherwise.

    Seconds: to connect, for any answer at all, and for the whole of a script. `max_output`: bytes as they come over the wire.
    """

    name: str
    address: str = ""
    port: int = 0
    tls: bool = True
    path: str = "wsman"
    ca_file: str | None = None
    """The only authorities that are trusted then."""
    connect_timeout: float = 10
    answer_timeout: float = 30
    run_timeout: float = 300
    max_output: int = 16 * 1024 * 1024

    @property
    def reached_at(self) -> tuple[str, int]:
        return self.address or self.name, self.port or (TLS_PORT if self.tls else PLAIN_PORT)


@dataclass(frozen=True)
class Account:
    """Without a user, Kerberos takes the ticket that is there. `certificate` and `key` are PEM files."""

    auth: Auth
    user: str | None = None
    password: Secret | None = None
    certificate: str | None = None
    key: str | None = None

    @property
    def secrets(self) -> tuple[Secret, ...]:
        return (self.password,) if self.password else ()


def require_safe(host: Host, account: Account) -> None:
    """Raises ValueError where what is sent could be read, or somebody else could answer."""
    if not host.tls and account.auth not in SEALING:
        raise ValueError(f"{account.auth} is only safe over https; http needs {' or '.join(SEALING)}")
    if account.auth == "certificate" and not (account.certificate and account.key):
        raise ValueError("certificate needs the files of a certificate and its key")
    if account.auth in {"basic", "negotiate"} and not (account.user and account.password):
        raise ValueError(f"{account.auth} needs a user and a password")
