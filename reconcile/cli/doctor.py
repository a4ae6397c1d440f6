"""reconcile doctor: whether each source can be read, and what is missing where it cannot."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from reconcile.cli.options import clock, folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.client.check import Check
    from reconcile.settings import Settings
    from reconcile.workspace import System, Workspace

NOT_USABLE = 3
WIDTH = 120
SECONDS = 20
"""So long an answer may take here: whoever waits for it sits at the terminal."""


@click.command()
@folders
@clock
def doctor(inputs: Path, reports: Path, now: datetime) -> None:
    """Tell whether each source can be read, and what is missing. Changes nothing.

    Exits with 3 where something is missing that a sweep needs.
    """
    from reconcile.settings import load
    from reconcile.workspace import SYSTEMS, Workspace

    workspace = Workspace(inputs, reports)
    settings = load(workspace.settings)
    well = [_system(system, workspace, settings, now) for system in SYSTEMS]
    if settings.sync.server:
        well.append(_sync(settings))
    if not all(well):
        click.get_current_context().exit(NOT_USABLE)


def _system(system: "System", workspace: "Workspace", settings: "Settings", now: datetime) -> bool:
    """Whether everything is there that a sweep needs of it."""
    live = getattr(settings, system).live
    if system == "entra" and live:
        return _table(f"entra: {settings.entra.endpoint}", _examine(settings, now))
    if system == "directory" and live:
        return _directory(settings, now)
    if system == "agents" and live:
        return _agents(settings)
    return _files(system, workspace)


def _directory(settings: "Settings", now: datetime) -> bool:
    """Each controller; one that fails does no harm where another of its domain is well."""
    from reconcile.cli.live import accounts
    from reconcile.client.ldap.doctor import examine

    directory, who = settings.directory, accounts(settings.directory)
    well: dict[str, bool] = {}
    strangers = False
    for url in dict.fromkeys([*directory.servers, *([directory.write_server] if directory.write_server else [])]):
        domain, checks = examine(url, who, directory.ca_file, now)
        is_well = _table(f"directory: {url}", checks)
        strangers |= domain is None
        if domain is not None:
            well[domain] = well.get(domain, False) | is_well
    missing = [domain for domain in directory.domains if domain.lower() not in well]
    for domain in missing:
        click.echo(f"directory: MISSING: no controller of {domain} answers")
    return bool(well) and all(well.values()) and not missing and not strangers


def _sync(settings: "Settings") -> bool:
    from reconcile.cli.live import quiet
    from reconcile.client.sync.connect import engine
    from reconcile.client.sync.doctor import examine
    from reconcile.settings import sync_password

    quiet()
    made = engine(settings.sync, sync_password())
    host = replace(made.host, answer_timeout=SECONDS, run_timeout=3 * SECONDS)
    return _table(f"sync: {settings.sync.server}", asyncio.run(examine(replace(made, host=host))))


def _examine(settings: "Settings", now: datetime) -> "Sequence[Check]":
    from reconcile.cli.live import prompt, quiet
    from reconcile.client.graph.connect import connect
    from reconcile.client.graph.doctor import examine
    from reconcile.client.graph.retry import Patience
    from reconcile.settings import azure_environment

    quiet()

    async def ask() -> "Sequence[Check]":
        async with connect(settings, azure_environment(), prompt) as graph:
            graph.patience = Patience(total=SECONDS)
            return await examine(graph, settings, now)

    return asyncio.run(ask())


def _files(system: "System", workspace: "Workspace") -> bool:
    """Whether nothing is wrong: a source without files is absent, which is allowed."""
    files = len(workspace.exports(system))
    click.echo(f"{system}: {_how_many(files)} in {workspace.inputs / system}")
    return True


def _agents(settings: "Settings") -> bool:
    """By settings alone: whether devices answer is found out by asking them."""
    from concurrent.futures import ThreadPoolExecutor

    from reconcile.client.device.connect import channel, port
    from reconcile.errors import SettingsError
    from reconcile.settings import agent_password

    agents = settings.agents
    try:
        with ThreadPoolExecutor(1) as threads:
            channel(agents, agent_password(), {}, threads)
    except SettingsError as error:
        click.echo(f"agents: MISSING: {error}")
        return False
    who = agents.user or "who is signed in here"
    click.echo(f"agents: every sweep asks the workstations over {agents.transport}, port {port(agents)}, as {who}")
    return True


def _how_many(files: int) -> str:
    return {0: "absent: no files", 1: "1 file"}.get(files, f"{files:,} files")


def _table(title: str, checks: "Sequence[Check]") -> bool:
    """Whether all that is needed is there."""
    click.echo(title)
    widest = max(len(check.what) for check in checks)
    for check in checks:
        missing = "MISSING" if check.needed else "not there"
        state = missing if check.state == "missing" else check.state
        spare = "no sweep needs it; " if not check.needed and check.state == "missing" else ""
        start = f"  {state:<10} {check.what:<{widest}}  "
        click.echo(fill(spare + check.said, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)))
    return all(check.state == "ok" for check in checks if check.needed)
