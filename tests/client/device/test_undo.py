"""What is taken back, and what is not."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from reconcile.client.device.act import leave, ready_administrator, rejoin_off
from reconcile.client.device.restart import restart
from reconcile.client.device.script import Name
from reconcile.client.device.undo import FOR_GOOD, restore_administrator, undo
from reconcile.lab.device.account import LocalAccount
from reconcile.lab.device.device import Device
from reconcile.lab.winrm.lab import Invocation, Said
from tests.client.device.wire import DENIED, HOST, SECRET, SWIFT, Wire, name_of, printed, run, wire
from tests.lab.device.machine import MACHINE_SID, hybrid, joined

BUILT_IN = f"{MACHINE_SID}-500"


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Wire]:
    with wire(hybrid(), tmp_path) as here:
        yield here


@pytest.fixture(name="cloud")
def cloud_fixture(tmp_path: Path) -> Iterator[Wire]:
    with wire(joined(), tmp_path) as here:
        restoring(here)
        yield here


def restoring(lab: Wire) -> None:
    """The lab does not know the script that puts an administrator back."""
    handler = lab.served.winrm.handler

    def answer(invocation: Invocation) -> Said:
        if name_of(invocation.script) != "administrator-restore":
            said = handler(invocation)
            assert isinstance(said, Said)
            return said
        account = one(lab.machine.device, str(invocation.parameters["Sid"]))
        account.enabled &= bool(invocation.parameters["Enabled"])
        account.member &= bool(invocation.parameters["Member"])
        return Said(['{"before": {}, "did": true, "errors": []}'])

    lab.served.winrm.handler = answer


def one(device: Device, sid: str) -> LocalAccount:
    return next(account for account in device.accounts if account.sid == sid)


def test_re_join_is_put_back_as_it_was(lab: Wire) -> None:
    off = run(rejoin_off(lab.way(), HOST))
    assert off.before == {"task": "ready", "block": None, "auto": None}

    answer = run(undo(lab.way(), HOST, "rejoin-off", off.before))
    again = run(undo(lab.way(), HOST, "rejoin-off", off.before))

    assert (answer.outcome, answer.before) == ("done", {"task": "disabled", "block": 1, "auto": 0})
    assert (again.outcome, again.before) == ("already", None)
    assert vars(lab.machine.device.rejoin) == off.before


def test_values_that_were_there_are_put_back_too(lab: Wire) -> None:
    rejoin = lab.machine.device.rejoin
    rejoin.task, rejoin.block, rejoin.auto = "disabled", 0, 1
    off = run(rejoin_off(lab.way(), HOST))
    assert off.before is not None

    answer = run(undo(lab.way(), HOST, "rejoin-off", off.before))

    assert answer.outcome == "done"
    assert (rejoin.task, rejoin.block, rejoin.auto) == ("disabled", 0, 1)


def test_an_administrator_that_was_disabled_is_disabled_again(cloud: Wire) -> None:
    ready = run(ready_administrator(cloud.way(), HOST, SECRET))
    assert ready.before is not None

    answer = run(undo(cloud.way(), HOST, "administrator", ready.before))
    again = run(undo(cloud.way(), HOST, "administrator", ready.before))

    assert (answer.outcome, again.outcome) == ("done", "already")
    assert (one(cloud.machine.device, BUILT_IN).enabled, one(cloud.machine.device, BUILT_IN).member) == (False, True)


def test_an_administrator_that_was_made_stays_and_is_none_any_more(cloud: Wire) -> None:
    ready = run(ready_administrator(cloud.way(), HOST, SECRET, "rescue"))
    assert ready.before is not None

    answer = run(undo(cloud.way(), HOST, "administrator", ready.before))

    account = one(cloud.machine.device, ready.before["sid"])
    assert (answer.outcome, account.enabled, account.member) == ("done", False, False)


def test_an_administrator_that_was_ready_stays_so(cloud: Wire) -> None:
    before = {"sid": BUILT_IN, "exists": True, "enabled": True, "member": True}
    run(ready_administrator(cloud.way(), HOST, SECRET))

    assert run(restore_administrator(cloud.way(), HOST, before)).outcome == "already"


def test_a_device_that_has_left_keeps_its_administrator(cloud: Wire) -> None:
    ready = run(ready_administrator(cloud.way(), HOST, SECRET))
    assert ready.before is not None
    run(leave(cloud.way(), HOST, cloud.proof_of_now()))
    run(restart(cloud.local(), HOST, SWIFT))

    answer = run(undo(cloud.local(), HOST, "administrator", ready.before))

    assert (answer.outcome, answer.begun) == ("refused", False)
    assert "nobody else may be able to sign in" in answer.why
    assert not cloud.machine.device.locked_out


def test_what_cannot_be_read_is_unknown_and_what_is_refused_is_told(cloud: Wire) -> None:
    ready = run(ready_administrator(cloud.way(), HOST, SECRET))
    assert ready.before is not None
    denying = cloud.way()
    denying.instead["administrator-restore"] = printed(DENIED)

    refused = run(undo(denying, HOST, "administrator", ready.before))
    cloud.machine.device.failing["administrators"] = "Failed to compare two elements in the array."
    unknown = run(undo(cloud.way(), HOST, "administrator", ready.before))

    assert (refused.outcome, refused.why) == ("refused", "test: Access is denied.")
    assert (unknown.outcome, unknown.begun) == ("unknown", False)


@pytest.mark.parametrize("name", sorted(set(get_args(Name)) - {"administrator", "rejoin-off"}))
def test_of_all_else_it_is_said_why_it_is_for_good(name: Name, lab: Wire) -> None:
    answer = run(undo(lab.way(), HOST, name, {}))

    assert (answer.outcome, answer.begun) == ("refused", False)
    assert answer.why == FOR_GOOD.get(name, "it is not taken back")
    assert lab.machine.device.log == []


@pytest.mark.parametrize(("name", "before"), [("administrator", {}), ("rejoin-off", {"block": "one"})])
def test_what_is_no_before_image_is_not_put_back(name: Name, before: dict[str, object], lab: Wire) -> None:
    with pytest.raises(ValueError, match="no before-image of this act: "):
        run(undo(lab.way(), HOST, name, before))
