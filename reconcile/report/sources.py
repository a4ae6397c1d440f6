"""One line per system for the report, from the manifest of the run."""

from collections.abc import Mapping

from reconcile.report.summary import Source, State
from reconcile.source.snapshot import Domain, Entry, Live, Manifest, Origin
from reconcile.workspace import SYSTEMS, System

MAX_NAMED = 3


def sources(manifest: Manifest, states: Mapping[System, State]) -> tuple[Source, ...]:
    """All three systems, each in the state in which the rules took it."""
    return tuple(_source(system, manifest.sources.get(system), states[system]) for system in SYSTEMS)


def _source(system: System, entry: Entry | None, state: State) -> Source:
    if entry is None:
        return Source(system, state)
    return Source(system, state, entry.taken_at, entry.rows, entry.bad_rows, _obtained(entry), entry.notes)


def _obtained(entry: Entry) -> str:
    """`Graph: everything read, in 12 requests, 1,000 devices counted`, or `2 files: a.json (Graph page), b.json (Graph page)`."""
    if entry.read:
        return "; ".join(map(_from_controller, entry.read))
    return _from_files(entry.files) if entry.live is None else _from_graph(entry.live)


def _from_controller(domain: Domain) -> str:
    return f"{domain.name}, {_how(domain.sweeps)}: {domain.rows:,} computers from {domain.server}"


def _how(sweeps: int) -> str:
    return f"what changed in {sweeps} pulls" if sweeps > 1 else "what changed" if sweeps else "everything read"


def _from_graph(live: Live) -> str:
    return f"Graph, {_how(live.sweeps)}: {live.requests:,} requests to {live.endpoint}, {live.count:,} devices counted there"


def _from_files(files: tuple[Origin, ...]) -> str:
    named = ", ".join(f"{origin.file} ({origin.shape})" for origin in files[:MAX_NAMED])
    more = f" and {len(files) - MAX_NAMED:,} more" if len(files) > MAX_NAMED else ""
    return f"{len(files):,} file{'' if len(files) == 1 else 's'}: {named}{more}"
