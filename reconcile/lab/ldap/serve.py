"""The lab's domain controller on a port: in a thread of its own for tests, or until cancelled for the command line."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from reconcile.lab.ldap.connection import Connection
from reconcile.lab.ldap.lab import DirectoryLab

BACKLOG = 128
TURNS = 10
"""Of the event loop: more than a connection needs from being taken to being known."""

Started = Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]


@dataclass
class Port:
    """Where it listens. `tls`: from the first byte, or on request where it is plain; None: there is none."""

    lab: DirectoryLab
    listener: socket.socket
    tls: ssl.SSLContext | None
    plain: bool
    open: set[Connection] = field(default_factory=set)

    @property
    def url(self) -> str:
        host, port = self.listener.getsockname()[:2]
        return f"ldap://{host}:{port}" if self.plain else f"ldaps://localhost:{port}"

    def connection(self) -> Connection:
        return Connection(self.lab, self.tls, self.open, secure=not self.plain)


@contextmanager
def serving_ldap(
    lab: DirectoryLab, port: int = 0, tls: ssl.SSLContext | None = None, *, start_tls: bool = False
) -> Iterator[str]:
    """Gives the URL: ldaps with `tls`, which is that of localhost, or ldap, where TLS comes on request if at all.

    Port 0 takes any that is free. Raises OSError for a taken one.
    """
    here = Port(lab, _listener("127.0.0.1", port), tls, plain=tls is None or start_tls)
    started: Started = Future()
    thread = threading.Thread(target=asyncio.run, args=(_until_stopped(here, started),), name="lab-ldap", daemon=True)
    thread.start()
    loop, stop = started.result()
    try:
        yield here.url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def serve_ldap(
    lab: DirectoryLab, host: str, port: int, tls: ssl.SSLContext, ready: Callable[[str], None]
) -> None:
    """LDAPS until it is cancelled; `ready` is told the URL."""
    here = Port(lab, _listener(host, port), tls, plain=False)
    async with _open(here):
        ready(here.url)
        await asyncio.Event().wait()


def _listener(host: str, port: int) -> socket.socket:
    return socket.create_server((host, port), backlog=BACKLOG)


async def _until_stopped(port: Port, started: Started) -> None:
    stop = asyncio.Event()
    async with _open(port):
        started.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()


@asynccontextmanager
async def _open(port: Port) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    context = None if port.plain else port.tls
    server = await loop.create_server(port.connection, sock=port.listener, ssl=context, backlog=BACKLOG)
    try:
        yield
    finally:
        loop.remove_reader(port.listener)
        await _turns()
        server.close()
        for connection in list(port.open):
            connection.abort()
        await _turns()


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
