from datetime import UTC, datetime, timedelta

import httpx
import pytest

from reconcile.lab.graph.routes import ROUTES
from reconcile.lab.graph.tokens import READER, WRITER, claims_of
from tests.lab.graph.asking import NOBODY, Asking

PATHS = [
    ("GET", "/devices", "Device.Read.All"),
    ("GET", "/devices/$count", "Device.Read.All"),
    ("GET", "/devices/delta", "Device.Read.All"),
    ("GET", f"/devices/{NOBODY}", "Device.Read.All"),
    ("PATCH", f"/devices/{NOBODY}", "Device.ReadWrite.All"),
    ("DELETE", f"/devices/{NOBODY}", "Device.ReadWrite.All"),
    ("GET", f"/devices/{NOBODY}/registeredOwners", "Device.Read.All"),
    ("GET", "/directory/deletedItems/graph.device", "Device.Read.All"),
    ("GET", "/directory/deletedItems/graph.device/$count", "Device.Read.All"),
    ("GET", f"/directory/deletedItems/{NOBODY}", "Device.Read.All"),
    ("DELETE", f"/directory/deletedItems/{NOBODY}", "Device.ReadWrite.All"),
    ("POST", f"/directory/deletedItems/{NOBODY}/restore", "Device.ReadWrite.All"),
    ("GET", f"/users/{NOBODY}/ownedDevices", "User.Read.All"),
    ("GET", "/informationProtection/bitlocker/recoveryKeys", "BitlockerKey.ReadBasic.All"),
    ("GET", f"/informationProtection/bitlocker/recoveryKeys/{NOBODY}", "BitlockerKey.ReadBasic.All"),
    ("GET", "/directory/deviceLocalCredentials", "DeviceLocalCredential.ReadBasic.All"),
    ("GET", f"/directory/deviceLocalCredentials/{NOBODY}", "DeviceLocalCredential.ReadBasic.All"),
    ("GET", "/deviceManagement/managedDevices", "DeviceManagementManagedDevices.Read.All"),
    ("GET", "/deviceManagement/managedDevices/$count", "DeviceManagementManagedDevices.Read.All"),
    ("GET", f"/deviceManagement/managedDevices/{NOBODY}", "DeviceManagementManagedDevices.Read.All"),
    ("GET", "/deviceManagement/windowsAutopilotDeviceIdentities", "DeviceManagementServiceConfig.Read.All"),
    ("GET", "/deviceManagement/windowsAutopilotDeviceIdentities/$count", "DeviceManagementServiceConfig.Read.All"),
    ("GET", "/directory/onPremisesSynchronization", "OnPremDirectorySynchronization.Read.All"),
    ("GET", "/organization", "Organization.Read.All"),
]


def test_every_route_needs_a_token_and_the_permission_it_names(graph: Asking) -> None:
    tokens = graph.lab.tokens
    asked = set()
    for method, path, role in PATHS:
        statuses = [
            httpx.request(method, f"{graph.url}/v1.0{path}").status_code,
            graph.ask(method, path, headers=tokens.bearer("Mail.Read")).status_code,
            graph.ask(method, path, headers=tokens.bearer(role)).status_code,
        ]
        assert statuses[:2] == [401, 403], path
        assert statuses[2] in {200, 204, 400, 404}, path
        asked |= {route for route in ROUTES if route.method == method and route.path.fullmatch(path)}
    assert asked == set(ROUTES)
    assert graph.tenant.sequence == 0


def test_a_request_without_a_token_is_told_where_to_get_one(graph: Asking) -> None:
    response = httpx.get(f"{graph.url}/v1.0/devices")

    assert response.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert response.headers["WWW-Authenticate"].startswith("Bearer ")


def test_without_the_permission_it_is_denied(graph: Asking) -> None:
    path = f"/devices/{graph.device()['id']}"

    response = graph.ask("DELETE", path, headers=graph.lab.tokens.bearer("Device.Read.All"))

    assert response.json()["error"]["code"] == "Authorization_RequestDenied"
    assert response.json()["error"]["message"] == "Insufficient privileges to complete the operation."
    assert graph.body(path)


def test_a_token_says_who_for_what_and_until_when(graph: Asking) -> None:
    claims = claims_of(graph.lab.tokens.issue(READER)[0]) or {}

    assert claims["aud"] == "https://graph.microsoft.com"
    assert (claims["tid"], claims["appid"]) == (graph.tenant.tenant_id, READER)
    assert claims["exp"] == claims["iat"] + 3600
    assert "Device.Read.All" in claims["roles"]
    assert "Device.ReadWrite.All" not in claims["roles"]


def test_all_tokens_can_be_revoked_in_the_middle_of_a_pull(graph: Asking) -> None:
    first = graph.body("/devices?$top=30")
    graph.lab.tokens.revoke()

    refused = graph.code(first["@odata.nextLink"])
    page = graph.body(first["@odata.nextLink"], headers=graph.lab.tokens.bearer())

    assert refused == (401, "InvalidAuthenticationToken")
    assert len(page["value"]) == 30


def test_a_token_expires(graph: Asking) -> None:
    graph.lab.tokens.lifetime = 60
    headers = graph.lab.tokens.bearer()
    good = graph.get("/organization", headers=headers).status_code
    graph.lab.tokens.now = lambda: datetime.now(UTC) + timedelta(seconds=61)

    assert (good, graph.get("/organization", headers=headers).status_code) == (200, 401)


@pytest.mark.parametrize("wrong", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic x", "Bearer é.é.é"])
def test_what_is_no_token_is_refused(graph: Asking, wrong: str) -> None:
    assert graph.get("/organization", headers={"Authorization": wrong.encode()}).status_code == 401


def test_a_token_of_another_lab_or_for_another_service_is_refused(graph: Asking) -> None:
    token, _ = graph.lab.tokens.issue(WRITER, "https://vault.azure.net")
    said, _, signature = graph.lab.tokens.issue(WRITER)[0].rpartition(".")

    for bad in (token, f"{said}.{signature[::-1]}"):
        assert graph.code("/organization", headers={"Authorization": f"Bearer {bad}"})[0] == 401
    own, _ = graph.lab.tokens.issue(WRITER, f"{graph.url}/")
    assert graph.get("/organization", headers={"Authorization": f"Bearer {own}"}).status_code == 200
