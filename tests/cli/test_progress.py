import io
import sys

import pytest

from reconcile.cli.progress import progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_elsewhere_each_stage_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(stages=2) as stage:
        stage("reading entra")
        stage("finding")

    assert [line.split("] ")[1] for line in capsys.readouterr().err.splitlines()] == ["reading entra", "finding"]


def test_on_a_terminal_there_is_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with progress(stages=2) as stage:
        stage("reading entra")
        stage("finding")

    assert "finding" in terminal.getvalue()
