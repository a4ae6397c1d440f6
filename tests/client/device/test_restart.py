"""A device is told to start again, and waited for."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from reconcile.client.device.restart import REFUSALS, Patience, restart
from reconcile.client.remote.output import Output
from tests.client.device.wire import HOST, LOST, NO_WAY, SWIFT, Wire, printed, run, wire
from tests.lab.device.machine import NOW, hybrid

BRIEF = Patience(delay=0, total=0.2, every=0.01)


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Wire]:
    with wire(hybrid(), tmp_path) as here:
        yield here


def test_it_is_back_when_it_has_started_later(lab: Wire) -> None:
    before = lab.machine.device.booted_at

    answer = run(restart(lab.way(), HOST, SWIFT))

    assert (answer.outcome, answer.before) == ("done", {"booted_at": before.isoformat()})
    assert answer.state is not None
    assert answer.state.booted_at is not None
    assert answer.state.booted_at > before
    assert lab.done == ["restart"]


def test_what_breaks_while_it_is_away_is_no_trouble(lab: Wire) -> None:
    way = lab.way()
    outcomes = iter([LOST, NO_WAY, Output("timed-out", "no answer"), Output("authentication", "not yet")])
    way.heard = lambda output: next(outcomes, output) if lab.asked else output

    answer = run(restart(way, HOST, SWIFT))

    assert answer.outcome == "done"
    assert lab.asked == ["restart"]


def test_the_delay_is_passed_on(lab: Wire) -> None:
    run(restart(lab.way(), HOST, replace(SWIFT, delay=7)))

    (ran,) = [one for one in lab.served.winrm.ran if one.script.startswith("# reconcile restart\n")]
    assert ran.parameters == {"DelaySeconds": 7}


def test_one_that_has_started_since_is_left_alone(lab: Wire) -> None:
    booted_at = lab.machine.device.booted_at

    answer = run(restart(lab.way(), HOST, SWIFT, since=booted_at - timedelta(hours=1)))
    again = run(restart(lab.way(), HOST, SWIFT, since=booted_at))

    assert (answer.outcome, answer.before, answer.begun) == ("already", None, False)
    assert again.outcome == "done"
    assert lab.done == ["restart"]


def test_one_that_never_comes_back_is_unknown_with_what_to_do(lab: Wire) -> None:
    lab.machine.device.comes_back = False

    answer = run(restart(lab.way(), HOST, BRIEF))

    assert (answer.outcome, answer.begun, answer.state) == ("unknown", True, None)
    assert answer.why.startswith("it has not come back within 0.2 s (lost: ")
    assert "at its console its local administrator can sign in" in answer.why


def test_one_that_lets_nobody_in_any_more_is_not_asked_until_accounts_are_locked(lab: Wire) -> None:
    way = lab.way()
    way.after["restart"] = LOST
    refused = Output("authentication", "HTTP status 401")
    way.heard = lambda output: refused if lab.asked and output is not LOST else output

    answer = run(restart(way, HOST, SWIFT))

    assert answer.outcome == "unknown"
    assert answer.why.startswith("it answers, but lets nobody in (authentication: HTTP status 401)")
    assert way.ran.count("collect") == 1 + REFUSALS


def test_one_that_does_not_go_down_is_unknown(lab: Wire) -> None:
    lab.machine.device.without_effect.add("restart")

    answer = run(restart(lab.way(), HOST, BRIEF))

    assert answer.outcome == "unknown"
    assert answer.why.startswith(f"it still runs since {NOW - timedelta(days=3):%Y-%m-%d %H:%M} UTC")


def test_one_that_does_not_say_when_it_started_is_not_restarted(lab: Wire) -> None:
    lab.machine.device.failing["booted_at"] = "Invalid class"

    answer = run(restart(lab.way(), HOST, SWIFT))

    assert (answer.outcome, answer.why, answer.begun) == ("unknown", "booted_at: Invalid class", False)
    assert lab.asked == []


def test_a_restart_that_is_on_its_way_already_is_waited_for(lab: Wire) -> None:
    way = lab.way()
    lab.machine.run("restart", DelaySeconds=0)
    way.instead["restart"] = printed({"did": False, "errors": []})

    answer = run(restart(way, HOST, SWIFT))

    assert answer.outcome == "done"
