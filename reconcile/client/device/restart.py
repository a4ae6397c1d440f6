"""A device starts again, and is waited for: it is back when it says that it started later than before."""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime

from reconcile.client.device.channel import Channel
from reconcile.client.device.perform import PAUSE, Act, Answer, ask, look_again, said, told_of
from reconcile.client.device.proof import STEP
from reconcile.client.device.state import DeviceState, look
from reconcile.client.remote.output import Output

REFUSALS, SLOWER = 5, 4
"""So many logins may be refused while Windows starts, so far apart: each may count towards a lock-out."""


@dataclass(frozen=True)
class Patience:
    """Seconds: until the restart begins, for the whole of it, and between two looks."""

    delay: int = 5
    total: float = 900
    every: float = 5


async def restart(
    channel: Channel, host: str, patience: Patience | None = None, since: datetime | None = None
) -> Answer:
    """`since`: a device that has started later than this has done so `already`. `channel` must be let in afterwards, too."""
    patience = patience or Patience()
    output, seen = await look_again(channel, host, min(patience.every, PAUSE))
    if seen is None:
        return Answer(host, "unknown", said(output))
    if seen.booted_at is None:
        return Answer(host, "unknown", seen.trouble("booted_at"), state=seen)
    if since is not None and _later(seen, since):
        return Answer(host, "already", state=seen)
    return await _restart(channel, host, patience, seen, seen.booted_at)


async def _restart(channel: Channel, host: str, patience: Patience, seen: DeviceState, booted_at: datetime) -> Answer:
    output, told = await ask(channel, host, _act(patience.delay))
    before = {"booted_at": booted_at.isoformat()}
    answer = Answer(host, "unknown", state=seen, before=before, begun=output.begun)
    if not output.begun or output.outcome == "failed" or (told is not None and told.errors):
        return replace(answer, outcome="refused", why=told_of(output, told), before=None)
    output, after = await _back(channel, host, patience, booted_at)
    if after is None:
        return replace(answer, why=_not_back(output, patience, booted_at), state=None)
    return replace(answer, outcome="done", state=after)


async def _back(
    channel: Channel, host: str, patience: Patience, booted_at: datetime
) -> tuple[Output, DeviceState | None]:
    """Nothing where it does not come in time."""
    clock = asyncio.get_running_loop().time
    ends, refusals = clock() + patience.total, 0
    while True:
        await asyncio.sleep(patience.every * (SLOWER if refusals else 1))
        output, seen = await look(channel, host)
        if seen is not None and _later(seen, booted_at):
            return output, seen
        refusals += output.outcome == "authentication"
        if clock() >= ends or refusals >= REFUSALS:
            return output, None


def _later(seen: DeviceState, moment: datetime) -> bool:
    return seen.booted_at is not None and seen.booted_at - moment > STEP


def _not_back(output: Output, patience: Patience, booted_at: datetime) -> str:
    if output.ok:
        return f"it still runs since {booted_at:%Y-%m-%d %H:%M} UTC: see what keeps it from restarting, and restart it there"
    if output.outcome == "authentication":
        return f"it answers, but lets nobody in ({said(output)}): sign in there as its local administrator"
    return (
        f"it has not come back within {patience.total:g} s ({said(output)}): see whether it is on and reachable; "
        "at its console its local administrator can sign in. It is not known to have started again"
    )


def _act(delay: int) -> Act:
    """Asked for by itself, as only waiting tells."""
    return Act(
        name="restart",
        stands=lambda _: None,
        doubt=lambda _: "",
        image=lambda _: {},
        parameters={"DelaySeconds": delay},
    )
