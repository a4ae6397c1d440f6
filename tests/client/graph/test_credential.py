"""Real credentials of azure-identity, and what their tokens say."""

import asyncio
import base64
import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from azure import identity as azure_identity
from azure.core.credentials import AccessToken
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.graph.connect import connect, sign_in
from reconcile.client.graph.credential import Grant, read_grant, tokens
from reconcile.client.graph.listing import device_count
from reconcile.errors import AccessRefused, SettingsError, SourceError
from reconcile.lab.graph.tokens import READER, WRITER
from reconcile.settings import Azure, Entra, Settings, Tenant
from tests.client.graph.authority import authority, client_certificate, token
from tests.client.graph.canned import said, served
from tests.client.graph.session import HASTY, SCOPE, Session
from tests.lab.certificates import certified

TENANT = "c0ffee00-0000-4000-8000-000000000001"
APP = "c0ffee00-0000-4000-8000-000000000002"
SECRET = "a-secret-nobody-may-see"


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("AZURE_", "IDENTITY_", "MSI_")):
            monkeypatch.delenv(name)


def no_prompt(text: str) -> None:
    pytest.fail(text)


def signed_in(settings: Settings, azure: Azure) -> tuple[Grant, int]:
    """What the token grants, and that Graph takes it."""

    async def ask() -> tuple[Grant, int]:
        async with connect(settings, azure, no_prompt) as graph:
            graph.patience = HASTY
            return await sign_in(graph, settings), await device_count(graph)

    return asyncio.run(ask())


def refused(settings: Settings, azure: Azure) -> str:
    with pytest.raises(AccessRefused) as error:
        signed_in(settings, azure)
    told = "".join(traceback.format_exception(error.value))
    assert SECRET not in told
    assert SECRET not in repr(azure)
    return str(error.value)


