"""`dsregcmd /status` as Windows prints it: today's layout, and the one of Windows 10 1709."""

from collections.abc import Iterator

from tests.estate.invention import TENANT, TENANT_NAME, guid, thumbprint
from tests.estate.rows import Account, Report

RULE = "+" + "-" * 70 + "+"
FOOT = "For more information, please visit https://www.microsoft.com/aadjerrors"
Section = tuple[str, tuple[tuple[str, str], ...]]


def text(report: Report) -> str:
    """The whole capture, with the damage it came with; lines end in a bare line feed."""
    width, sections = (26, _modern(report)) if report.layout == "modern" else (23, _legacy(report))
    whole = "\n" + "".join(_section(title, lines, width) for title, lines in sections) + FOOT + "\n"
    match report.damage:
        case "truncated":
            return whole[: whole.index("DomainJoined")]
        case "header":
            return whole.replace(f"{_title('User State')}{RULE}\n", _title("User State"))
        case None:
            return whole


def _section(title: str, lines: tuple[tuple[str, str], ...], width: int) -> str:
    body = "".join(f"{key:>{width}} : {value}".rstrip() + "\n" for key, value in lines)
    return f"{RULE}\n{_title(title)}{RULE}\n\n{body}\n"


def _title(title: str) -> str:
    return f"| {title:<69}|\n"


def _modern(report: Report) -> Iterator[Section]:
    yield "Device State", tuple(_device_state(report))
    if report.slot:
        yield "Device Details", (*_device(report.slot), ("DeviceAuthStatus", report.auth))
        yield "Tenant Details", tuple(_tenant(report.tenant))
    yield "User State", tuple(_user_state(report))
    yield "SSO State", tuple(_sso_state(report))
    for number, account in enumerate(report.accounts, start=1):
        yield f"Work Account {number}", tuple(_work_account(account))
    yield "Diagnostic Data", tuple(_diagnostics(report))
    yield "Ngc Prerequisite Check", tuple(_prerequisites(report))


def _answer(*, yes: bool) -> str:
    return "YES" if yes else "NO"


def _device_state(report: Report) -> Iterator[tuple[str, str]]:
    yield "AzureAdJoined", _answer(yes=report.slot is not None)
    yield "EnterpriseJoined", "NO"
    yield "DomainJoined", _answer(yes=report.domain is not None)
    if report.domain:
        yield "DomainName", report.domain.netbios
    yield "Virtual Desktop", report.vdi
    yield "Device Name", f"{report.host}.{report.domain.dns}" if report.domain else report.host


def _device(device_id: str) -> Iterator[tuple[str, str]]:
    yield "DeviceId", device_id
    yield "Thumbprint", thumbprint(device_id)
    yield "DeviceCertificateValidity", "[ 2025-02-11 08:21:40.000 UTC -- 2035-02-11 08:51:40.000 UTC ]"
    yield "KeyContainerId", guid("key container", device_id)
    yield "KeyProvider", "Microsoft Platform Crypto Provider"
    yield "TpmProtected", "YES"


def _tenant(tenant: str) -> Iterator[tuple[str, str]]:
    yield "TenantName", TENANT_NAME if tenant == TENANT else "Fabrikam Sample"
    yield "TenantId", tenant
    yield "Idp", "login.windows.net"
    yield "AuthCodeUrl", f"https://login.microsoftonline.com/{tenant}/oauth2/authorize"
    yield "MdmUrl", ""
    yield "JoinSrvUrl", "https://enterpriseregistration.windows.net/EnrollmentServer/device/"


def _user_state(report: Report) -> Iterator[tuple[str, str]]:
    yield "NgcSet", "NO"
    yield "WorkplaceJoined", _answer(yes=bool(report.accounts))
    if report.accounts:
        yield "WorkAccountCount", str(len(report.accounts))
    yield "WamDefaultSet", "YES" if _has_user(report) else "ERROR"


