"""The machines on the wire: over WinRM all share a port, and the path says whom it is for."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web

from reconcile.lab.device.devices import Devices
from reconcile.lab.serve import serving
from reconcile.lab.winrm.endpoint import LINGER, winrm_application
from reconcile.lab.winrm.lab import WinRM

NOWHERE = "{name}.invalid"
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Address:
    """Where a host is, and the path that it answers at."""

    host: str
    port: int
    path: str


@dataclass(frozen=True)
class Served:
    devices: Devices
    winrm: WinRM
    port: int
    dead_port: int
    untrusted_port: int

    def address(self, host: str) -> Address:
        """For a host in trouble, one that has that trouble."""
        trouble = self.devices.trouble.get(host)
        kind = trouble.kind if trouble else None
        port = {"dead": self.dead_port, "wrong-identity": self.untrusted_port}.get(kind or "", self.port)
        name = NOWHERE.format(name=host.lower()) if kind == "unresolved" else "localhost"
        return Address(name, port, f"wsman/{host}")


@contextmanager
def serving_devices(devices: Devices, tls: ssl.SSLContext, untrusted: ssl.SSLContext | None = None) -> Iterator[Served]:
    """Over https, each in a thread of its own. `untrusted`: what a host of wrong identity shows; without it nobody is there."""
    lab = WinRM(devices.answer, sign_in=devices.sign_in, boot=devices.boot)
    with ExitStack() as stack:
        dead = stack.enter_context(closed_port())
        port = _port(stack.enter_context(serving(_application(devices, lab), tls=tls)))
        other = _port(stack.enter_context(serving(_application(devices, lab), tls=untrusted))) if untrusted else dead
        yield Served(devices, lab, port, dead, other)


def _port(url: str) -> int:
    return urlsplit(url).port or 0


@contextmanager
def closed_port() -> Iterator[int]:
    """A port of ours that nobody listens at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def _application(devices: Devices, lab: WinRM) -> web.Application:
    app = winrm_application(lab)
    gate = _Gate(devices)
    app.middlewares.append(web.middleware(gate))
    app.on_shutdown.append(gate.close)
    return app


class _Gate:
    """What happens to a connection before WinRM hears of it."""

    def __init__(self, devices: Devices) -> None:
        self._devices = devices
        self._closing = asyncio.Event()

    async def close(self, _: web.Application) -> None:
        self._closing.set()

    async def __call__(self, request: web.Request, handler: Next) -> web.StreamResponse:
        """A machine that restarts resets the connection, also of what it was asked before."""
        host = request.match_info.get("host", "")
        if host not in self._devices:
            raise web.HTTPNotFound
        trouble = self._devices.trouble.get(host)
        if trouble is not None and trouble.kind == "silent":
            await self._closing.wait()
        elif self._devices.up(host):
            answer = await handler(request)
            if self._devices.up(host):
                return answer
        return _reset(request)


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        request.transport.abort()
    return web.Response()
