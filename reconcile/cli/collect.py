"""reconcile collect: every device asked for its own word, and what it says kept for the sweeps."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli.options import clock, folders

if TYPE_CHECKING:
    from collections import Counter

    from reconcile.workspace import Collection

NOBODY = 3


@click.command()
@folders
@clock
@click.option("--hosts", "listed", type=click.Path(path_type=Path), help="A list, or a CSV with a column of hosts.")
@click.option("--resume", is_flag=True, help="Go on with the last collection: whoever answered is not asked again.")
@click.argument("names", nargs=-1)
def collect(
    inputs: Path, reports: Path, now: datetime, listed: Path | None, names: tuple[str, ...], *, resume: bool
) -> None:
    """Ask devices for dsregcmd /status and what it cannot say, over WinRM or SSH.

    Asks NAMES, or those of --hosts, or else the workstations of the last sweep. Changes nothing on them.
    """
    from reconcile.cli.agents import collect_from, targets
    from reconcile.workspace import Workspace

    workspace = Workspace(inputs, reports)
    collection = (workspace.last_collection() if resume else None) or workspace.collection(now)
    counts = collect_from(workspace, targets(workspace, listed, names), collection, lambda: datetime.now(UTC))
    _close(collection, counts)
    if not counts["done"]:
        click.get_current_context().exit(NOBODY)


def _close(collection: "Collection", counts: "Counter[str]") -> None:
    for outcome, count in sorted(counts.items(), key=lambda item: (item[0] != "done", item[0])):
        click.echo(f"  {'answered' if outcome == 'done' else outcome:<15} {count:>9,}")
    click.echo(f"\nSaid    {collection.captures}\nAsked   {collection.asked}")
    if counts.total() > counts["done"]:
        click.echo("Again   reconcile collect --resume asks those that did not answer")
