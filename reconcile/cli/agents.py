"""A collection, wired: whom to ask, by which way, and where it is kept."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path

from reconcile.cli.progress import Stage, progress
from reconcile.client.device.connect import channel, port
from reconcile.errors import InputError, SettingsError
from reconcile.settings import Agents, agent_password, load
from reconcile.source.live.agents.collecting import Collector, Heard, ask
from reconcile.source.live.agents.kept import Kept, answered
from reconcile.source.live.agents.reaching import Reach, Target, behind
from reconcile.source.live.agents.targets import of_snapshots, once, read_targets
from reconcile.source.manifest import load as load_snapshot
from reconcile.source.manifest import read_manifest
from reconcile.source.snapshot import Manifest
from reconcile.workspace import Collection, Run, Workspace

RESOLVERS = 32
TOLD = 20
"""So often a collection tells how far it is."""
SECONDS = 5
"""So long a device may take to take a connection; who is on and near takes milliseconds."""


def targets(workspace: Workspace, listed: Path | None, names: Sequence[str]) -> list[Target]:
    """Raises InputError where nobody is named and no sweep knows any."""
    if names:
        return once(map(Target, names))
    if listed is not None:
        return read_targets(listed)
    run = workspace.latest()
    if run is None:
        raise InputError(workspace.reports, "there is no sweep yet that knows of devices; name them, or use --hosts")
    found = known_to(run, read_manifest(run))
    if not found:
        raise InputError(run.manifest, "knows of no enabled workstation; name devices, or use --hosts")
    return found


def known_to(run: Run, manifest: Manifest) -> list[Target]:
    """The workstations of the run's snapshots."""
    return of_snapshots(load_snapshot("directory", run, manifest), load_snapshot("entra", run, manifest))


def collect_from(
    workspace: Workspace, asked: Sequence[Target], collection: Collection, clock: Callable[[], datetime]
) -> Counter[str]:
    """How many came to which outcome; those that answered before are among them. Raises SettingsError."""
    logging.getLogger("pypsrp").setLevel(logging.CRITICAL)
    logging.getLogger("asyncssh").setLevel(logging.CRITICAL)
    settings = load(workspace.settings).agents
    before = answered(collection.asked)
    left = [target for target in asked if target.host not in before]
    with Kept(collection.captures, collection.asked, clock) as kept, progress(stages=TOLD) as stage:
        try:
            counts = asyncio.run(_collect(settings, left, _telling(kept, len(left), stage)))
        except* ValueError as unusable:
            raise SettingsError("[agents]", str(unusable.exceptions[0])) from unusable
    counts["done"] += len(before)
    return counts


def _telling(kept: Kept, devices: int, stage: Stage) -> Callable[[Heard], None]:
    """Keeps each, and tells of it now and then."""
    heard_of = count(1)
    step = -(-devices // TOLD)

    def keep(heard: Heard) -> None:
        kept.keep(heard)
        number = next(heard_of)
        if number % step == 0 or number == devices:
            stage(f"{number:,} of {devices:,} devices")

    return keep


async def _collect(settings: Agents, asked: Sequence[Target], keep: Callable[[Heard], None]) -> Counter[str]:
    addresses = {target.host: target.address for target in asked}
    with ThreadPoolExecutor(settings.at_once) as threads, ThreadPoolExecutor(RESOLVERS) as resolvers:
        way = channel(settings, agent_password(), addresses, threads)
        reach = behind if settings.jump else Reach(port(settings), SECONDS, resolvers)
        return await Collector(reach, partial(ask, way), keep, settings.at_once, settings.per_site).collect(asked)
