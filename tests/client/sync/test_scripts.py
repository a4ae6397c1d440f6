"""The scripts beside the code: whole, plain, for Windows PowerShell 5.1, and in the words that the code reads."""

import re
import tomllib
from pathlib import Path

import msgspec
import pytest

from reconcile.client.sync.engine import Run, Started, Suppressed, SyncState, Threshold, script

NAMES = ("state", "start")
NEWER = re.compile(r"\?\?|\?\.|&&|\|\||-Parallel\b|ForEach-Object\s+-Parallel|\bclean\s*\{|\bGet-Error\b")
"""What PowerShell 5.1 does not know."""
CULTURED = re.compile(r"Get-Date\s+-Format|\.ToShort|\.ToLong|ToString\(\)|-f\s+\$")
"""What would write a number or a date as the server's own culture has it."""


def code(name: str) -> str:
    """Without comments and texts."""
    text = re.sub(r"^\s*#.*$", "", script(name), flags=re.MULTILINE)
    return re.sub(r"'[^']*'", "''", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_plain_and_names_itself(name: str) -> None:
    text = script(name)

    assert text.isascii()
    assert text.startswith(f"# reconcile sync-{name}\n")
    assert "$ErrorActionPreference = 'Stop'" in text
    assert "\t" not in text


@pytest.mark.parametrize("name", NAMES)
def test_a_script_is_balanced_and_keeps_to_what_5_1_knows(name: str) -> None:
    text = code(name)

    for opening, closing in ("()", "{}", "[]"):
        assert text.count(opening) == text.count(closing), opening
    assert not NEWER.search(text)
    assert not CULTURED.search(text)


@pytest.mark.parametrize(("name", "kinds"), [("state", (SyncState, Run, Threshold, Suppressed)), ("start", (Started,))])
def test_a_script_prints_every_member_that_is_read(name: str, kinds: tuple[type[msgspec.Struct], ...]) -> None:
    text = script(name)

    for kind in kinds:
        for field in msgspec.structs.fields(kind):
            assert re.search(rf"\b{field.encode_name}\s*=", text), field.name


@pytest.mark.parametrize("name", NAMES)
def test_a_script_prints_one_json_text_last(name: str) -> None:
    assert re.fullmatch(
        r"ConvertTo-Json -InputObject \$told -Compress -Depth \d", script(name).rstrip().splitlines()[-1]
    )


def test_reading_the_state_changes_nothing() -> None:
    verbs = set(re.findall(r"\b([A-Z][a-z]+)-[A-Z][A-Za-z]+", code("state")))

    assert verbs <= {"Import", "Get", "ConvertTo", "Measure", "Read", "Where", "ForEach"}


def test_the_package_takes_the_scripts_along() -> None:
    """Hatch takes every file of a package that no ignore file of git names."""
    root = Path(__file__).parents[3]
    wheel = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]

    assert wheel["packages"] == ["reconcile"]
    assert "exclude" not in wheel
    assert "ps1" not in (root / ".gitignore").read_text(encoding="utf-8")
