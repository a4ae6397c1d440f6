"""When a sync has surely carried a change over, by Entra's own times alone."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from reconcile.client.graph.synced import Synced, SyncPatience, last_sync, wait_for_sync
from reconcile.errors import AccessRefused
from tests.client.graph.session import Session, session

CHANGE = datetime(2026, 11, 23, 6, 10, tzinfo=UTC)
QUICK = SyncPatience(total=1, every=0.02)
HASTY = SyncPatience(total=0.1, every=0.02)


def minutes(*numbers: int) -> list[datetime]:
    return [CHANGE + timedelta(minutes=number) for number in numbers]


def waited(entra: Session, times: list[datetime], patience: SyncPatience = QUICK) -> Synced:
    """While the tenant tells these times one after the other, and the last one from then on."""
    ahead = iter(times)
    entra.lab.observers.append(lambda _: tell(next(ahead, times[-1])))

    def tell(at: datetime) -> None:
        entra.lab.tenant.synced_at = at

    tell(next(ahead))
    return entra.run(wait_for_sync(entra.graph, CHANGE, patience))


def test_the_last_sync_is_what_entra_says(entra: Session) -> None:
    entra.lab.tenant.synced_at = CHANGE
    assert entra.run(last_sync(entra.graph)) == CHANGE

    entra.lab.tenant.synced_at = None
    assert entra.run(last_sync(entra.graph)) is None


def test_the_second_time_after_the_change_is_of_a_cycle_that_began_after_it(entra: Session) -> None:
    told = waited(entra, minutes(-20, -20, 5, 5, 35))

    assert (told.outcome, told.times) == ("synced", tuple(minutes(5, 35)))


@pytest.mark.parametrize("times", [minutes(6), minutes(-20, 1, 1), minutes(-20, 90)])
def test_the_first_time_after_the_change_proves_nothing_however_late_it_is(
    times: list[datetime], entra: Session
) -> None:
    told = waited(entra, times, HASTY)

    assert told.outcome == "timed-out"
    assert told.why.startswith("one sync has ended since, which may have begun before; the last was at 2026-11-23 ")


def test_the_very_moment_of_the_change_is_not_after_it(entra: Session) -> None:
    told = waited(entra, minutes(0, 0), HASTY)

    assert (told.outcome, told.times) == ("timed-out", ())
    assert told.why == "no sync has ended since; the last was at 2026-11-23 06:10:00 UTC"


def test_a_time_that_goes_back_is_not_a_sync(entra: Session) -> None:
    """As another replica of the directory may tell it."""
    told = waited(entra, minutes(-30, 5, -30, 5, -30), HASTY)

    assert told.times == tuple(minutes(5))


def test_a_time_that_stands_there_already_counts_only_beyond_any_skew_of_the_clocks(entra: Session) -> None:
    assert waited(entra, minutes(2, 2, 30), HASTY).times == tuple(minutes(30))
    assert waited(entra, minutes(6, 30), HASTY).times == tuple(minutes(6, 30))


def test_a_tenant_that_is_not_synced_is_not_waited_for(entra: Session) -> None:
    entra.lab.tenant.synced_at = None

    assert entra.run(wait_for_sync(entra.graph, CHANGE, QUICK)).outcome == "no-sync"


def test_the_right_that_is_missing_is_named() -> None:
    with session(12, roles=("Device.Read.All",)) as entra, pytest.raises(AccessRefused) as caught:
        entra.run(last_sync(entra.graph))

    assert "It needs Organization.Read.All to read when the last sync was" in str(caught.value)


def test_a_question_that_is_put_off_is_asked_again(entra: Session) -> None:
    entra.fault("throttle", path="/organization", retry_after="0.01", times=2)

    assert waited(entra, minutes(-20, -20, -20, -20, 5, 35)).outcome == "synced"


def test_the_wait_may_be_given_up_at_any_time(entra: Session) -> None:
    entra.lab.tenant.synced_at = CHANGE

    async def given_up() -> None:
        async with asyncio.timeout(0.05):
            await wait_for_sync(entra.graph, CHANGE)

    with pytest.raises(TimeoutError):
        entra.run(given_up())
