"""What the engine says of itself, read over the real wire."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from reconcile.client.remote.output import Output
from reconcile.client.sync.engine import Suppressed, SyncState, Threshold, start, state
from reconcile.lab.winrm.lab import Said
from tests.sync_lab import NOW, Serving


def seen(lab: Serving) -> SyncState:
    output, found = asyncio.run(state(lab.engine))
    assert found is not None, output
    return found


def test_an_engine_that_is_idle_and_well(lab: Serving) -> None:
    found = seen(lab)

    assert (found.trouble, found.version) == (None, "2.4.131.0")
    assert (found.staging_mode, found.sync_cycle_enabled, found.scheduler_suspended) == (False, True, False)
    assert (found.in_progress, found.busy) == (False, ())
    assert (found.interval_seconds, found.next_policy) == (1800, "Delta")
    assert found.next_cycle_at == NOW + timedelta(minutes=30)
    assert found.threshold == Threshold(enabled=True, count=500, source="cmdlet")
    assert (found.runs, found.last_export, found.suppressed) == ((), None, None)


def test_a_cycle_that_runs_and_what_it_did(lab: Serving) -> None:
    lab.premises.join("PC1")
    lab.server.seconds = 0.2

    output, started = asyncio.run(start(lab.engine))
    during = seen(lab)
    while seen(lab).in_progress:
        pass
    after = seen(lab)

    assert output.ok
    assert started is not None
    assert started.started
    assert (during.in_progress, during.busy) == (True, ("aldermoor.onmicrosoft.com - AAD",))
    assert [run.profile for run in after.runs] == [*["Delta Import", "Delta Synchronization"] * 2, "Export", "Export"]
    assert after.last_export is not None
    assert (after.last_export.result, after.last_export.adds, after.last_export.deletes) == ("success", 1, 0)
    assert after.last_export.started_at == datetime(2026, 11, 23, 6, tzinfo=UTC)


def test_a_second_start_is_told_to_be_one(lab: Serving) -> None:
    lab.server.seconds = 0.3

    asyncio.run(start(lab.engine))
    output, second = asyncio.run(start(lab.engine))

    assert output.ok
    assert second is not None
    assert (second.started, second.busy) == (False, True)
    assert "AAD is busy" in second.said
    assert lab.server.started == 1


@pytest.mark.parametrize(
    ("from_cmdlet", "enabled", "threshold"),
    [
        (True, True, Threshold(enabled=True, count=500, source="cmdlet")),
        (True, False, Threshold(enabled=False, count=500, source="cmdlet")),
        (False, True, Threshold(enabled=True, count=500, source="settings")),
        (False, False, Threshold(enabled=None, count=500, source="settings")),
    ],
)
def test_the_threshold_is_told_as_far_as_it_is_known(
    *, from_cmdlet: bool, enabled: bool, threshold: Threshold, lab: Serving
) -> None:
    lab.server.threshold_from_cmdlet = from_cmdlet
    lab.premises.engine.threshold_enabled = enabled

    assert seen(lab).threshold == threshold


def test_a_server_without_the_engine_says_so(lab: Serving) -> None:
    lab.server.module = False

    trouble = seen(lab).trouble

    assert trouble is not None
    assert "'ADSync' was not loaded" in trouble


def test_a_server_that_cannot_be_reached_is_a_value(lab: Serving) -> None:
    lab.hosts.fault("reset", "Create")

    output, found = asyncio.run(state(lab.engine))

    assert (output.outcome, found) == ("lost", None)


def test_a_server_that_answers_something_else_is_no_state(lab: Serving) -> None:
    lab.hosts.lab.handler = lambda _: Said(['{"staging_mode":"perhaps"}'])

    output, found = asyncio.run(state(lab.engine))

    assert isinstance(output, Output)
    assert (output.outcome, found) == ("failed", None)


@pytest.mark.parametrize(
    ("message", "pending"),
    [
        (
            "The number of deletions for this sync cycle (612 pending deletes) has exceeded the current threshold of 500",
            612,
        ),
        ("Zu viele.", None),
    ],
)
def test_the_event_tells_how_many_deletions_wait(message: str, pending: int | None) -> None:
    assert Suppressed(id=1, at=None, message=message).pending == pending
