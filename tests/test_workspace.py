import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.errors import InputError
from reconcile.workspace import Part, Run, Workspace, natural_key

NOW = datetime(2026, 11, 23, 6, 0, 0, tzinfo=UTC)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "inputs", tmp_path / "reports")


def exports(workspace: Workspace, *names: str) -> list[str]:
    for name in names:
        file = workspace.inputs / "entra" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    return [path.relative_to(workspace.inputs / "entra").as_posix() for path in workspace.exports("entra")]


def test_a_missing_folder_holds_no_exports(workspace: Workspace) -> None:
    assert workspace.exports("entra") == []


def test_an_empty_folder_holds_no_exports(workspace: Workspace) -> None:
    (workspace.inputs / "entra" / "sub").mkdir(parents=True)
    assert workspace.exports("entra") == []


def test_exports_come_in_the_order_a_person_counts_them(workspace: Workspace) -> None:
    assert exports(workspace, "page10.json", "page2.json", "Page1.json") == ["Page1.json", "page2.json", "page10.json"]


def test_exports_lie_in_subfolders_too(workspace: Workspace) -> None:
    assert exports(workspace, "b.json", "a/2/x.json") == ["a/2/x.json", "b.json"]


def test_what_the_desktop_left_behind_is_no_export(workspace: Workspace) -> None:
    strays = ("Thumbs.db", "desktop.ini", ".DS_Store", ".git/config", "~$devices.csv")
    assert exports(workspace, "devices.csv", *strays) == ["devices.csv"]


def test_exports_are_found_below_a_hidden_folder_of_the_workspace(tmp_path: Path) -> None:
    assert exports(Workspace(tmp_path / ".work" / "inputs", tmp_path), "devices.csv") == ["devices.csv"]


def test_a_linked_folder_is_read_like_any_other(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "devices.csv").touch()
    (workspace.inputs / "entra").mkdir(parents=True)
    (workspace.inputs / "entra" / "share").symlink_to(tmp_path / "share", target_is_directory=True)
    assert exports(workspace) == ["share/devices.csv"]


def test_a_file_where_the_folder_should_be_is_an_error(workspace: Workspace) -> None:
    workspace.inputs.mkdir()
    (workspace.inputs / "entra").touch()
    with pytest.raises(InputError, match="entra: cannot be listed"):
        workspace.exports("entra")


def test_a_subfolder_that_cannot_be_listed_is_an_error_and_not_a_smaller_export(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    exports(workspace, "devices.csv", "locked/more.csv")
    scandir = os.scandir

    def refuse(path: str) -> object:
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(InputError, match="locked: cannot be listed: Permission denied"):
        workspace.exports("entra")


def test_a_run_is_named_for_its_time_in_utc(workspace: Workspace) -> None:
    assert workspace.new_run(NOW).name == "20261123T060000Z"
    assert workspace.new_run(NOW.astimezone(timezone(timedelta(hours=9)))).name == "20261123T060000Z-2"


def test_runs_of_one_second_are_counted_up(workspace: Workspace) -> None:
    assert [workspace.new_run(NOW).name for _ in range(3)] == [f"20261123T060000Z{tail}" for tail in ("", "-2", "-3")]


def test_a_thousand_runs_of_one_second_are_too_many(workspace: Workspace) -> None:
    workspace.reports.mkdir()
    for number in range(1000):
        (workspace.reports / f"20261123T060000Z{f'-{number}' if number > 1 else ''}").mkdir(exist_ok=True)
    with pytest.raises(FileExistsError, match="a thousand runs of 20261123T060000Z"):
        workspace.new_run(NOW)


def test_nothing_published_is_no_latest_run(workspace: Workspace) -> None:
    assert workspace.latest() is None


def test_the_latest_run_is_the_one_published_last(workspace: Workspace) -> None:
    first, second = workspace.new_run(NOW), workspace.new_run(NOW)
    workspace.publish(second)
    workspace.publish(first)
    assert (workspace.reports / "latest" / "..").resolve() == workspace.reports.resolve()
    assert workspace.latest() == Run(first.folder.resolve())


def test_where_links_are_not_allowed_a_file_names_the_latest_run(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = workspace.new_run(NOW)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    workspace.publish(run)
    assert (workspace.reports / "latest").read_text(encoding="utf-8") == run.name
    assert workspace.latest() == run


@pytest.mark.parametrize("text", ["", "\n", "20200101T000000Z"])
def test_a_pointer_to_nothing_is_no_run(workspace: Workspace, text: str) -> None:
    workspace.reports.mkdir()
    (workspace.reports / "latest").write_text(text, encoding="utf-8")
    assert workspace.latest() is None


def test_a_run_that_was_deleted_is_no_latest_run(workspace: Workspace) -> None:
    run = workspace.new_run(NOW)
    workspace.publish(run)
    run.folder.rmdir()
    assert workspace.latest() is None


def test_file_names_sort_in_the_order_of_the_flow() -> None:
    run = Run(Path("20261123T060000Z"))
    flow = [run.snapshot("entra"), run.rejected, run.findings_csv, run.findings, run.workbook, run.page]
    assert [path.name[0] for path in flow] == ["1", "1", "2", "2", "6", "6"]
    assert {path.parent for path in [*flow, run.manifest]} == {run.folder}


def test_what_a_live_pull_leaves_stands_beside_its_snapshot() -> None:
    run = Run(Path("20261123T060000Z"))
    names = [run.part(part).name for part in get_args(Part)]
    assert names == [
        "1-entra-changes.parquet",
        "1-entra-deleted.parquet",
        "1-entra-intune.parquet",
        "1-entra-autopilot.parquet",
    ]
    assert run.differences("entra").name == "1-entra-differences.csv"
    assert {path.parent for path in [*map(run.part, get_args(Part)), run.differences("entra")]} == {run.folder}


def test_the_operators_files_lie_in_inputs_and_the_ledger_in_reports() -> None:
    workspace = Workspace(Path("in"), Path("out"))
    assert [
        path.as_posix() for path in (workspace.settings, workspace.protected, workspace.retired, workspace.ledger)
    ] == [
        "in/settings.toml",
        "in/protected.csv",
        "in/retired.csv",
        "out/ledger.db",
    ]


def test_numbers_stand_before_words_and_by_their_size() -> None:
    assert sorted(["b", "10", "a2", "2", "a10"], key=natural_key) == ["2", "10", "a2", "a10", "b"]


@given(names=st.lists(st.text(max_size=6), max_size=4))
def test_any_names_have_an_order(names: list[str]) -> None:
    assert sorted(map(natural_key, reversed(names))) == sorted(map(natural_key, names))
