import base64
import ssl
from pathlib import Path

import httpx
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import ClientSecretCredential, ManagedIdentityCredential

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.tokens import READER, WRITER, claims_of
from tests.graph_lab import graph_lab
from tests.lab.certificates import certified
from tests.lab.graph.asking import NOW, Asking

SCOPE = "https://graph.microsoft.com/.default"


def identity(graph: Asking, monkeypatch: pytest.MonkeyPatch, header: str) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{graph.url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", header)
    for name in ("IDENTITY_SERVER_THUMBPRINT", "MSI_ENDPOINT", "MSI_SECRET"):
        monkeypatch.delenv(name, raising=False)


def test_a_managed_identity_gets_a_token_that_opens_graph(graph: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    identity(graph, monkeypatch, graph.lab.tokens.identity_header)

    with ManagedIdentityCredential() as credential:
        token = credential.get_token(SCOPE)

    claims = claims_of(token.token) or {}
    assert (claims["appid"], claims["exp"]) == (WRITER, token.expires_on)
    assert graph.get("/organization", headers={"Authorization": f"Bearer {token.token}"}).status_code == 200


def test_a_managed_identity_can_be_named(graph: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    identity(graph, monkeypatch, graph.lab.tokens.identity_header)

    with ManagedIdentityCredential(client_id=READER) as credential:
        token = credential.get_token(SCOPE)

    assert (claims_of(token.token) or {})["appid"] == READER


def test_a_managed_identity_with_the_wrong_header_is_refused(graph: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    identity(graph, monkeypatch, "wrong")

    with ManagedIdentityCredential() as credential, pytest.raises(ClientAuthenticationError):
        credential.get_token(SCOPE)


def test_a_managed_identity_that_does_not_exist_is_refused(graph: Asking) -> None:
    headers = {"X-IDENTITY-HEADER": graph.lab.tokens.identity_header}

    for query in ("resource=x", "api-version=2019-08-01", "api-version=2019-08-01&resource=x&client_id=nobody"):
        assert httpx.get(f"{graph.url}/msi/token?{query}", headers=headers).status_code == 400


def credential_of(url: str, tenant: str, authority: Path, word: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        tenant, READER, word, authority=url, disable_instance_discovery=True, connection_verify=str(authority)
    )


def test_a_client_secret_gets_a_token_over_tls(tmp_path: Path) -> None:
    made = certified(tmp_path)
    with graph_lab(estate(5, NOW), tls=made.context) as (lab, url):
        with credential_of(url, lab.tenant.tenant_id, made.authority, "reader-secret") as credential:
            token = credential.get_token(SCOPE)
        with httpx.Client(verify=ssl_of(made.authority)) as client:
            page = client.get(f"{url}/v1.0/devices?$top=2", headers={"Authorization": f"Bearer {token.token}"}).json()

    assert (claims_of(token.token) or {})["appid"] == READER
    assert page["@odata.nextLink"].startswith(f"{url}/v1.0/devices?")
    assert url.startswith("https://localhost:")


def ssl_of(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


def test_a_wrong_client_secret_is_refused(tmp_path: Path) -> None:
    made = certified(tmp_path)
    with (
        graph_lab(estate(5, NOW), tls=made.context) as (lab, url),
        credential_of(url, lab.tenant.tenant_id, made.authority, "wrong") as credential,
        pytest.raises(ClientAuthenticationError, match="AADSTS7000215"),
    ):
        credential.get_token(SCOPE)


GOOD = {"grant_type": "client_credentials", "client_id": READER, "client_secret": "reader-secret", "scope": SCOPE}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({}, None),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"scope": "Device.Read.All"}, "invalid_scope"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
    ],
)
def test_the_authority_says_what_it_refuses(graph: Asking, change: dict[str, str], error: str | None) -> None:
    url = f"{graph.url}/{graph.tenant.tenant_id}/oauth2/v2.0/token"

    answer = httpx.post(url, data=GOOD | change).json()

    assert answer.get("error") == error
    assert ("access_token" in answer) is (error is None)


def test_another_tenant_is_not_found(graph: Asking) -> None:
    answer = httpx.post(f"{graph.url}/common/oauth2/v2.0/token", data=GOOD)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_an_assertion_of_the_client_stands_for_its_secret(graph: Asking) -> None:
    url = f"{graph.url}/{graph.tenant.tenant_id}/oauth2/v2.0/token"
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {name: value for name, value in GOOD.items() if name != "client_secret"} | {"client_assertion_type": kind}

    good = httpx.post(url, data=form | {"client_assertion": f"e30.{part_of(READER)}.x"})
    others = [httpx.post(url, data=form | {"client_assertion": text}) for text in (f"e30.{part_of(WRITER)}.x", "x.!.x")]

    assert "access_token" in good.json()
    assert [answer.status_code for answer in others] == [401, 401]


def part_of(subject: str) -> str:
    return base64.urlsafe_b64encode(f'{{"sub":"{subject}"}}'.encode()).rstrip(b"=").decode()
