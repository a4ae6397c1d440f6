"""One cycle, waited for from before its start to its end."""

import asyncio
from dataclasses import replace

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.sync.cycle import Cycle, Patience, cycle
from reconcile.client.sync.engine import Engine, start
from reconcile.client.winrm.host import Account
from reconcile.lab.winrm.lab import Invocation, Said
from tests.sync_lab import Serving
from tests.winrm_lab import USER

QUICK = Patience(total=3, every=0.02, quiet=0.3)
HASTY = Patience(total=0.25, every=0.02, quiet=0.1)


def ran(lab: Serving, patience: Patience = QUICK) -> Cycle:
    return asyncio.run(cycle(lab.engine, patience))


def starts(lab: Serving) -> int:
    return len([one for one in lab.hosts.lab.ran if "sync-start" in one.script])


def test_what_changed_in_ad_before_it_is_in_entra_after_it(lab: Serving) -> None:
    device_id = lab.premises.join("PC1")
    lab.server.seconds = 0.1

    made = ran(lab)

    assert made.ok, made.why
    assert lab.premises.row(device_id) is not None
    assert [run.adds for run in made.runs if run.is_export] == [1]
    assert made.state is not None
    assert not made.state.in_progress
    assert lab.server.started == 1


def test_only_the_runs_of_this_cycle_are_counted(lab: Serving) -> None:
    lab.premises.join("PC1")
    first, second = ran(lab), ran(lab)

    assert len(first.runs) == len(second.runs) == 6
    assert not {run.id for run in first.runs} & {run.id for run in second.runs}


def test_a_cycle_that_runs_already_is_waited_for_and_another_one_follows(lab: Serving) -> None:
    """The one that runs may have read AD before the change."""

    async def both() -> Cycle:
        lab.server.seconds = 0.2
        await start(lab.engine)
        device_id = lab.premises.join("PC1")
        made = await cycle(lab.engine, QUICK)
        assert lab.premises.row(device_id) is not None
        return made

    made = asyncio.run(both())

    assert made.ok
    assert lab.server.started == 2


def test_a_cycle_that_began_just_before_our_start_will_do(lab: Serving) -> None:
    answer, others = lab.server.answer, iter([True])

    async def overtaken(invocation: Invocation) -> Said:
        if "sync-start" in invocation.script and next(others, False):
            lab.server.begin()
        return await answer(invocation)

    lab.hosts.lab.handler = overtaken
    lab.server.seconds = 0.1

    assert ran(lab).ok
    assert (lab.server.started, starts(lab)) == (1, 1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [("staging", True, "staging mode"), ("suspended", True, "suspended"), ("enabled", False, "switched off")],
)
def test_an_engine_that_must_not_be_started_is_not(*, name: str, value: bool, said: str, lab: Serving) -> None:
    setattr(lab.server.engine if name == "staging" else lab.server, name, value)

    made = ran(lab)

    assert made.outcome == "refused"
    assert said in made.why
    assert (lab.server.started, starts(lab)) == (0, 0)


def test_a_stop_at_the_threshold_is_named_with_its_count_and_what_to_do(lab: Serving) -> None:
    lab.premises.tenant.deletion_threshold = 2
    gone = [lab.premises.join(f"PC{number}") for number in range(3)]
    assert ran(lab).ok
    for device_id in gone:
        lab.premises.delete(device_id)

    made = ran(lab)

    assert (made.outcome, made.pending) == ("threshold", 3)
    assert "3 deletions wait, 2 are allowed in one cycle, and none was carried out" in made.why
    assert "Disable-ADSyncExportDeletionThreshold" in made.why
    assert all(lab.premises.row(device_id) for device_id in gone)


def test_a_stop_without_its_event_is_known_by_the_result_of_the_export(lab: Serving) -> None:
    lab.server.export_result = "stopped-deletion-threshold-exceeded"

    made = ran(lab)

    assert (made.outcome, made.pending) == ("threshold", None)
    assert "more deletions than it allows wait" in made.why


