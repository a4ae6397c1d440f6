"""WinRM's endpoint as a web application: /wsman for the one host of a port, /wsman/NAME for many on one port."""

import asyncio
import base64
import socket
import struct
import uuid
import xml.etree.ElementTree as ET
from dataclasses import replace

from aiohttp import web

from reconcile.lab.winrm.auth import CONTENT_TYPE, Door, Guest, sealed, unsealed
from reconcile.lab.winrm.fault import WinRMFault
from reconcile.lab.winrm.lab import WinRM
from reconcile.lab.winrm.shell import Shell
from reconcile.lab.winrm.soap import (
    ADDRESSING,
    NAMES,
    NO_SHELL,
    SHELL,
    UNSUPPORTED,
    Question,
    SoapFault,
    envelope,
    question,
)

LINGER = struct.pack("ii", 1, 0)
MAX_BODY = 16 * 1024 * 1024
SOAP_TYPE = "application/soap+xml;charset=UTF-8"


def winrm_application(lab: WinRM, host: str = "") -> web.Application:
    """`host`: who answers at /wsman."""
    app = web.Application(client_max_size=MAX_BODY)
    endpoint = _Endpoint(lab, host)
    app.router.add_post("/wsman", endpoint.post)
    app.router.add_post("/wsman/{host}", endpoint.post)
    app.on_shutdown.append(endpoint.close)
    return app


