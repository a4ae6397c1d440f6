"""The server of Microsoft Entra Connect, as its ADSync cmdlets answer the scripts that are sent there by WinRM.

A script is known by its first line; PowerShell itself is not spoken here.
"""

import asyncio
import itertools
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from reconcile.lab.sync.engine import Exported, SyncEngine
from reconcile.lab.winrm.lab import Invocation, Said

if TYPE_CHECKING:
    from collections.abc import Callable

MARK = "# reconcile "
CLOUD = "aldermoor.onmicrosoft.com - AAD"
BEFORE_EXPORT = ("Delta Import", "Delta Synchronization")
NO_MODULE = (
    "The specified module 'ADSync' was not loaded because no valid module file was found in any module directory."
)
EVENT = (
    "Prevent Accidental Deletes: The number of deletions for this sync cycle ({pending} pending deletes) has exceeded the "
    "current threshold of {threshold} objects. Deletions will be suppressed for this sync cycle. Please visit "
    "http://go.microsoft.com/fwlink/?LinkId=390655 for more information."
)


class RunRecord(msgspec.Struct, kw_only=True):
    """As the state script prints one."""

    id: str
    number: int
    connector: str
    profile: str
    cloud: bool
    result: str
    complete: bool
    started_at: str
    ended_at: str | None
    adds: int = 0
    updates: int = 0
    deletes: int = 0


@dataclass
class SyncServer:
    """Its `answer` is the handler of a WinRM host. `seconds`: how long a cycle takes; what it read in AD is of its beginning.

    threshold_from_cmdlet: whether the version is one whose cmdlet tells the threshold. module: whether ADSync is there.
    """

    engine: SyncEngine
    seconds: float = 0
    enabled: bool = True
    suspended: bool = False
    interval: timedelta = timedelta(minutes=30)
    version: str = "2.4.131.0"
    threshold_from_cmdlet: bool = True
    module: bool = True
    export_result: str = "success"
    """Of the exports to come, where nothing is stopped."""
    exports: list[Exported] = field(default_factory=list)
    runs: list[RunRecord] = field(default_factory=list)
    event: dict[str, object] | None = None
    started: int = 0
    """Cycles."""
    _task: "asyncio.Task[None] | None" = None
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    @property
    def in_progress(self) -> bool:
        return self._task is not None and not self._task.done()

    async def answer(self, invocation: Invocation) -> Said:
        name = invocation.script.partition("\n")[0].strip()
        scripts: dict[str, Callable[[], object]] = {
            f"{MARK}sync-state": self._state,
            f"{MARK}sync-start": self._start,
        }
        if name not in scripts:
            return Said(thrown=f"The term '{name}' is not recognized as the name of a script that this server knows.")
        return Said([msgspec.json.encode(scripts[name]()).decode()])

    def begin(self) -> None:
        """A cycle, whoever started it; it needs a running loop."""
        self.started += 1
        self._task = asyncio.get_running_loop().create_task(self._cycle())

    async def ended(self) -> None:
        """When the cycle that runs has."""
        if self._task is not None:
            await self._task

    def _start(self) -> object:
        if not self.module:
            return {"started": False, "busy": False, "said": NO_MODULE}
        if self.in_progress:
            said = f"System.InvalidOperationException: Connector: {CLOUD} is busy.\r\n   at Microsoft.MetadirectoryServices.Scheduler"
            return {"started": False, "busy": True, "said": said}
        if self.suspended:
            said = "System.InvalidOperationException: Scheduler is already suspended via SchedulerSuspended property."
            return {"started": False, "busy": False, "said": said}
        self.begin()
        return {"started": True, "busy": False, "said": "Success"}

    async def _cycle(self) -> None:
        scope, began = self.engine.read(), self._now()
        local = self.engine.directory.domain
        for connector, profile in itertools.product((local, CLOUD), BEFORE_EXPORT):
            self._record(connector, profile, "success", began)
        await asyncio.sleep(self.seconds)
        exported = self.engine.export(scope)
        self.exports.append(exported)
        if self.engine.staging:
            return
        if exported.result != "success":
            self._suppress(exported)
        one = self._record(
            CLOUD, "Export", self.export_result if exported.result == "success" else exported.result, began
        )
        one.adds = len(exported.added) + len(exported.restored)
        one.updates, one.deletes = len(exported.updated), len(exported.deleted)
        self._record(local, "Export", "success", began)

    def _record(self, connector: str, profile: str, result: str, began: str) -> RunRecord:
        one = RunRecord(
            id=str(uuid.uuid4()),
            number=next(self._numbers),
            connector=connector,
            profile=profile,
            cloud=connector == CLOUD,
            result=result,
            complete=True,
            started_at=began,
            ended_at=self._now(),
        )
        self.runs.append(one)
        return one

    def _suppress(self, exported: Exported) -> None:
        threshold = self.engine.tenant.deletion_threshold
        message = EVENT.format(pending=len(exported.pending), threshold=threshold)
        self.event = {"id": next(self._numbers), "at": self._now(), "message": message}

    def _state(self) -> object:
        if not self.module:
            return {"trouble": NO_MODULE}
        return {
            "version": self.version,
            "staging_mode": self.engine.staging,
            "sync_cycle_enabled": self.enabled,
            "scheduler_suspended": self.suspended,
            "cycle_in_progress": self.in_progress,
            "busy": [CLOUD] if self.in_progress else [],
            "interval_seconds": self.interval.total_seconds(),
            "next_cycle_at": _text(self.engine.tenant.now() + self.interval),
            "next_policy": "Delta",
            "threshold": self._threshold(),
            "suppressed": self.event,
            "runs": self.runs[-40:],
        }

    def _threshold(self) -> object:
        enabled = self.engine.threshold_enabled
        source = "cmdlet" if self.threshold_from_cmdlet else "settings"
        told = enabled if self.threshold_from_cmdlet else enabled or None
        return {"enabled": told, "count": self.engine.tenant.deletion_threshold, "source": source}

    def _now(self) -> str:
        return _text(self.engine.tenant.now())


def _text(moment: datetime) -> str:
    """As .NET's format "o" has it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"
