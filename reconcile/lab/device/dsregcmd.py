"""`dsregcmd /status` as Windows 10 and 11 print it: in a user's own session, or in a remote one, which knows no user.

The layout is that of captures of real devices; over WinRM and SSH the lines of the user say NO or ERROR whatever is so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from reconcile.lab.device.account import Profile
from reconcile.lab.device.device import WINDOWS_11, Device
from reconcile.lab.device.dsregcmd_details import (
    Lines,
    device_details,
    diagnostics,
    pre_join,
    prerequisites,
    tenant_details,
    work_account,
    yes,
)

RULE = "+" + "-" * 70 + "+"
WIDTH = 26
FOOT = "For more information, please visit https://www.microsoft.com/aadjerrors"
NO_PRT: Lines = (
    ("AzureAdPrt", "NO"),
    ("AzureAdPrtAuthority", "NO"),
    ("EnterprisePrt", "NO"),
    ("EnterprisePrtAuthority", "NO"),
)
KERBEROS_NAMES = ".windows.net,.windows.net:1433,.windows.net:3342,.azure.net,.azure.net:1433,.azure.net:3342"
PROXY: Lines = (
    ("Auto Detect Settings", "YES"),
    ("Auto-Configuration URL", ""),
    ("Proxy Server List", ""),
    ("Proxy Bypass List", ""),
)
PRT_LIFE = timedelta(days=14)
Section = tuple[str, Lines]


@dataclass(frozen=True)
class Context:
    """Who ran it: a user in their own session, or somebody from afar."""

    account: str
    elevated: bool
    profile: Profile | None = None


def status(device: Device, context: Context) -> str:
    """Lines end as Windows ends them."""
    sections = "".join(f"{RULE}\n| {title:<69}|\n{RULE}\n\n{_body(lines)}\n" for title, lines in _all(device, context))
    return f"\n{sections}{FOOT}\n".replace("\n", "\r\n")


def _body(lines: Lines) -> str:
    return "".join(f"{key:>{WIDTH}} : {value}".rstrip() + "\n" if key else "\n" for key, value in lines)


def _all(device: Device, context: Context) -> Iterator[Section]:
    yield "Device State", tuple(_device_state(device))
    if device.join is not None:
        yield "Device Details", tuple(device_details(device))
        yield "Tenant Details", tuple(tenant_details(device, device.join.tenant_id))
    yield "User State", tuple(_user_state(device, context))
    yield "SSO State", tuple(_sso_state(device, context))
    for number, lines in enumerate(_work_accounts(device, context), start=1):
        yield f"Work Account {number}", lines
    if device.join is not None:
        yield "Diagnostic Data", tuple(diagnostics(context.account, elevated=context.elevated))
    elif device.domain is not None:
        yield "Diagnostic Data", tuple(pre_join(device, elevated=context.elevated))
    yield "IE Proxy Config for Current User", PROXY
    yield "WinHttp Default Proxy Config", (("Access Type", "DIRECT"),)
    remote = context.profile is None
    yield "Ngc Prerequisite Check", tuple(prerequisites(device, remote=remote, prt=_has_prt(device, context)))


def _device_state(device: Device) -> Iterator[tuple[str, str]]:
    yield "AzureAdJoined", yes(device.join is not None)
    yield "EnterpriseJoined", "NO"
    yield "DomainJoined", yes(device.domain is not None)
    if device.domain is not None:
        yield "DomainName", device.company.netbios
    if device.build >= WINDOWS_11:
        yield "Virtual Desktop", "NOT SET"
    yield "Device Name", device.full_name


def _has_prt(device: Device, context: Context) -> bool:
    """A person of the company on a device that the cloud still takes for its own."""
    join, certificate = device.join, device.device_certificate
    if join is None or certificate is None or context.profile is None or device.device_id is None:
        return False
    return device.company.auth_status(device.device_id, join.tenant_id, certificate.thumbprint) == "SUCCESS"


def _user_state(device: Device, context: Context) -> Iterator[tuple[str, str]]:
    yield "NgcSet", "NO"
    accounts = len(context.profile.registrations) if context.profile else 0
    yield "WorkplaceJoined", yes(accounts > 0)
    if accounts:
        yield "WorkAccountCount", str(accounts)
    if context.profile is None:
        yield "WamDefaultSet", "ERROR"
    elif not _has_prt(device, context):
        yield "WamDefaultSet", "NO"
    else:
        yield "WamDefaultSet", "YES"
        yield "WamDefaultAuthority", "organizations"
        yield "WamDefaultId", "https://login.microsoft.com"
        yield "WamDefaultGUID", "{B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)"


def _sso_state(device: Device, context: Context) -> Iterator[tuple[str, str]]:
    join = device.join
    if join is None or not _has_prt(device, context):
        yield from NO_PRT
        return
    hour = device.company.now().replace(minute=0, second=0, microsecond=0)
    yield "AzureAdPrt", "YES"
    yield "AzureAdPrtUpdateTime", f"{hour:%Y-%m-%d %H:%M:%S}.000 UTC"
    yield "AzureAdPrtExpiryTime", f"{hour + PRT_LIFE:%Y-%m-%d %H:%M:%S}.000 UTC"
    yield "AzureAdPrtAuthority", f"https://login.microsoftonline.com/{join.tenant_id}"
    yield "EnterprisePrt", "NO"
    yield "EnterprisePrtAuthority", ""
    yield "OnPremTgt", "NO"
    yield "CloudTgt", "YES"
    yield "KerbTopLevelNames", KERBEROS_NAMES


def _work_accounts(device: Device, context: Context) -> Iterator[Lines]:
    profile = context.profile
    for info in profile.registrations if profile else ():
        yield tuple(work_account(device, info, profile.sid if profile else ""))
