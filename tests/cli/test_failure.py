import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reconcile.cli.failure import failure
from reconcile.errors import InputError, ReconcileError, SettingsError, SourceError
from tests.cli.small import Small, device


def ends_in(error: BaseException) -> tuple[int, str]:
    @click.command()
    def command() -> None:
        with failure():
            raise error

    result = CliRunner().invoke(command)
    return result.exit_code, result.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("settings.toml", "why"), 2),
        (SourceError("entra", "why"), 3),
        (InputError("file", "why"), 4),
        (PermissionError(13, "why", "file"), 4),
        (KeyboardInterrupt(), 6),
    ],
)
def test_every_error_is_one_sentence_and_an_exit_code(error: BaseException, code: int) -> None:
    exit_code, output = ends_in(error)

    assert exit_code == code
    assert output.startswith("reconcile: ")
    assert output.count("\n") == 1


def test_a_bug_is_not_disguised_as_an_error() -> None:
    class Bug(Exception):  # noqa: N818 - it stands for any bug
        """Ours."""

    assert not issubclass(Bug, ReconcileError)
    with pytest.raises(Bug), failure():
        raise Bug


def test_help_needs_little_time() -> None:
    """The limit is 0.3 s of CPU; the interpreter's own start is measured beside it and taken off, as machines differ."""
    code = "import resource, sys; {} ; print(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))"
    bare = code.format("pass")
    helped = code.format("from reconcile.cli import main; main(['--help'], standalone_mode=False)")

    def cpu(program: str) -> float:
        return min(
            float(
                subprocess.run(
                    [sys.executable, "-c", program], check=True, capture_output=True, text=True
                ).stdout.split()[-1]
            )
            for _ in range(3)
        )

    assert cpu(helped) - cpu(bare) < 0.3


def test_no_heavy_library_is_loaded_for_help() -> None:
    program = "import sys; from reconcile.cli import main; print([m for m in ('pandas', 'pyarrow', 'openpyxl', 'rich', 'sqlite3', 'msgspec') if m in sys.modules])"

    assert (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.strip()
        == "[]"
    )


def test_an_interrupt_leaves_the_last_run_alone(tmp_path: Path) -> None:
    small = Small(tmp_path)
    small.entra([device(1)])
    small.run("sweep")
    last = small.latest.resolve()
    command = [
        sys.executable,
        "-m",
        "reconcile",
        "sweep",
        "--inputs",
        str(small.inputs),
        "--reports",
        str(small.reports),
    ]
    for delay in (0.05, 0.4, 0.8):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(delay)
        process.kill()
        process.wait()

    assert small.latest.resolve() == last or (small.latest / "6-report.html").exists()
    assert small.run("sweep", now="2026-11-25T06:00:00Z").exit_code == 0


def test_the_package_runs_as_a_module() -> None:
    run = subprocess.run([sys.executable, "-m", "reconcile", "--version"], check=True, capture_output=True, text=True)

    assert run.stdout.startswith("reconcile ")
