"""The sections of `dsregcmd /status` that tell of the registration, and of what stands in its way."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime

from reconcile.lab.device.account import JoinInfo
from reconcile.lab.device.certificate import Certificate
from reconcile.lab.device.device import Device

Line = tuple[str, str]
Lines = Sequence[Line]
"""Keys and values; an empty key is an empty line."""
REGISTRATION = "https://enterpriseregistration.windows.net"
SERVICE = "urn:ms-drs:enterpriseregistration.windows.net"


def yes(answer: bool) -> str:  # noqa: FBT001 - its only argument
    return "YES" if answer else "NO"


def device_details(device: Device) -> Iterator[Line]:
    join, certificate, device_id = device.join, device.device_certificate, device.device_id
    assert join is not None
    assert certificate is not None
    assert device_id is not None
    yield "DeviceId", device_id
    yield "Thumbprint", certificate.thumbprint
    yield from _key(certificate, "Microsoft Platform Crypto Provider")
    yield "DeviceAuthStatus", device.company.auth_status(device_id, join.tenant_id, certificate.thumbprint)


def _key(certificate: Certificate, provider: str) -> Iterator[Line]:
    yield "DeviceCertificateValidity", f"[ {_time(certificate.not_before)} -- {_time(certificate.not_after)} ]"
    yield "KeyContainerId", str(uuid.uuid5(uuid.NAMESPACE_OID, certificate.thumbprint))
    yield "KeyProvider", provider
    yield "TpmProtected", yes("Platform" in provider)


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}.000 UTC"


def tenant_details(device: Device, tenant_id: str) -> Iterator[Line]:
    yield "TenantName", device.company.tenant_name(tenant_id)
    yield "TenantId", tenant_id
    yield "Idp", "login.windows.net"
    yield "AuthCodeUrl", f"https://login.microsoftonline.com/{tenant_id}/oauth2/authorize"
    yield "AccessTokenUrl", f"https://login.microsoftonline.com/{tenant_id}/oauth2/token"
    yield from ((name, "") for name in ("MdmUrl", "MdmTouUrl", "MdmComplianceUrl", "SettingsUrl"))
    yield "JoinSrvVersion", "2.0"
    yield "JoinSrvUrl", f"{REGISTRATION}/EnrollmentServer/device/"
    yield "JoinSrvId", SERVICE
    yield "KeySrvVersion", "1.0"
    yield "KeySrvUrl", f"{REGISTRATION}/EnrollmentServer/key/"
    yield "KeySrvId", SERVICE
    yield "WebAuthNSrvVersion", "1.0"
    yield "WebAuthNSrvUrl", f"{REGISTRATION}/webauthn/{tenant_id}/"
    yield "WebAuthNSrvId", SERVICE
    yield "DeviceManagementSrvVer", "1.0"
    yield "DeviceManagementSrvUrl", f"{REGISTRATION}/manage/{tenant_id}/"
    yield "DeviceManagementSrvId", SERVICE


def work_account(device: Device, info: JoinInfo, sid: str) -> Iterator[Line]:
    """Of a registration whose certificate is gone, only what the registry keeps."""
    own = next((one for one in device.of_registration(sid) if one.thumbprint == info.thumbprint), None)
    yield "WorkplaceDeviceId", own.subject.removeprefix("CN=") if own else ""
    yield "WorkplaceThumbprint", info.thumbprint
    if own is not None:
        yield from _key(own, "Microsoft Platform Crypto Provider")
    yield "WorkplaceTenantId", info.tenant_id
    yield "WorkplaceTenantName", device.company.tenant_name(info.tenant_id)
    yield "WorkplaceMdmUrl", ""
    yield "WorkplaceSettingsUrl", ""
    yield "NgcSet", "NO"


def diagnostics(account: str, *, elevated: bool) -> Iterator[Line]:
    """Of a device that is joined."""
    yield "AadRecoveryEnabled", "NO"
    yield "Executing Account Name", account
    yield "KeySignTest", "PASSED" if elevated else "MUST Run elevated to test."
    yield "", ""
    for name in ("DisplayNameUpdated", "OsVersionUpdated", "HostNameUpdated"):
        yield name, "YES"
    yield "", ""
    yield "Last HostName Update", "NONE"


def pre_join(device: Device, *, elevated: bool) -> Iterator[Line]:
    """Of a member of the domain that is not joined to the cloud: how its last attempt ended."""
    waiting = device.self_signed is not None
    yield "Diagnostics Reference", "www.microsoft.com/aadjerrors"
    yield "User Context", "ELEVATED User" if elevated else "UN-ELEVATED User"
    yield "Client Time", _time(device.company.now())
    yield "AD Connectivity Test", "PASS"
    yield "AD Configuration Test", "PASS" if waiting else "FAIL [0x80070002]"
    yield "DRS Discovery Test", "PASS" if waiting else "SKIPPED"
    yield "DRS Connectivity Test", "PASS" if waiting else "SKIPPED"
    yield "Token acquisition Test", "SKIPPED"
    yield "Fallback to Sync-Join", "ENABLED"
    yield "", ""
    yield "Previous Registration", _time(device.booted_at)
    yield "Error Phase", "join" if waiting else "discover"
    yield "Client ErrorCode", "0x801c03f2" if waiting else "0x801c001d"


def prerequisites(device: Device, *, remote: bool, prt: bool) -> Iterator[Line]:
    yield "IsDeviceJoined", yes(device.join is not None)
    yield "IsUserAzureAD", yes(prt)
    yield "PolicyEnabled", "NO"
    yield "PostLogonEnabled", "YES"
    yield "DeviceEligible", "YES"
    yield "SessionIsNotRemote", yes(not remote)
    yield "CertEnrollment", "none"
    yield "PreReqResult", "WillNotProvision"
