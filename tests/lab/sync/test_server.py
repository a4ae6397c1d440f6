"""The engine's server as its scripts see it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import msgspec
import pytest

from reconcile.lab.sync.server import SyncServer
from reconcile.lab.winrm.lab import Invocation, Said
from tests.sync_lab import Premises, premises


@pytest.fixture(name="here")
def here_fixture() -> Premises:
    return premises()


async def told(server: SyncServer, name: str) -> dict[str, Any]:
    said = await server.answer(Invocation("connect1", f"# reconcile {name}\nparam()\n"))
    (text,) = said.objects
    return msgspec.json.decode(str(text), type=dict)


def together(*steps: Coroutine[Any, Any, Any]) -> list[Any]:
    async def one_after_the_other() -> list[Any]:
        return [await step for step in steps]

    return asyncio.run(one_after_the_other())


def test_a_cycle_exports_at_its_end_what_it_read_at_its_beginning(here: Premises) -> None:
    server = SyncServer(here.engine, seconds=0.05)

    async def steps() -> None:
        early = here.join("PC1")
        await told(server, "sync-start")
        await asyncio.sleep(0.01)
        late = here.join("PC2")
        assert here.row(early) is None
        await server.ended()
        assert here.row(early) is not None
        assert here.row(late) is None

    asyncio.run(steps())


def test_a_second_start_is_refused_in_the_engines_words(here: Premises) -> None:
    server = SyncServer(here.engine, seconds=0.05)

    first, second = together(told(server, "sync-start"), told(server, "sync-start"))

    assert (first["started"], second["started"], second["busy"]) == (True, False, True)
    assert second["said"].startswith("System.InvalidOperationException: Connector: ")
    assert server.started == 1


def test_a_suspended_scheduler_is_not_started(here: Premises) -> None:
    server = SyncServer(here.engine, suspended=True)

    (said,) = together(told(server, "sync-start"))

    assert (said["started"], said["busy"], server.started) == (False, False, 0)


def test_a_stop_at_the_threshold_is_an_event_and_a_result(here: Premises) -> None:
    here.tenant.deletion_threshold = 0
    device_id = here.join("PC1")
    here.engine.cycle()
    here.delete(device_id)
    server = SyncServer(here.engine)

    _, _, state = together(told(server, "sync-start"), server.ended(), told(server, "sync-state"))

    assert "(1 pending deletes) has exceeded the current threshold of 0 objects" in state["suppressed"]["message"]
    assert [run["result"] for run in state["runs"] if run["profile"] == "Export" and run["cloud"]] == [
        "stopped-deletion-threshold-exceeded"
    ]


def test_in_staging_mode_there_is_no_export(here: Premises) -> None:
    here.engine.staging = True
    server = SyncServer(here.engine)

    _, _, state = together(told(server, "sync-start"), server.ended(), told(server, "sync-state"))

    assert state["staging_mode"] is True
    assert {run["profile"] for run in state["runs"]} == {"Delta Import", "Delta Synchronization"}


def test_a_server_without_the_module_says_so(here: Premises) -> None:
    server = SyncServer(here.engine, module=False)

    start, state = together(told(server, "sync-start"), told(server, "sync-state"))

    assert start["said"] == state["trouble"]
    assert "'ADSync' was not loaded" in state["trouble"]


def test_a_script_that_is_not_known_fails(here: Premises) -> None:
    server = SyncServer(here.engine)

    (said,) = together(server.answer(Invocation("connect1", "Get-Process")))

    assert isinstance(said, Said)
    assert said.thrown is not None
    assert "Get-Process" in said.thrown
