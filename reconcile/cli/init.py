"""reconcile init: the folders, commented settings, and an empty list of protected devices."""

from pathlib import Path

import click

from reconcile.cli.options import folders


@click.command()
@folders
def init(inputs: Path, reports: Path) -> None:
    """Write inputs/settings.toml with comments, and the folders. Nothing that exists is touched."""
    from reconcile.settings import template
    from reconcile.workspace import SYSTEMS, Workspace

    workspace = Workspace(inputs, reports)
    for folder in (*(inputs / system for system in SYSTEMS), reports):
        folder.mkdir(parents=True, exist_ok=True)
    _write(workspace.settings, template())
    _write(workspace.protected, "device,reason\n")
    click.echo(
        f"\nNext: put exports into {inputs / 'entra'}, {inputs / 'directory'} and {inputs / 'agents'}, and run reconcile sweep;\n"
        f"or set [entra] live = true in {workspace.settings}, and run reconcile doctor first."
    )


def _write(file: Path, text: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as fresh:
            fresh.write(text)
        click.echo(f"wrote {file}")
    except FileExistsError:
        click.echo(f"kept  {file}")
