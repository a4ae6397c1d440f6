"""One connection to one domain controller: encrypted, verified, signed in; and what a question to it gives."""

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ldap3 import BASE, DEREF_NEVER, NONE, SUBTREE, Connection, Server
from ldap3.core.exceptions import LDAPExceptionError

from reconcile.client.ldap.bind import Account, Accounts, sign_in
from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.refusal import SUCCESS, SYSTEM, Lost, Refusal, as_error
from reconcile.client.ldap.wire import Verified, reading
from reconcile.errors import SourceError

PORTS = {"ldaps": 636, "ldap": 389}
PAGED = "1.2.840.113556.1.4.319"
NO_REFERRALS = ("1.2.840.113556.1.4.1339", True, None)
"""Domain scope: what lies in other domains is not offered instead of an answer."""
CONNECT_SECONDS, ANSWER_SECONDS = 10, 120
ANYTHING = "(objectClass=*)"
ROOT = (
    "defaultNamingContext",
    "configurationNamingContext",
    "dnsHostName",
    "dsServiceName",
    "isSynchronized",
)
Control = tuple[str, bool, bytes | None]


@dataclass(frozen=True)
class Reply:
    """One result; `cookie` is None where the server said nothing of pages, and empty after the last one."""

    said: Refusal
    entries: Sequence[Entry] = ()
    cookie: bytes | None = None

    @property
    def ok(self) -> bool:
        return self.said.code == SUCCESS


@dataclass(frozen=True)
class Root:
    """What the server says of itself: its domain's root, and who it is."""

    base: str
    configuration: str
    host: str
    service: str
    """The DN of its own settings, which name its database."""
    synchronized: bool = True
    """False while a new or restored server still waits for what the others know."""

    @property
    def domain(self) -> str:
        """The DNS name of its domain."""
        return ".".join(
            part.partition("=")[2] for part in self.base.lower().split(",") if part.strip().startswith("dc=")
        )


@dataclass
class Session:
    """Not for several threads at once. Every question raises Lost where no answer came, and the session is then closed."""

    url: str
    connection: Connection
    root: Root
    _again: "Callable[[], Session]" = field(repr=False)
    sees_deleted: bool | None = None
    """Whether this account is shown what was deleted; None until somebody has found out."""

    def search(
        self,
        base: str,
        filter_: str,
        attributes: Sequence[str],
        *,
        scope: str = SUBTREE,
        controls: Sequence[Control] = (),
        page: tuple[int, bytes] | None = None,
    ) -> Reply:
        """`page` is its size, and the cookie of the one before."""
        size, cookie = page or (None, None)
        self._do(
            lambda: self.connection.search(
                base,
                filter_,
                scope,
                DEREF_NEVER,
                attributes=list(attributes) or ["1.1"],
                controls=[*controls, NO_REFERRALS],
                paged_size=size,
                paged_cookie=cookie,
            )
        )
        result = self.connection.result
        paged = result.get("controls", {}).get(PAGED)
        found = [item for item in self.connection.response or () if isinstance(item, Entry)]
        return Reply(_said(result), found, paged["value"]["cookie"] if paged else None)

    def modify(self, dn: str, changes: Mapping[str, Sequence[Any]], controls: Sequence[Control] = ()) -> Reply:
        """As ldap3 takes changes: per attribute a list of (operation, values)."""
        return self._act(lambda: self.connection.modify(dn, dict(changes), list(controls)))

    def delete(self, dn: str, controls: Sequence[Control] = ()) -> Reply:
        return self._act(lambda: self.connection.delete(dn, list(controls)))

    def move(self, dn: str, name: str, below: str) -> Reply:
        """`name` is its relative name, CN=PC-1."""
        return self._act(lambda: self.connection.modify_dn(dn, name, new_superior=below))

    def tells(self, *names: str) -> Entry:
        """What the server says of itself just now. Raises Lost, or SourceError where it does not say."""
        told: list[Entry] = []
        self._do(lambda: told.append(_root_entry(self.connection, self.url, names)))
        return told[0]

    def highest_usn(self) -> int:
        """The number of the last change that this server has taken. Raises as `tells` does."""
        number = self.tells("highestCommittedUSN").number("highestcommittedusn")
        if number is None:
            raise SourceError(SYSTEM, f"{self.url} does not tell the number of its last change")
        return number

    def close(self) -> None:
        """Without a goodbye: whoever does not answer any more does not take one either."""
        self.connection.strategy.close()

    @property
    def closed(self) -> bool:
        return bool(self.connection.closed)

    def reopen(self) -> None:
        """A new connection to the same server, by the same account. Raises SourceError or AccessRefused, and stays closed."""
        self.close()
        fresh = self._again()
        if fresh.root.service != self.root.service:
            fresh.close()
            raise SourceError(
                SYSTEM, f"{self.url}: another server answers now, {fresh.root.host} and not {self.root.host}"
            )
        self.connection = fresh.connection

    def _act(self, operation: Callable[[], object]) -> Reply:
        self._do(operation)
        return Reply(_said(self.connection.result))

    def _do(self, operation: Callable[[], object]) -> None:
        try:
            operation()
        except (LDAPExceptionError, OSError) as error:
            self.close()
            raise Lost(f"{self.url}: {error}") from error


