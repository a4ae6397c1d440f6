"""reconcile sweep, and its three parts: pull, find, report."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconcile.cli.closing import close
from reconcile.cli.options import clock, folders, outcome
from reconcile.cli.progress import progress

if TYPE_CHECKING:
    from reconcile.workspace import Run, Workspace


@click.command()
@folders
@clock
@outcome
def sweep(inputs: Path, reports: Path, now: datetime, *, as_json: bool, exit_code: bool) -> None:
    """Pull, find and report in one: the main job.

    Asks what is live, reads inputs/ for the rest, writes reports/<UTC time>/ and lets reports/latest point to it.
    """
    from reconcile.cli.stages import find_all, pull_all, report_all

    workspace = _workspace(inputs, reports)
    with progress(stages=9) as stage:
        run = pull_all(workspace, now, stage)
        find_all(workspace, run, now, stage)
        summary = report_all(workspace, run, stage)
    workspace.publish(run)
    close(summary, workspace, run, as_json=as_json, exit_code=exit_code)


@click.command()
@folders
@clock
def pull(inputs: Path, reports: Path, now: datetime) -> None:
    """Pull what is live, and read every other export, into a fresh run's snapshots."""
    from reconcile.cli.stages import pull_all

    workspace = _workspace(inputs, reports)
    with progress(stages=4) as stage:
        run = pull_all(workspace, now, stage)
    workspace.publish(run)
    click.echo(run.folder)


@click.command()
@folders
@clock
def find(inputs: Path, reports: Path, now: datetime) -> None:
    """Find what disagrees in the latest run's snapshots."""
    from reconcile.cli.stages import find_all

    workspace = _workspace(inputs, reports)
    run = _latest(workspace)
    with progress(stages=3) as stage:
        find_all(workspace, run, now, stage)
    click.echo(run.findings_csv)


@click.command()
@folders
@outcome
def report(inputs: Path, reports: Path, *, as_json: bool, exit_code: bool) -> None:
    """Write the workbook and the page of the latest run's findings."""
    from reconcile.cli.stages import report_all

    workspace = _workspace(inputs, reports)
    run = _latest(workspace)
    with progress(stages=2) as stage:
        summary = report_all(workspace, run, stage)
    close(summary, workspace, run, as_json=as_json, exit_code=exit_code)


def _workspace(inputs: Path, reports: Path) -> "Workspace":
    from reconcile.errors import InputError
    from reconcile.workspace import Workspace

    if not inputs.is_dir():
        raise InputError(inputs, "there is no such folder; run reconcile init, or name it with --inputs")
    return Workspace(inputs, reports)


def _latest(workspace: "Workspace") -> "Run":
    from reconcile.errors import InputError

    run = workspace.latest()
    if run is None:
        raise InputError(workspace.reports, "there is no run yet; run reconcile pull or reconcile sweep")
    return run
