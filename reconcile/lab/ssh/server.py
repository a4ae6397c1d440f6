"""Many hosts in one process, each a port with a key of its own, in a thread beside whoever asks them."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import asyncssh

from reconcile.lab.ssh.lab import SSH
from reconcile.lab.ssh.session import Process, session

VERSION = "OpenSSH_for_Windows_9.5"
KIND = "ssh-ed25519"
LOOPBACK = "127.0.0.1"
BACKLOG = 1024
TURNS = 10
"""Of the event loop: more than a connection needs from being taken to being known."""


@dataclass
class Devices:
    """Hosts that listen now."""

    ports: dict[str, int] = field(default_factory=dict)
    public_keys: dict[str, str] = field(default_factory=dict)
    listeners: dict[str, asyncssh.SSHAcceptor] = field(default_factory=dict)
    connections: dict[str, set[asyncssh.SSHServerConnection]] = field(default_factory=dict)
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)

    @property
    def known_hosts(self) -> str:
        """As the file of that name would have them."""
        return "".join(f"[{name}]:{port} {self.public_keys[name]}\n" for name, port in self.ports.items())

    def rekey(self, name: str) -> None:
        """Who asks there now finds another key. To be called from another thread than the hosts'."""
        key = asyncssh.generate_private_key(KIND)
        self.public_keys[name] = _public(key)
        done: Future[None] = Future()
        self.loop.call_soon_threadsafe(self._change, name, key, done)
        done.result()

    def cut(self, name: str) -> None:
        """All connections with that host are broken; from another thread, too."""
        self.loop.call_soon_threadsafe(self._cut, name)

    def _cut(self, name: str) -> None:
        for connection in self.connections.get(name, set()).copy():
            connection.abort()

    def _change(self, name: str, key: asyncssh.SSHKey, done: Future[None]) -> None:
        self.listeners[name].update(server_host_keys=[key])
        done.set_result(None)


@contextmanager
def serving_ssh(lab: SSH, names: Iterable[str]) -> Iterator[Devices]:
    """In a thread of its own."""
    started: Future[tuple[Devices, asyncio.Event]] = Future()
    thread = threading.Thread(target=_run, args=(lab, list(names), started), name="lab-ssh", daemon=True)
    thread.start()
    devices, stop = started.result()
    try:
        yield devices
    finally:
        devices.loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(lab: SSH, names: list[str], started: "Future[tuple[Devices, asyncio.Event]]") -> None:
    async def until_stopped() -> None:
        stop = asyncio.Event()
        async with listening(lab, names) as devices:
            started.set_result((devices, stop))
            await stop.wait()

    try:
        asyncio.run(until_stopped())
    except Exception as error:
        if started.done():
            raise
        started.set_exception(error)


@asynccontextmanager
async def listening(lab: SSH, names: Iterable[str]) -> AsyncIterator[Devices]:
    """In the loop that runs; all their connections are cut in the end. Raises OSError where there is no port."""
    devices = Devices()
    try:
        for name in names:
            await _listen(lab, name, devices)
        yield devices
    finally:
        for listener in devices.listeners.values():
            listener.close()
        await _turns()
        for name in devices.listeners:
            devices._cut(name)  # noqa: SLF001 - it is our own, and this is the hosts' thread
        await _turns()


async def _listen(lab: SSH, name: str, devices: Devices) -> None:
    key = asyncssh.generate_private_key(KIND)
    connections = devices.connections[name] = set()
    listener = await asyncssh.listen(
        LOOPBACK,
        0,
        server_factory=lambda: _Server(lab, name, connections),
        process_factory=_process(lab, name),
        server_host_keys=[key],
        server_version=VERSION,
        encoding=None,
        allow_pty=False,
        agent_forwarding=False,
        x11_forwarding=False,
        backlog=BACKLOG,
    )
    devices.listeners[name] = listener
    devices.ports[name] = listener.get_port()
    devices.public_keys[name] = _public(key)


def _process(lab: SSH, name: str) -> Callable[[Process], Awaitable[None]]:
    async def process(one: Process) -> None:
        await session(lab, name, one)

    return process


class _Server(asyncssh.SSHServer):
    """One connection."""

    def __init__(self, lab: SSH, host: str, connections: set[asyncssh.SSHServerConnection]) -> None:
        self._lab = lab
        self._host = host
        self._all = connections
        self._fault = lab.faults.take(host, "login")
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._all.add(conn)
        self._lab.open += 1
        if self._lab.boot(self._host) is None:
            conn.abort()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncssh's
        if self._connection is not None:
            self._all.discard(self._connection)
        self._lab.open -= 1

    async def begin_auth(self, username: str) -> bool:  # noqa: ARG002
        if self._fault and self._fault.kind == "stuck":
            await asyncio.Event().wait()
        return True

    def auth_completed(self) -> None:
        self._lab.logins += 1

    def public_key_auth_supported(self) -> bool:
        return bool(self._lab.keys)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        return self._fault is None and self._lab.keys.get(username) == key

    def password_auth_supported(self) -> bool:
        return not self._lab.keyboard

    def validate_password(self, username: str, password: str) -> bool:
        self._lab.tried.append(username)
        return self._fault is None and self._may_sign_in(username, password)

    def _may_sign_in(self, username: str, password: str) -> bool:
        if self._lab.sign_in is not None:
            return self._lab.sign_in(self._host, username, password)
        return self._lab.accounts.get(username) == password

    def kbdint_auth_supported(self) -> bool:
        return self._lab.keyboard

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:  # noqa: ANN401, ARG002
        return "", "", "", [("Password: ", False)]

    def validate_kbdint_response(self, username: str, responses: Any) -> bool:  # noqa: ANN401
        return self.validate_password(username, responses[0])

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:  # noqa: ARG002
        if not self._lab.forwards:
            raise asyncssh.ChannelOpenError(asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED, "open failed")
        return True


def _public(key: asyncssh.SSHKey) -> str:
    return key.export_public_key().decode().strip()


async def _turns() -> None:
    for _ in range(TURNS):
        await asyncio.sleep(0)
