"""What `collect` tells of a device, and what it says that it cannot tell."""

from reconcile.lab.device.account import Profile
from reconcile.lab.device.certificate import FULL_ISSUER, ISSUER, Certificate
from tests.lab.device.machine import (
    ADA,
    DEVICE_ID,
    MACHINE_SID,
    NOW,
    PASSWORD,
    TENANT,
    WORK_ID,
    hybrid,
    joined,
    machine,
    register,
    registered,
)


def test_a_joined_device_tells_all_that_the_protocol_asks() -> None:
    one = joined()

    told = one.run("collect")

    assert told["host"] == "PC1"
    assert told["captured_at"] == "2026-11-23T06:00:00.0000000Z"
    assert told["account"] == "NT AUTHORITY\\SYSTEM"
    assert told["os"] == "Microsoft Windows 11 Enterprise 10.0.22631"
    assert (told["serial"], told["domain"], told["part_of_domain"]) == ("LAB1", "WORKGROUP", False)
    assert (told["is_remote"], told["dsregcmd_exit"], told["errors"]) == (True, 0, [])
    (certificate,) = told["certificates"]
    assert certificate["store"] == "LocalMachine"
    assert certificate["subject"] == f"CN={DEVICE_ID}"
    assert certificate["not_after"] == "2035-02-09T08:21:40.0000000Z"
    assert told["cloud_join"] == [
        {"thumbprint": certificate["thumbprint"], "tenant_id": TENANT, "user": "ada@aldermoor.example"}
    ]
    assert told["built_in"] == {"sid": f"{MACHINE_SID}-500", "name": "Administratör", "enabled": False}
    assert told["rejoin"] == {"task": "ready", "block": None, "auto": None}


def test_from_afar_no_user_is_seen_and_in_their_own_session_one_is() -> None:
    told = registered().run("collect")

    assert "WorkplaceJoined : NO" in told["dsregcmd"]
    (user,) = told["users"]
    assert (user["account"], user["sid"], user["session"], user["why"]) == (ADA.account, ADA.sid, 1, "")
    assert "WorkplaceJoined : YES" in user["status"]
    assert f"WorkplaceDeviceId : {WORK_ID}" in user["status"]


def test_registrations_are_told_of_loaded_hives_and_the_others_are_named() -> None:
    one = registered()
    away = Profile("S-1-5-21-9-9-9-1009", "PC1\\away", "away@aldermoor.example")
    one.device.profiles.append(away)
    register(one.device, away, DEVICE_ID)

    told = one.run("collect")

    assert [(entry["sid"], entry["account"]) for entry in told["workplace_join"]] == [(ADA.sid, ADA.upn)]
    assert [entry["store"] for entry in told["certificates"]] == [ADA.sid]
    assert told["unloaded"] == [away.sid]


def test_only_certificates_of_exactly_that_issuer_are_told() -> None:
    one = machine()
    for issuer in ("CN=MS-Organization-P2P-Access [2026]", f"{ISSUER}-Test", f"{ISSUER}, O=Other", "CN=Other"):
        one.device.certificates.append(Certificate("LocalMachine", issuer, "CN=x", issuer, NOW, NOW))
    for issuer in (ISSUER, FULL_ISSUER):
        one.device.certificates.append(Certificate("LocalMachine", issuer, "CN=x", issuer, NOW, NOW))

    assert [entry["issuer"] for entry in one.run("collect")["certificates"]] == [ISSUER, FULL_ISSUER]


def test_administrators_are_told_with_where_they_come_from() -> None:
    local = {"sid": f"{MACHINE_SID}-500", "name": "Administratör", "kind": "User", "local": True, "enabled": False}

    of_domain, of_cloud, alone = (one.run("collect")["administrators"] for one in (hybrid(), joined(), machine()))

    assert of_domain[0] == of_cloud[0] == local
    assert of_domain[1]["name"] == "Domain Admins"
    assert [(entry["name"][:9], entry["kind"], entry["enabled"]) for entry in of_cloud[1:]] == [
        ("S-1-12-1-", "Group", None)
    ] * 2
    assert alone == [local]


def test_a_part_that_fails_is_null_with_an_error() -> None:
    one = joined(failing={"dsregcmd": "no such file", "administrators": "no such group", "built_in": "no"})

    told = one.run("collect")

    assert (told["dsregcmd"], told["administrators"], told["built_in"]) == (None, None, None)
    assert told["dsregcmd_exit"] != 0
    assert [(error["part"], error["message"]) for error in told["errors"]] == [
        ("dsregcmd", "no such file"),
        ("administrators", "no such group"),
        ("built_in", "no"),
    ]


def test_who_is_not_elevated_sees_the_machine_and_no_user() -> None:
    one = registered(token_filter_policy=False)

    told = one.run("collect", "fleet", PASSWORD)

    assert told["users"][0]["status"] is None
    assert told["users"][0]["why"] == "Access is denied."
    assert (told["certificates"], told["workplace_join"]) == ([], None)
    assert {error["part"] for error in told["errors"]} == {"certificates", "workplace_join"}


def test_reading_changes_nothing() -> None:
    one = hybrid()

    first, second = one.run("collect"), one.run("collect")

    assert first == second
    assert [(ran.script, ran.changed) for ran in one.device.log] == [("collect", False)] * 2


def test_what_is_no_script_of_the_protocol_is_not_run() -> None:
    one = machine()

    for script in ("nonsense", ""):
        assert "not recognized" in (one.say(script, {}, "", {}).thrown or "")
    assert one.device.log == []