class _Endpoint:
    def __init__(self, lab: WinRM, host: str) -> None:
        self._lab = lab
        self._host = host
        self._door = Door(lab)
        self._shells: dict[str, Shell] = {}
        self._closing = asyncio.Event()

    async def post(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        host = request.match_info.get("host", self._host)
        guest = self._door.admit(request, host)
        if guest is None:
            return web.Response()
        if not raw:
            return _answer(200, b"", Guest(None, guest.greeting))
        sealing = request.content_type == "multipart/encrypted"
        if sealing and guest.context:
            raw = unsealed(guest.context, raw)
        elif not request.secure:
            raise web.HTTPForbidden(text="unencrypted messages are not allowed")
        guest = guest if sealing else replace(guest, context=None)
        try:
            return await self._answered(request, guest, host, question(raw))
        except (ET.ParseError, ValueError) as error:
            raise web.HTTPBadRequest(text=str(error)) from error

    async def close(self, _: web.Application) -> None:
        self._closing.set()
        for shell in self._shells.values():
            shell.close()

    async def _answered(self, request: web.Request, guest: Guest, host: str, asked: Question) -> web.StreamResponse:
        self._lab.asked.append(asked.kind)
        fault = self._lab.faults.take(host, asked.kind)
        if fault and (instead := await _instead(request, fault, self._closing)):
            return instead
        try:
            action, body, status = f"{asked.action}Response", await self._done(host, guest.user, asked), 200
        except SoapFault as error:
            action, body, status = f"{ADDRESSING}/fault", error.body, 500
        if fault and fault.kind == "lost":
            return _cut(request)
        whole = envelope(action, asked.message_id, body)
        return _answer(status, whole, Guest() if fault and fault.kind == "in-the-clear" else guest)

    async def _done(self, host: str, user: str, asked: Question) -> str:
        """The body of the answer. Raises SoapFault."""
        if asked.kind == "Create":
            return self._create(host, user, asked)
        shell = self._shells.get(asked.shell_id)
        if shell is None or shell.boot != self._lab.boot(host):
            raise SoapFault(
                NO_SHELL, "The request for the Windows Remote Shell with this ShellId failed: it was not found."
            )
        if asked.kind == "Command":
            return _command(shell, asked)
        if asked.kind == "Send":
            return _send(shell, asked)
        if asked.kind == "Receive":
            return await _receive(shell, asked)
        if asked.kind == "Signal":
            shell.stop(uuid.UUID(_of(asked, "rsp:Signal").get("CommandId")))
            return "<rsp:SignalResponse/>"
        if asked.kind == "Delete":
            self._shells.pop(asked.shell_id).close()
            self._lab.open -= 1
            return ""
        raise SoapFault(UNSUPPORTED, f"The WS-Management service does not support the action {asked.action}.")

    def _create(self, host: str, user: str, asked: Question) -> str:
        wanted = _of(asked, "rsp:Shell")
        shell_id = (wanted.get("ShellId") or str(uuid.uuid4())).upper()
        shell = self._shells[shell_id] = Shell(self._lab, host, user)
        shell.feed(wanted.findtext("ps:creationXml", "", NAMES))
        self._lab.open += 1
        return (
            "<x:ResourceCreated><a:Address>http://lab/wsman</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{asked.resource}</w:ResourceURI><w:SelectorSet><w:Selector Name='ShellId'>{shell_id}</w:Selector>"
            "</w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>"
            f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId><rsp:ResourceUri>{asked.resource}</rsp:ResourceUri></rsp:Shell>"
        )


def _command(shell: Shell, asked: Question) -> str:
    line = _of(asked, "rsp:CommandLine")
    pipeline = uuid.UUID(line.get("CommandId") or str(uuid.uuid4()))
    shell.open_pipeline(pipeline)
    shell.feed("".join(one.text or "" for one in line.iterfind("rsp:Arguments", NAMES)), pipeline)
    return f"<rsp:CommandResponse><rsp:CommandId>{str(pipeline).upper()}</rsp:CommandId></rsp:CommandResponse>"


def _send(shell: Shell, asked: Question) -> str:
    for stream in asked.body.iterfind("rsp:Send/rsp:Stream", NAMES):
        shell.feed(stream.text, _pipeline(stream))
    return "<rsp:SendResponse/>"


async def _receive(shell: Shell, asked: Question) -> str:
    pipeline = _pipeline(_of(asked, "rsp:Receive/rsp:DesiredStream"))
    queue = shell.queue(pipeline)
    piece = await queue.take(asked.seconds)
    command = f' CommandId="{str(pipeline).upper()}"' if pipeline else ""
    stream = f'<rsp:Stream Name="stdout"{command}>{base64.b64encode(piece).decode()}</rsp:Stream>' if piece else ""
    state = ""
    if pipeline:
        now = "Done" if queue.done and not queue.waiting else "Running"
        state = f'<rsp:CommandState{command} State="{SHELL}/CommandState/{now}"/>'
    return f"<rsp:ReceiveResponse>{stream}{state}</rsp:ReceiveResponse>"


def _of(asked: Question, path: str) -> ET.Element:
    """Raises SoapFault where the body has no such element."""
    found = asked.body.find(path, NAMES)
    if found is None:
        raise SoapFault(UNSUPPORTED, f"The SOAP body has no {path}.")
    return found


def _pipeline(element: ET.Element) -> uuid.UUID | None:
    text = element.get("CommandId")
    return uuid.UUID(text) if text else None


async def _instead(request: web.Request, fault: WinRMFault, closing: asyncio.Event) -> web.StreamResponse | None:
    """What is answered without anything being done; nothing where it is done all the same."""
    if fault.kind == "reset":
        if request.transport is not None:
            request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        return _cut(request)
    if fault.kind == "busy":
        return web.Response(status=503, text="Service Unavailable")
    if fault.kind == "garbage":
        return web.Response(text="<html><body>It works!<br></body></html>", content_type="text/html")
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "silent":
        await closing.wait()
        return _cut(request)
    return None


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _answer(status: int, body: bytes, guest: Guest) -> web.Response:
    headers = {"WWW-Authenticate": guest.greeting} if guest.greeting else {}
    kind = CONTENT_TYPE if guest.context and body else SOAP_TYPE
    whole = sealed(guest.context, body) if guest.context and body else body
    return web.Response(status=status, body=whole, headers=headers | {"Content-Type": kind})
