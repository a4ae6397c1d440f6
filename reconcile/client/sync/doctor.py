"""Whether the sync engine can be asked and started, and what would keep it from doing its work."""

from reconcile.client.check import Check
from reconcile.client.sync.cycle import REFUSED
from reconcile.client.sync.engine import THRESHOLD_EXCEEDED, Engine, SyncState, state


async def examine(engine: Engine) -> list[Check]:
    """Changes nothing, and never raises for what it is there to find."""
    output, seen = await state(engine)
    if seen is None:
        return [Check("server", "missing", f"{output.outcome}: {output.why}")]
    who = f"by {engine.account.auth}, as {engine.account.user or 'who is signed in here'}"
    if seen.trouble:
        return [Check("server", "ok", who), Check("engine", "missing", " ".join(seen.trouble.split()))]
    return [
        Check("server", "ok", who),
        _engine(seen),
        _next(seen),
        _threshold(seen),
        _export(seen),
    ]


def _engine(seen: SyncState) -> Check:
    for name, bad, why in REFUSED:
        if getattr(seen, name) is bad:
            return Check("engine", "missing", f"it {why}")
    doing = f"busy{''.join(f', {name}' for name in seen.busy)}" if seen.in_progress else "idle"
    return Check("engine", "ok", f"version {seen.version or 'unknown'}, exports, {doing}")


def _next(seen: SyncState) -> Check:
    if seen.next_cycle_at is None:
        return Check("next cycle", "unknown", "the scheduler does not say", needed=False)
    every = "" if seen.interval_seconds is None else f", every {seen.interval_seconds / 60:g} minutes"
    policy = f", {seen.next_policy.lower()}" if seen.next_policy else ""
    return Check("next cycle", "ok", f"{seen.next_cycle_at:%Y-%m-%d %H:%M} UTC{policy}{every}")


def _threshold(seen: SyncState) -> Check:
    what, count = "deletion threshold", seen.threshold.count
    if seen.threshold.enabled and count is not None:
        return Check(what, "ok", f"{count:,} deletions in one cycle stop them all")
    if seen.threshold.enabled is False:
        return Check(what, "ok", "none: nothing stops a sync that deletes much")
    assumed = "" if count is None else f"; it would be {count:,}"
    return Check(what, "unknown", f"the engine does not say whether there is one{assumed}", needed=False)


def _export(seen: SyncState) -> Check:
    last = seen.last_export
    if last is None:
        return Check("last export", "unknown", "none is on record", needed=False)
    when = f", {last.started_at:%Y-%m-%d %H:%M} UTC" if last.started_at else ""
    if last.result == THRESHOLD_EXCEEDED:
        return Check(
            "last export", "missing", f"{last.result}{when}: deletions wait, and all that follow wait with them"
        )
    told = f"{last.result or 'not ended'}{when}: {last.adds} added, {last.updates} changed, {last.deletes} deleted"
    return Check("last export", "ok" if last.result == "success" else "unknown", told, needed=False)
