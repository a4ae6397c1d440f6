"""The command that carries every script, and the marks around its answer."""

import base64
import re
from importlib import resources

import pytest

from reconcile.client.ssh.envelope import BEGIN, END, answer, command_line, envelope
from reconcile.lab.ssh import envelope as ssh_envelope

CMD_LIMIT = 8191
ITS_OWN = len(r'"c:\windows\system32\cmd.exe" /c ""') + 64
"""What sshd puts around a command, and some to spare."""


def bootstrap() -> str:
    return base64.b64decode(command_line().rpartition(" ")[2]).decode("utf-16-le")


def test_it_fits_into_what_cmd_takes() -> None:
    assert len(command_line()) + ITS_OWN < CMD_LIMIT


def test_neither_cmd_nor_powershell_finds_anything_in_it_to_expand() -> None:
    assert re.fullmatch(r"[A-Za-z0-9 .+/=-]+", command_line())


def test_it_is_all_of_the_script_but_what_is_for_readers() -> None:
    source = resources.files("reconcile.client.ssh").joinpath("bootstrap.ps1").read_text(encoding="utf-8")

    assert source.isascii()
    assert "#" not in bootstrap()
    assert [line for line in map(str.strip, source.splitlines()) if line and line[0] != "#"] == bootstrap().split("\n")
    assert source.count("{") == source.count("}")
    assert source.count("(") == source.count(")")


def test_it_writes_the_marks_that_are_looked_for() -> None:
    assert BEGIN.decode() in bootstrap()
    assert END.decode() in bootstrap()
    assert ssh_envelope.is_ours(command_line())


def test_an_envelope_is_ascii() -> None:
    assert envelope("äöü 😀", {"ä": "ö"}, {}).isascii()


@pytest.mark.parametrize("out", [b"", b"<<<reconcile", b"reconcile>>>", b"reconcile>>> e30= <<<reconcile"])
def test_without_both_marks_there_is_no_answer(out: bytes) -> None:
    assert answer(out) is None


@pytest.mark.parametrize("between", [b"", b"e30", b"e30=", b"!", b"/w=="])
def test_what_stands_between_them_must_be_one(between: bytes) -> None:
    with pytest.raises(ValueError, match="an answer that cannot be read"):
        answer(BEGIN + between + END)


def test_a_console_that_wraps_lines_does_no_harm() -> None:
    text = base64.b64encode(b'{"objects":["x"],"errors":[],"failed":false}')
    wrapped = b"\r\n".join(text[at : at + 7] for at in range(0, len(text), 7))

    found = answer(b"noise\r\n" + BEGIN + b"\r\n" + wrapped + b"\r\n" + END + b" more")

    assert found is not None
    assert found.objects == ("x",)
