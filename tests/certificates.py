"""An authority that nobody but the test trusts, and certificates by it for any names."""

import ssl
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
PEM = serialization.Encoding.PEM
Key = ec.EllipticCurvePrivateKey


def _key() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass(frozen=True)
class Certificate:
    """In PEM; `authority` is the certificate of who issued it."""

    certificate: bytes
    key: bytes
    authority: bytes

    def write(self, folder: Path) -> Path:
        """As cert.pem, key.pem and ca.pem; the path of the last."""
        folder.mkdir(exist_ok=True)
        (folder / "cert.pem").write_bytes(self.certificate)
        (folder / "key.pem").touch(mode=0o600)
        (folder / "key.pem").write_bytes(self.key)
        (folder / "ca.pem").write_bytes(self.authority)
        return folder / "ca.pem"

    def context(self, folder: Path) -> ssl.SSLContext:
        """For a server; the files are written first."""
        self.write(folder)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        return context


@dataclass(frozen=True)
class Authority:
    key: Key = field(default_factory=_key)

    def issue(self, *names: str) -> Certificate:
        """For those DNS names and IP addresses."""
        key = _key()
        alternative = x509.SubjectAlternativeName([_name(name) for name in names])
        server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            _begun(server, key)
            .add_extension(alternative, critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return Certificate(certificate.public_bytes(PEM), key.private_bytes(PEM, form, plain), self.certificate())

    def certificate(self) -> bytes:
        return (
            _begun(AUTHORITY, self.key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
            .sign(self.key, hashes.SHA256())
            .public_bytes(PEM)
        )


def _begun(subject: x509.Name, key: Key) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(AUTHORITY)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
