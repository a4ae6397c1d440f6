"""The stages of a sweep, wired: what each room needs of the others is handed over here."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.cli.progress import Stage
from reconcile.errors import InputError
from reconcile.finding.estate import Estate, State, split_deleted
from reconcile.finding.excluded import empty_exclusions
from reconcile.finding.find import find, sighting
from reconcile.finding.protection import unmatched_protections
from reconcile.finding.view import View
from reconcile.finding.withheld import withheld
from reconcile.frame.agents import agents_frame
from reconcile.frame.columns import FINDINGS, to_table
from reconcile.frame.directory import directory_frame
from reconcile.frame.entra import entra_frame
from reconcile.frame.ledger import retired_frame, seen_frame
from reconcile.ledger.store import Ledger, open_ledger
from reconcile.report.findings import write_csv
from reconcile.report.page import write_page
from reconcile.report.sources import sources
from reconcile.report.summary import MAX_SWEEPS, Facts, Summary, summarise
from reconcile.report.workbook import write_workbook
from reconcile.settings import Settings, load
from reconcile.source.directory import culture
from reconcile.source.manifest import load as load_snapshot
from reconcile.source.manifest import load_part, read_manifest, write_manifest, write_rejected
from reconcile.source.protected import read_protected
from reconcile.source.pull import raise_if_too_bad, read_exports, save
from reconcile.source.retired import read_retired
from reconcile.source.schema import SCHEMAS
from reconcile.source.snapshot import Entry, Manifest, Rejected
from reconcile.workspace import SYSTEMS, Run, System, Workspace

_META = b"reconcile"


class _Judged(msgspec.Struct, frozen=True):
    """What the findings' file says beside its rows."""

    now: datetime
    states: dict[System, State]
    """In which the rules took each system."""
    withheld: tuple[str, ...]


def pull_all(workspace: Workspace, now: datetime, stage: Stage) -> Run:
    """A new run with a snapshot of each system that has exports. Raises where one is refused; `latest` is not moved."""
    settings = load(workspace.settings)
    run = workspace.new_run(now)
    entries: dict[System, Entry] = {}
    rejected: list[Rejected] = []
    try:
        for system in SYSTEMS:
            stage(f"{'pulling' if getattr(settings, system).live else 'reading'} {system}")
            if system == "agents" and settings.agents.live:
                _collect(workspace, run, Manifest(run=run.name, taken_at=now, sources=entries), now)
            entry, bad = _pull(system, workspace, run, settings, now)
            rejected += bad
            if entry is not None:
                raise_if_too_bad(system, entry.rows, bad, settings.limits.max_rejected, run.rejected)
                entries[system] = entry
    finally:
        write_rejected(run, rejected)
    stage("writing the manifest")
    write_manifest(run, Manifest(run=run.name, taken_at=now, sources=entries))
    return run


def _collect(workspace: Workspace, run: Run, manifest: Manifest, now: datetime) -> None:
    """What the workstations of this run say of themselves, beside the other captures. Who does not answer has said nothing."""
    from reconcile.cli.agents import collect_from, known_to

    collect_from(workspace, known_to(run, manifest), workspace.collection(now), lambda: now)


def _pull(
    system: System, workspace: Workspace, run: Run, settings: Settings, now: datetime
) -> tuple[Entry | None, Sequence[Rejected]]:
    """None where the system is absent, which is not empty."""
    if system == "entra" and settings.entra.live:
        from reconcile.cli.live import pull_live_entra

        return pull_live_entra(workspace, run, settings, now)
    if system == "directory" and settings.directory.live:
        from reconcile.cli.live import pull_live_directory

        return pull_live_directory(workspace, run, settings, now)
    files = workspace.exports(system)
    reading = read_exports(system, files, workspace.inputs, settings)
    return (None, ()) if reading is None else (save(system, reading, run, now, files), reading.rejected)


