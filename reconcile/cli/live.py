"""Live systems, as the commands reach them: signed in, asked, and left again."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime

import click

from reconcile.client.graph.connect import connect, sign_in
from reconcile.client.ldap.bind import Account, Accounts
from reconcile.errors import InputError
from reconcile.settings import Directory, Settings, azure_environment, ldap_password
from reconcile.source.live.directory.earlier import Base as DirectoryBase
from reconcile.source.live.directory.pull import Ask as DirectoryAsk
from reconcile.source.live.directory.pull import pull_directory
from reconcile.source.live.entra.earlier import Base
from reconcile.source.live.entra.pull import Ask, pull_entra
from reconcile.source.manifest import read_manifest, read_rejected
from reconcile.source.snapshot import Entry, Rejected
from reconcile.workspace import Run, System, Workspace


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


def pull_live_directory(
    workspace: Workspace, run: Run, settings: Settings, now: datetime
) -> tuple[Entry, Sequence[Rejected]]:
    """Raises SettingsError, SourceIncomplete, SourceError or AccessRefused; the last good snapshot stays where it is."""
    latest, entry = _last(workspace, "directory")
    base = DirectoryBase(latest, entry, read_rejected(latest, "directory")) if latest and entry and entry.read else None
    return pull_directory(DirectoryAsk(settings.directory, accounts(settings.directory), run), base, now)


def accounts(directory: Directory) -> Accounts:
    """Who signs in at the domain controllers."""
    return Accounts(
        Account(directory.bind, directory.user, ldap_password(directory)),
        {
            domain.lower(): Account(directory.bind, user, ldap_password(directory, domain))
            for domain, user in directory.users.items()
        },
    )


def quiet() -> None:
    """The warnings of Azure and of pypsrp say again, at length, what our error says."""
    for name in ("azure", "pypsrp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def prompt(text: str) -> None:
    click.echo(text, err=True)


def _base(workspace: Workspace) -> Base | None:
    """The last run that was whole, if it was a live one."""
    latest, entry = _last(workspace, "entra")
    if latest is None or entry is None or entry.live is None:
        return None
    return Base(latest, entry, entry.live, read_rejected(latest, "entra"))


def _last(workspace: Workspace, system: System) -> tuple[Run | None, Entry | None]:
    latest = workspace.latest()
    try:
        return latest, read_manifest(latest).sources.get(system) if latest else None
    except InputError:  # of another version, or damaged: there is nothing to build on
        return latest, None
