"""`python -m tests.readme` writes those parts of README.md that say what the tool says: help, settings, a session, stories."""

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from reconcile.cli import main
from reconcile.settings import template
from tests.estate.stories import table

CHECKOUT = Path(__file__).parents[1]
README = CHECKOUT / "README.md"
SESSION = ("sweep", "--now", "2026-11-23T06:00:00Z")


def help_text() -> str:
    return _fenced("text", _run("--help"))


def settings() -> str:
    return _fenced("toml", template())


def export() -> str:
    """The script below the comment that says how to call it."""
    return _fenced(
        "powershell", (CHECKOUT / "inputs" / "export-directory.ps1").read_text(encoding="utf-8").partition("#>\n")[2]
    )


def sweep() -> str:
    """In a folder where nothing was swept before."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "inputs").symlink_to(CHECKOUT / "inputs", target_is_directory=True)
        os.chdir(folder)
        try:
            return _fenced("console", f"$ {' '.join(('reconcile', *SESSION))}\n{_run(*SESSION)}")
        finally:
            os.chdir(here)


PARTS: dict[str, Callable[[], str]] = {
    "sweep": sweep,
    "export": export,
    "help": help_text,
    "settings": settings,
    "stories": table,
}
"""What stands between <!-- name --> and <!-- /name -->."""


def parts(text: str) -> dict[str, str]:
    return dict(re.findall(r"^<!-- (\w+) -->\n(.*?)^<!-- /\1 -->$", text, re.MULTILINE | re.DOTALL))


def written(text: str) -> str:
    """The README with every part as it should be."""
    for name in parts(text):
        text = _replaced(text, name, PARTS[name]())
    return text


def _replaced(text: str, name: str, part: str) -> str:
    pattern = re.compile(rf"(?<=^<!-- {name} -->\n).*?(?=^<!-- /{name} -->$)", re.MULTILINE | re.DOTALL)
    return pattern.sub(lambda _: part, text)


def _run(*arguments: str) -> str:
    ran = CliRunner().invoke(main, arguments, prog_name="reconcile", terminal_width=100)
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```\n"


if __name__ == "__main__":
    README.write_text(written(README.read_text(encoding="utf-8")), encoding="utf-8")
