import asyncio

import pytest

from reconcile.client.graph.budget import BURST, Budget


async def timed(budget: Budget, *acts: int) -> float:
    start = asyncio.get_running_loop().time()
    await asyncio.gather(*map(budget.take, acts))
    return asyncio.get_running_loop().time() - start


def test_one_batch_is_free_and_the_rest_takes_its_time() -> None:
    asyncio.run(asyncio.wait_for(Budget(0.001).take(BURST), 5))
    assert asyncio.run(timed(Budget(200), 20, 20, 20)) >= 40 / 200 * 0.99


def test_whatever_asks_at_once_nothing_is_faster_than_the_budget() -> None:
    assert asyncio.run(timed(Budget(400), *[1] * 60)) >= 40 / 400 * 0.99


def test_what_was_not_used_is_kept_for_one_batch_and_no_more() -> None:
    async def after_a_rest() -> float:
        budget = Budget(1000)
        await budget.take(20)
        await asyncio.sleep(0.1)
        return await timed(budget, 20, 20)

    assert asyncio.run(after_a_rest()) >= 20 / 1000 * 0.99


def test_more_than_one_batch_is_never_due() -> None:
    with pytest.raises(ValueError, match="21"):
        asyncio.run(Budget(1).take(BURST + 1))
