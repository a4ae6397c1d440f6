"""Real credentials of azure-identity against the lab's authority, whose certificate is of an authority of its own."""

import base64
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from azure.core.credentials import AccessToken
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tokens import WRITER
from reconcile.settings import Azure, Entra, Settings, Tenant
from tests.client.graph.session import NOW
from tests.graph_lab import graph_lab
from tests.lab.certificates import certified


@dataclass(frozen=True)
class Authority:
    lab: Lab
    url: str
    ca_file: str

    def settings(self, credential: Any, **entra: Any) -> Settings:
        known = {"client_id": WRITER, "ca_file": self.ca_file, "endpoint": self.url} | entra
        return Settings(Tenant(self.lab.tenant.tenant_id), Entra(credential=credential, **known))

    def azure(self, **known: Any) -> Azure:
        return Azure(authority_host=self.url, **known)


@contextmanager
def authority(folder: Path, devices: int = 5) -> Iterator[Authority]:
    made = certified(folder)
    with graph_lab(estate(devices, NOW), tls=made.context) as (lab, url):
        yield Authority(lab, url.replace("localhost", "127.0.0.1"), str(made.authority))


def client_certificate(folder: Path, password: bytes | None = None) -> Path:
    """With its key, as an application is given it."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "reconcile")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked)
    file = folder / "client.pem"
    file.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return file


def token(claims: object, expires: int = 2_000_000_000) -> AccessToken:
    """A token that says so, signed by nobody."""
    middle = base64.urlsafe_b64encode(msgspec.json.encode(claims)).rstrip(b"=").decode()
    return AccessToken(f"e30.{middle}.x", expires)