def find_all(workspace: Workspace, run: Run, now: datetime, stage: Stage) -> None:
    """The findings of the run's snapshots, written beside them and remembered in the ledger."""
    settings, manifest = load(workspace.settings), read_manifest(run)
    with open_ledger(workspace.ledger) as ledger:
        if workspace.retired.exists():
            ledger.import_retired(read_retired(workspace.retired))
        stage("building frames")
        view = View(_estate(workspace, run, settings, manifest, ledger, now))
        stage("finding")
        table = to_table(find(view, seen_frame(ledger.first_seen())), FINDINGS)
        judged = _Judged(
            now, _states(view, manifest), (*withheld(view), *unmatched_protections(view), *empty_exclusions(view))
        )
        stage("writing findings")
        pq.write_table(
            table.replace_schema_metadata({_META: msgspec.json.encode(judged)}), run.findings, compression="zstd"
        )
        write_csv(table, run.findings_csv)
        rows: dict[str, int] = {system: entry.rows for system, entry in manifest.sources.items()}
        ledger.record_sweep(run.name, now, rows, _counts(table), _sightings(table))


def report_all(workspace: Workspace, run: Run, stage: Stage) -> Summary:
    """The workbook and the page of the run's findings."""
    settings, manifest = load(workspace.settings), read_manifest(run)
    if not run.findings.exists():
        raise InputError(run.findings, "there are no findings of this run yet; run reconcile find")
    table = pq.read_table(run.findings)
    judged = msgspec.json.decode(table.schema.metadata[_META], type=_Judged)
    with open_ledger(workspace.ledger) as ledger:
        history = ledger.history(MAX_SWEEPS)
    told, tenant = sources(manifest, judged.states), _tenant(settings, manifest)
    facts = Facts(run.name, judged.now, told, tenant, settings.tenant.name, judged.withheld)
    summary = summarise(table, facts, history)
    stage("writing the workbook")
    write_workbook(summary, table, run.workbook)
    stage("writing the page")
    write_page(summary, table, run.page)
    return summary


def _estate(
    workspace: Workspace, run: Run, settings: Settings, manifest: Manifest, ledger: Ledger, now: datetime
) -> Estate:
    intune, autopilot = load_part("intune", run, manifest), load_part("autopilot", run, manifest)
    active, deleted = split_deleted(entra_frame(_served("entra", run, manifest), intune, autopilot))
    return Estate(
        entra=active,
        deleted=deleted,
        directory=directory_frame(_served("directory", run, manifest), culture(settings.directory)),
        agents=agents_frame(_served("agents", run, manifest)),
        retired=retired_frame(ledger.retired()),
        entra_state=_state("entra", manifest, expected=False),
        directory_state=_state("directory", manifest, expected=settings.directory.configured),
        domains=tuple(domain.lower() for domain in settings.directory.domains),
        tenant=_tenant(settings, manifest),
        policy=settings.policy,
        protected=tuple(read_protected(workspace.protected)),
        now=now,
        excluded=settings.directory.exclude,
    )


def _served(system: System, run: Run, manifest: Manifest) -> pa.Table:
    """The system's snapshot, let go once its frame is built; of an absent system a table without rows."""
    table = load_snapshot(system, run, manifest)
    return SCHEMAS[system].empty_table() if table is None else table


def _states(view: View, manifest: Manifest) -> dict[System, State]:
    """The directory may have turned out to lack a domain that is listed."""
    return {
        "entra": view.estate.entra_state,
        "directory": view.presence.directory_state,
        "agents": _state("agents", manifest, expected=False),
    }


def _state(system: System, manifest: Manifest, *, expected: bool) -> State:
    entry = manifest.sources.get(system)
    if entry is None:
        return "incomplete" if expected else "absent"
    return "complete" if entry.complete else "incomplete"


def _tenant(settings: Settings, manifest: Manifest) -> str | None:
    entra = manifest.sources.get("entra")
    tenant = settings.tenant.id or (entra.tenant if entra else None)
    return tenant.lower() if tenant else None


def _counts(table: pa.Table) -> dict[str, int]:
    return {item["values"]: item["counts"] for item in table["kind"].value_counts().to_pylist()}


def _sightings(table: pa.Table) -> list[tuple[str, str, str]]:
    return list(zip(table["kind"].to_pylist(), table["system"].to_pylist(), sighting(table).to_pylist(), strict=True))