@contextmanager
def connected(url: str, account: Account | Accounts, ca_file: str | None = None) -> Iterator[Session]:
    """ldaps:// has TLS from the first byte, ldap:// by StartTLS. Raises SourceError or AccessRefused."""
    session = connect(url, account, ca_file)
    try:
        yield session
    finally:
        session.close()


def connect(url: str, account: Account | Accounts, ca_file: str | None = None) -> Session:
    """As `connected`; whoever takes it closes it."""
    connection = _connection(url, ca_file)
    try:
        _open(connection, url)
        root = _root(connection, url)
        sign_in(connection, account.of(root.domain), root.host)
    except BaseException as error:
        connection.strategy.close()
        if isinstance(error, LDAPExceptionError | OSError):
            raise SourceError(SYSTEM, f"{url}: {connection.last_error or error}") from error
        raise
    return Session(url, connection, root, lambda: connect(url, account, ca_file))


def _connection(url: str, ca_file: str | None) -> Connection:
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise SourceError(SYSTEM, f"[directory] ca_file {ca_file}: {error}") from error
    address = urlsplit(url)
    server = Server(
        address.hostname,
        address.port or PORTS[address.scheme],
        use_ssl=address.scheme == "ldaps",
        tls=Verified(context),
        get_info=NONE,
        connect_timeout=CONNECT_SECONDS,
    )
    return reading(
        Connection(
            server,
            receive_timeout=ANSWER_SECONDS,
            auto_referrals=False,
            check_names=False,
            return_empty_attributes=False,
        )
    )


def _open(connection: Connection, url: str) -> None:
    connection.open(read_server_info=False)
    if not url.startswith("ldaps"):
        connection.start_tls(read_server_info=False)
    if not isinstance(connection.socket, ssl.SSLSocket):
        raise SourceError(SYSTEM, f"{url} does not encrypt; nothing is asked in the clear")


def _root(connection: Connection, url: str) -> Root:
    entry = _root_entry(connection, url, ROOT)
    base, configuration, host, service, synchronized = (entry.text(name.lower()) for name in ROOT)
    if not base or not configuration or not host:
        raise SourceError(SYSTEM, f"{url} is no domain controller: it names no domain")
    return Root(base, configuration, host, service or "", synchronized != "FALSE")


def _root_entry(connection: Connection, url: str, attributes: Sequence[str]) -> Entry:
    """What every server tells everybody."""
    connection.search("", ANYTHING, BASE, attributes=list(attributes))
    found = [item for item in connection.response or () if isinstance(item, Entry)]
    said = _said(connection.result)
    if said.code != SUCCESS or not found:
        raise as_error(said, f"{url}, its root entry")
    return found[0]


def _said(result: Mapping[str, Any]) -> Refusal:
    return Refusal(result["result"], result["description"], result["message"])
