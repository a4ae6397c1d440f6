"""A command on a host, and all that became of it."""

import asyncio
import contextlib
from dataclasses import dataclass

import asyncssh

from reconcile.client.remote.output import Outcome, line
from reconcile.client.ssh.connect import Connection
from reconcile.client.ssh.host import Account, Host
from reconcile.client.ssh.key import require_way_in
from reconcile.client.ssh.trouble import TROUBLE, NotConnected, told
from reconcile.client.ssh.way import connected


@dataclass(frozen=True)
class Ended:
    """`status` is None where the command did not end by itself. `begun`: it was sent, so that it may have run."""

    outcome: Outcome
    why: str = ""
    status: int | None = None
    out: bytes = b""
    err: bytes = b""
    begun: bool = False

    @property
    def ok(self) -> bool:
        """It ran, and ended with status 0."""
        return self.outcome == "done"


async def command(host: Host, account: Account, text: str, stdin: bytes = b"") -> Ended:
    """Until there is an outcome. The host's own shell reads `text`, and whoever looks there: no secret belongs into it.

    Raises ValueError where the account, or a file of keys, cannot be used; nothing is sent then.
    """
    require_way_in(account)
    try:
        async with connected(host, account) as connection:
            return await _Run(connection, host).ended(text, stdin)
    except NotConnected as error:
        return Ended(error.outcome, line(account.secrets, error.why))


class _Listener(asyncssh.SSHClientSession[bytes]):
    """What a command says, up to a limit."""

    def __init__(self, limit: int) -> None:
        self.out, self.err = bytearray(), bytearray()
        self.status: int | None = None
        self.signal = ""
        self.opened = False
        self.closed: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
        self.left = limit

    def connection_made(self, chan: asyncssh.SSHClientChannel[bytes]) -> None:  # noqa: ARG002 - asyncssh's
        self.opened = True

    def data_received(self, data: bytes, datatype: int | None) -> None:
        self.left -= len(data)
        if self.left >= 0:
            (self.err if datatype else self.out).extend(data)
        else:
            self._close(None)

    def eof_received(self) -> bool:
        """It may still read when it has no more to say."""
        return True

    def exit_status_received(self, status: int) -> None:
        self.status = status

    def exit_signal_received(self, signal: str, core_dumped: bool, msg: str, lang: str) -> None:  # noqa: FBT001, ARG002
        self.signal = signal

    def connection_lost(self, exc: Exception | None) -> None:
        self._close(exc)

    def _close(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(error)


class _Run:
    def __init__(self, connection: Connection, host: Host) -> None:
        self._connection = connection
        self._host = host
        self._heard = _Listener(host.max_output)
        self._channel: asyncssh.SSHClientChannel[bytes] | None = None

    async def ended(self, text: str, stdin: bytes) -> Ended:
        try:
            async with asyncio.timeout(self._host.run_timeout):
                return await self._run(text, stdin)
        except TimeoutError:
            self._kill()
            return self._so_far("timed-out", f"no end after {self._host.run_timeout:g} s")
        except asyncssh.ChannelOpenError as error:
            if self._connection.is_closed():
                return self._so_far("lost", str(error))
            return Ended("failed", str(error))
        except TROUBLE as error:
            return self._so_far(*told(error))

    async def _run(self, text: str, stdin: bytes) -> Ended:
        self._channel, _ = await self._connection.create_session(lambda: self._heard, text, encoding=None)
        with contextlib.suppress(OSError):  # it has ended already, and reads nothing
            self._channel.write(stdin)
            self._channel.write_eof()
        error = await self._heard.closed
        if self._heard.left < 0:
            self._kill()
            return self._so_far("failed", f"more output than {self._host.max_output:,} bytes")
        if self._heard.status is not None:
            return self._of_status(self._heard.status)
        if self._heard.signal:
            return self._so_far("failed", f"ended by signal {self._heard.signal}")
        return self._so_far(*(told(error) if error else ("lost", "the channel was closed without a status")))

    def _of_status(self, status: int) -> Ended:
        if status == 0:
            return self._so_far("done", "")
        said = line((), bytes(self._heard.err).decode(errors="replace"))
        return self._so_far("failed", f"status {status}: {said}" if said else f"status {status}")

    def _so_far(self, outcome: Outcome, why: str) -> Ended:
        heard = self._heard
        return Ended(outcome, why, heard.status, bytes(heard.out), bytes(heard.err), heard.opened)

    def _kill(self) -> None:
        """As far as the host listens to it; its side of the channel closes in any case."""
        if self._channel is not None:
            with contextlib.suppress(OSError):
                self._channel.kill()
