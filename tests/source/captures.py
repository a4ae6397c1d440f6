"""An invented device's `dsregcmd /status`, printed as Windows prints it."""

from collections.abc import Iterable, Mapping

DEVICE = "7d1e5a0c-52b4-4c1e-9a3d-0f6b2c8e4a11"
TENANT = "3b9f2d64-8c07-4e5b-a1f2-6d0e9c7b5a22"
ACCOUNT = "c4a8e6f0-1b2d-4f3a-8e5c-9d7b6a0f1e33"
THUMBPRINT = "0F1E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C"
RULE = "+" + "-" * 70 + "+"
FOOTER = "For more information, please visit https://www.microsoft.com/aadjerrors"

Lines = Iterable[tuple[str, str]]


def section(title: str, lines: Lines) -> list[str]:
    return [RULE, f"| {title:<69}|", RULE, "", *(f"{key:>26} : {value}".rstrip() for key, value in lines), ""]


def work_account(number: int, device: str = ACCOUNT, tenant: str = TENANT) -> list[str]:
    lines = {
        "WorkplaceDeviceId": device,
        "WorkplaceThumbprint": THUMBPRINT,
        "DeviceCertificateValidity": "[ 2026-01-07 15:28:54.000 UTC -- 2036-01-07 15:58:54.000 UTC ]",
        "KeyProvider": "Microsoft Platform Crypto Provider",
        "TpmProtected": "YES",
        "WorkplaceTenantId": tenant,
        "WorkplaceTenantName": "Contoso: the example",
        "WorkplaceMdmUrl": "",
        "NgcSet": "NO",
    }
    return section(f"Work Account {number}", lines.items())


def joined(**changed: str) -> dict[str, list[str]]:
    """The sections of an Entra joined laptop, captured in its user's session; `changed` by key without its blanks."""
    parts: dict[str, dict[str, str]] = {
        "Device State": {
            "AzureAdJoined": "YES",
            "EnterpriseJoined": "NO",
            "DomainJoined": "NO",
            "Virtual Desktop": "NOT SET",
            "Device Name": "Lap-0042",
        },
        "Device Details": {
            "DeviceId": DEVICE,
            "Thumbprint": THUMBPRINT,
            "KeyContainerId": "6f5e4d3c-2b1a-4098-8796-a5b4c3d2e1f0",
            "TpmProtected": "YES",
            "DeviceAuthStatus": "SUCCESS",
        },
        "Tenant Details": {
            "TenantName": "Contoso",
            "TenantId": TENANT,
            "AuthCodeUrl": f"https://login.example.test/{TENANT}/oauth2/authorize",
            "MdmUrl": "",
        },
        "User State": {"NgcSet": "NO", "WorkplaceJoined": "NO", "WamDefaultSet": "YES"},
        "SSO State": {"AzureAdPrt": "YES", "AzureAdPrtAuthority": "https://login.example.test", "EnterprisePrt": "NO"},
        "Diagnostic Data": {
            "AadRecoveryEnabled": "NO",
            "Executing Account Name": r"AzureAD\AdaLovelace, ada@contoso.example",
            "KeySignTest": "PASSED",
        },
        "IE Proxy Config for Current User": {"Auto Detect Settings": "YES", "Auto-Configuration URL": ""},
        "WinHttp Default Proxy Config": {"Access Type": "DIRECT"},
        "Ngc Prerequisite Check": {
            "IsDeviceJoined": "YES",
            "IsUserAzureAD": "YES",
            "SessionIsNotRemote": "YES",
            "CertEnrollment": "none",
            "PreReqResult": "WillNotProvision",
        },
    }
    for lines in parts.values():
        lines.update({key: changed[name] for key in lines if (name := key.replace(" ", "")) in changed})
    return {title: section(title, lines.items()) for title, lines in parts.items()}


def legacy(*, joined: str = "NO", workplace: str = "YES", device: str = ACCOUNT) -> str:
    """A capture of 1709: three sections; what the work account is known by stands under Device State too."""
    state = {"AzureAdJoined": joined, "EnterpriseJoined": "NO", "DeviceId": device, "Thumbprint": THUMBPRINT}
    state |= {"KeySignTest:": "PASSED", "Idp": "login.example.test", "TenantId": TENANT, "DomainJoined": "YES"}
    user = {"NgcSet": "NO", "WorkplaceJoined": workplace}
    if workplace == "YES":
        user |= {"WorkplaceDeviceId": device, "WorkplaceThumbprint": THUMBPRINT, "WorkplaceTenantId": TENANT}
    user |= {"WamDefaultSet": "YES", "AzureAdPrt": "NO", "AzureAdPrtAuthority": "NO", "EnterprisePrt": "NO"}
    check = {"IsUserAzureAD": "NO", "SessionIsNotRemote": "YES", "PreReqResult": "WillNotProvision"}
    parts = {"Device State": state, "User State": user, "Ngc Prerequisite Check": check}
    return "\r\n".join(line for title, lines in parts.items() for line in section(title, lines.items()))


def printed(sections: Mapping[str, list[str]], *, footer: bool = True, end: str = "\r\n") -> str:
    lines = ["", *(line for lines in sections.values() for line in lines), *([FOOTER] if footer else [])]
    return "".join(line + end for line in lines)


def registered(*accounts: list[str], count: int | None = None) -> str:
    """A capture of a private machine with these work accounts."""
    parts = joined(AzureAdJoined="NO", WorkplaceJoined="YES", AzureAdPrt="NO", IsUserAzureAD="NO")
    del parts["Device Details"], parts["Tenant Details"]
    parts["User State"].insert(-1, f"{'WorkAccountCount':>26} : {len(accounts) if count is None else count}")
    after = list(parts).index("SSO State") + 1
    listed = {f"Work Account {number}": lines for number, lines in enumerate(accounts, 1)}
    return printed(dict([*list(parts.items())[:after], *listed.items(), *list(parts.items())[after:]]))
