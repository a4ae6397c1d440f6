"""One shell of a WinRM host: a runspace pool, its pipelines, and what waits to be received of each."""

import asyncio
import base64
import inspect
import uuid
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from psrpcore import CreatePipelineEvent, PSRPPayload, ServerPipeline, ServerRunspacePool, StreamType
from psrpcore.types import (
    ErrorCategoryInfo,
    ErrorRecord,
    NETException,
    PipelineState,
    PSInvocationState,
    PSObject,
    PSSecureString,
)

from reconcile.lab.winrm.lab import Invocation, Said, WinRM
from reconcile.lab.winrm.soap import NO_SHELL, TIMED_OUT, SoapFault

if TYPE_CHECKING:
    from collections.abc import Mapping

PIECE = 256 * 1024
"""Of one answer: with base64 it stays below the 500 kB that a host sends in one envelope."""


@dataclass
class Queue:
    """What waits to be received: of the pool itself, or of a pipeline."""

    waiting: deque[bytes] = field(default_factory=deque)
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    done: bool = False

    def put(self, data: bytes) -> None:
        self.waiting.append(data)
        self.changed.set()

    def finish(self) -> None:
        self.done = True
        self.changed.set()

    async def take(self, seconds: float) -> bytes:
        """Raises SoapFault where nothing comes in that time."""
        if not self.waiting and not self.done:
            self.changed.clear()
            try:
                async with asyncio.timeout(seconds):
                    await self.changed.wait()
            except TimeoutError as error:
                raise SoapFault(TIMED_OUT, "The operation cannot be completed in the time specified.") from error
        return self.waiting.popleft() if self.waiting else b""


class Shell:
    def __init__(self, lab: WinRM, host: str, user: str) -> None:
        self.boot = lab.boot(host)
        self._lab = lab
        self._host = host
        self._user = user
        self._pool = ServerRunspacePool()
        self._tasks: set[asyncio.Task[None]] = set()
        self._queues: dict[uuid.UUID | None, Queue] = {None: Queue()}

    def queue(self, pipeline: uuid.UUID | None) -> Queue:
        """Raises SoapFault for a pipeline that is not there."""
        if pipeline not in self._queues:
            raise SoapFault(NO_SHELL, "The command identifier does not exist.")
        return self._queues[pipeline]

    def open_pipeline(self, pipeline: uuid.UUID) -> None:
        """Before anything is fed to it."""
        self._queues[pipeline] = Queue()
        ServerPipeline(self._pool, pipeline)

    def feed(self, text: str | None, pipeline: uuid.UUID | None = None) -> None:
        """A fragment, as base64; a pipeline whose last one this is begins."""
        self._pool.receive_data(PSRPPayload(base64.b64decode(text or ""), StreamType.default, pipeline))
        while event := self._pool.next_event():
            if isinstance(event, CreatePipelineEvent):
                task = asyncio.ensure_future(self._run(self._pool.pipeline_table[event.pipeline_id]))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
        self._flush()

    def stop(self, pipeline: uuid.UUID) -> None:
        self._queues.pop(pipeline, None)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _run(self, pipeline: ServerPipeline) -> None:
        pipeline.start()
        invocation = replace(_invocation(self._host, pipeline.metadata), account=self._user)
        self._lab.ran.append(invocation)
        _write(pipeline, await self._said(invocation))
        self._flush()
        if pipeline.pipeline_id in self._queues:
            self._queues[pipeline.pipeline_id].finish()

    async def _said(self, invocation: Invocation) -> Said:
        try:
            said = self._lab.handler(invocation)
            return await said if inspect.isawaitable(said) else said
        except Exception as error:  # noqa: BLE001 - a handler's own fault is told like a script's, not waited for
            return Said(thrown=repr(error))

    def _flush(self) -> None:
        while payload := self._pool.data_to_send(PIECE):
            if payload.pipeline_id in self._queues:
                self._queues[payload.pipeline_id].put(bytes(payload.data))


def _write(pipeline: ServerPipeline, said: Said) -> None:
    for one in said.objects:
        pipeline.write_output(one)
    for text in said.errors:
        pipeline.write_error(**_facts(text))
    if said.thrown is None:
        pipeline.complete()
    else:
        pipeline.state = PSInvocationState.Failed
        failed = PipelineState(PipelineState=int(PSInvocationState.Failed))
        failed.ExceptionAsErrorRecord = _record(said.thrown)
        pipeline.prepare_message(failed)
    pipeline.close()


def _record(text: str) -> ErrorRecord:
    facts = _facts(text)
    return ErrorRecord(
        Exception=facts["exception"],
        CategoryInfo=facts["category_info"],
        FullyQualifiedErrorId=facts["fully_qualified_error_id"],
    )


def _facts(text: str) -> dict[str, Any]:
    """Of an error record, by the names that psrpcore gives them."""
    return {
        "exception": NETException(Message=text),
        "category_info": ErrorCategoryInfo(Reason="RuntimeException"),
        "fully_qualified_error_id": "RuntimeException",
    }


def _invocation(host: str, metadata: PSObject | None) -> Invocation:
    command = metadata.commands[0]  # type: ignore[union-attr]
    given: Mapping[str, Any] = {str(name).lstrip("-"): value for name, value in command.parameters}
    secrets = {name: str(value.decrypt()) for name, value in given.items() if isinstance(value, PSSecureString)}
    return Invocation(
        host,
        str(command.command_text),
        {name: value for name, value in given.items() if name not in secrets},
        secrets,
    )
