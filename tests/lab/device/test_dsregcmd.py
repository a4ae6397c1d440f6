"""`dsregcmd /status` as the lab's devices print it, line by line as real ones did, and as our own parser reads it."""

from typing import Any

import pytest

from reconcile.lab.device.account import JoinInfo
from reconcile.source.dsregcmd import parse
from tests.lab.device.machine import DEVICE_ID, TENANT, WORK_ID, Machine, hybrid, in_domain, joined, machine, registered

RULE = "+----------------------------------------------------------------------+"
FOOT = "For more information, please visit https://www.microsoft.com/aadjerrors"
REGISTERED = f"""
{RULE}
| Device State                                                         |
{RULE}

             AzureAdJoined : NO
          EnterpriseJoined : NO
              DomainJoined : NO
           Virtual Desktop : NOT SET
               Device Name : PC1

{RULE}
| User State                                                           |
{RULE}

                    NgcSet : NO
           WorkplaceJoined : YES
          WorkAccountCount : 1
             WamDefaultSet : NO

{RULE}
| SSO State                                                            |
{RULE}

                AzureAdPrt : NO
       AzureAdPrtAuthority : NO
             EnterprisePrt : NO
    EnterprisePrtAuthority : NO

{RULE}
| Work Account 1                                                       |
{RULE}

         WorkplaceDeviceId : {WORK_ID}
       WorkplaceThumbprint : @THUMBPRINT@
 DeviceCertificateValidity : [ 2025-02-11 08:21:40.000 UTC -- 2035-02-09 08:21:40.000 UTC ]
            KeyContainerId : @KEY@
               KeyProvider : Microsoft Platform Crypto Provider
              TpmProtected : YES
         WorkplaceTenantId : {TENANT}
       WorkplaceTenantName : Aldermoor Instruments
           WorkplaceMdmUrl :
      WorkplaceSettingsUrl :
                    NgcSet : NO

{RULE}
| IE Proxy Config for Current User                                     |
{RULE}

      Auto Detect Settings : YES
    Auto-Configuration URL :
         Proxy Server List :
         Proxy Bypass List :

{RULE}
| WinHttp Default Proxy Config                                         |
{RULE}

               Access Type : DIRECT

{RULE}
| Ngc Prerequisite Check                                               |
{RULE}

            IsDeviceJoined : NO
             IsUserAzureAD : NO
             PolicyEnabled : NO
          PostLogonEnabled : YES
            DeviceEligible : YES
        SessionIsNotRemote : YES
            CertEnrollment : none
              PreReqResult : WillNotProvision

{FOOT}
"""
DOMAIN_ONLY = f"""
{RULE}
| Device State                                                         |
{RULE}

             AzureAdJoined : NO
          EnterpriseJoined : NO
              DomainJoined : YES
                DomainName : ALDERMOOR
               Device Name : PC1.aldermoor.example

{RULE}
| User State                                                           |
{RULE}

                    NgcSet : NO
           WorkplaceJoined : NO
             WamDefaultSet : ERROR

{RULE}
| SSO State                                                            |
{RULE}

                AzureAdPrt : NO
       AzureAdPrtAuthority : NO
             EnterprisePrt : NO
    EnterprisePrtAuthority : NO

{RULE}
| Diagnostic Data                                                      |
{RULE}

     Diagnostics Reference : www.microsoft.com/aadjerrors
              User Context : ELEVATED User
               Client Time : 2026-11-23 06:00:00.000 UTC
      AD Connectivity Test : PASS
     AD Configuration Test : FAIL [0x80070002]
        DRS Discovery Test : SKIPPED
     DRS Connectivity Test : SKIPPED
    Token acquisition Test : SKIPPED
     Fallback to Sync-Join : ENABLED

     Previous Registration : 2026-11-20 06:00:00.000 UTC
               Error Phase : discover
          Client ErrorCode : 0x801c001d

"""


def remote(one: Machine) -> str:
    text: str = one.run("collect")["dsregcmd"]
    return text


def in_session(one: Machine) -> str:
    text: str = one.run("collect")["users"][0]["status"]
    return text


def keys(text: str, title: str) -> list[str]:
    """Of one section, in order."""
    section = text.split(f"| {title} ")[1].split("\r\n\r\n+-", maxsplit=1)[0]
    return [line.partition(" : ")[0].strip().removesuffix(" :") for line in section.splitlines()[2:] if line]


def test_a_registered_device_in_its_users_session_is_a_real_capture_line_by_line() -> None:
    one = registered()
    text = in_session(one)
    values = dict(line.strip().split(" : ", 1) for line in text.splitlines() if " : " in line)

    assert "\n" not in text.replace("\r\n", "")
    expected = REGISTERED.replace("@THUMBPRINT@", values["WorkplaceThumbprint"]).replace(
        "@KEY@", values["KeyContainerId"]
    )
    assert text.replace("\r\n", "\n") == expected
    assert values["WorkplaceThumbprint"] == one.device.profiles[0].registrations[0].thumbprint


def test_a_member_of_the_domain_from_afar_is_a_real_capture_line_by_line() -> None:
    one = in_domain(version="10.0.19045.5247")
    one.device.self_signed = None

    assert remote(one).replace("\r\n", "\n").startswith(DOMAIN_ONLY)


