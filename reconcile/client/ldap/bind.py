"""Who we are to a domain controller, told only inside a verified TLS channel, and bound to it where the way of telling can be.

Source: RFC 4752 (GSSAPI), MS-ADTS 5.1.1.1 (authentication), RFC 5929 4 (tls-server-end-point).
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import spnego
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from ldap3 import SASL, Connection
from ldap3.protocol.sasl.sasl import send_sasl_negotiation
from spnego.channel_bindings import GssChannelBindings
from spnego.exceptions import SpnegoError

from reconcile.client.ldap.refusal import SUCCESS, SYSTEM, Refusal, as_error
from reconcile.errors import AccessRefused
from reconcile.settings import Bind

IN_PROGRESS = 14
NO_LAYER = b"\x01\0\0\0"
"""TLS encrypts already: no second layer, and no size of its messages."""
KEY_EXCHANGE = 0x40000000
WEAK = frozenset({"md5", "sha1"})
KERBEROS_HINT = "Kerberos needs the package's extra: pip install reconcile[kerberos]"


@dataclass(frozen=True)
class Account:
    """Who signs in. Kerberos without a user takes the ticket that is there."""

    bind: Bind
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    def of(self, _domain: str) -> "Account":
        return self


@dataclass(frozen=True)
class Accounts:
    """One account for most domains, and others for those that do not trust it; by DNS name in lower case."""

    most: Account
    others: Mapping[str, Account] = field(default_factory=dict)

    def of(self, domain: str) -> Account:
        return self.others.get(domain, self.most)


def sign_in(connection: Connection, account: Account, host: str) -> None:
    """`host` is the server's own name, which its tickets are for. Raises AccessRefused; ldap3's errors where nobody answers."""
    if account.bind == "simple":
        _simple(connection, account)
        return
    try:
        said = (_kerberos if account.bind == "kerberos" else _ntlm)(connection, account, host)
    except ImportError as error:
        raise AccessRefused(SYSTEM, f"{connection.server.host}: {KERBEROS_HINT}") from error
    except Exception as error:
        # The libraries below have errors of many kinds, some of which hold the password in their arguments.
        if not isinstance(error, SpnegoError | ValueError) and not type(error).__module__.startswith(
            ("krb5", "gssapi")
        ):
            raise
        raise AccessRefused(SYSTEM, f"{_asked(connection, account)}: {_plain(error)}") from None
    if said.code != SUCCESS:
        raise as_error(said, _asked(connection, account))
    connection.bound = True


def _simple(connection: Connection, account: Account) -> None:
    """An empty password would bind as nobody, and be told that all is well (RFC 4513 5.1.2)."""
    if not account.user or not account.password:
        raise AccessRefused(SYSTEM, f"{connection.server.host}: a simple bind needs [directory] user and its password")
    connection.user, connection.password, connection.authentication = account.user, account.password, "SIMPLE"
    if not connection.bind(read_server_info=False):
        raise as_error(_said(connection.result), _asked(connection, account))


def _kerberos(connection: Connection, account: Account, host: str) -> Refusal:
    context = spnego.client(
        account.user,
        account.password,
        hostname=host,
        service="ldap",
        channel_bindings=_bindings(connection),
        context_req=spnego.ContextReq.mutual_auth,
        protocol="kerberos",
    )
    token = context.step()
    while not context.complete:
        said, answer = _negotiate(connection, "GSSAPI", token)
        if said.code not in {SUCCESS, IN_PROGRESS}:
            return said
        token = context.step(answer)
    said, layers = _negotiate(connection, "GSSAPI", token)
    if said.code != IN_PROGRESS:
        return said
    context.unwrap(layers)
    return _negotiate(connection, "GSSAPI", context.wrap(NO_LAYER, encrypt=False).data)[0]


def _ntlm(connection: Connection, account: Account, host: str) -> Refusal:
    if not account.user or not account.password:
        raise AccessRefused(SYSTEM, f"{connection.server.host}: NTLM needs [directory] user and its password")
    context = spnego.client(
        account.user,
        account.password,
        hostname=host,
        service="ldap",
        channel_bindings=_bindings(connection),
        context_req=spnego.ContextReq.none,
        protocol="ntlm",
    )
    # Without signing and sealing there is no key to exchange; Samba refuses who offers it and then sends none.
    context._context_req &= ~KEY_EXCHANGE  # noqa: SLF001
    said, challenge = _negotiate(connection, "GSS-SPNEGO", context.step())
    return _negotiate(connection, "GSS-SPNEGO", context.step(challenge))[0] if said.code == IN_PROGRESS else said


def _negotiate(connection: Connection, mechanism: str, token: bytes | None) -> tuple[Refusal, bytes]:
    connection.authentication, connection.sasl_mechanism, connection.sasl_in_progress = SASL, mechanism, True
    try:
        result = send_sasl_negotiation(connection, None, token or b"")
    finally:
        connection.sasl_in_progress = False
    return _said(result), result.get("saslCreds") or b""


def _bindings(connection: Connection) -> GssChannelBindings:
    """What ties the sign-in to this very channel: nobody in between can pass it on to another."""
    certificate = connection.socket.getpeercert(binary_form=True)
    return GssChannelBindings(application_data=b"tls-server-end-point:" + _hashed(certificate))


def _hashed(certificate: bytes) -> bytes:
    """By the algorithm of its own signature, but never a weaker one than SHA-256."""
    try:
        algorithm = x509.load_der_x509_certificate(certificate).signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    name = algorithm.name if algorithm and algorithm.name not in WEAK else "sha256"
    return hashlib.new(name, certificate).digest()


def _said(result: dict[str, object]) -> Refusal:
    code, name, message = (result[key] for key in ("result", "description", "message"))
    assert isinstance(code, int)
    return Refusal(code, str(name), str(message))


def _asked(connection: Connection, account: Account) -> str:
    who = account.user or "the ticket that is there"
    return f"{connection.server.host}, {account.bind} sign-in of {who}"


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())
