"""The lab on a port: in a thread of its own for tests, or until cancelled for the command line."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager

from aiohttp import web

BACKLOG = 512
TURNS = 10
"""Of the event loop: more than a connection needs from being taken to being known."""

Started = Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]]


@contextmanager
def serving(
    app: web.Application, port: int = 0, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[str]:
    """Gives the base URL, with TLS that of localhost; port 0 takes any that is free. Raises OSError for a taken one."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    started: Started = Future()
    url = _url(listener, tls)
    thread = threading.Thread(target=_run, args=(app, listener, tls, started), name="lab", daemon=True)
    thread.start()
    loop, stop = started.result()
    try:
        yield url
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


async def serve(app: web.Application, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Until it is cancelled; `ready` is told the base URL."""
    listener = socket.create_server((host, port), backlog=BACKLOG)
    url = _url(listener, None)
    async with _open(app, listener, None):
        ready(url)
        await asyncio.Event().wait()


def _url(listener: socket.socket, tls: ssl.SSLContext | None) -> str:
    host, port = listener.getsockname()[:2]
    return f"https://localhost:{port}" if tls else f"http://{host}:{port}"


def _run(app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None, started: Started) -> None:
    asyncio.run(_until_stopped(app, listener, tls, started))


async def _until_stopped(
    app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None, started: Started
) -> None:
    stop = asyncio.Event()
    async with _open(app, listener, tls):
        started.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()


@asynccontextmanager
async def _open(app: web.Application, listener: socket.socket, tls: ssl.SSLContext | None) -> AsyncIterator[None]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.SockSite(runner, listener, ssl_context=tls, backlog=BACKLOG).start()
    try:
        yield
    finally:
        await _close(runner, listener)


async def _close(runner: web.AppRunner, listener: socket.socket) -> None:
    """Takes no more first: asyncio leaks a connection that it took in the turn before its server closed.

    What is still open then is cut: a closing TLS connection would wait for the other side's goodbye.
    """
    asyncio.get_running_loop().remove_reader(listener)
    await _turns()
    for connection in runner.server.connections if runner.server else []:
        if connection.transport is not None:
            connection.transport.abort()
    await _turns()
    await runner.cleanup()


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