def test_a_joined_device_has_the_sections_and_keys_of_a_real_capture() -> None:
    text = in_session(joined())

    assert keys(text, "Device Details") == [
        "DeviceId",
        "Thumbprint",
        "DeviceCertificateValidity",
        "KeyContainerId",
        "KeyProvider",
        "TpmProtected",
        "DeviceAuthStatus",
    ]
    assert keys(text, "Tenant Details")[:5] == ["TenantName", "TenantId", "Idp", "AuthCodeUrl", "AccessTokenUrl"]
    assert len(keys(text, "Tenant Details")) == 21
    assert keys(text, "SSO State")[:4] == [
        "AzureAdPrt",
        "AzureAdPrtUpdateTime",
        "AzureAdPrtExpiryTime",
        "AzureAdPrtAuthority",
    ]
    assert keys(text, "Diagnostic Data") == [
        "AadRecoveryEnabled",
        "Executing Account Name",
        "KeySignTest",
        "DisplayNameUpdated",
        "OsVersionUpdated",
        "HostNameUpdated",
        "Last HostName Update",
    ]
    assert [part.partition("|")[0].strip() for part in text.split("\r\n| ")[1:]] == [
        "Device State",
        "Device Details",
        "Tenant Details",
        "User State",
        "SSO State",
        "Diagnostic Data",
        "IE Proxy Config for Current User",
        "WinHttp Default Proxy Config",
        "Ngc Prerequisite Check",
    ]


@pytest.mark.parametrize("make", [joined, hybrid, registered, in_domain, machine])
def test_from_afar_the_lines_of_a_user_say_nothing_whatever_is_so(make: Any) -> None:
    read = parse(remote(make()))

    assert read.problem is None
    assert read.values["WorkplaceJoined"] == "NO"
    assert read.values["AzureAdPrt"] == "NO"
    assert read.values["WamDefaultSet"] == "ERROR"
    assert read.values["SessionIsNotRemote"] == "NO"
    assert read.work_accounts == []


@pytest.mark.parametrize(
    ("make", "entra", "domain", "prt"),
    [
        (joined, "YES", "NO", "YES"),
        (hybrid, "YES", "YES", "YES"),
        (registered, "NO", "NO", "NO"),
        (in_domain, "NO", "YES", "NO"),
    ],
)
def test_our_parser_reads_each_join_in_the_users_own_session(make: Any, entra: str, domain: str, prt: str) -> None:
    read = parse(in_session(make()))

    assert read.problem is None
    joins = (read.values["AzureAdJoined"], read.values["DomainJoined"], read.values["AzureAdPrt"])
    assert joins == (entra, domain, prt)
    assert read.values.get("DeviceId") == (DEVICE_ID if entra == "YES" else None)


def test_a_registration_is_read_with_its_ids() -> None:
    one = registered()
    (account,) = parse(in_session(one)).work_accounts or []

    assert account == {
        "WorkplaceDeviceId": WORK_ID,
        "WorkplaceTenantId": TENANT,
        "WorkplaceThumbprint": one.device.profiles[0].registrations[0].thumbprint,
    }


def test_a_registration_without_its_certificate_shows_what_the_registry_has() -> None:
    one = registered()
    one.device.certificates.clear()

    assert "WorkplaceDeviceId :\r\n" in in_session(one)
    assert f"WorkplaceTenantId : {TENANT}" in in_session(one)


def test_what_the_cloud_has_done_to_the_device_is_seen_on_the_device() -> None:
    one = joined()
    assert "DeviceAuthStatus : SUCCESS" in remote(one)

    for harm in ({"accountEnabled": False}, {"accountEnabled": True, "alternativeSecurityIds": []}):
        one.company.tenant.patch("object", harm)
        assert "DeviceAuthStatus : FAILED. Device is either disabled or deleted" in remote(one)
    one.company.tenant.remove("object")
    assert "DeviceAuthStatus : FAILED. Device is either disabled or deleted" in remote(one)
    assert "AzureAdPrt : NO" in in_session(one)


def test_of_a_foreign_tenant_nothing_is_known_but_its_id() -> None:
    one = joined()
    foreign = "11111111-2222-4333-8444-555555555555"
    key = one.device.cloud_join[0]
    one.device.cloud_join[0] = JoinInfo(key.thumbprint, foreign, key.user)
    one.company.tenant.remove("object")

    text = remote(one)

    assert "DeviceAuthStatus : SUCCESS" in text
    assert f"TenantId : {foreign}" in text
    assert "TenantName : Fabrikam Sample" in text


def test_windows_10_prints_no_line_of_virtual_desktops() -> None:
    assert "Virtual Desktop" not in remote(machine(version="10.0.19045.5247"))
    assert "Virtual Desktop : NOT SET" in remote(machine())


def test_who_is_not_elevated_cannot_have_the_key_tested() -> None:
    assert "KeySignTest : MUST Run elevated to test." in in_session(joined())
    assert "KeySignTest : PASSED" in remote(joined())
    one = in_domain()
    one.company.directory.sign_up(f"CN=svc-reconcile,CN=Users,{one.company.directory.base}", "pw", admin=False)
    assert "User Context : UN-ELEVATED User" in one.run("collect", "ALDERMOOR\\svc-reconcile")["dsregcmd"]
