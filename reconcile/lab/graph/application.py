"""The lab's Graph as a web application, and what its connections suffer."""

import socket
import struct

from aiohttp import web

from reconcile.lab.graph import authority, control
from reconcile.lab.graph.answers import note, respond
from reconcile.lab.graph.fault import CONNECTION
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.wire import Answer, Ask

LINGER = struct.pack("ii", 1, 0)
"""Closing with this says RST, not FIN."""
MAX_BODY = 4 * 1024 * 1024


def application(lab: Lab) -> web.Application:
    app = web.Application(client_max_size=MAX_BODY)
    graph = _Graph(lab)
    app.router.add_route("*", r"/{version:v1\.0|beta}/{tail:.*}", graph.handle)
    control.routes(app, lab)
    authority.routes(app, lab)
    return app


class _Graph:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    async def handle(self, request: web.Request) -> web.StreamResponse:
        ask = await _ask(request)
        armed = self.lab.faults.take(CONNECTION, ask)
        kind = armed.fault.kind if armed else None
        if kind == "reset":
            note(self.lab, ask, Answer(0), changed=False)
            return _reset(request)
        answer = respond(self.lab, ask)
        if kind == "lost":
            return _close(request)
        if kind == "truncate":
            return await _truncated(request, answer)
        body = answer.body[: len(answer.body) // 2] if kind == "cut" else answer.body
        return web.Response(status=answer.status, body=body, headers=answer.headers)


async def _ask(request: web.Request) -> Ask:
    version = request.match_info["version"]
    return Ask(
        method=request.method,
        version=version,
        path=request.path.removeprefix(f"/{version}"),
        query=dict(request.query),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=await request.read(),
        origin=str(request.url.origin()),
    )


def _reset(request: web.Request) -> web.Response:
    transport = request.transport
    if transport is not None:
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        transport.abort()
    return web.Response()


def _close(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _truncated(request: web.Request, answer: Answer) -> web.StreamResponse:
    response = web.StreamResponse(status=answer.status, headers=answer.headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    await response.write(answer.body[: len(answer.body) // 2])
    if request.transport is not None:
        request.transport.close()
    return response
