"""One cycle of the engine, from before its start to its end: what was changed in AD before it is in Entra after it.

A cycle that somebody else started does as well, as long as it began after the engine was seen idle here.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Literal

from reconcile.client.remote.output import Output
from reconcile.client.sync.engine import THRESHOLD_EXCEEDED, Engine, Run, Started, SyncState, start, state

Outcome = Literal["success", "threshold", "errors", "refused", "timed-out", "unreachable", "failed"]
"""errors: it ran, and not all of it well; failed: it did not run; refused: it was not started, for the engine's own good."""
GOOD = {"success", "completed-no-objects"}
REFUSED = (
    ("staging_mode", True, "is in staging mode, and exports nothing; the active server is another one"),
    ("scheduler_suspended", True, "is suspended, most likely by its wizard, which is open"),
    ("sync_cycle_enabled", False, "has its scheduler switched off (SyncCycleEnabled), which somebody had a reason for"),
)


@dataclass(frozen=True)
class Patience:
    """Seconds: for the whole, between two looks, and for how long nothing may happen after a start."""

    total: float = 3600
    every: float = 10
    quiet: float = 90


@dataclass(frozen=True)
class Cycle:
    """`runs` are those of this cycle. `pending`: deletions that wait at the threshold, where the engine tells."""

    outcome: Outcome
    why: str = ""
    runs: tuple[Run, ...] = ()
    state: SyncState | None = None
    pending: int | None = None

    @property
    def ok(self) -> bool:
        return self.outcome == "success"


async def cycle(engine: Engine, patience: Patience | None = None) -> Cycle:
    """Raises ValueError where the account and the host do not go together safely."""
    return await _Cycle(engine, patience or Patience()).run()


class _Late(Exception):  # noqa: N818 (a state, not a fault)
    pass


class _Cycle:
    def __init__(self, engine: Engine, patience: Patience) -> None:
        self._engine = engine
        self._patience = patience
        self._ends = asyncio.get_running_loop().time() + patience.total
        self._trouble = ""
        """Why the last look failed, should all that follow fail as well."""

    async def run(self) -> Cycle:
        before = await self._idle()
        if isinstance(before, Cycle):
            return before
        output, told = await start(self._engine)
        if not_begun := _not_begun(output, told):
            return replace(not_begun, state=before)
        try:
            after = await self._ended(before)
        except _Late:
            why = self._trouble or "the cycle has not ended"
            return Cycle("unreachable" if self._trouble else "timed-out", why, state=before)
        return _judged(before, after)

    async def _idle(self) -> SyncState | Cycle:
        """The engine as it waits to be started, or why it will not be."""
        while True:
            output, seen = await state(self._engine)
            if seen is None:
                return Cycle("unreachable", f"{output.outcome}: {output.why}")
            if no := _refusal(seen):
                return no
            if not seen.in_progress:
                return seen
            try:
                await self._wait()
            except _Late:
                return Cycle("timed-out", f"another cycle has not ended{_of(seen.busy)}", state=seen)

    async def _ended(self, before: SyncState) -> SyncState:
        """Raises _Late. Quiet for long enough is an end, too: nothing came of it."""
        known, quiet_since = {run.id for run in before.runs}, asyncio.get_running_loop().time()
        while True:
            await self._wait()
            output, seen = await state(self._engine)
            self._trouble = f"{output.outcome}: {output.why}" if seen is None else seen.trouble or ""
            if seen is None or seen.trouble or seen.in_progress:
                quiet_since = asyncio.get_running_loop().time()
                continue
            new = [run for run in seen.runs if run.id not in known]
            if any(run.is_export for run in new) and all(run.complete for run in new):
                return seen
            if asyncio.get_running_loop().time() - quiet_since >= self._patience.quiet:
                return seen

    async def _wait(self) -> None:
        """Raises _Late where there is no time left."""
        left = self._ends - asyncio.get_running_loop().time()
        if left <= 0:
            raise _Late
        await asyncio.sleep(min(self._patience.every, left))


def _refusal(seen: SyncState) -> Cycle | None:
    if seen.trouble:
        return Cycle("failed", seen.trouble, state=seen)
    for name, bad, why in REFUSED:
        if getattr(seen, name) is bad:
            return Cycle("refused", f"the engine {why}", state=seen)
    return None


def _not_begun(output: Output, told: Started | None) -> Cycle | None:
    """None where a cycle has begun, or may have: an answer that was lost on its way says nothing against it."""
    if told is not None:
        return None if told.started or told.busy else Cycle("failed", " ".join(told.said.split()))
    if output.outcome == "failed":
        return Cycle("failed", output.why)
    return None if output.begun else Cycle("unreachable", f"{output.outcome}: {output.why}")


def _judged(before: SyncState, after: SyncState) -> Cycle:
    known = {run.id for run in before.runs}
    runs = tuple(sorted((run for run in after.runs if run.id not in known), key=_when))
    if not runs:
        return Cycle("failed", "it was started, and no run followed", state=after)
    told = after.suppressed if after.suppressed and after.suppressed != before.suppressed else None
    if told or any(run.result == THRESHOLD_EXCEEDED for run in runs):
        pending = told.pending if told else None
        return Cycle("threshold", _at_threshold(pending, after), runs, after, pending)
    bad = [f"{run.profile} of {run.connector}: {run.result or 'not ended'}" for run in runs if run.result not in GOOD]
    return Cycle("errors" if bad else "success", "; ".join(bad), runs, after)


def _when(run: Run) -> tuple[float, int]:
    return run.started_at.timestamp() if run.started_at else 0.0, run.number


def _at_threshold(pending: int | None, after: SyncState) -> str:
    waiting = "more deletions than it allows wait" if pending is None else f"{pending:,} deletions wait"
    allowed = "" if after.threshold.count is None else f", {after.threshold.count:,} are allowed in one cycle"
    return (
        f"stopped at the deletion threshold: {waiting}{allowed}, and none was carried out. If any is not meant, restore it in AD; "
        "if all are, let them through on the server: Disable-ADSyncExportDeletionThreshold, a cycle, Enable-ADSyncExportDeletionThreshold"
    )


def _of(names: tuple[str, ...]) -> str:
    return f" ({', '.join(names)})" if names else ""