def _has_user(report: Report) -> bool:
    return report.account is not None and "@" in report.account and "$" not in report.account


def _sso_state(report: Report) -> Iterator[tuple[str, str]]:
    signed_in = report.slot is not None and _has_user(report)
    yield "AzureAdPrt", _answer(yes=signed_in)
    yield "AzureAdPrtAuthority", f"https://login.microsoftonline.com/{report.tenant}" if signed_in else "NO"
    yield "EnterprisePrt", "NO"
    yield "EnterprisePrtAuthority", "NO"


def _work_account(account: Account) -> Iterator[tuple[str, str]]:
    yield "WorkplaceDeviceId", account.device_id
    yield "WorkplaceThumbprint", thumbprint(account.device_id)
    yield "DeviceCertificateValidity", "[ 2025-06-03 07:14:02.000 UTC -- 2035-06-03 07:44:02.000 UTC ]"
    yield "KeyContainerId", guid("key container", account.device_id)
    yield "KeyProvider", "Microsoft Software Key Storage Provider"
    yield "TpmProtected", "NO"
    yield "WorkplaceTenantId", account.tenant
    yield "WorkplaceTenantName", TENANT_NAME if account.tenant == TENANT else "Fabrikam Sample"
    yield "WorkplaceMdmUrl", ""
    yield "NgcSet", "NO"


def _diagnostics(report: Report) -> Iterator[tuple[str, str]]:
    if report.account:
        yield "Executing Account Name", report.account
    yield "Client Time", f"{report.at:%Y-%m-%d %H:%M:%S}.000 UTC"
    if report.slot:
        yield "KeySignTest", "PASSED"


def _prerequisites(report: Report) -> Iterator[tuple[str, str]]:
    yield "IsDeviceJoined", _answer(yes=report.slot is not None)
    yield "IsUserAzureAD", _answer(yes=report.slot is not None and _has_user(report))
    yield "PolicyEnabled", "NO"
    yield "PostLogonEnabled", "YES"
    yield "SessionIsNotRemote", _answer(yes=not report.remote)
    yield "CertEnrollment", "none"
    yield "PreReqResult", "WillNotProvision"


def _legacy(report: Report) -> Iterator[Section]:
    """Details and tenant stand within Device State, the PRT within User State, and of work accounts there is one."""
    shown = report.slot or (report.accounts[0].device_id if report.accounts else None)
    state = [("AzureAdJoined", _answer(yes=report.slot is not None)), ("EnterpriseJoined", "NO")]
    if shown:
        state += [
            ("DeviceId", shown),
            ("Thumbprint", thumbprint(shown)),
            ("TpmProtected", "YES"),
            ("KeySignTest:", "PASSED"),
        ]
        state += [("Idp", "login.windows.net"), ("TenantId", report.tenant), ("TenantName", TENANT_NAME)]
    state += [("DomainJoined", _answer(yes=report.domain is not None))]
    yield "Device State", (*state, ("DomainName", report.domain.netbios)) if report.domain else tuple(state)
    user = [("NgcSet", "NO"), ("WorkplaceJoined", _answer(yes=bool(report.accounts)))]
    if report.accounts:
        account = report.accounts[0]
        user += [("WorkplaceDeviceId", account.device_id), ("WorkplaceThumbprint", thumbprint(account.device_id))]
        user += [("WorkplaceIdp", "login.windows.net"), ("WorkplaceTenantId", account.tenant)]
    yield "User State", (*user, ("WamDefaultSet", "NO"), ("AzureAdPrt", _answer(yes=report.slot is not None)))
    time = f"{report.at:%Y-%m-%d %H:%M:%S}.000 UTC"
    yield "Diagnostic Data", (("User Context", "UN-ELEVATED User"), ("Client Time", time))
    yield (
        "Ngc Prerequisite Check",
        (("IsUserAzureAD", "NO"), ("SessionIsNotRemote", "YES"), ("PreReqResult", "WillNotProvision")),
    )
