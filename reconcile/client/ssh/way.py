"""The way to a host past others: one connection with each, shared by all who pass there at the time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

from reconcile.client.ssh.connect import Connection, connect
from reconcile.client.ssh.host import Account, Host, Jump
from reconcile.client.ssh.trouble import NotConnected


@asynccontextmanager
async def connected(host: Host, account: Account) -> AsyncIterator[Connection]:
    """Closed again in any case. Raises as `connect` does."""
    async with _passed(host.jump) as through:
        connection = await connect(host, account, through)
        try:
            yield connection
        finally:
            await _close(connection)


class _Way:
    def __init__(self, jump: Jump) -> None:
        self.users = 0
        self._left = asyncio.Event()
        self._open: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self._open.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._keeper = asyncio.create_task(self._keep(jump))

    @property
    def useless(self) -> bool:
        """It could not be opened, or is closed by now."""
        failed = self._open.done() and (self._open.cancelled() or self._open.exception() is not None)
        return failed or (self._open.done() and self._open.result().is_closed())

    async def opened(self) -> Connection:
        return await asyncio.shield(self._open)

    async def leave(self) -> None:
        self._left.set()
        if not self._open.done():
            self._keeper.cancel()
        await asyncio.wait([self._keeper])

    async def _keep(self, jump: Jump) -> None:
        try:
            async with connected(jump.host, jump.account) as connection:
                self._open.set_result(connection)
                await self._left.wait()
        except NotConnected as error:
            self._fail(NotConnected(error.outcome, f"jump host {jump.host.name}: {error.why}"))
        except asyncio.CancelledError:
            self._open.cancel()
            raise
        except BaseException as error:  # noqa: BLE001 - whatever it is, those who wait here are to hear of it
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        if not self._open.done():
            self._open.set_exception(error)


_WAYS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Jump, _Way]] = WeakKeyDictionary()


@asynccontextmanager
async def _passed(jump: Jump | None) -> AsyncIterator[Connection | None]:
    if jump is None:
        yield None
        return
    ways = _WAYS.setdefault(asyncio.get_running_loop(), {})
    if jump not in ways or ways[jump].useless:
        ways[jump] = _Way(jump)
    way = ways[jump]
    way.users += 1
    try:
        yield await way.opened()
    finally:
        way.users -= 1
        if not way.users:
            if ways.get(jump) is way:
                del ways[jump]
            await way.leave()


async def _close(connection: Connection) -> None:
    connection.close()
    await connection.wait_closed()
