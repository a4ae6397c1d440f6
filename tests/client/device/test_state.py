"""What a device says of itself, and what it does not say, which is unknown and never no."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from reconcile.client.device.member import ISSUER, Certificate, Rejoin
from reconcile.client.device.state import DeviceState, look
from reconcile.client.remote.output import Output
from reconcile.lab.device.certificate import FULL_ISSUER
from tests.client.device.wire import HOST, Wire, run, wire
from tests.lab.device.machine import ADA, ADMIN, DEVICE_ID, DOMAIN, MACHINE_SID, NOW, hybrid, registered

JOINED = "+---+\n| Device State   |\n+---+\n\n             AzureAdJoined : YES\r\n              DomainJoined : NO\r\n                  DeviceId : abc\r\n"


def state(**members: object) -> DeviceState:
    return msgspec.json.decode(json.dumps({"host": HOST, **members}), type=DeviceState)


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Wire]:
    with wire(hybrid(), tmp_path) as here:
        yield here


def test_a_hybrid_device_is_read_whole(lab: Wire) -> None:
    output, seen = run(look(lab.way(), HOST))

    assert seen is not None, output
    assert (seen.host, seen.serial, seen.account, seen.is_remote) == (HOST, "LAB1", ADMIN, True)
    assert (seen.entra_joined, seen.device_id, seen.part_of_domain, seen.domain) == (True, DEVICE_ID, True, DOMAIN)
    assert seen.booted_at == lab.machine.device.booted_at
    assert seen.captured_at is not None
    assert seen.captured_at >= NOW
    assert seen.machine_certificates is not None
    assert [one.subject for one in seen.machine_certificates] == [f"CN={DEVICE_ID}"]
    assert seen.cloud_join is not None
    assert [one.thumbprint for one in seen.cloud_join] == [seen.machine_certificates[0].thumbprint]
    assert seen.users is not None
    assert [(one.account, one.sid, bool(one.status)) for one in seen.users] == [(ADA.account, ADA.sid, True)]
    assert seen.built_in is not None
    assert (seen.built_in.sid, seen.built_in.name, seen.built_in.enabled) == (
        f"{MACHINE_SID}-500",
        "Administratör",
        False,
    )
    assert seen.rejoin == Rejoin(task="ready")
    assert (seen.unloaded, seen.errors) == ((), ())
    assert lab.asked == []


def test_registrations_are_read_of_each_user_who_is_loaded(tmp_path: Path) -> None:
    with wire(registered(), tmp_path) as lab:
        _, seen = run(look(lab.way(), HOST))

    assert seen is not None
    assert seen.workplace_join is not None
    assert [(one.sid, one.account) for one in seen.workplace_join] == [(ADA.sid, ADA.upn)]
    assert seen.issued is not None
    assert [one.store for one in seen.issued] == [ADA.sid]
    assert seen.machine_certificates == ()


def test_what_is_not_said_is_unknown() -> None:
    seen = state()

    assert (seen.entra_joined, seen.device_id, seen.part_of_domain) == (None, None, None)
    assert (seen.issued, seen.machine_certificates, seen.rejoin) == (None, None, None)
    assert seen.administrator("S-1-5-21-1-2-3-500") is None
    assert seen.trouble("certificates", "unloaded") == (
        "certificates: the device does not say; unloaded: the device does not say"
    )


def test_null_is_unknown_too_and_what_is_not_known_here_is_passed_over() -> None:
    names = [field.encode_name for field in msgspec.structs.fields(DeviceState) if field.name not in {"host", "errors"}]

    assert state(**dict.fromkeys(names), newer="x") == state()
    assert state(users=[{"sid": "S-1", "newer": 1}]) == state(users=[{"sid": "S-1"}])


@pytest.mark.parametrize(
    ("text", "joined", "device_id"),
    [
        (JOINED, True, "abc"),
        (JOINED.replace("\r\n", "\n"), True, "abc"),
        (JOINED.replace("YES", "NO").replace("DeviceId", "WorkplaceDeviceId"), False, None),
        (JOINED.replace("YES", "ERROR (0x80070005)"), None, "abc"),
        (JOINED.replace("YES", ""), None, "abc"),
        (JOINED.replace("Device State", "User State"), None, None),
        ("AzureAdJoined : NO", None, None),
        ("", None, None),
    ],
)
def test_only_what_dsregcmd_prints_of_the_device_is_taken(
    text: str, *, joined: bool | None, device_id: str | None
) -> None:
    seen = state(dsregcmd=text)

    assert (seen.entra_joined, seen.device_id) == (joined, device_id)


@pytest.mark.parametrize(
    ("issuer", "ours"),
    [
        (ISSUER, True),
        (FULL_ISSUER, True),
        ("OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97, CN=MS-Organization-Access, DC=windows, DC=net", True),
        ("CN=MS-Organization-P2P-Access [2026]", False),
        ("DC=net + DC=windows + CN=MS-Organization-P2P-Access", False),
        ("CN=MS-Organization-Access-Test", False),
        ("CN=ms-organization-access", False),
        ('O="x, CN=MS-Organization-Access, y", CN=other', False),
        ("", False),
    ],
)
def test_the_issuer_counts_exactly_wherever_its_part_stands(issuer: str, *, ours: bool) -> None:
    assert Certificate(store="LocalMachine", issuer=issuer).of_registration is ours


@pytest.mark.parametrize(
    ("rejoin", "off"),
    [
        (Rejoin(task="disabled", block=1, auto=0), True),
        (Rejoin(task="absent", block=1, auto=0), True),
        (Rejoin(task="ready", block=1, auto=0), False),
        (Rejoin(task="disabled"), False),
        (Rejoin(task="disabled", block=1), False),
        (Rejoin(block=1, auto=0), None),
    ],
)
def test_re_join_is_off_where_task_and_policy_say_so(rejoin: Rejoin, *, off: bool | None) -> None:
    assert rejoin.off is off


def test_a_part_that_failed_is_not_complete_whatever_else_it_says() -> None:
    seen = state(certificates=[], errors=[{"part": "certificates", "message": "Access is denied."}])

    assert seen.issued == ()
    assert seen.trouble("certificates") == "certificates: Access is denied."
    assert seen.trouble("unloaded", "certificates").count(";") == 1


def test_who_cannot_be_asked_is_a_value_with_a_reason(lab: Wire) -> None:
    way = lab.way(password="another")

    output, seen = run(look(way, HOST))

    assert (output.outcome, seen) == ("authentication", None)
    assert "another" not in output.why


def test_what_is_no_answer_is_a_failed_one(lab: Wire) -> None:
    way = lab.way()
    way.instead["collect"] = Output("done", objects=('{"host": 5}',), begun=True)

    output, seen = run(look(way, HOST))

    assert (output.outcome, seen) == ("failed", None)
