import subprocess
from pathlib import Path

import pytest

from tests.architecture import (
    CHECKS,
    Check,
    few_parameters,
    libraries_at_home,
    names_that_say_something,
    no_cycles,
    nothing_else_at_the_top,
    only_the_right_room_prints_or_looks,
    rooms_apart,
    rooms_in_order,
    small_files,
    small_functions,
)

CHECKOUT = Path(__file__).parents[1]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_project_keeps_its_shape(check: Check) -> None:
    assert list(check(CHECKOUT)) == []


def tree(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def lines(count: int) -> str:
    return "    pass\n" * count


VIOLATIONS: list[tuple[Check, dict[str, str], str]] = [
    (
        rooms_in_order,
        {"source/a.py": "import reconcile.frame.b"},
        "imports reconcile.frame.b, which stands to its right",
    ),
    (rooms_in_order, {"source/a.py": "from reconcile import cli"}, "imports reconcile.cli, which stands to its right"),
    (
        rooms_in_order,
        {"errors.py": "def f():\n    from reconcile.settings import load"},
        "errors.py imports reconcile.settings",
    ),
    (rooms_in_order, {"__init__.py": "from reconcile.cli import main"}, "__init__.py imports reconcile.cli"),
    (rooms_in_order, {"frame/a.py": "from ..finding import b"}, "whose room its name does not say"),
    (rooms_in_order, {"attic/a.py": "import re"}, "reconcile/attic/a.py is in no room"),
    (
        rooms_apart,
        {"lab/a.py": "from reconcile.client.graph.retry import Patience"},
        "lab/a.py imports reconcile.client.graph.retry, and must do without it",
    ),
    (
        no_cycles,
        {"frame/a.py": "from reconcile.frame import b", "frame/b.py": "import reconcile.frame.a"},
        "frame.a imports ",
    ),
    (libraries_at_home, {"source/a.py": "def f():\n    import pandas as pd"}, "pandas, whose home is frame, finding"),
    (libraries_at_home, {"report/summary_of.py": "import pandas"}, "report/summary_of.py imports pandas"),
    (libraries_at_home, {"settings.py": "import pyarrow.compute"}, "settings.py imports pyarrow"),
    (libraries_at_home, {"finding/a.py": "from sqlite3 import connect"}, "sqlite3, whose home is ledger"),
    (libraries_at_home, {"source/a.py": "import polars"}, "polars, which has no home"),
    (only_the_right_room_prints_or_looks, {"report/a.py": "print(1)"}, "uses builtins.print, which only cli may"),
    (only_the_right_room_prints_or_looks, {"report/a.py": "f = print"}, "uses builtins.print"),
    (only_the_right_room_prints_or_looks, {"report/a.py": "import sys\nsys.stderr.write('')"}, "uses sys.stderr"),
    (
        only_the_right_room_prints_or_looks,
        {"frame/a.py": "from datetime import datetime as d\nd.now()"},
        "datetime.now",
    ),
    (
        only_the_right_room_prints_or_looks,
        {"frame/a.py": "import datetime as d\nd.date.today()"},
        "datetime.date.today",
    ),
    (only_the_right_room_prints_or_looks, {"frame/a.py": "from time import monotonic as m\nm()"}, "uses time,"),
    (only_the_right_room_prints_or_looks, {"frame/a.py": "import pandas as pd\npd.Timestamp.now()"}, "Timestamp.now"),
    (
        only_the_right_room_prints_or_looks,
        {"cli/a.py": "from os import environ"},
        "os.environ, which only settings may",
    ),
    (only_the_right_room_prints_or_looks, {"cli/a.py": "import os\nos.getenv('HOME')"}, "os.getenv"),
    (
        only_the_right_room_prints_or_looks,
        {"cli/a.py": "import importlib\nimportlib.import_module('x')"},
        "only nowhere may",
    ),
    (names_that_say_something, {"source/utils.py": ""}, "source/utils.py has a name"),
    (names_that_say_something, {"common/a.py": ""}, "common/a.py has a name"),
    (small_files, {"source/a.py": "\n" * 301}, "has 301 lines"),
    (small_functions, {"source/a.py": "async def long():\n" + lines(50)}, "long has 51 lines"),
    (small_functions, {"cli/a.py": "@main.command()\ndef go():\n" + lines(25)}, "go has 26 lines"),
    (few_parameters, {"source/a.py": "def f(a, b, /, c, d, *, e, f, g): ..."}, "f has 7 parameters"),
]


@pytest.mark.parametrize(("check", "files", "said"), VIOLATIONS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_violation_is_caught(check: Check, files: dict[str, str], said: str, tmp_path: Path) -> None:
    found = check(tree(tmp_path / "reconcile", files).parent)
    assert said in "".join(found)


def test_what_is_allowed_is_let_through(tmp_path: Path) -> None:
    files = {
        "settings.py": "import os\nos.environ['HOME']",
        "ledger/a.py": "import sqlite3",
        "report/summary.py": "import pandas\nfrom reconcile.report import words",
        "report/words.py": "from datetime import datetime\ndef f(estate, time, input):\n    return estate.now, time, datetime.max",
        "cli/a.py": "import time\nimport click\nprint(time.time())\n@click.command()\ndef go():\n" + lines(24),
        "__main__.py": "from reconcile.cli import main",
        "frame/a.py": "class A:\n    def f(self, a, b, c, d, e, f):\n        pass\n",
    }
    tree(tmp_path / "reconcile", files)
    assert [said for check in CHECKS[:-1] for said in check(tmp_path)] == []


def test_a_stray_entry_at_the_top_is_caught(tmp_path: Path) -> None:
    subprocess.run(("git", "init", "--quiet"), cwd=tmp_path, check=True)
    tree(tmp_path, {"README.md": "", "docs/a.md": "", "reconcile/a.py": "", ".gitignore": "*.log", "build.log": ""})
    assert list(nothing_else_at_the_top(tmp_path)) == ["docs does not belong at the top"]
