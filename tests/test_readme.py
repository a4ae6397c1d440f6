"""What the README shows is what the tool does; `python -m tests.readme` brings the parts that it prints up to date."""

import ast
import configparser
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from reconcile.cli import main
from reconcile.frame.columns import FINDINGS
from reconcile.settings import PROTECTIONS
from reconcile.source.schema import PARTS as PARTS_OF_A_RUN
from reconcile.workspace import SYSTEMS, Run
from tests.readme import CHECKOUT, PARTS, README, parts, written

TEXT = README.read_text(encoding="utf-8")
FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROSE = FENCED.sub("", TEXT)
QUOTED = re.findall(r"`([^`\n]+)`", PROSE)


def console() -> Iterator[str]:
    """Each line of a console block; where it shows a prompt, only the lines behind one."""
    for language, text in FENCED.findall(TEXT):
        lines = text.splitlines() if language == "console" else []
        typed = [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        yield from typed or lines


COMMANDS = [*console(), *(text for text in QUOTED if re.match(r"(reconcile|tox) ", text))]


def accept_reconcile(words: list[str]) -> None:
    """As click reads the words, but nothing is run and no value looked at."""
    command: click.Command = main
    context = click.Context(command, info_name="reconcile", **command.context_settings)
    given, rest, _ = command.make_parser(context).parse_args(list(words))
    while isinstance(command, click.Group) and rest:
        found = command.get_command(context, rest[0])
        assert found, f"reconcile has no command {rest[0]}"
        command, context = found, click.Context(found, parent=context, info_name=rest[0])
        given, rest, _ = command.make_parser(context).parse_args(rest[1:])
    assert not rest, f"{rest} are too many"
    said = {name for name, value in given.items() if isinstance(value, str | tuple)}
    assert [item.name for item in command.params if item.required and item.name not in said] == []


def accept_tox(words: list[str]) -> None:
    config = configparser.ConfigParser()
    config.read(CHECKOUT / "tox.ini", encoding="utf-8")
    assert words[:1] in ([], ["-e"])
    for name in ",".join(words[1:2]).split(",") if words else []:
        assert f"testenv:{name}" in config.sections() or name == config["tox"]["env_list"]


def accept(command: str) -> None:
    for part in re.split(r" (?:&&|\|) ", command):
        program, *words = shlex.split(part)
        match Path(program).name:
            case "reconcile":
                accept_reconcile(words)
            case "tox":
                accept_tox(words)
            case "python3":
                assert words[:2] == ["-m", "venv"]
            case "pip":
                assert words[0] == "install"
            case other:
                pytest.fail(f"nothing here knows whether {other} is right")
        for word in words:
            assert not word.startswith("inputs/") or (CHECKOUT / word).exists(), f"{word} does not exist"


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_can_be_typed_as_it_stands(command: str) -> None:
    accept(command)


@pytest.mark.parametrize(
    "command",
    [
        "reconcile sweeep",
        "reconcile sweep --jsn",
        "reconcile sweep extra",
        "reconcile ledger import",
        "reconcile sweep --inputs",
        ".venv/bin/tox -e tets",
        "python3 setup.py install",
        "make && reconcile sweep",
        "reconcile dsregcmd inputs/agents/no-such-file.txt",
    ],
)
def test_a_command_that_does_not_exist_is_caught(command: str) -> None:
    with pytest.raises((AssertionError, click.UsageError, pytest.fail.Exception)):
        accept(command)


def test_every_option_in_the_text_is_one_of_some_command() -> None:
    groups = [main, *(command for command in main.commands.values() if isinstance(command, click.Group))]
    commands = [command for group in groups for command in (group, *group.commands.values())]
    known = {name for command in commands for item in command.params for name in (*item.opts, *item.secondary_opts)}
    assert {text.split()[0] for text in QUOTED if text.startswith("--")} <= known


@pytest.mark.parametrize("name", PARTS)
def test_what_the_tool_prints_is_shown_as_it_is(name: str) -> None:
    assert parts(TEXT)[name] == PARTS[name]()


def test_every_marked_part_is_kept() -> None:
    assert set(re.findall(r"<!-- /?(\w+) -->", TEXT)) == set(parts(TEXT)) == set(PARTS)


def test_the_first_two_commands_are_those_that_ci_runs() -> None:
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8")
    sweep, tests = list(console())[:2]
    assert "reconcile sweep" in sweep
    assert tests.endswith("tox")
    assert f"({sweep})" in script
    assert f"({tests})" in script


def test_every_file_that_is_named_exists() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", PROSE)
    named = [text for text in QUOTED if re.fullmatch(r"(inputs|tests|reconcile)/[\w./-]*", text)]
    assert [name for name in (*links, *named) if not (CHECKOUT / name).exists()] == []
    assert links
    assert named


def quoted_after(words: str) -> list[str]:
    """What stands in backticks on the line that has these words."""
    (line,) = (line for line in PROSE.splitlines() if words in line)
    return re.findall(r"`([^`]+)`", line.partition(words)[2])


def test_every_protection_is_named_in_its_order() -> None:
    assert tuple(quoted_after("`blocked_by` names every protection")) == PROTECTIONS


def test_the_columns_of_a_finding_are_those_of_the_frame() -> None:
    assert quoted_after("The columns of a finding:") == [", ".join(FINDINGS.names)]


def first_cells(heading: str) -> list[str]:
    """What stands in backticks in the first column of the tables below the heading."""
    section = PROSE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [text for cell in rows for text in re.findall(r"`([^`]+)`", cell)]


def test_every_kind_has_a_rule_of_its_name() -> None:
    files = {path.stem.replace("_", "-") for path in (CHECKOUT / "reconcile" / "finding").glob("*.py")}
    kinds = first_cells("Findings")
    assert len(kinds) == len(set(kinds)) == 10
    assert set(kinds) <= files


def test_every_file_of_a_run_is_named() -> None:
    run = Run(Path("run"))
    files = [
        run.manifest,
        run.rejected,
        run.differences("entra"),
        run.differences("directory"),
        run.findings_csv,
        run.findings,
        run.workbook,
        run.page,
    ]
    named = {path.name for path in (*files, *map(run.snapshot, SYSTEMS), *map(run.part, PARTS_OF_A_RUN))}
    assert set(first_cells("Formats")) == named


def test_every_exit_code_is_that_of_the_help() -> None:
    (line,) = (line for line in PROSE.splitlines() if line.startswith("Exit codes:"))
    told = (main.help or "").partition("Exit codes:")[2]
    assert re.findall(r"\b\d+\b", line) == re.findall(r"\b\d+\b", told) == ["0", "2", "3", "4", "6", "10"]


def test_every_promise_has_a_test_of_its_name() -> None:
    tree = ast.parse((CHECKOUT / "tests" / "test_promises.py").read_text(encoding="utf-8"))
    tests = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    promises = re.findall(r"^- (.+)\.$", PROSE.partition("\n## Promises\n")[2].partition("\n## ")[0], re.MULTILINE)
    names = ["test_" + re.sub(r"\W+", "_", promise).lower() for promise in promises]
    assert [name for name in names if not any(test.startswith(name) for test in tests)] == []
    assert promises


def test_writing_the_parts_leaves_the_rest_alone() -> None:
    stale = "# Title\n<!-- help -->\nold\n<!-- /help -->\n`kept`\n"
    assert written(stale) == f"# Title\n<!-- help -->\n{PARTS['help']()}<!-- /help -->\n`kept`\n"
