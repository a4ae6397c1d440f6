"""The closing lines of a sweep: what was read, what was found, what could not be judged, and what to do next."""

from typing import TYPE_CHECKING

import click

from reconcile.cli.failure import FINDINGS_EXIST

if TYPE_CHECKING:
    from reconcile.report.summary import Summary
    from reconcile.workspace import Run, Workspace


def close(summary: "Summary", workspace: "Workspace", run: "Run", *, as_json: bool, exit_code: bool) -> None:
    """Print the summary and end the command."""
    if as_json:
        _print_json(summary, run)
    else:
        for line in (*_read(summary), "", *_found(summary), *_withheld(summary), "", *_written(workspace, run)):
            click.echo(line.rstrip())
    if exit_code and summary.total.count:
        click.get_current_context().exit(FINDINGS_EXIST)


def _print_json(summary: "Summary", run: "Run") -> None:
    import msgspec

    from reconcile.report.summary import as_json

    files = {name: str(getattr(run, name)) for name in ("findings_csv", "findings", "workbook", "page", "rejected")}
    click.echo(msgspec.json.encode({**as_json(summary), "files": files}))


def _read(summary: "Summary") -> list[str]:
    lines = [
        f"{summary.facts.tenant_name or summary.facts.tenant_id or 'tenant unknown'}, {summary.facts.now:%Y-%m-%d %H:%M} UTC"
    ]
    for source in summary.facts.sources:
        bad = f", {source.bad_rows} bad" if source.bad_rows else ""
        rows = f"{source.rows:>9,} rows{bad}   from {source.obtained.partition(':')[0]}"
        read = rows if source.rows else f"{'nothing':>9} read"
        told = {"complete": rows, "incomplete": f"{read}   INCOMPLETE", "absent": f"{'absent':>9}"}[source.state]
        lines += [f"  {source.system:<10} {told}", *(f"             note: {note}" for note in source.notes)]
    return lines


def _found(summary: "Summary") -> list[str]:
    if not summary.total.count:
        return ["No findings."]
    lines = [f"{'findings':<22}{'all':>8}{'protected':>11}{'new':>8}"]
    for tally in summary.kinds:
        if tally.count:
            new = "" if tally.new is None else f"{tally.new:,}"
            lines.append(f"  {tally.name:<20}{tally.count:>8,}{tally.blocked:>11,}{new:>8}")
    total = summary.total
    return [
        *lines,
        f"  {'in all':<20}{total.count:>8,}{total.blocked:>11,}{'' if total.new is None else f'{total.new:,}':>8}",
    ]


def _withheld(summary: "Summary") -> list[str]:
    return (
        ["", "not judged:", *(f"  - {sentence}" for sentence in summary.facts.withheld)]
        if summary.facts.withheld
        else []
    )


def _written(workspace: "Workspace", run: "Run") -> list[str]:
    latest = workspace.reports / "latest"
    shown = latest if latest.is_symlink() else run.folder
    return [
        f"Read    {shown / run.page.name}",
        f"        {shown / run.workbook.name}",
        f"Act on  {shown / run.findings_csv.name}; nothing was changed in any system.",
    ]
