import os
import re
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconcile.cli import main
from tests.cli.small import Small

HEEDING = """
import runpy, signal
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("reconcile", run_name="__main__", alter_sys=True)
"""
"""The command line, interrupted by Ctrl-C even where the tests were started in the background and it would not be."""


def test_the_lab_serves_what_doctor_and_sweep_need_with_the_settings_that_it_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-c", HEEDING, "lab", "--port", "0", "--ldap-port", "0", "--devices", "20"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as lab:
        assert lab.stdout is not None
        printed = "".join(iter(lab.stdout.readline, "Then: reconcile doctor, reconcile sweep\n"))
        small = Small(tmp_path)
        small.settings(printed.partition("settings.toml:\n")[2].replace("\n  ", "\n"))
        for name, value in re.findall(r"\b([A-Z_]{9,})=(\S+)", printed):
            monkeypatch.setenv(name, value)

        results = [small.run(command, now=None) for command in ("doctor", "sweep")]
        os.kill(lab.pid, signal.SIGINT)
        rest = lab.stdout.read()

    assert [(result.output, result.exception) for result in results if result.exit_code] == []
    assert "20 devices are counted" in results[0].output
    assert rest.endswith("the lab has ended\n")
    assert lab.returncode == 0


@pytest.mark.parametrize(("option", "other"), [("--port", "--ldap-port"), ("--ldap-port", "--port")])
def test_a_port_that_is_taken_is_told(option: str, other: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = CliRunner().invoke(main, ["lab", option, str(taken.getsockname()[1]), other, "0", "--devices", "5"])

    assert result.exit_code == 2
    assert f"Invalid value for {option}:" in result.output
    assert "cannot be used" in result.output


def test_the_certificate_is_left_in_the_folder_that_was_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        CliRunner().invoke(
            main, ["lab", "--port", port, "--ldap-port", "0", "--devices", "5", "--certificates", str(tmp_path)]
        )

    assert {file.name for file in tmp_path.iterdir()} == {"ca.pem", "server.pem"}
    assert stat.S_IMODE((tmp_path / "server.pem").stat().st_mode) == 0o600
