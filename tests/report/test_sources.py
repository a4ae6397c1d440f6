from reconcile.report.sources import sources
from reconcile.source.snapshot import Entry, Manifest, Origin
from tests.report.invention import NOW


def entry(*, files: int = 1, complete: bool = True) -> Entry:
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
        complete=complete,
        sha256="0",
        tool_version="0.1.0",
        files=origins,
        notes=("A note.",),
    )


def manifest(*entries: Entry) -> Manifest:
    return Manifest(run="r", taken_at=NOW, sources={item.system: item for item in entries})


def test_all_three_systems_are_told_of() -> None:
    assert [source.system for source in sources(manifest(entry()))] == ["entra", "directory", "agents"]


def test_a_system_that_was_expected_and_is_not_there_is_incomplete_and_any_other_absent() -> None:
    told = sources(manifest(), frozenset({"directory"}))
    assert [source.state for source in told] == ["absent", "incomplete", "absent"]


def test_an_incomplete_snapshot_is_told_as_such() -> None:
    assert sources(manifest(entry(complete=False)))[0].state == "incomplete"


def test_the_figures_and_notes_of_a_snapshot_are_told() -> None:
    source = sources(manifest(entry()))[0]
    assert (source.rows, source.bad_rows, source.taken_at, source.notes) == (5, 1, NOW, ("A note.",))


def test_one_file_is_named() -> None:
    assert sources(manifest(entry()))[0].obtained == "1 file: page-0.json (Graph page)"


def test_of_many_files_the_first_are_named_and_the_rest_counted() -> None:
    assert sources(manifest(entry(files=1203)))[0].obtained.endswith("page-2.json (Graph page) and 1,200 more")


def test_no_file_means_a_live_pull() -> None:
    assert sources(manifest(entry(files=0)))[0].obtained == "live"
