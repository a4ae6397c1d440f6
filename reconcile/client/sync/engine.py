"""The engine of Microsoft Entra Connect, and what it says of itself."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Literal

import msgspec

from reconcile.client.remote.output import Output
from reconcile.client.winrm.host import Account, Host
from reconcile.client.winrm.run import ask

THRESHOLD_EXCEEDED = "stopped-deletion-threshold-exceeded"
PENDING = re.compile(r"\((\d+) pending deletes\)")
"""Of event 116. Source: "Microsoft Entra Connect Sync: Prevent accidental deletes"."""


@dataclass(frozen=True)
class Engine:
    """The server it runs on, and who asks there: a member of its ADSyncOperators or ADSyncAdmins, with rights to WinRM."""

    host: Host
    account: Account


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one connector; what it counts are exports."""

    id: str
    number: int
    connector: str
    profile: str
    cloud: bool
    """Whether the connector is Entra's."""
    result: str
    complete: bool
    started_at: datetime | None = None
    ended_at: datetime | None = None
    adds: int = 0
    updates: int = 0
    deletes: int = 0

    @property
    def is_export(self) -> bool:
        return self.cloud and self.profile.casefold() == "export"


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """So many deletions in one cycle stop them all; `enabled` is None where nobody could tell."""

    enabled: bool | None = None
    count: int | None = None
    source: Literal["cmdlet", "settings"] = "settings"


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """The newest event 116: deletions that were not exported."""

    id: int
    at: datetime | None
    message: str

    @property
    def pending(self) -> int | None:
        found = PENDING.search(self.message)
        return int(found[1]) if found else None


class SyncState(msgspec.Struct, frozen=True, kw_only=True):
    """Where there is `trouble`, the engine itself could not be asked, and nothing else is known."""

    trouble: str | None = None
    version: str = ""
    staging_mode: bool = False
    sync_cycle_enabled: bool = False
    scheduler_suspended: bool = False
    cycle_in_progress: bool = False
    busy: tuple[str, ...] = ()
    interval_seconds: float | None = None
    next_cycle_at: datetime | None = None
    next_policy: str = ""
    threshold: Threshold = Threshold()
    suppressed: Suppressed | None = None
    runs: tuple[Run, ...] = ()

    @property
    def in_progress(self) -> bool:
        """A cycle, or any connector by itself."""
        return self.cycle_in_progress or bool(self.busy)

    @property
    def last_export(self) -> Run | None:
        """To Entra."""
        return max((run for run in self.runs if run.is_export), key=lambda run: run.number, default=None)


class Started(msgspec.Struct, frozen=True, kw_only=True):
    """`busy`: another cycle runs, which is why this one was not started."""

    started: bool
    busy: bool
    said: str = ""


async def state(engine: Engine) -> tuple[Output, SyncState | None]:
    """Nothing where the server could not be asked, and the output says why. Raises ValueError as `run` does."""
    return await asyncio.to_thread(ask, engine.host, engine.account, script("state"), SyncState)


async def start(engine: Engine) -> tuple[Output, Started | None]:
    """A delta cycle, and only its beginning."""
    parameters = {"PolicyType": "Delta"}
    return await asyncio.to_thread(ask, engine.host, engine.account, script("start"), Started, parameters)


def script(name: str) -> str:
    return resources.files("reconcile.client.sync").joinpath(f"{name}.ps1").read_text(encoding="utf-8")
