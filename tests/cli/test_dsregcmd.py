import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconcile.cli import main
from reconcile.frame.columns import AGENTS

CAPTURE = """
+----------------------------------------------------------------------+
| Device State                                                         |
+----------------------------------------------------------------------+

             AzureAdJoined : NO
          EnterpriseJoined : NO
              DomainJoined : NO
               Device Name : [bold]LAPTOP-1

+----------------------------------------------------------------------+
| User State                                                           |
+----------------------------------------------------------------------+

                    NgcSet : NO
           WorkplaceJoined : YES
          WorkAccountCount : 1
             WamDefaultSet : NO

+----------------------------------------------------------------------+
| SSO State                                                            |
+----------------------------------------------------------------------+

                AzureAdPrt : NO

+----------------------------------------------------------------------+
| Work Account 1                                                       |
+----------------------------------------------------------------------+

         WorkplaceDeviceId : bbbbbbbb-0000-4000-8000-000000000001
         WorkplaceTenantId : c0ffee00-0000-4000-8000-000000000001

+----------------------------------------------------------------------+
| Diagnostic Data                                                      |
+----------------------------------------------------------------------+

               Client Time : 2026-11-20 16:12:22.000 UTC
              User Context : UN-ELEVATED User

+----------------------------------------------------------------------+
| Ngc Prerequisite Check                                               |
+----------------------------------------------------------------------+

        SessionIsNotRemote : YES
              PreReqResult : WillNotProvision
"""


@pytest.fixture(name="files")
def files_fixture(tmp_path: Path) -> list[str]:
    """A whole capture, and one that was cut off."""
    whole, cut = tmp_path / "whole.txt", tmp_path / "cut.txt"
    whole.write_text(CAPTURE, encoding="utf-8")
    cut.write_text(CAPTURE[:700], encoding="utf-8")
    return [str(whole), str(cut)]


def test_each_capture_is_one_json_object_with_the_frames_names(files: list[str]) -> None:
    result = CliRunner().invoke(main, ["dsregcmd", "--json", *files])
    whole, cut = (json.loads(line) for line in result.stdout.splitlines())

    assert list(whole) == AGENTS.names
    assert (whole["entra_joined"], whole["workplace_joined"], whole["context"]) == ("NO", "YES", "user")
    assert (whole["captured_at"], whole["captured_by"]) == ("2026-11-20T16:12:22Z", "client-time")
    assert (cut["entra_joined"], cut["workplace_joined"], cut["confidence"]) == ("unknown", "unknown", "none")


def test_the_table_tells_what_each_says_and_why_one_says_nothing(files: list[str]) -> None:
    result = CliRunner(env={"COLUMNS": "200"}).invoke(main, ["dsregcmd", *files])

    assert result.exit_code == 0
    assert "[bold]laptop-1" in result.output
    assert "work account bbbbbbbb-0000-4000-8000-000000000001 of tenant c0ffee00" in result.output
    assert "line" in result.output.splitlines()[-1]


def test_a_file_that_is_no_capture_is_told_apart(tmp_path: Path) -> None:
    binary = tmp_path / "picture.png"
    binary.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00")

    result = CliRunner().invoke(main, ["dsregcmd", str(binary)])

    assert result.exit_code == 4
    assert "picture.png" in result.output
