"""What the scripts do to a device, what they print, and that they do it once."""

import base64
from datetime import timedelta

import pytest
from cryptography import x509

from reconcile.lab.device.account import Profile
from reconcile.lab.device.certificate import MACHINE
from tests.lab.device.machine import (
    ADA,
    CLOUD_ADMIN,
    DEVICE_ID,
    MACHINE_SID,
    NEW_PASSWORD,
    NOW,
    PASSWORD,
    TENANT,
    WORK_ID,
    Machine,
    hybrid,
    joined,
    machine,
    register,
    registered,
)


def changes(one: Machine, script: str) -> list[bool]:
    return [ran.changed for _, ran in one.devices.ran(script)]


def test_the_built_in_administrator_is_made_ready_under_whatever_name() -> None:
    one = joined()

    told = one.run("administrator", CLOUD_ADMIN, NEW_PASSWORD, Name="")

    assert told == {
        "before": {"exists": True, "enabled": False, "member": True},
        "did": True,
        "errors": [],
        "sid": f"{MACHINE_SID}-500",
        "name": "Administratör",
    }
    assert one.run("collect")["built_in"]["enabled"] is True
    assert one.lets_in("Administratör", NEW_PASSWORD)


def test_a_local_administrator_is_created_once() -> None:
    one = joined()

    first = one.run("administrator", password=NEW_PASSWORD, Name="rescue")
    second = one.run("administrator", password=NEW_PASSWORD, Name="Rescue")

    assert first["before"] == {"exists": False, "enabled": None, "member": False}
    assert second["before"] == {"exists": True, "enabled": True, "member": True}
    assert first["sid"] == second["sid"] == f"{MACHINE_SID}-1001"
    assert changes(one, "administrator") == [True, False]
    assert len(one.run("collect")["administrators"]) == 4


@pytest.mark.parametrize("name", ["", "rescue"])
def test_a_password_that_is_too_short_changes_nothing(name: str) -> None:
    one = joined()

    told = one.run("administrator", password="short", Name=name)

    assert (told["did"], told["sid"], told["errors"][0]["part"]) == (False, None, "administrator")
    assert [account.enabled for account in one.device.accounts] == [False]


@pytest.mark.parametrize("script", ["administrator", "leave", "restart", "certificates", "registrations", "rejoin-off"])
def test_who_is_not_elevated_changes_nothing(script: str) -> None:
    one = registered(token_filter_policy=False)

    told = one.run(script, "fleet", PASSWORD)

    part = script.removesuffix("-off")
    assert (told["did"], told["errors"]) == (False, [{"part": part, "message": "Access is denied."}])
    assert changes(one, script) == [False]
    assert one.device.down_at is None


def test_leaving_takes_the_join_its_certificate_and_its_key_and_nothing_else() -> None:
    one = joined()

    told = one.run("leave")

    assert told["before"] == {"entra_joined": True, "device_id": DEVICE_ID}
    assert (told["did"], told["exit"], told["errors"]) == (True, 0, [])
    after = one.run("collect")
    assert (after["certificates"], after["cloud_join"]) == ([], [])
    assert "AzureAdJoined : NO" in after["dsregcmd"]
    assert [certificate.issuer for certificate in one.device.certificates] == ["CN=MS-Organization-P2P-Access [2026]"]
    assert one.row["accountEnabled"] is True


def test_a_device_that_is_not_joined_has_nothing_to_leave() -> None:
    one = registered()

    told = one.run("leave")

    assert told["before"] == {"entra_joined": False, "device_id": None}
    assert (told["did"], told["exit"], told["errors"]) == (False, None, [])
    assert one.run("collect")["workplace_join"] != []


def test_certificates_are_removed_and_shown_and_those_of_a_day_stay() -> None:
    one = registered()
    away = Profile("S-1-5-21-9-9-9-1009", "PC1\\away", "away@aldermoor.example")
    one.device.profiles.append(away)
    register(one.device, away, DEVICE_ID)

    (removed,) = one.run("certificates")["before"]["removed"]

    der = x509.load_der_x509_certificate(base64.b64decode(removed["der"]))
    assert removed["store"] == ADA.sid
    assert removed["subject"] == der.subject.rfc4514_string()
    assert der.issuer.rfc4514_string() == "CN=MS-Organization-Access"
    assert len([kept for kept in one.device.certificates if "P2P" in kept.issuer]) == 2
    assert [kept.store for kept in one.device.certificates if kept.of_registration] == [away.sid]
    assert one.run("certificates") == {"before": {"removed": []}, "did": False, "errors": []}


