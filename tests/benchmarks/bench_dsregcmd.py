"""Captures of `dsregcmd /status` parsed a second on one core, beside a loop that only splits lines and keys."""

import json
import random
import sys
import time
import uuid
from collections.abc import Callable

import pyarrow as pa

from reconcile.source.dsregcmd import Capture, parse

CAPTURES = 4000
AIM = 10_000
SLICE = 500
COLUMNS = ("AzureAdJoined", "DeviceName", "DeviceId", "TenantId", "WorkplaceJoined", "ExecutingAccountName")
RULE = "+" + "-" * 70 + "+"
LAYOUT = """Device State
AzureAdJoined=YES
EnterpriseJoined=NO
DomainJoined={domain}
Virtual Desktop=NOT SET
Device Name=LAP-{number:06}

Device Details
DeviceId={device}
Thumbprint={thumbprint}
DeviceCertificateValidity=[ 2025-03-09 10:23:00.000 UTC -- 2035-03-09 11:53:00.000 UTC ]
KeyContainerId={container}
KeyProvider=Microsoft Platform Crypto Provider
TpmProtected=YES
DeviceAuthStatus=SUCCESS

Tenant Details
TenantName=Contoso
TenantId={tenant}
Idp=login.example.test
AuthCodeUrl=https://login.example.test/{tenant}/oauth2/authorize
AccessTokenUrl=https://login.example.test/{tenant}/oauth2/token
MdmUrl=https://enrollment.example.test/enrollmentserver/discovery.svc
MdmTouUrl=https://portal.example.test/TermsofUse.aspx
MdmComplianceUrl=https://portal.example.test/?portalAction=Compliance
SettingsUrl=
JoinSrvVersion=2.0
JoinSrvUrl=https://enterpriseregistration.example.test/EnrollmentServer/device/
JoinSrvId=urn:ms-drs:enterpriseregistration.example.test
KeySrvVersion=1.0
KeySrvUrl=https://enterpriseregistration.example.test/EnrollmentServer/key/
KeySrvId=urn:ms-drs:enterpriseregistration.example.test
WebAuthNSrvVersion=1.0
WebAuthNSrvUrl=https://enterpriseregistration.example.test/webauthn/{tenant}/
WebAuthNSrvId=urn:ms-drs:enterpriseregistration.example.test
DeviceManagementSrvVer=1.0
DeviceManagementSrvUrl=https://enterpriseregistration.example.test/manage/{tenant}/
DeviceManagementSrvId=urn:ms-drs:enterpriseregistration.example.test

User State
NgcSet=NO
WorkplaceJoined=YES
WorkAccountCount=1
WamDefaultSet=YES
WamDefaultAuthority=organizations

SSO State
AzureAdPrt=YES
AzureAdPrtUpdateTime=2026-11-09 11:00:27.000 UTC
AzureAdPrtExpiryTime=2026-11-23 11:01:41.000 UTC
AzureAdPrtAuthority=https://login.example.test/{tenant}
EnterprisePrt=NO
EnterprisePrtAuthority=
OnPremTgt=NO
CloudTgt=YES

Work Account 1
WorkplaceDeviceId={account}
WorkplaceThumbprint={thumbprint}
DeviceCertificateValidity=[ 2025-03-09 10:23:00.000 UTC -- 2035-03-09 11:53:00.000 UTC ]
KeyProvider=Microsoft Platform Crypto Provider
TpmProtected=YES
WorkplaceTenantId={tenant}
WorkplaceMdmUrl=

Diagnostic Data
AadRecoveryEnabled=NO
Executing Account Name=AzureAD\\User{number}, user{number}@contoso.example
KeySignTest=PASSED

IE Proxy Config for Current User
Auto Detect Settings=YES
Auto-Configuration URL=
Proxy Server List=

WinHttp Default Proxy Config
Access Type=DIRECT

Ngc Prerequisite Check
IsDeviceJoined=YES
IsUserAzureAD=YES
PolicyEnabled=NO
SessionIsNotRemote=YES
CertEnrollment=none
PreReqResult=WillNotProvision"""


def template() -> str:
    lines: list[str] = []
    for part in LAYOUT.split("\n\n"):
        title, *pairs = part.splitlines()
        lines += ["", RULE, f"| {title:<69}|", RULE, ""]
        lines += [f"{key:>26} : {value}".rstrip() for key, _, value in (pair.partition("=") for pair in pairs)]
    return "\r\n".join([*lines, "", "For more information, please visit https://www.microsoft.com/aadjerrors", ""])


def captures(count: int) -> list[str]:
    roll, form = random.Random(7), template()
    tenant = uuid.UUID(int=roll.getrandbits(128))
    return [
        form.format(
            number=number,
            domain=roll.choice(["YES", "NO"]),
            tenant=tenant,
            thumbprint=f"{roll.getrandbits(160):040X}",
            **{name: uuid.UUID(int=roll.getrandbits(128)) for name in ("device", "container", "account")},
        )
        for number in range(count)
    ]


def parsed(texts: list[str]) -> None:
    """As the snapshot is built: captures, then columns of a slice of them."""
    for start in range(0, len(texts), SLICE):
        read: list[Capture] = [parse(text) for text in texts[start : start + SLICE]]
        assert all(capture.problem is None for capture in read)
        for name in COLUMNS:
            pa.array([capture.values.get(name) for capture in read], pa.string())


def split(texts: list[str]) -> None:
    """The floor: every key and value of every line, without sections, checks or columns."""
    for text in texts:
        pairs = (line.partition(" : ") for line in text.splitlines())
        {key.strip(): value.strip() for key, _, value in pairs}


def per_second(work: Callable[[list[str]], None], texts: list[str]) -> float:
    """The best of three rounds, in captures a second of processor time."""
    spent = []
    for _ in range(3):
        started = time.process_time()
        work(texts)
        spent.append(time.process_time() - started)
    return len(texts) / min(spent)


def main() -> None:
    texts = captures(CAPTURES)
    ours, floor = per_second(parsed, texts), per_second(split, texts)
    size = {"lines": texts[0].count("\n"), "bytes": len(texts[0])}
    results = [
        {"bench": "dsregcmd parse", "captures": CAPTURES, **size, "per_second": round(ours), "aim": AIM},
        {
            "bench": "dsregcmd parse / split",
            "captures": CAPTURES,
            "floor": round(floor),
            "ratio": round(floor / ours, 2),
        },
    ]
    for result in results:
        sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
