"""The sample estate: its files are those of its stories, and of each story exactly that is found which it tells."""

from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from reconcile.cli import main
from reconcile.finding.find import KINDS
from reconcile.settings import PROTECTIONS
from tests.estate import fleet
from tests.estate.files import files, parts
from tests.estate.machines import hosts
from tests.estate.rows import Cloud, Computer, Finds, Report, Story
from tests.estate.stories import STORIES, table

INPUTS = Path(__file__).parents[1] / "inputs"
SCRIPTS = {"collect-dsregcmd.ps1", "export-directory.ps1", "export-entra.ps1"}
SAID = [told for story in STORIES for told in story.finds if told.severity or told.says]
Found = tuple[str, str, str, str]
"""Kind, system, object and blocked_by."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The findings of `reconcile sweep` on inputs/, as the report has them."""
    reports = tmp_path_factory.mktemp("reports")
    ran = CliRunner().invoke(
        main, ["sweep", "--inputs", str(INPUTS), "--reports", str(reports), "--now", "2026-11-23T06:00:00Z"]
    )
    assert ran.exit_code == 0, ran.output
    rows: list[dict[str, Any]] = pq.read_table(reports / "latest" / "2-findings.parquet").to_pylist()
    return rows


def _told(finds: Finds) -> Found:
    return finds.kind, finds.system, finds.object, finds.held_by


def _reported(row: dict[str, Any]) -> Found:
    return row["kind"], row["system"], _object(row), row["blocked_by"]


def _object(row: dict[str, Any]) -> str:
    match row["system"]:
        case "entra":
            return str(row["object_id"])
        case "directory":
            return str(row["object_guid"])
        case _:
            return f"{row['hostname'].partition('.')[0].casefold()}/{row['device_id']}"


def _objects(story: Story) -> set[str]:
    """All that a finding of this story can name."""
    clouds = {part.object_id for part in story.parts if isinstance(part, Cloud)}
    return clouds | {part.guid for part in story.parts if isinstance(part, Computer)}


def _is_of(story: Story, row: dict[str, Any]) -> bool:
    if row["system"] == "agents":
        return row["hostname"].partition(".")[0].casefold() in hosts(story.parts)
    return _object(row) in _objects(story)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_exactly_that_is_found_which_the_story_tells(story: Story, found: list[dict[str, Any]]) -> None:
    rows = [row for row in found if _is_of(story, row)]
    assert sorted(map(_reported, rows)) == sorted(map(_told, story.finds))


def test_nothing_is_found_outside_the_stories(found: list[dict[str, Any]]) -> None:
    assert [row for row in found if not any(_is_of(story, row) for story in STORIES)] == []


@pytest.mark.parametrize("told", SAID, ids=lambda told: f"{told.kind} on {told.object}")
def test_severity_and_evidence_are_as_told(told: Finds, found: list[dict[str, Any]]) -> None:
    (row,) = (row for row in found if _reported(row) == _told(told))
    assert told.severity in {None, row["severity"]}
    assert all(word in row["evidence"] for word in told.says)


def test_the_committed_files_are_those_of_the_stories() -> None:
    made = files()
    committed = {file.relative_to(INPUTS).as_posix(): file.read_bytes() for file in INPUTS.rglob("*") if file.is_file()}
    assert committed.keys() - SCRIPTS == made.keys()
    assert [name for name, content in made.items() if committed[name] != content] == []


def test_every_kind_occurs_and_every_kind_has_its_look_alikes() -> None:
    assert {told.kind for story in STORIES for told in story.finds} == set(KINDS)
    assert sum(not story.finds for story in STORIES) > len(STORIES) / 3


def test_every_protection_that_a_finding_can_have_occurs() -> None:
    held = {name for story in STORIES for told in story.finds for name in told.held_by.split(";") if name}
    assert set(PROTECTIONS) - held == {"gmsa", "sso-account"}


def test_no_two_objects_share_an_id_and_no_two_stories_a_host() -> None:
    whole = parts()
    assert not _repeated(part.object_id for part in whole if isinstance(part, Cloud))
    assert not _repeated(part.guid for part in whole if isinstance(part, Computer))
    assert not _repeated(part.sid for part in whole if isinstance(part, Computer))
    assert not _repeated(
        host for group in (*(story.parts for story in STORIES), fleet.parts()) for host in hosts(group)
    )
    assert not _repeated((part.host, part.at) for part in whole if isinstance(part, Report))


def _repeated(values: Any) -> set[Any]:
    return {value for value, times in Counter(values).items() if times > 1}


def test_the_table_has_a_line_for_each_story() -> None:
    lines = table().splitlines()
    assert len(lines) == len(STORIES) + 2
    assert {line.count(" | ") for line in lines} == {2}
