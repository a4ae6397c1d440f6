"""The lab's WinRM endpoint, asked by hand and by psrpcore's own client side: what it lets in, and what it answers."""

import asyncio
import base64
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import spnego
from psrpcore import ClientPowerShell, ClientRunspacePool, PSRPPayload, StreamType
from psrpcore.types import PSInvocationState

from reconcile.lab.serve import serving
from reconcile.lab.winrm.endpoint import winrm_application
from reconcile.lab.winrm.fault import WinRMFault, WinRMFaults
from reconcile.lab.winrm.lab import Invocation, Said, WinRM
from reconcile.lab.winrm.soap import NAMES, envelope, question
from tests.lab.certificates import certified

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
CREATE = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Create"
DELETE = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete"


class Client:
    """The least that speaks PSRP over WS-Management."""

    def __init__(self, http: httpx.Client, path: str = "/wsman") -> None:
        self.http = http
        self.path = path
        self.pool = ClientRunspacePool()
        self.shell_id = ""

    def ask(self, action: str, body: str, seconds: float = 5) -> httpx.Response:
        names = "".join(f' xmlns:{short}="{long}"' for short, long in NAMES.items())
        selector = f'<w:SelectorSet><w:Selector Name="ShellId">{self.shell_id}</w:Selector></w:SelectorSet>'
        head = f"<a:Action>{action}</a:Action><a:MessageID>uuid:1</a:MessageID><w:OperationTimeout>PT{seconds}S</w:OperationTimeout>"
        whole = f"<s:Envelope{names}><s:Header>{head}{selector}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
        return self.http.post(self.path, content=whole.encode(), headers={"Content-Type": "application/soap+xml"})

    def open(self) -> None:
        self.pool.open()
        self.shell_id = str(self.pool.runspace_pool_id).upper()
        created = self.ask(
            CREATE, f'<rsp:Shell ShellId="{self.shell_id}"><ps:creationXml>{self.data()}</ps:creationXml></rsp:Shell>'
        )
        assert created.status_code == 200, created.text
        self.receive(None)

    def data(self) -> str:
        payload = self.pool.data_to_send()
        return base64.b64encode(payload.data).decode() if payload else ""

    def receive(self, command: uuid.UUID | None, seconds: float = 5) -> httpx.Response:
        name = f' CommandId="{str(command).upper()}"' if command else ""
        answer = self.ask(
            f"{SHELL}/Receive",
            f"<rsp:Receive><rsp:DesiredStream{name}>stdout</rsp:DesiredStream></rsp:Receive>",
            seconds,
        )
        for text in re.findall(r"<rsp:Stream [^>]*>([^<]+)<", answer.text):
            self.pool.receive_data(PSRPPayload(base64.b64decode(text), StreamType.default, command))
        while self.pool.next_event():
            pass
        return answer

    def invoke(self, script: str, **parameters: object) -> ClientPowerShell:
        shell = ClientPowerShell(self.pool)
        shell.add_script(script)
        shell.add_parameters(**parameters)
        shell.start()
        command = str(shell.pipeline_id).upper()
        line = f'<rsp:CommandLine CommandId="{command}"><rsp:Command/><rsp:Arguments>{self.data()}</rsp:Arguments></rsp:CommandLine>'
        assert self.ask(f"{SHELL}/Command", line).status_code == 200
        return shell


@contextmanager
def asked(lab: WinRM, folder: Path) -> Iterator[httpx.Client]:
    made = certified(folder)
    context = httpx.create_ssl_context(verify=False)
    context.load_verify_locations(made.authority)
    with (
        serving(winrm_application(lab, "PC1"), tls=made.context) as url,
        httpx.Client(base_url=url, verify=context, auth=("ada", "pw")) as http,
    ):
        yield http


@pytest.fixture(name="lab")
def lab_fixture() -> WinRM:
    return WinRM(lambda _: Said(["well"]), {"ada": "pw"})


@pytest.fixture(name="http")
def http_fixture(lab: WinRM, tmp_path: Path) -> Iterator[httpx.Client]:
    with asked(lab, tmp_path) as http:
        yield http


def test_another_client_than_ours_is_served(lab: WinRM, http: httpx.Client) -> None:
    client = Client(http)
    client.open()

    shell = client.invoke("Get-It", Name="x")
    answer = client.receive(shell.pipeline_id)

    assert shell.state == PSInvocationState.Completed
    assert "CommandState/Done" in answer.text
    assert [(one.host, one.script, one.parameters) for one in lab.ran] == [("PC1", "Get-It", {"Name": "x"})]
    assert client.ask(DELETE, "").status_code == 200
    assert lab.open == 0


def test_the_path_names_the_host(lab: WinRM, http: httpx.Client) -> None:
    for name in ("PC7", "PC8"):
        client = Client(http, f"/wsman/{name}")
        client.open()
        client.receive(client.invoke("x").pipeline_id)

    assert [one.host for one in lab.ran] == ["PC7", "PC8"]
    assert lab.open == 2