def test_an_event_of_before_stops_nothing(lab: Serving) -> None:
    lab.server.event = {"id": 7, "at": None, "message": "(9 pending deletes)"}

    assert ran(lab).ok


def test_runs_that_did_not_end_well_are_named(lab: Serving) -> None:
    lab.server.export_result = "completed-export-errors"

    made = ran(lab)

    assert made.outcome == "errors"
    assert made.why == "Export of aldermoor.onmicrosoft.com - AAD: completed-export-errors"


def test_a_cycle_that_does_not_end_in_time(lab: Serving) -> None:
    lab.server.seconds = 5

    assert ran(lab, HASTY).outcome == "timed-out"
    made = ran(lab, HASTY)
    assert (made.outcome, made.why) == ("timed-out", "another cycle has not ended (aldermoor.onmicrosoft.com - AAD)")
    assert lab.server.started == 1


def test_a_start_after_which_nothing_runs(lab: Serving) -> None:
    answer = lab.server.answer

    async def idle(invocation: Invocation) -> Said:
        if "sync-start" in invocation.script:
            return Said(['{"started":true,"busy":false,"said":"Success"}'])
        return await answer(invocation)

    lab.hosts.lab.handler = idle

    made = ran(lab)

    assert (made.outcome, made.why) == ("failed", "it was started, and no run followed")


def test_a_start_that_fails_says_why(lab: Serving) -> None:
    answer = lab.server.answer

    async def denied(invocation: Invocation) -> Said:
        if "sync-start" in invocation.script:
            return Said(['{"started":false,"busy":false,"said":"Access is denied.\\r\\n   at Start"}'])
        return await answer(invocation)

    lab.hosts.lab.handler = denied

    made = ran(lab)

    assert (made.outcome, made.why) == ("failed", "Access is denied. at Start")


def test_a_start_that_throws_says_why(lab: Serving) -> None:
    answer = lab.server.answer

    async def broken(invocation: Invocation) -> Said:
        return Said(thrown="no such drive") if "sync-start" in invocation.script else await answer(invocation)

    lab.hosts.lab.handler = broken

    assert (ran(lab).outcome, ran(lab).why) == ("failed", "no such drive")


def test_a_server_without_the_engine_has_failed(lab: Serving) -> None:
    lab.server.module = False

    assert ran(lab).outcome == "failed"


def test_a_server_that_cannot_be_asked_is_unreachable(lab: Serving) -> None:
    lab.engine = Engine(lab.engine.host, Account("basic", USER, Secret("wrong")))

    made = ran(lab)

    assert made.outcome == "unreachable"
    assert made.why.startswith("authentication: ")


def test_an_answer_to_the_start_that_is_lost_starts_nothing_twice(lab: Serving) -> None:
    lab.hosts.fault("lost", "Receive", after=3)
    device_id = lab.premises.join("PC1")

    made = ran(lab)

    assert made.ok, made.why
    assert lab.server.started == 1
    assert lab.premises.row(device_id) is not None


def test_a_start_that_did_not_arrive_is_unreachable(lab: Serving) -> None:
    lab.hosts.fault("reset", "Create", after=1)

    made = ran(lab)

    assert made.outcome == "unreachable"
    assert lab.server.started == 0


def test_a_server_that_is_gone_for_a_moment_is_waited_for(lab: Serving) -> None:
    lab.hosts.fault("reset", "Create", after=2, times=3)

    assert ran(lab).ok


def test_a_server_that_stays_away_after_the_start_is_unreachable(lab: Serving) -> None:
    lab.hosts.fault("reset", "Create", after=2, times=None)

    made = ran(lab, HASTY)

    assert made.outcome == "unreachable"
    assert made.why.startswith("lost: ")
    assert lab.server.started == 1


def test_an_account_that_is_not_safe_is_refused_before_anything_is_sent(lab: Serving) -> None:
    lab.engine = Engine(replace(lab.engine.host, tls=False), lab.engine.account)

    with pytest.raises(ValueError, match="only safe over https"):
        ran(lab)
