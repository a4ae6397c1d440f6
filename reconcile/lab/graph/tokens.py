"""The lab's tokens: signed claims whose roles decide what a request may do."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

GRAPH = ("https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000")

READING = (
    "Device.Read.All",
    "Directory.Read.All",
    "User.Read.All",
    "Organization.Read.All",
    "BitlockerKey.ReadBasic.All",
    "DeviceLocalCredential.ReadBasic.All",
    "DeviceManagementManagedDevices.Read.All",
    "DeviceManagementServiceConfig.Read.All",
    "OnPremDirectorySynchronization.Read.All",
)
WRITING = (*READING, "Device.ReadWrite.All", "BitlockerKey.Read.All", "DeviceLocalCredential.Read.All")

READER, WRITER = "10000000-0000-4000-8000-00000000000a", "10000000-0000-4000-8000-00000000000b"

_claims = msgspec.json.Decoder(dict[str, Any])


@dataclass
class Application:
    """A registered application; without a client id a managed identity is the writer."""

    secret: str
    roles: tuple[str, ...]


def _applications() -> dict[str, Application]:
    return {READER: Application("reader-secret", READING), WRITER: Application("writer-secret", WRITING)}


@dataclass
class Tokens:
    tenant_id: str
    now: Callable[[], datetime]
    lifetime: int = 3600
    """Seconds."""
    applications: dict[str, Application] = field(default_factory=_applications)
    identity_header: str = "lab-identity"
    """What a managed identity must send as X-IDENTITY-HEADER."""
    issued: int = 0
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    _generation: int = 0

    def issue(self, client_id: str, audience: str = GRAPH[0]) -> tuple[str, int]:
        """A token and when it expires, in epoch seconds; raises KeyError for an application that is not registered."""
        return self._signed(client_id, self.applications[client_id].roles, audience)

    def bearer(self, *roles: str) -> dict[str, str]:
        """The header of a token with these roles, or with all the writer's."""
        token, _ = self._signed(WRITER, roles or WRITING, GRAPH[0])
        return {"Authorization": f"Bearer {token}"}

    def revoke(self) -> None:
        """All that were issued so far."""
        self._generation += 1

    def roles(self, authorization: str, origin: str) -> frozenset[str] | None:
        """None where the header bears no token of this lab that is good now, for Graph."""
        scheme, _, token = authorization.partition(" ")
        claims = self._verified(token) if scheme.lower() == "bearer" else None
        if claims is None or claims["exp"] <= self.now().timestamp() or claims["gen"] != self._generation:
            return None
        audience = str(claims["aud"]).rstrip("/")
        return frozenset(claims["roles"]) if audience in {*GRAPH, origin} else None

    def _signed(self, client_id: str, roles: tuple[str, ...], audience: str) -> tuple[str, int]:
        self.issued += 1
        now = int(self.now().timestamp())
        claims = {
            "aud": audience,
            "iss": f"https://sts.windows.net/{self.tenant_id}/",
            "iat": now,
            "nbf": now,
            "exp": now + self.lifetime,
            "appid": client_id,
            "tid": self.tenant_id,
            "roles": roles,
            "uti": str(self.issued),
            "gen": self._generation,
        }
        said = f"{_text({'typ': 'JWT', 'alg': 'HS256'})}.{_text(claims)}"
        return f"{said}.{self._signature(said)}", now + self.lifetime

    def _verified(self, token: str) -> dict[str, Any] | None:
        said, _, signature = token.rpartition(".")
        if not said.isascii() or not hmac.compare_digest(self._signature(said).encode(), signature.encode()):
            return None
        return claims_of(token)

    def _signature(self, said: str) -> str:
        return _letters(hmac.digest(self._key, said.encode(), hashlib.sha256))


def claims_of(token: str) -> dict[str, Any] | None:
    """What a token says, whoever signed it; None where it is no token."""
    _, _, rest = token.partition(".")
    letters = rest.partition(".")[0]
    try:
        return _claims.decode(base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))
    except (msgspec.DecodeError, binascii.Error, ValueError):
        return None


def _text(value: object) -> str:
    return _letters(msgspec.json.encode(value))


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
