"""All machines of the invented company: they are what its cloud and its domain say, and some are worse than they should be."""

import json
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from reconcile.lab.device.account import BUILT_IN
from reconcile.lab.device.clock import Clock
from reconcile.lab.device.company import FAILED, thumbprint_of
from reconcile.lab.device.devices import Devices, devices_of
from reconcile.lab.device.people import cloud_sid
from reconcile.lab.device.trouble import Trouble
from reconcile.lab.estate.directory import directory_of
from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.tenant import Row
from reconcile.lab.winrm.lab import Invocation, Said
from reconcile.source.dsregcmd import parse
from tests.lab.device.machine import NOW, machine

KINDS = ("hybrid", "joined", "registered", "domain")


@pytest.fixture(name="devices", scope="module")
def devices_fixture() -> Devices:
    """Read only."""
    return company(500)


def company(count: int, now: datetime = NOW) -> Devices:
    tenant = estate(count, now)
    return devices_of(tenant, directory_of(tenant, now), Clock(now))


def collect(devices: Devices, host: str) -> Any:
    said = devices.answer(Invocation(host, "# reconcile collect\n"))
    assert isinstance(said, Said)
    return json.loads(str(said.objects[0]))


def of_kind(devices: Devices, kind: str) -> list[str]:
    return [host for host in devices.hosts if devices.plan(host).kind == kind]


def rows(devices: Devices, host: str) -> list[Row]:
    plan = devices.plan(host)
    return [row for row in (plan.row, *plan.registered) if row is not None]


def test_every_row_of_windows_that_is_in_use_is_of_one_machine(devices: Devices) -> None:
    tenant = devices.company.tenant
    known = {row["deviceId"] for host in devices.hosts for row in rows(devices, host)}
    live = [row for row in tenant.devices.values() if row["operatingSystem"] == "Windows"]

    missing = [row for row in live if row["deviceId"] not in known]
    assert len(known) > 350
    assert all(not any(one.startswith("[HWID]") for one in row["physicalIds"]) for row in missing)
    assert {row["displayName"] for row in tenant.deleted.values() if row["operatingSystem"] == "Windows"} <= set(
        devices.hosts
    )


def test_a_machine_is_found_by_its_name_however_it_is_written(devices: Devices) -> None:
    host = devices.hosts[0]

    assert devices[host] is devices[host.lower()] is devices[f"{host}.aldermoor.example"]
    assert host.lower() in devices
    assert "NOBODY" not in devices
    with pytest.raises(KeyError):
        devices["NOBODY"]


def test_ids_and_thumbprints_agree_with_those_of_the_cloud(devices: Devices) -> None:
    for host in of_kind(devices, "hybrid") + of_kind(devices, "joined"):
        device, plan = devices[host], devices.plan(host)
        assert plan.row is not None
        if device.join is not None:
            assert device.device_id == plan.row["deviceId"]
            assert device.join.thumbprint == thumbprint_of(plan.row)
        else:
            assert plan.pending or devices.condition(host) == "broken"


def test_a_hybrid_machine_agrees_with_its_computer(devices: Devices) -> None:
    hosts = of_kind(devices, "hybrid")

    assert len(hosts) > 150
    for host in hosts:
        device = devices[host]
        entry = devices.company.directory.entries[UUID(devices.plan(host).row["deviceId"])]  # type: ignore[index]
        assert device.entry is entry
        assert entry.attributes["userCertificate"] == [device.self_signed]
        assert device.domain == "aldermoor.example"


def test_a_registered_machine_agrees_with_its_row_and_a_twin_with_both(devices: Devices) -> None:
    twins = 0
    for host in devices.hosts:
        plan, device = devices.plan(host), devices[host]
        owned = device.profiles[0].registrations if device.profiles else []
        assert [one.thumbprint for one in owned] == [thumbprint_of(row) for row in plan.registered]
        twins += plan.row is not None and bool(plan.registered)
    assert twins > 10


def test_the_password_that_laps_has_is_that_of_the_built_in_administrator(devices: Devices) -> None:
    kept = [host for host in devices.hosts if devices.plan(host).credential]

    assert len(kept) > 50
    for host in kept:
        account = devices[host].built_in
        assert account is not None
        assert devices.plan(host).credential["credentials"][0]["accountSid"] == account.sid  # type: ignore[index]
        assert devices.sign_in(host, account.name, account.password or "")


def test_serials_are_those_of_intune_and_autopilot(devices: Devices) -> None:
    tenant = devices.company.tenant
    managed = {one["deviceName"]: one["serialNumber"] for one in tenant.managed_devices.values()}
    found = [host for host in devices.hosts if host in managed]

    assert len(found) > 100
    assert all(devices[host].serial == managed[host] for host in found)
    assert all(devices[host].serial for host in devices.hosts)


def test_each_machine_lets_its_administrators_in(devices: Devices) -> None:
    """But for computers that the domain has disabled, and machines that have lost their join."""
    for host in devices.hosts:
        device, account = devices[host], devices.account_of(host)
        expected = device.trusted or device.entra_sign_in or devices.plan(host).kind == "registered"
        assert devices.sign_in(host, *account) is expected, host
        assert not devices.sign_in(host, account[0], "another")
    assert sum(devices.sign_in(host, *devices.account_of(host)) for host in devices.hosts) > 0.85 * len(devices.hosts)


