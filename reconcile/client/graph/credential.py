"""Credentials by their name in settings, and what a token says of itself.

Secrets come from azure-identity's own variables; tokens are kept by azure-identity and never written anywhere.
"""

import asyncio
import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

import msgspec
from azure.core.credentials import AccessToken, TokenCredential
from azure.core.exceptions import AzureError, ServiceRequestError, ServiceResponseError
from azure.identity import (
    AzureCliCredential,
    CertificateCredential,
    ClientSecretCredential,
    DefaultAzureCredential,
    DeviceCodeCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from reconcile.client.graph.refusal import SYSTEM
from reconcile.client.graph.retry import AGAIN, HINT, Later, is_distrusted
from reconcile.errors import AccessRefused, SettingsError
from reconcile.settings import LOOPBACK, Azure, Settings

PUBLIC = "https://graph.microsoft.com"
AUTHORITIES = {
    "graph.microsoft.com": "login.microsoftonline.com",
    "graph.microsoft.us": "login.microsoftonline.us",
    "dod-graph.microsoft.us": "login.microsoftonline.us",
    "microsoftgraph.chinacloudapi.cn": "login.chinacloudapi.cn",
}
"""Who signs for which cloud; Source: Graph's "National cloud deployments"."""

SHOWN = 600
BRIEF: dict[str, Any] = {"retry_total": 3, "retry_backoff_factor": 0.1}
"""How often azure-identity asks again by itself: patience is for `retry.py`, which knows when it ends."""

Prompt = Callable[[str], None]
"""Shown to whoever sits at the terminal: the address and the code of a device-code sign-in."""


@dataclass(frozen=True)
class Grant:
    """What an access token says of itself; for an app `permissions` are its roles, for a person the scopes."""

    tenant: str | None
    application: str | None
    person: str | None
    permissions: frozenset[str]
    roles: frozenset[str]
    """Template ids of a person's directory roles."""
    expires_at: datetime


@dataclass
class Tokens:
    """A credential of azure-identity, asked in a thread, as many of them look around before they answer."""

    make: Callable[[], TokenCredential] = field(repr=False)
    scope: str
    held: TokenCredential = field(init=False, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    """One at a time: who signs in by a code is asked for it once, whatever waits for the token."""

    def __post_init__(self) -> None:
        self.held = self.make()

    async def get_token(self, *scopes: str, **options: Any) -> AccessToken:  # noqa: ANN401 - azure's own signature
        """Raises AccessRefused where there is none to be had, and Later where nobody answered."""
        async with self._turn:
            try:
                return await asyncio.to_thread(self.held.get_token, *scopes, **options)
            except AzureError as error:
                hint = f". {HINT}" if is_distrusted(error) else ""
                said = f"no token: {_in_one_line(error.message)}{hint}"
                raise (Later(said) if _may_pass(error) else AccessRefused(SYSTEM, said)) from error

    def renew(self, refused: TokenCredential) -> None:
        """Forget the credential whose token was not taken, unless another has done so: the next token is a new one."""
        if self.held is refused:
            self.held = self.make()

    def close(self) -> None:
        getattr(self.held, "close", _nothing)()

    async def grant(self) -> Grant:
        token = await self.get_token(self.scope)
        return read_grant(token)


def tokens(settings: Settings, azure: Azure, prompt: Prompt) -> Tokens:
    """For the endpoint in settings. Raises SettingsError where something that the credential needs is not set."""
    host = urlsplit(settings.entra.endpoint).hostname or ""
    options: dict[str, Any] = {"connection_verify": settings.entra.ca_file} if settings.entra.ca_file else {}
    authority = azure.authority_host or AUTHORITIES.get(host)
    if authority:
        options["authority"] = authority
        options["disable_instance_discovery"] = _bare(authority) not in AUTHORITIES.values()
    scope = PUBLIC if host in LOOPBACK else settings.entra.endpoint.rstrip("/")
    return Tokens(_Maker(settings, azure, prompt, options).make, f"{scope}/.default")


def read_grant(token: AccessToken) -> Grant:
    """A token that cannot be read says nothing of its tenant and its rights."""
    claims = _claims(token.token)
    named = _texts(claims.get("roles")) or str(claims.get("scp", "")).split()
    return Grant(
        tenant=str(claims["tid"]).lower() if claims.get("tid") else None,
        application=claims.get("app_displayname") or claims.get("appid"),
        person=claims.get("upn") or claims.get("preferred_username"),
        permissions=frozenset(named),
        roles=frozenset(_texts(claims.get("wids"))),
        expires_at=datetime.fromtimestamp(token.expires_on, UTC),
    )


@dataclass(frozen=True)
class _Maker:
    """`make`, and a method for each name in settings."""

    settings: Settings
    azure: Azure = field(repr=False)
    prompt: Prompt
    options: dict[str, Any]

    def make(self) -> TokenCredential:
        name = self.settings.entra.credential
        try:
            made: TokenCredential = getattr(self, name.replace("-", "_"))()
        except ValueError as error:  # azure-identity's own word
            raise SettingsError(f"[entra] credential {name}", _in_one_line(str(error))) from error
        return made

    def default(self) -> TokenCredential:
        named = {"managed_identity_client_id": self._client_id(), "workload_identity_client_id": self._client_id()}
        return DefaultAzureCredential(**self._set(named), **self.options)

    def managed_identity(self) -> TokenCredential:
        return ManagedIdentityCredential(**self._set({"client_id": self._client_id()}))

    def workload_identity(self) -> TokenCredential:
        tenant, app = self._tenant(), self._app()
        try:
            return WorkloadIdentityCredential(tenant_id=tenant, client_id=app, **self.options, **BRIEF)
        except ValueError as error:
            raise ValueError(f"{error} AZURE_FEDERATED_TOKEN_FILE must be set.") from error

    def client_secret(self) -> TokenCredential:
        secret = self._needed(self.azure.client_secret, "AZURE_CLIENT_SECRET")
        return ClientSecretCredential(self._tenant(), self._app(), secret, **self.options, **BRIEF)

    def certificate(self) -> TokenCredential:
        path = self._needed(self.azure.client_certificate_path, "AZURE_CLIENT_CERTIFICATE_PATH")
        try:
            return CertificateCredential(
                self._tenant(),
                self._app(),
                path,
                password=self.azure.client_certificate_password,
                **self.options,
                **BRIEF,
            )
        except (OSError, ValueError) as error:
            raise SettingsError("AZURE_CLIENT_CERTIFICATE_PATH", f"{path} cannot be used: {error}") from error

    def azure_cli(self) -> TokenCredential:
        return AzureCliCredential(tenant_id=self.settings.tenant.id or "")

    def device_code(self) -> TokenCredential:
        def ask(address: str, code: str, _: datetime) -> None:
            self.prompt(f"Open {address} in a browser and enter the code {code}")

        return DeviceCodeCredential(
            **self._set({"client_id": self._client_id()}),
            tenant_id=self._tenant(),
            prompt_callback=ask,
            **self.options,
            **BRIEF,
        )

    def _tenant(self) -> str:
        return self._needed(self.settings.tenant.id or self.azure.tenant_id, "[tenant] id, or AZURE_TENANT_ID,")

    def _app(self) -> str:
        return self._needed(self._client_id(), "[entra] client_id, or AZURE_CLIENT_ID,")

    def _client_id(self) -> str | None:
        return self.settings.entra.client_id or self.azure.client_id

    def _needed(self, value: str | None, what: str) -> str:
        if value is None:
            raise SettingsError(f"[entra] credential {self.settings.entra.credential}", f"{what} must be set")
        return value

    @staticmethod
    def _set(options: dict[str, str | None]) -> dict[str, Any]:
        return {name: value for name, value in options.items() if value is not None}


def _claims(token: str) -> dict[str, Any]:
    """The middle of a JWT; nothing where it is none. It is read, not believed: Graph is who checks it."""
    parts = token.split(".")
    try:
        claims = msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (IndexError, ValueError, msgspec.DecodeError, RecursionError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _texts(claim: object) -> list[str]:
    return [str(text) for text in claim] if isinstance(claim, list) else []


def _may_pass(error: BaseException | None) -> bool:
    """Whether nobody answered, or only for now; azure-identity calls that a refusal, and has the reason as its cause."""
    if error is None or is_distrusted(error):
        return False
    said = _STATUS.search(str(error))
    return (
        isinstance(error, ServiceRequestError | ServiceResponseError)
        or (said is not None and int(said[1]) in AGAIN)
        or _may_pass(error.__cause__)
    )


_STATUS = re.compile(r"HTTP Error: (\d{3})")
"""All that MSAL says of an authority that is out of order."""


def _nothing() -> None:
    """Not every credential has something to close."""


def _bare(authority: str) -> str:
    return authority.removeprefix("https://").strip("/").casefold()


def _in_one_line(message: str) -> str:
    """The default chain tells at length how each of its credentials failed."""
    return shorten(message, SHOWN, placeholder=" …")