def identity(entra: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{entra.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", entra.lab.tokens.identity_header)


@pytest.mark.parametrize(("client_id", "application"), [(None, WRITER), (READER, READER)])
def test_a_managed_identity_signs_in(
    entra: Session, monkeypatch: pytest.MonkeyPatch, client_id: str | None, application: str
) -> None:
    identity(entra, monkeypatch)
    tenant = entra.lab.tenant.tenant_id
    settings = Settings(Tenant(tenant), Entra(endpoint=entra.url, credential="managed-identity", client_id=client_id))

    grant, devices = signed_in(settings, Azure())

    assert (grant.tenant, grant.application, grant.person, devices) == (tenant, application, None, 60)
    assert ("Device.ReadWrite.All" in grant.permissions) is (application == WRITER)
    assert grant.expires_at > datetime.now(UTC)


def test_the_default_chain_finds_the_managed_identity(entra: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    identity(entra, monkeypatch)
    settings = Settings(entra=Entra(endpoint=entra.url, client_id=READER))

    assert signed_in(settings, Azure())[0].application == READER


def test_a_managed_identity_that_is_refused_is_told(entra: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    identity(entra, monkeypatch)
    monkeypatch.setenv("IDENTITY_HEADER", SECRET)
    settings = Settings(entra=Entra(endpoint=entra.url, credential="managed-identity"))

    assert refused(settings, Azure()).startswith("entra refused: no token: ")


def test_a_client_secret_signs_in_at_an_authority_with_its_own_certificate(tmp_path: Path) -> None:
    with authority(tmp_path) as there:
        grant, devices = signed_in(there.settings("client-secret"), there.azure(client_secret="writer-secret"))

    assert (grant.tenant, grant.application, devices) == (there.lab.tenant.tenant_id, WRITER, 5)


def test_a_wrong_secret_is_refused_with_azures_code(tmp_path: Path) -> None:
    with authority(tmp_path) as there:
        said = refused(there.settings("client-secret"), there.azure(client_secret=SECRET))

    assert said == "entra refused: no token: Authentication failed: AADSTS7000215: Invalid client secret provided."


@pytest.mark.parametrize("password", [None, "word"])
def test_a_certificate_signs_in(tmp_path: Path, password: str | None) -> None:
    file = client_certificate(tmp_path, password.encode() if password else None)

    with authority(tmp_path) as there:
        azure = there.azure(client_certificate_path=str(file), client_certificate_password=password)
        grant, _ = signed_in(there.settings("certificate"), azure)

    assert grant.application == WRITER


def test_a_certificate_that_cannot_be_used_is_an_error_of_settings(tmp_path: Path) -> None:
    locked = client_certificate(tmp_path, b"word")
    settings = Settings(Tenant(TENANT), Entra(credential="certificate", client_id=APP))

    for path, password in ((tmp_path / "none.pem", None), (locked, SECRET)):
        with pytest.raises(SettingsError, match=f"AZURE_CLIENT_CERTIFICATE_PATH: {path} cannot be used: ") as error:
            tokens(settings, Azure(client_certificate_path=str(path), client_certificate_password=password), no_prompt)
        assert SECRET not in str(error.value)


def test_a_workload_signs_in_by_the_token_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claims = base64.urlsafe_b64encode(msgspec.json.encode({"sub": WRITER})).rstrip(b"=").decode()
    file = tmp_path / "token"
    file.write_text(f"e30.{claims}.x")
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", str(file))

    with authority(tmp_path) as there:
        grant, _ = signed_in(there.settings("workload-identity"), there.azure())

    assert grant.application == WRITER


def test_without_the_azure_cli_there_is_no_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = Settings(Tenant(TENANT), Entra(endpoint="http://127.0.0.1:9", credential="azure-cli"))

    assert "Azure CLI not found" in refused(settings, Azure())


def test_an_authority_that_is_not_trusted_is_not_asked(tmp_path: Path) -> None:
    with authority(tmp_path) as there:
        azure = there.azure(client_secret=SECRET)
        settings = there.settings("client-secret", ca_file=None)
        told = refused(settings, azure)

    assert "certificate verify failed" in told
    assert told.endswith(". Where a proxy looks into TLS, [entra] ca_file names the file with its certificate")


def unanswered(settings: Settings, azure: Azure) -> str:
    """Nobody is there: no refusal, but an answer that is waited for until patience ends."""
    with pytest.raises(SourceError) as error:
        signed_in(settings, azure)
    assert not isinstance(error.value, AccessRefused)
    assert SECRET not in "".join(traceback.format_exception(error.value))
    return str(error.value)


def test_an_authority_that_does_not_answer_has_refused_nothing(tmp_path: Path) -> None:
    with authority(tmp_path) as there:
        settings, azure = there.settings("client-secret"), there.azure(client_secret=SECRET)

    assert "no token: Authentication failed: " in unanswered(settings, azure)


def test_an_authority_that_is_out_of_order_has_refused_nothing(tmp_path: Path) -> None:
    def answer(_: str, __: bytes) -> web.Response:
        return said({"error": "temporarily_unavailable"}, 503, Retry_After="0")

    made = certified(tmp_path)
    with served(answer, made.context) as url:
        settings = Settings(
            Tenant(TENANT), Entra(credential="client-secret", client_id=APP, ca_file=str(made.authority))
        )
        told = unanswered(settings, Azure(authority_host=url, client_secret=SECRET))

    assert told == "entra: no token: Authentication failed: HTTP Error: 503"


@pytest.mark.parametrize(
    ("name", "azure", "kind"),
    [
        ("default", Azure(), "DefaultAzureCredential"),
        ("managed-identity", Azure(), "ManagedIdentityCredential"),
        ("workload-identity", Azure(), "WorkloadIdentityCredential"),
        ("client-secret", Azure(client_secret=SECRET), "ClientSecretCredential"),
        ("azure-cli", Azure(), "AzureCliCredential"),
        ("device-code", Azure(), "DeviceCodeCredential"),
    ],
)
def test_each_name_in_settings_is_a_credential(
    name: Any, azure: Azure, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_FEDERATED_TOKEN_FILE", "/token")
    settings = Settings(Tenant(TENANT), Entra(credential=name, client_id=APP))

    made = tokens(settings, azure, no_prompt)

    assert isinstance(made.held, getattr(azure_identity, kind))
    assert made.scope == SCOPE
    assert SECRET not in repr(made)
    made.close()


@pytest.mark.parametrize(
    ("name", "azure", "named"),
    [
        ("client-secret", Azure(client_id=APP, client_secret=SECRET), "[tenant] id, or AZURE_TENANT_ID,"),
        ("client-secret", Azure(tenant_id=TENANT, client_secret=SECRET), "[entra] client_id, or AZURE_CLIENT_ID,"),
        ("client-secret", Azure(tenant_id=TENANT, client_id=APP), "AZURE_CLIENT_SECRET"),
        ("certificate", Azure(tenant_id=TENANT, client_id=APP), "AZURE_CLIENT_CERTIFICATE_PATH"),
        ("workload-identity", Azure(tenant_id=TENANT), "[entra] client_id, or AZURE_CLIENT_ID,"),
        ("workload-identity", Azure(tenant_id=TENANT, client_id=APP), "AZURE_FEDERATED_TOKEN_FILE"),
        ("device-code", Azure(), "[tenant] id, or AZURE_TENANT_ID,"),
    ],
)
def test_what_is_not_set_is_named(name: Any, azure: Azure, named: str) -> None:
    with pytest.raises(SettingsError) as error:
        connect(Settings(entra=Entra(credential=name)), azure, no_prompt)

    assert str(error.value).startswith(f"[entra] credential {name}: ")
    assert f"{named} must be set" in str(error.value)


def test_an_authority_in_the_clear_is_refused() -> None:
    azure = Azure(tenant_id=TENANT, client_id=APP, client_secret=SECRET, authority_host="http://login.example")

    with pytest.raises(SettingsError, match="is an invalid authority") as error:
        tokens(Settings(entra=Entra(credential="client-secret")), azure, no_prompt)

    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("endpoint", "authority"),
    [
        ("https://graph.microsoft.com", "login.microsoftonline.com"),
        ("https://graph.microsoft.us/", "login.microsoftonline.us"),
        ("https://dod-graph.microsoft.us", "login.microsoftonline.us"),
        ("https://microsoftgraph.chinacloudapi.cn", "login.chinacloudapi.cn"),
    ],
)
def test_each_cloud_has_its_authority_and_its_scope(endpoint: str, authority: str) -> None:
    azure = Azure(tenant_id=TENANT, client_id=APP, client_secret=SECRET)

    made = tokens(Settings(entra=Entra(endpoint=endpoint, credential="client-secret")), azure, no_prompt)

    held: Any = made.held
    assert made.scope == f"{endpoint.rstrip('/')}/.default"
    assert (held._authority, held._instance_discovery) == (f"https://{authority}", True)


def test_of_an_authority_of_ones_own_nobody_else_is_asked() -> None:
    azure = Azure(TENANT, APP, SECRET, authority_host="https://login.example/")

    held: Any = tokens(Settings(entra=Entra(credential="client-secret")), azure, no_prompt).held

    assert (held._authority, held._instance_discovery) == ("https://login.example", False)


def test_a_code_is_shown_with_the_address_where_it_is_entered(tmp_path: Path) -> None:
    """By a sign-in that is left waiting: nobody enters the code."""
    code = {"user_code": "ABC", "device_code": "x", "verification_uri": "https://enter.example", "interval": 1}

    def answer(asked: str, __: bytes) -> web.Response:
        origin = asked_at[0]
        if asked.endswith("openid-configuration"):
            paths = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
            return said(
                {"issuer": f"{origin}/{TENANT}/v2.0"} | {f"{n}_endpoint": f"{origin}/{p}" for n, p in paths.items()}
            )
        if "devicecode" in asked:
            return said(code | {"expires_in": 1, "message": "enter it"})
        return said({"error": "authorization_declined", "error_description": "AADSTS70016"}, 400)

    made, shown, asked_at = certified(tmp_path), list[str](), list[str]()
    with served(answer, made.context) as origin:
        asked_at.append(origin)
        entra = Entra(credential="device-code", ca_file=str(made.authority))
        signing = tokens(Settings(Tenant(TENANT), entra), Azure(authority_host=origin), shown.append)
        with pytest.raises(AccessRefused, match="AADSTS70016"):
            asyncio.run(signing.grant())

    assert shown == ["Open https://enter.example in a browser and enter the code ABC"]


def test_a_token_of_an_app_and_one_of_a_person_say_what_they_may() -> None:
    app = read_grant(token({"tid": TENANT.upper(), "appid": APP, "roles": ["Device.Read.All"]}))
    person = read_grant(token({"upn": "ada@example.com", "scp": "openid Device.Read.All", "wids": ["role"]}))

    assert (app.tenant, app.application, app.permissions) == (TENANT, APP, frozenset({"Device.Read.All"}))
    assert (person.tenant, person.person, person.roles) == (None, "ada@example.com", frozenset({"role"}))
    assert person.permissions == {"openid", "Device.Read.All"}


@pytest.mark.parametrize(
    "text", ["opaque", "a.b", "a.!.c", "..", "a.bnVsbA.c", f"a.{base64.urlsafe_b64encode(b'[' * 9999).decode()}.c"]
)
def test_a_token_that_cannot_be_read_says_nothing(text: str) -> None:
    grant = read_grant(AccessToken(text, 0))

    assert (grant.tenant, grant.application, grant.person) == (None, None, None)
    assert (grant.permissions, grant.roles) == (frozenset(), frozenset())


@given(
    st.dictionaries(
        st.sampled_from(["tid", "roles", "scp", "wids", "upn", "appid"]),
        st.recursive(st.none() | st.booleans() | st.text() | st.integers(0, 9), st.lists, max_leaves=4),
    )
)
def test_whatever_a_token_says_it_is_read(claims: dict[str, object]) -> None:
    read_grant(token(claims))
