"""No secret shows: not in a repr, not in what is told of an error, not in a traceback or a log, not on the wire."""

import base64
import logging
import re
import traceback

import pytest
from pypsrp.powershell import PowerShell

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import HIDDEN
from reconcile.client.winrm.host import Account
from reconcile.client.winrm.run import run
from reconcile.lab.winrm.lab import Said
from tests.winrm_lab import ADMIN, PASSWORD, USER, Hosts

WORD = "c0rrect-h0rse-b4ttery"
BLOB = re.compile(r"[A-Za-z0-9+/]{200,}={0,2}")


def test_a_repr_shows_none() -> None:
    said = repr([Secret(WORD), Account("basic", USER, Secret(WORD)), {"Password": Secret(WORD)}])

    assert WORD not in said
    assert USER.replace("\\", "\\\\") in said


def test_what_a_script_says_of_an_error_shows_none(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said([], [f"tried {WORD}"], thrown=f"'{WORD}' and '{PASSWORD}' are wrong")

    output = run(hosts.host, ADMIN, "x", {}, {"Password": Secret(WORD)})

    assert output.why == f"'{HIDDEN}' and '{HIDDEN}' are wrong"
    assert [error.message for error in output.errors] == [f"tried {HIDDEN}", output.why]


def test_an_empty_secret_hides_nothing(hosts: Hosts) -> None:
    hosts.lab.handler = lambda _: Said(thrown="plain")

    assert run(hosts.host, ADMIN, "x", {}, {"Password": Secret("")}).why == "plain"


def test_a_traceback_shows_none_even_with_what_each_name_holds(hosts: Hosts, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a fault of the library")

    monkeypatch.setattr(PowerShell, "begin_invoke", broken)
    with pytest.raises(RuntimeError) as caught:
        run(hosts.host, ADMIN, "x", {}, {"Password": Secret(WORD)})

    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "Password" in told
    assert WORD not in told
    assert PASSWORD not in told


def test_a_log_and_the_wire_show_none(hosts: Hosts, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), caplog.at_level(logging.DEBUG, "pypsrp"):
        run(hosts.host, ADMIN, "the script itself " + "#" * 300, {"Name": "a parameter"}, {"Password": Secret(WORD)})

    sent = b"".join(base64.b64decode(blob) for blob in BLOB.findall(caplog.text))
    assert b"the script itself" in sent
    assert b"a parameter" in sent
    for secret in (WORD, PASSWORD):
        assert secret not in caplog.text
        assert secret.encode() not in sent
        assert secret.encode("utf-16-le") not in sent
