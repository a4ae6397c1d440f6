"""Live systems, as the commands reach them: signed in, asked, and left again."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import click

from reconcile.client.graph.connect import connect, sign_in
from reconcile.errors import InputError
from reconcile.settings import Settings, azure_environment
from reconcile.source.live.entra.earlier import Base
from reconcile.source.live.entra.pull import Ask, pull_entra
from reconcile.source.manifest import read_manifest, read_rejected
from reconcile.source.snapshot import Entry, Rejected
from reconcile.workspace import Run, Workspace


def pull_live_entra(
    workspace: Workspace, run: Run, settings: Settings, now: datetime
) -> tuple[Entry, Sequence[Rejected]]:
    """Raises SettingsError, SourceIncomplete, SourceError or AccessRefused; the last good snapshot stays where it is."""
    quiet()
    base = _base(workspace)

    async def pull() -> tuple[Entry, Sequence[Rejected]]:
        async with connect(settings, azure_environment(), prompt) as graph:
            grant = await sign_in(graph, settings)
            return await pull_entra(Ask(graph, settings.entra, grant.tenant, run), base, now)

    return asyncio.run(pull())


def quiet() -> None:
    """Azure's warnings say again, at length, what our error says."""
    logging.getLogger("azure").setLevel(logging.CRITICAL)


def prompt(text: str) -> None:
    click.echo(text, err=True)


def _base(workspace: Workspace) -> Base | None:
    """The last run that was whole, if it was a live one."""
    latest = workspace.latest()
    try:
        entry = read_manifest(latest).sources.get("entra") if latest else None
    except InputError:  # of another version, or damaged: there is nothing to build on
        return None
    if latest is None or entry is None or entry.live is None:
        return None
    return Base(latest, entry, entry.live, read_rejected(latest, "entra"))
