"""reconcile doctor: whether each source can be read, and what is missing where it cannot."""

import asyncio
from datetime import datetime
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

import click

from reconcile.cli.options import clock, folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconcile.client.graph.doctor import Check
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
    well = True
    for system in SYSTEMS:
        if getattr(settings, system).live and system == "entra":
            checks = _examine(settings, now)
            _table(f"entra: {settings.entra.endpoint}", checks)
            well &= all(check.state == "ok" for check in checks if check.needed)
        else:
            well &= _files(system, workspace, live=getattr(settings, system).live)
    if not well:
        click.get_current_context().exit(NOT_USABLE)


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


def _files(system: "System", workspace: "Workspace", *, live: bool) -> bool:
    """Whether nothing is wrong: a source without files is absent, which is allowed."""
    if live:
        click.echo(
            f"{system}: MISSING: live pulls of it are not in this version; set live = false and put files into {workspace.inputs / system}"
        )
        return False
    files = len(workspace.exports(system))
    click.echo(f"{system}: {_how_many(files)} in {workspace.inputs / system}")
    return True


def _how_many(files: int) -> str:
    return {0: "absent: no files", 1: "1 file"}.get(files, f"{files:,} files")


def _table(title: str, checks: "Sequence[Check]") -> None:
    click.echo(title)
    widest = max(len(check.what) for check in checks)
    for check in checks:
        missing = "MISSING" if check.needed else "not there"
        state = missing if check.state == "missing" else check.state
        spare = "no sweep needs it; " if not check.needed and check.state == "missing" else ""
        start = f"  {state:<10} {check.what:<{widest}}  "
        click.echo(fill(spare + check.said, WIDTH, initial_indent=start, subsequent_indent=" " * len(start)))
