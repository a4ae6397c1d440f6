"""reconcile dsregcmd: what captures of `dsregcmd /status` say."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = (
    "host",
    "captured_at",
    "context",
    "entra_joined",
    "domain_joined",
    "workplace_joined",
    "device_id",
    "confidence",
)


@click.command()
@click.argument("files", type=click.Path(path_type=Path, exists=True, dir_okay=False), nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per capture.")
def dsregcmd(files: "Sequence[Path]", *, as_json: bool) -> None:
    """Tell what these captures of dsregcmd /status say.

    A capture that cannot be trusted says "unknown", never NO, and the reason is told.
    """
    import msgspec

    captures = _captures(files)
    if as_json:
        for capture in captures:
            click.echo(msgspec.json.encode(capture))
        return
    _table(captures)


def _captures(files: "Sequence[Path]") -> list[dict[str, Any]]:
    """The agents frame, row by row."""
    from reconcile.frame.agents import agents_frame
    from reconcile.frame.columns import AGENTS, to_table
    from reconcile.source.agents import read_agents

    frame = agents_frame(read_agents(files, Path(), trust_mtime=True).table)
    rows: list[dict[str, Any]] = to_table(frame, AGENTS).to_pylist()
    return rows


def _table(captures: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for name in SHOWN:
        table.add_column(name.replace("_", " "), overflow="fold")
    for capture in captures:
        table.add_row(*(_cell(capture[name]) for name in SHOWN))
    console = Console()
    console.print(table)
    for capture in captures:
        for account in capture["work_accounts"] or ():
            console.print(
                f"{capture['host']}: work account {account['device_id'] or 'unreadable'} of tenant {account['tenant_id'] or 'unknown'}",
                markup=False,
            )
        if capture["problem"]:
            console.print(f"{capture['capture']}: {capture['problem']}", markup=False)


def _cell(value: object) -> str:
    from datetime import datetime

    from rich.markup import escape

    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return "-" if value is None else escape(str(value))
