"""What is told of the engine before anything depends on it."""

import asyncio

import pytest

from reconcile.client.check import Check
from reconcile.client.sync.doctor import examine
from reconcile.lab.winrm.lab import Invocation, Said
from tests.sync_lab import Serving


def examined(lab: Serving) -> dict[str, Check]:
    checks = asyncio.run(examine(lab.engine))
    assert len({check.what for check in checks}) == len(checks)
    return {check.what: check for check in checks}


def cycle(lab: Serving) -> None:
    async def once() -> None:
        lab.server.begin()
        await lab.server.ended()

    asyncio.run(once())


def test_an_engine_that_is_well(lab: Serving) -> None:
    lab.premises.join("PC1")
    cycle(lab)

    found = examined(lab)

    assert {check.state for check in found.values()} == {"ok"}
    assert found["server"].said == "by basic, as CORP\\reconcile"
    assert found["engine"].said == "version 2.4.131.0, exports, idle"
    assert found["next cycle"].said == "2026-11-23 06:30 UTC, delta, every 30 minutes"
    assert found["deletion threshold"].said == "500 deletions in one cycle stop them all"
    assert found["last export"].said == "success, 2026-11-23 06:00 UTC: 1 added, 0 changed, 0 deleted"


def test_nothing_is_started_by_it(lab: Serving) -> None:
    examined(lab)

    assert lab.server.started == 0
    assert [one.script.partition("\n")[0] for one in lab.hosts.lab.ran] == ["# reconcile sync-state"]


def test_a_server_that_cannot_be_reached_is_missing(lab: Serving) -> None:
    lab.hosts.fault("reset", "Create")

    found = examined(lab)

    assert list(found) == ["server"]
    assert (found["server"].state, found["server"].needed) == ("missing", True)
    assert found["server"].said.startswith("lost: ")


def test_a_server_without_the_engine_is_missing_it(lab: Serving) -> None:
    lab.server.module = False

    found = examined(lab)

    assert (found["server"].state, found["engine"].state) == ("ok", "missing")


@pytest.mark.parametrize(("name", "value"), [("staging", True), ("suspended", True), ("enabled", False)])
def test_an_engine_that_exports_nothing_is_missing(*, name: str, value: bool, lab: Serving) -> None:
    setattr(lab.server.engine if name == "staging" else lab.server, name, value)

    assert (examined(lab)["engine"].state, examined(lab)["engine"].needed) == ("missing", True)


def test_an_export_that_was_stopped_is_missing(lab: Serving) -> None:
    lab.server.export_result = "stopped-deletion-threshold-exceeded"
    cycle(lab)

    last = examined(lab)["last export"]

    assert (last.state, last.needed) == ("missing", True)
    assert "deletions wait" in last.said


def test_an_export_with_errors_is_told(lab: Serving) -> None:
    lab.server.export_result = "completed-export-errors"
    cycle(lab)

    assert examined(lab)["last export"].state == "unknown"


@pytest.mark.parametrize(
    ("from_cmdlet", "state", "said"),
    [
        (True, "ok", "none: nothing stops a sync that deletes much"),
        (False, "unknown", "the engine does not say whether there is one; it would be 500"),
    ],
)
def test_a_threshold_that_is_off_or_not_known(*, from_cmdlet: bool, state: str, said: str, lab: Serving) -> None:
    lab.server.threshold_from_cmdlet = from_cmdlet
    lab.premises.engine.threshold_enabled = False

    found = examined(lab)["deletion threshold"]

    assert (found.state, found.said) == (state, said)


def test_an_engine_that_says_little_is_told_as_such(lab: Serving) -> None:
    def little(_: Invocation) -> Said:
        return Said(['{"sync_cycle_enabled":true,"cycle_in_progress":true,"busy":["AD"]}'])

    lab.hosts.lab.handler = little

    found = examined(lab)

    assert found["engine"].said == "version unknown, exports, busy, AD"
    assert [found[what].state for what in ("next cycle", "deletion threshold", "last export")] == ["unknown"] * 3
