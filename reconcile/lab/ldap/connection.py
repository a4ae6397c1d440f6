"""One connection: bytes into messages, answers into bytes, and TLS in between where it is asked for."""

import asyncio
import ssl
from typing import cast

from reconcile.lab.ldap.answer import Answer, answer, note_unanswered
from reconcile.lab.ldap.ber import whole
from reconcile.lab.ldap.lab import DirectoryLab
from reconcile.lab.ldap.message import ABANDON, UNBIND, disconnection, read_message
from reconcile.lab.ldap.session import Session

LARGEST = 10_485_760
"""lDAPAdminLimits: MaxReceiveBuffer."""
MALFORMED = "The server has received a malformed message"


class Connection(asyncio.Protocol):
    """`tls`: what StartTLS begins with; None where it is not offered. `everyone`: the connections that are open."""

    def __init__(
        self, lab: DirectoryLab, tls: ssl.SSLContext | None, everyone: "set[Connection]", *, secure: bool
    ) -> None:
        self._session = Session(lab, secure)
        self._tls = tls
        self._everyone = everyone
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._everyone.add(self)

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 - asyncio's form
        if self._handshake is None:
            self._everyone.discard(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        try:
            while self._handshake is None and (size := whole(self._buffer)):
                message = bytes(self._buffer[:size])
                del self._buffer[:size]
                self._take(message)
        except ValueError:
            self._hang_up()
        if len(self._buffer) > LARGEST:
            self._hang_up()

    def abort(self) -> None:
        if self._handshake is not None:
            self._handshake.cancel()
        if self._transport is not None:
            self._transport.abort()

    def _take(self, data: bytes) -> None:
        """Raises ValueError for what is no request."""
        message = read_message(data)
        if message.request.tag in {UNBIND, ABANDON}:
            note_unanswered(self._session, message)
            if message.request.tag == UNBIND:
                self._send(Answer(hangs_up=True))
            return
        self._send(answer(self._session, message, tls_offered=self._tls is not None))

    def _hang_up(self) -> None:
        self._send(Answer(disconnection(MALFORMED), hangs_up=True))

    def _send(self, said: Answer) -> None:
        assert self._transport is not None
        if said.data:
            self._transport.write(said.data)
        if said.hangs_up:
            self._buffer.clear()
            self._transport.close()
        if said.tls:
            self._handshake = asyncio.get_running_loop().create_task(self._secured())

    async def _secured(self) -> None:
        """What came before TLS is forgotten, and so is who had signed in."""
        assert self._transport is not None
        assert self._tls is not None
        loop = asyncio.get_running_loop()
        self._buffer.clear()
        try:
            self._transport = await loop.start_tls(self._transport, self, self._tls, server_side=True)
        except (OSError, ssl.SSLError):
            self._everyone.discard(self)
            return
        self._session = Session(self._session.lab, secure=True)
        self._handshake = None
