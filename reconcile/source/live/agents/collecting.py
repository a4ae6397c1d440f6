"""Many devices asked at once, as many as settings allow in all and of one site; none waits for one that does not answer."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

from reconcile.client.device.channel import Channel
from reconcile.client.device.state import DeviceState, look
from reconcile.client.remote.output import Outcome
from reconcile.source.live.agents.reaching import Reached, Target

PROBES = 300
"""So many are tried for at once; more would run out of sockets."""


@dataclass(frozen=True)
class Heard:
    """What became of one device; `state` is what it said of itself."""

    target: Target
    outcome: Outcome
    why: str = ""
    state: DeviceState | None = None


Ask = Callable[[Target], Awaitable[Heard]]
"""Gives a value for whatever is wrong with one device."""


@dataclass
class Collector:
    """`keep` is told of each device as soon as it is heard of."""

    reach: Callable[[Target], Awaitable[Reached]]
    ask: Ask
    keep: Callable[[Heard], None]
    at_once: int
    per_site: int
    counts: Counter[str] = field(default_factory=Counter)

    async def collect(self, targets: Iterable[Target]) -> Counter[str]:
        """How many devices came to which outcome."""
        probing, asking = asyncio.Semaphore(PROBES), asyncio.Semaphore(self.at_once)
        sites: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(self.per_site))
        async with asyncio.TaskGroup() as group:
            for target in targets:
                group.create_task(self._one(target, probing, asking, sites))
        return self.counts

    async def _one(
        self,
        target: Target,
        probing: asyncio.Semaphore,
        asking: asyncio.Semaphore,
        sites: dict[str, asyncio.Semaphore],
    ) -> None:
        async with probing:
            reached = await self.reach(target)
        if reached.trouble is not None:
            self._hear(Heard(target, reached.trouble, reached.why))
            return
        async with sites[reached.site], asking:
            self._hear(await self.ask(target))

    def _hear(self, heard: Heard) -> None:
        self.counts[heard.outcome] += 1
        self.keep(heard)


async def ask(channel: Channel, target: Target) -> Heard:
    """What the device says of itself; one that could not run dsregcmd has said nothing."""
    output, state = await look(channel, target.host)
    if state is None:
        return Heard(target, output.outcome, output.why)
    if not state.dsregcmd:
        return Heard(target, "failed", state.trouble("dsregcmd"), state)
    return Heard(target, "done", state=state)
