"""Signing in: every way there is, only inside verified TLS, and never in the clear."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID
from ldap3 import NONE, Connection, Server

from reconcile.client.ldap.bind import Account, _hashed
from reconcile.client.ldap.session import connect, connected
from reconcile.errors import AccessRefused, SourceError
from tests.certificates import Authority
from tests.client.ldap.domain import Domain
from tests.samba import ADMINISTRATOR, HOST, PASSWORD, Samba, domain_controller, ticket

DN = "CN=Administrator,CN=Users,DC=example,DC=test"
DOWN_LEVEL, PRINCIPAL = "EXAMPLE\\Administrator", "Administrator@EXAMPLE.TEST"


@pytest.fixture(name="realm")
def realm_fixture(samba: Samba, monkeypatch: pytest.MonkeyPatch) -> Samba:
    monkeypatch.setenv("KRB5_CONFIG", str(samba.kerberos))
    monkeypatch.setenv("KRB5CCNAME", f"MEMORY:{samba.address}")
    return samba


def signs_in(domain: Domain, account: Account, url: str) -> bool:
    """Whether the sign-in counts: nobody else is shown anything of the domain."""
    with domain.session(account, url) as session:
        return bool(session.search(session.root.base, "(objectClass=user)", ["cn"]).entries)


@pytest.mark.parametrize("user", [ADMINISTRATOR, DN, DOWN_LEVEL])
def test_a_simple_bind_takes_any_name_of_the_account(domain: Domain, user: str) -> None:
    account = Account("simple", user, PASSWORD)

    assert signs_in(domain, account, domain.url)
    assert signs_in(domain, account, domain.start_tls)


@pytest.mark.live_ad
@pytest.mark.parametrize("encryption", ["ldaps", "StartTLS"])
@pytest.mark.parametrize(
    "account",
    [Account("ntlm", DOWN_LEVEL, PASSWORD), Account("kerberos", PRINCIPAL, PASSWORD)],
    ids=lambda one: one.bind,
)
def test_ntlm_and_kerberos_sign_in_by_password(
    realm: Samba, real_domain: Domain, account: Account, encryption: str
) -> None:
    assert signs_in(real_domain, account, realm.url if encryption == "ldaps" else realm.start_tls)


@pytest.mark.live_ad
def test_kerberos_signs_in_by_the_ticket_that_is_there(
    realm: Samba, real_domain: Domain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5CCNAME", f"FILE:{ticket(realm, PRINCIPAL, PASSWORD)}")

    assert signs_in(real_domain, Account("kerberos"), realm.url)


@pytest.mark.live_ad
@pytest.mark.usefixtures("realm")
def test_kerberos_without_a_ticket_is_refused(real_domain: Domain) -> None:
    with pytest.raises(AccessRefused, match="kerberos sign-in of the ticket that is there: "):
        signs_in(real_domain, Account("kerberos"), real_domain.url)


@pytest.mark.live_ad
@pytest.mark.usefixtures("realm")
@pytest.mark.parametrize(
    ("account", "why"),
    [
        (Account("ntlm", DOWN_LEVEL, "Other0rd!"), "ntlm sign-in of EXAMPLE.Administrator: 49 invalidCredentials"),
        (Account("kerberos", PRINCIPAL, "Other0rd!"), f"kerberos sign-in of {PRINCIPAL}: "),
    ],
    ids=lambda one: one.bind if isinstance(one, Account) else "",
)
def test_ntlm_and_kerberos_refuse_a_wrong_password(real_domain: Domain, account: Account, why: str) -> None:
    with pytest.raises(AccessRefused, match=why) as raised:
        signs_in(real_domain, account, real_domain.url)
    assert "Other0rd!" not in repr(raised.value)


def test_a_wrong_password_is_told_as_such_and_not_repeated(domain: Domain) -> None:
    account = Account("simple", ADMINISTRATOR, "Other0rd!")

    with pytest.raises(
        AccessRefused, match="49 invalidCredentials: the password is wrong, or there is no such"
    ) as raised:
        signs_in(domain, account, domain.url)
    assert "Other0rd!" not in repr(raised.value) + repr(account)


@pytest.mark.parametrize("account", [Account("simple", ADMINISTRATOR, ""), Account("simple", None, PASSWORD)])
def test_a_bind_that_would_be_nobodys_is_not_sent(domain: Domain, account: Account) -> None:
    with pytest.raises(AccessRefused, match="a simple bind needs"):
        signs_in(domain, account, domain.url)


def test_the_server_itself_refuses_a_plain_bind(domain: Domain) -> None:
    """Ours never sends one: before it there is TLS, or an error."""
    host, _, port = domain.start_tls.removeprefix("ldap://").partition(":")
    plain = Connection(Server(host, int(port or 389), get_info=NONE), ADMINISTRATOR, PASSWORD)
    try:
        assert not plain.bind(read_server_info=False)
        assert plain.result["description"] == "strongerAuthRequired"
    finally:
        plain.unbind()


def test_nothing_is_sent_but_a_wish_for_encryption_before_there_is_any(lab: Domain) -> None:
    assert lab.lab is not None
    with lab.session(url=lab.start_tls) as session:
        assert session.connection.tls_started
    asked = [one.name for one in lab.lab.log]

    assert asked[0] == "extended"
    assert asked[1:3] == ["search", "bind"]


def test_a_certificate_by_an_unknown_authority_is_refused(domain: Domain, tmp_path: Path) -> None:
    stranger = Authority().issue("localhost").write(tmp_path / "stranger")

    for url in (domain.url, domain.start_tls):
        with pytest.raises(SourceError, match="CERTIFICATE_VERIFY_FAILED"):
            connect(url, domain.admin, str(stranger))


def test_a_certificate_for_another_name_is_refused(domain: Domain) -> None:
    with pytest.raises(SourceError, match=r"CERTIFICATE_VERIFY_FAILED.*certificate is not valid for"):
        connect(domain.elsewhere, domain.admin, str(domain.ca_file))


@pytest.fixture(scope="session", name="strict")
def strict_fixture(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    with domain_controller(seed, tmp_path_factory.mktemp("strict") / "dc", strong="yes") as samba:
        yield samba


@pytest.mark.live_ad
def test_a_server_that_wants_sasl_to_sign_as_well_takes_a_simple_bind_within_tls(
    strict: Samba, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KRB5_CONFIG", str(strict.kerberos))
    with connected(strict.url, Account("simple", ADMINISTRATOR, PASSWORD), str(strict.ca_file)) as session:
        assert session.root.host == HOST
    for account in (Account("ntlm", DOWN_LEVEL, PASSWORD), Account("kerberos", PRINCIPAL, PASSWORD)):
        with pytest.raises(AccessRefused, match="8 strongerAuthRequired"):
            connect(strict.url, account, str(strict.ca_file))


def test_a_server_without_the_way_of_signing_in_is_told(lab: Domain) -> None:
    """The lab knows simple binds only."""
    with pytest.raises(
        (AccessRefused, SourceError), match=r"ntlm sign-in of EXAMPLE\\Administrator: 7 authMethodNotSupported"
    ):
        connect(lab.url, Account("ntlm", DOWN_LEVEL, PASSWORD), str(lab.ca_file))


@pytest.mark.parametrize("account", [Account("ntlm", DOWN_LEVEL), Account("ntlm", None, PASSWORD)])
def test_ntlm_needs_a_name_and_a_password(lab: Domain, account: Account) -> None:
    with pytest.raises(AccessRefused, match="NTLM needs"):
        connect(lab.url, account, str(lab.ca_file))


def test_kerberos_without_its_library_says_what_to_install(lab: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object, **__: object) -> None:
        raise ImportError("gssapi")

    monkeypatch.setattr("spnego.client", missing)

    with pytest.raises(AccessRefused, match=r"pip install reconcile\[kerberos\]"):
        connect(lab.url, Account("kerberos"), str(lab.ca_file))


def test_what_a_library_raises_does_not_carry_the_password_along(lab: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*arguments: object, **_: object) -> None:
        raise ValueError("cannot be\nspelt", arguments)

    monkeypatch.setattr("spnego.client", fails)

    with pytest.raises(AccessRefused) as raised:
        connect(lab.url, Account("ntlm", DOWN_LEVEL, "Other0rd!"), str(lab.ca_file))
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [(hashes.SHA256(), "sha256"), (hashes.SHA384(), "sha384"), (hashes.SHA512(), "sha512"), (None, "sha256")],
    ids=["SHA-256", "SHA-384", "SHA-512", "none"],
)
def test_a_channel_is_bound_by_the_hash_of_the_certificate(algorithm: hashes.SHA256 | None, expected: str) -> None:
    """RFC 5929: by its signature's own algorithm; where that has none, by SHA-256."""
    key = ed25519.Ed25519PrivateKey.generate() if algorithm is None else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dc1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, algorithm)
        .public_bytes(serialization.Encoding.DER)
    )

    assert _hashed(certificate) == hashlib.new(expected, certificate).digest()
