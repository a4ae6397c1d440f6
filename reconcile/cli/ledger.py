"""reconcile ledger: what was seen and done before."""

from pathlib import Path

import click

from reconcile.cli.options import reports_folder


@click.group()
def ledger() -> None:
    """What was seen and retired before."""


@ledger.command("import")
@click.argument("csv", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@reports_folder
def import_csv(csv: Path, reports: Path) -> None:
    """Take over devices that were retired before reconcile, from CSV.

    Columns: device_id, object_guid, sid, object_id, hostname, retired_at. Importing twice changes nothing.
    """
    from reconcile.ledger.store import open_ledger
    from reconcile.source.retired import read_retired
    from reconcile.workspace import Workspace

    rows = read_retired(csv)
    with open_ledger(Workspace(csv.parent, reports).ledger) as store:
        imported = store.import_retired(rows)
    click.echo(f"{csv}: {imported.new} new, {imported.known} known before")