def test_machines_have_passwords_of_their_own(devices: Devices) -> None:
    accounts = {devices.account_of(host) for host in of_kind(devices, "registered")}

    assert len(accounts) == len(of_kind(devices, "registered"))
    assert {name for name, _ in accounts} == {"fleet"}


def test_what_each_tells_can_be_read(devices: Devices) -> None:
    for host in devices.hosts:
        told = collect(devices, host)
        texts = [told["dsregcmd"], *(user["status"] for user in told["users"])]
        assert all(parse(text).problem is None for text in texts if text is not None)
        assert (told["dsregcmd"] is None) is ("dsregcmd" in {error["part"] for error in told["errors"]})


def test_there_are_all_kinds_in_all_conditions(devices: Devices) -> None:
    kinds = Counter(devices.plan(host).kind for host in devices.hosts)
    conditions = Counter(devices.condition(host) for host in devices.hosts)

    assert set(kinds) == set(KINDS)
    share = {name: count / len(devices.hosts) for name, count in conditions.items()}
    assert 0.6 < share["healthy"] < 0.8
    assert 0.05 < share["left-over"] < 0.25
    assert 0.05 < share["broken"] < 0.25
    assert len({devices[host].built_in.name for host in devices.hosts}) == 5  # type: ignore[union-attr]


def test_people_are_signed_in_have_left_a_hive_or_are_gone(devices: Devices) -> None:
    states = Counter((one.session is not None, one.loaded) for host in devices.hosts for one in devices[host].profiles)

    assert set(states) == {(True, True), (False, True), (False, False)}
    assert all(not devices[host].profiles for host in of_kind(devices, "domain"))


def test_what_is_left_over_is_a_certificate_or_a_registration_that_the_cloud_does_not_know(devices: Devices) -> None:
    for host in devices.hosts:
        if devices.condition(host) == "left-over" and devices[host].profiles:
            device = devices[host]
            former = device.profiles[-1]
            (certificate,) = device.of_registration(former.sid)
            assert devices.company.tenant.by_device_id(certificate.subject.removeprefix("CN=")) is None
            assert len(device.of_registration("LocalMachine")) == (2 if device.join else 0)


def test_a_machine_whose_row_was_deleted_before_still_claims_its_join(devices: Devices) -> None:
    names = {row["displayName"] for row in devices.company.tenant.deleted.values() if row["trustType"] == "AzureAd"}
    texts = [collect(devices, host)["dsregcmd"] for host in names if host in devices]
    joined = [text for text in texts if text and "AzureAdJoined : YES" in text]

    assert joined
    assert all(FAILED in text for text in joined)


def test_pending_machines_are_in_the_domain_and_do_not_join_by_themselves() -> None:
    devices = company(400)
    (first, *_) = [host for host in devices.hosts if devices.plan(host).pending]
    device = devices[first]

    assert isinstance(devices.company.now, Clock)
    devices.company.now.advance(90_000)

    assert devices[first].join is None
    assert "0x801c03f2" in collect(devices, first)["dsregcmd"]
    assert device.self_signed is not None


def test_they_are_made_when_they_are_asked_for_and_the_same_each_time() -> None:
    devices, again = company(60), company(60)
    assert devices.made == []

    host = devices.hosts[7]
    first = collect(devices, host)

    assert len(devices.made) == 1
    assert first == collect(again, host)


def test_what_the_cloud_forgot_the_machine_still_knows_though_it_is_made_later() -> None:
    devices = company(60)
    host = next(one for one in of_kind(devices, "joined") if devices.condition(one) == "healthy")
    row = devices.plan(host).row
    assert row is not None

    devices.company.tenant.remove(row["id"])

    assert devices[host].device_id == row["deviceId"]
    assert FAILED in collect(devices, host)["dsregcmd"]


def test_without_conditions_all_are_healthy() -> None:
    devices = Devices(company(60).company, conditions=False)

    assert {devices.condition(host) for host in devices.hosts} == {"healthy"}


def test_a_device_of_the_tests_own_takes_the_place_of_the_one_of_that_name() -> None:
    devices = company(20)
    own = machine().device
    own.name = devices.hosts[0]

    devices.add(own)

    assert devices[own.name] is own
    assert devices.hosts.count(own.name) == 1
    assert "PC1" in machine().devices.hosts


def test_a_share_of_them_is_spoiled_and_always_the_same_ones(devices: Devices) -> None:
    first, second = company(500), company(500)

    dead = first.spoil(10, "dead")
    slow = first.spoil(10, "slow", 0.5)

    assert 0.05 * len(first.hosts) < len(dead) < 0.15 * len(first.hosts)
    assert slow
    assert set(dead).isdisjoint(slow)
    assert second.spoil(10, "dead") == dead
    assert first.trouble[slow[0]] == Trouble("slow", 0.5)
    assert devices.trouble == {}


def test_a_user_of_the_cloud_has_the_sid_that_windows_makes_of_the_object_id() -> None:
    assert cloud_sid("00000001-0002-0003-0405-060708090a0b") == "S-1-12-1-1-196610-117835012-185207048"


def test_every_machine_has_one_built_in_administrator_and_all_sids_are_its_own(devices: Devices) -> None:
    for host in devices.hosts:
        device = devices[host]
        assert len([one for one in device.accounts if one.sid.endswith(f"-{BUILT_IN}")]) == 1
        assert all(one.sid.startswith(device.machine_sid) for one in device.accounts)
        assert len({one.sid for one in device.profiles}) == len(device.profiles)