def test_nobody_is_let_in_unknown(lab: WinRM, http: httpx.Client) -> None:
    for auth in (("ada", "wrong"), ("eve", "pw"), ("", "")):
        refused = http.post("/wsman", content=b"x", auth=auth)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"] == 'Basic realm="WSMAN"'
    assert lab.asked == []


def test_nothing_is_taken_in_the_clear(lab: WinRM) -> None:
    with serving(winrm_application(lab)) as url:
        refused = httpx.post(f"{url}/wsman", content=b"x", auth=("ada", "pw"))

    assert refused.status_code == 401
    assert "Basic" not in refused.headers["www-authenticate"]


@pytest.mark.parametrize("body", [b"no xml", b"<a/>"])
def test_what_is_no_envelope_is_refused(body: bytes, http: httpx.Client) -> None:
    assert http.post("/wsman", content=body).status_code == 400


def test_a_shell_or_a_command_that_is_not_there_is_a_fault(http: httpx.Client) -> None:
    client = Client(http)
    assert 'Code="2150858843"' in client.ask(DELETE, "").text

    client.open()
    answer = client.receive(uuid.uuid4())
    assert (answer.status_code, 'Code="2150858843"' in answer.text) == (500, True)


@pytest.mark.parametrize(
    ("action", "body"), [(f"{SHELL}/Disconnect", ""), (f"{SHELL}/Command", ""), (f"{SHELL}/Receive", "<x/>")]
)
def test_what_is_not_supported_is_a_fault(action: str, body: str, http: httpx.Client) -> None:
    client = Client(http)
    client.open()

    assert 'Code="2150858752"' in client.ask(action, body).text


def test_an_answer_that_is_not_there_in_time_is_a_fault_and_comes_later(lab: WinRM, http: httpx.Client) -> None:
    async def slow(_: Invocation) -> Said:
        await asyncio.sleep(0.2)
        return Said(["late"])

    lab.handler = slow
    client = Client(http)
    client.open()
    shell = client.invoke("x")

    early = client.receive(shell.pipeline_id, 0.05)
    client.receive(shell.pipeline_id)

    assert (early.status_code, 'Code="2150858793"' in early.text) == (500, True)
    assert shell.state == PSInvocationState.Completed


def test_a_command_that_was_stopped_is_forgotten(lab: WinRM, http: httpx.Client) -> None:
    client = Client(http)
    client.open()
    shell = client.invoke("x")
    command = str(shell.pipeline_id).upper()

    assert (
        client.ask(f"{SHELL}/Signal", f'<rsp:Signal CommandId="{command}"><rsp:Code/></rsp:Signal>').status_code == 200
    )
    assert client.receive(shell.pipeline_id).status_code == 500
    assert len(lab.ran) == 1


def test_a_handler_that_fails_is_told_like_a_script_that_does(lab: WinRM, http: httpx.Client) -> None:
    def broken(_: Invocation) -> Said:
        raise KeyError("a fault of the lab")

    lab.handler = broken
    client = Client(http)
    client.open()
    shell = client.invoke("x")
    client.receive(shell.pipeline_id)

    assert shell.state == PSInvocationState.Failed


def test_a_repr_shows_no_secret() -> None:
    assert "pa55" not in repr([WinRM(lambda _: Said(), {"ada": "pa55"}), Invocation("PC1", "x", {}, {"P": "pa55"})])


def test_a_fault_meets_what_it_names_as_often_as_it_says() -> None:
    faults = WinRMFaults()
    faults.add(WinRMFault("reset", "Receive|Send", "PC1", times=2, after=1))

    met = [faults.take("PC1", action) is not None for action in ("Create", "Receive", "Send", "Receive", "Receive")]

    assert met == [False, False, True, True, False]
    assert faults.take("PC2", "Receive") is None


def test_a_question_is_read_with_its_time() -> None:
    asked_ = question(envelope("a/Create", "uuid:1", "<x:A/>"))

    assert (asked_.kind, asked_.shell_id, asked_.seconds) == ("Create", "", 60)


def test_a_message_in_the_clear_is_refused_even_from_who_has_signed_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users = tmp_path / "users"
    users.write_text(":ada:pw\n", encoding="utf-8")
    monkeypatch.setenv("NTLM_USER_FILE", str(users))
    lab = WinRM(lambda _: Said(), negotiate=True)
    context = spnego.client("ada", "pw", protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)
    with serving(winrm_application(lab)) as url, httpx.Client(base_url=url) as http:
        token = context.step()
        while token:
            sent = {"Authorization": f"Negotiate {base64.b64encode(token).decode()}"}
            answer = http.post("/wsman", headers=sent)
            token = context.step(base64.b64decode(answer.headers["www-authenticate"].partition(" ")[2]))
        refused = http.post("/wsman", content=b"in the clear")

    assert (answer.status_code, refused.status_code) == (200, 403)