def test_a_machine_without_its_certificate_is_joined_no_more_though_its_key_is_left() -> None:
    one = joined()

    assert [entry["store"] for entry in one.run("certificates")["before"]["removed"]] == [MACHINE]
    told = one.run("collect")
    assert "AzureAdJoined : NO" in told["dsregcmd"]
    assert len(told["cloud_join"]) == 1


@pytest.mark.parametrize("sid", ["", ADA.sid])
def test_registrations_are_removed_with_their_certificates(sid: str) -> None:
    one = registered()

    told = one.run("registrations", Sid=sid)

    key, certificate = told["before"]["removed"]
    assert (key["sid"], key["account"], key["tenant_id"]) == (ADA.sid, ADA.upn, TENANT)
    assert (certificate["sid"], certificate["thumbprint"]) == (ADA.sid, key["thumbprint"])
    assert certificate["der"]
    after = one.run("collect")
    assert (after["workplace_join"], after["certificates"]) == ([], [])
    assert "WorkplaceJoined : NO" in after["users"][0]["status"]
    assert one.run("registrations", Sid=sid)["did"] is False


def test_a_certificate_whose_key_is_gone_is_removed_as_well() -> None:
    one = registered()
    one.device.profiles[0].registrations.clear()

    (removed,) = one.run("registrations", Sid="")["before"]["removed"]

    assert (removed["sid"], removed["subject"]) == (ADA.sid, f"CN={WORK_ID}")
    assert one.run("collect")["certificates"] == []


def test_registrations_of_a_hive_that_is_not_loaded_are_left_alone_and_said() -> None:
    one = registered()
    one.restart()

    told = one.run("registrations", Sid=ADA.sid)

    assert (told["did"], told["errors"][0]["part"]) == (False, "registrations")
    assert len(one.device.profiles[0].registrations) == 1
    assert one.run("registrations", Sid="")["did"] is False


@pytest.mark.parametrize(
    ("script", "parameters"),
    [("leave", {}), ("administrator", {"Name": ""}), ("certificates", {}), ("rejoin-off", {}), ("leave-domain", {})],
)
def test_a_script_may_say_that_it_did_and_not_have(script: str, parameters: dict[str, str]) -> None:
    one = hybrid(without_effect={script})
    before = one.run("collect")

    told = one.run(script, password=PASSWORD, User="ALDERMOOR\\svc-reconcile", **parameters)

    assert told["did"] is True
    assert one.run("collect") == before
    assert one.entry.number("userAccountControl") == 0x1000
    assert changes(one, script) == [False]


def test_the_log_tells_who_ran_what_and_when() -> None:
    one = joined()
    one.run("collect", CLOUD_ADMIN)
    one.clock.advance(5)
    one.run("leave", CLOUD_ADMIN)

    log = [(ran.script, ran.account, ran.at - NOW, ran.elevated, ran.changed) for ran in one.device.log]

    assert log == [
        ("collect", CLOUD_ADMIN, timedelta(0), True, False),
        ("leave", CLOUD_ADMIN, timedelta(seconds=5), True, True),
    ]
    assert [name for name, _ in one.devices.ran()] == ["PC1", "PC1"]


def test_an_administrator_is_put_back_as_it_was() -> None:
    one = joined()
    sid = one.run("administrator", password=NEW_PASSWORD, Name="rescue")["sid"]

    told = one.run("administrator-restore", Sid=sid, Enabled=False, Member=False)

    assert told == {"before": {"exists": True, "enabled": True, "member": True}, "did": True, "errors": []}
    assert not one.lets_in("rescue", NEW_PASSWORD)
    assert sid not in {entry["sid"] for entry in one.run("collect")["administrators"]}
    assert one.run("administrator-restore", Sid=sid, Enabled=True, Member=True)["did"] is False
    assert one.run("administrator-restore", Sid="S-1-5-21-1-1-1-1", Enabled=True, Member=True)["errors"] != []


def test_a_machine_without_a_built_in_administrator_says_so() -> None:
    one = machine(accounts=[])

    assert one.run("collect")["built_in"] is None
