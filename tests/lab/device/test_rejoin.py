"""The task Automatic-Device-Join: how a hybrid device comes back that was told to leave."""

from typing import Any

import pytest

from reconcile.lab.device.company import thumbprint_of
from reconcile.lab.sync.engine import SyncEngine
from tests.lab.device.machine import DEVICE_ID, Machine, hybrid, in_domain, joined

OFF = {"task": "disabled", "block": 1, "auto": 0}


def left(**facts: Any) -> Machine:
    one = hybrid(**facts)
    assert one.run("leave")["did"]
    return one


def test_a_hybrid_device_that_leaves_is_joined_again_by_its_restart_with_other_certificates() -> None:
    one = hybrid()
    before, in_ad = one.device.device_certificate, one.entry.attributes["userCertificate"]
    one.run("leave")

    one.restart()

    after = one.device.device_certificate
    assert before is not None
    assert after is not None
    assert after.thumbprint != before.thumbprint
    assert after.subject == before.subject
    assert one.entry.attributes["userCertificate"] != in_ad
    assert thumbprint_of(one.row) == after.thumbprint
    assert "DeviceAuthStatus : SUCCESS" in one.run("collect")["dsregcmd"]


def test_a_hybrid_device_that_leaves_is_joined_again_within_the_hour_without_a_restart() -> None:
    one = left()
    one.clock.advance(3599)
    assert one.run("collect")["cloud_join"] == []

    one.clock.advance(2)

    assert len(one.run("collect")["cloud_join"]) == 1
    assert one.device.boots == 0


def test_a_task_that_is_off_lets_the_device_stay_away() -> None:
    one = hybrid()
    told = one.run("rejoin-off")
    assert told == {"before": {"task": "ready", "block": None, "auto": None}, "did": True, "errors": []}
    one.run("leave")
    one.restart()
    one.clock.advance(10_000)

    assert one.run("collect")["rejoin"] == OFF
    assert one.device.join is None


def test_the_task_is_turned_off_once() -> None:
    one = hybrid()
    one.run("rejoin-off")

    assert one.run("rejoin-off") == {"before": OFF, "did": False, "errors": []}
    assert [ran.changed for _, ran in one.devices.ran("rejoin-off")] == [True, False]


def test_a_task_that_is_absent_stays_absent() -> None:
    one = hybrid()
    one.device.rejoin.task = "absent"

    assert one.run("rejoin-off")["did"] is True
    assert one.run("collect")["rejoin"]["task"] == "absent"
    told = one.run("rejoin-restore", Task="ready", Block="", Auto="")
    assert (told["did"], told["errors"]) == (True, [])
    assert one.run("collect")["rejoin"] == {"task": "absent", "block": None, "auto": None}


def test_what_was_turned_off_is_put_back_as_it_was() -> None:
    one = hybrid()
    one.device.rejoin.auto = 1
    one.run("rejoin-off")

    told = one.run("rejoin-restore", Task="ready", Block="", Auto="1")

    assert told == {"before": OFF, "did": True, "errors": []}
    assert one.run("collect")["rejoin"] == {"task": "ready", "block": None, "auto": 1}
    one.run("rejoin-restore", Task="ready", Block="", Auto="1")
    assert [ran.changed for _, ran in one.devices.ran("rejoin-restore")] == [True, False]


@pytest.mark.parametrize(("name", "value"), [("task", "disabled"), ("block", 1), ("auto", 0)])
def test_each_of_the_three_holds_the_task_alone(name: str, value: object) -> None:
    one = left()
    setattr(one.device.rejoin, name, value)

    one.restart()

    assert one.device.join is None


def test_a_device_that_only_the_cloud_knows_stays_away() -> None:
    one = joined()
    one.run("leave")
    one.restart()

    assert one.device.join is None


def test_a_device_whose_row_is_gone_waits_for_the_sync_and_then_comes_back() -> None:
    one = hybrid()
    engine = SyncEngine(one.company.tenant, one.company.directory)
    one.run("leave")
    one.company.tenant.remove("object")
    one.restart()
    assert one.device.join is None
    written = one.entry.attributes["userCertificate"]

    assert engine.cycle().added == [DEVICE_ID]
    one.clock.advance(3600)

    assert one.run("collect")["cloud_join"][0]["thumbprint"] == thumbprint_of(one.row)
    assert one.entry.attributes["userCertificate"] == written
    assert one.row["registrationDateTime"] is not None


def test_a_computer_that_ad_has_disabled_or_lost_does_not_join() -> None:
    disabled, gone = left(), left()
    disabled.run("leave-domain", password="keys to the company", User="ALDERMOOR\\svc-reconcile")
    disabled.clock.advance(3600)
    gone.company.directory.delete(gone.entry.dn)
    gone.restart()

    assert disabled.devices["PC1"].join is None
    assert gone.device.join is None


def test_a_device_that_cannot_reach_the_registration_writes_its_certificate_and_stays_pending() -> None:
    one = left(can_register=False)
    before = one.entry.attributes["userCertificate"]

    one.restart()

    assert one.device.join is None
    assert one.entry.attributes["userCertificate"] != before
    assert "Client ErrorCode : 0x801c03f2" in one.run("collect")["dsregcmd"]


def test_a_member_of_the_domain_that_never_joined_does_so_by_itself() -> None:
    one = in_domain()
    SyncEngine(one.company.tenant, one.company.directory).cycle()

    one.clock.advance(3600)

    assert one.devices["PC1"].device_id == DEVICE_ID
