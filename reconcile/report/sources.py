"""One line per system for the report, from the manifest of the run."""

from collections.abc import Mapping

from reconcile.report.summary import Source, State
from reconcile.source.snapshot import Entry, Manifest, Origin
from reconcile.workspace import SYSTEMS, System

MAX_NAMED = 3


def sources(manifest: Manifest, states: Mapping[System, State]) -> tuple[Source, ...]:
    """All three systems, each in the state in which the rules took it."""
    return tuple(_source(system, manifest.sources.get(system), states[system]) for system in SYSTEMS)


def _source(system: System, entry: Entry | None, state: State) -> Source:
    if entry is None:
        return Source(system, state)
    return Source(system, state, entry.taken_at, entry.rows, entry.bad_rows, _obtained(entry.files), entry.notes)


def _obtained(files: tuple[Origin, ...]) -> str:
    """`2 files: a.json (Graph page), b.json (Graph page)`."""
    named = ", ".join(f"{origin.file} ({origin.shape})" for origin in files[:MAX_NAMED])
    more = f" and {len(files) - MAX_NAMED:,} more" if len(files) > MAX_NAMED else ""
    return f"{len(files):,} file{'' if len(files) == 1 else 's'}: {named}{more}" if files else "live"
