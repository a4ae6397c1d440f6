import msgspec
import pytest

from reconcile.report.sources import sources
from reconcile.report.summary import State
from reconcile.source.snapshot import Entry, Live, Manifest, Origin
from reconcile.workspace import System
from tests.report.invention import NOW


def entry(*, files: int = 1) -> Entry:
    origins = tuple(
        Origin(file=f"page-{number}.json", sha256="0", shape="Graph page", encoding="utf-8", rows=5)
        for number in range(files)
    )
    return Entry(
        system="entra",
        tenant=None,
        domains=(),
        taken_at=NOW,
        rows=5,
        bad_rows=1,
        complete=True,
        sha256="0",
        tool_version="0.1.0",
        files=origins,
        notes=("A note.",),
    )


def manifest(*entries: Entry) -> Manifest:
    return Manifest(run="r", taken_at=NOW, sources={item.system: item for item in entries})


WHOLE: dict[System, State] = {"entra": "complete", "directory": "complete", "agents": "complete"}


def test_all_three_systems_are_told_of() -> None:
    assert [source.system for source in sources(manifest(entry()), WHOLE)] == ["entra", "directory", "agents"]


def test_each_system_is_told_in_the_state_in_which_the_rules_took_it() -> None:
    states: dict[System, State] = {"entra": "incomplete", "directory": "incomplete", "agents": "absent"}
    told = sources(manifest(entry()), states)
    assert [(source.state, source.rows) for source in told] == [("incomplete", 5), ("incomplete", 0), ("absent", 0)]


def test_the_figures_and_notes_of_a_snapshot_are_told() -> None:
    source = sources(manifest(entry()), WHOLE)[0]
    assert (source.rows, source.bad_rows, source.taken_at, source.notes) == (5, 1, NOW, ("A note.",))


def test_one_file_is_named() -> None:
    assert sources(manifest(entry()), WHOLE)[0].obtained == "1 file: page-0.json (Graph page)"


def test_of_many_files_the_first_are_named_and_the_rest_counted() -> None:
    assert sources(manifest(entry(files=1203)), WHOLE)[0].obtained.endswith("page-2.json (Graph page) and 1,200 more")


@pytest.mark.parametrize(
    ("sweeps", "how"), [(0, "everything read"), (1, "what changed"), (3, "what changed in 3 pulls")]
)
def test_a_live_pull_tells_how_much_was_asked_and_what_was_counted(sweeps: int, how: str) -> None:
    live = Live(endpoint="https://graph.microsoft.com", query="id", requests=1003, count=1_000_000, sweeps=sweeps)

    pulled = msgspec.structs.replace(entry(files=0), live=live)

    told = f"Graph, {how}: 1,003 requests to https://graph.microsoft.com, 1,000,000 devices counted there"
    assert sources(manifest(pulled), WHOLE)[0].obtained == told
