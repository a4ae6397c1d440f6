"""The socket under ldap3's requests: TLS as Python verifies it, and answers read in one pass."""

import ssl
from typing import Any

from ldap3 import Connection, Tls
from ldap3.core.exceptions import LDAPSocketReceiveError
from ldap3.strategy.base import RESPONSE_COMPLETE
from ldap3.strategy.sync import SyncStrategy
from ldap3.utils.asn1 import decode_message_fast

from reconcile.client.ldap.entry import Entry, length, read_entry

SEARCH_ENTRY = 0x64
CHUNK = 1 << 18
LARGEST = 64 << 20
"""Bytes of one message: more is no answer, but somebody else's protocol."""
GOES_ON = frozenset({"searchResRef", "intermediateResponse"})


class Verified(Tls):  # type: ignore[misc]
    """The server's certificate must be valid for the name that was asked for; ldap3's own check knows no IP addresses."""

    def __init__(self, context: ssl.SSLContext) -> None:
        super().__init__(validate=ssl.CERT_REQUIRED)
        self.context = context

    def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002 - as ldap3 calls it
        if connection.strategy.has_unread:
            raise OSError("something stood in the clear between the word to encrypt and the encryption")
        connection.socket = self.context.wrap_socket(
            connection.socket, server_hostname=connection.server.host, do_handshake_on_connect=do_handshake
        )


class Reading(SyncStrategy):  # type: ignore[misc]
    """ldap3's synchronous strategy, but for how entries are read off the socket."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._unread = b""
        self._at = 0

    def _open_socket(self, *address: object, **how: object) -> None:
        """ldap3 leaves a socket open that reaches nobody."""
        try:
            super()._open_socket(*address, **how)
        except BaseException:
            self._close_socket()
            raise

    @property
    def has_unread(self) -> bool:
        return self._at < len(self._unread)

    def _get_response(self, message_id: int, _timeout: object) -> list[Any]:
        """What belongs to one question: its entries, then its result. Raises LDAPSocketReceiveError."""
        answers: list[Any] = []
        while True:
            start, end = self._message()
            told, operation = _message_id(self._unread, start)
            if told == message_id and self._unread[operation] == SEARCH_ENTRY:
                answers.append(_entry(self._unread, operation))
            else:
                answers.append(self._other(self._unread[self._at : end], message_id))
            self._at = end
            if not isinstance(answers[-1], Entry) and answers[-1]["type"] not in GOES_ON:
                return [*answers, RESPONSE_COMPLETE]

    def _message(self) -> tuple[int, int]:
        """Where the content of the next message begins and ends, read from the socket as far as it takes."""
        while True:
            try:
                size, start = length(self._unread, self._at + 1)
            except IndexError:
                self._receive()
                continue
            if size > LARGEST:
                raise LDAPSocketReceiveError(f"a message of {size} bytes")
            if start + size <= len(self._unread):
                return start, start + size
            self._receive()

    def _receive(self) -> None:
        try:
            data = self.connection.socket.recv(CHUNK)
        except (OSError, AttributeError) as error:
            raise LDAPSocketReceiveError(str(error)) from error
        if not data:
            raise LDAPSocketReceiveError("the server ended the connection")
        self._unread, self._at = self._unread[self._at :] + data, 0

    def _other(self, message: bytes, message_id: int) -> dict[str, Any]:
        """Everything but entries is rare, and ldap3's to read."""
        try:
            read = decode_message_fast(message)
            answer: dict[str, Any] = self.decode_response_fast(read)
            controls = read["controls"] or ()
            answer["controls"] = dict(self.decode_control_fast(control[3]) for control in controls)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise LDAPSocketReceiveError(f"an answer that cannot be read: {error!r}") from error
        if int(read["messageID"]) != message_id:
            raise LDAPSocketReceiveError(f"the server ended the connection: {answer.get('description')}")
        return answer


def reading(connection: Connection) -> Connection:
    """The connection with our way of reading; ldap3 takes a strategy by its name only."""
    strategy = Reading(connection)
    connection.strategy = strategy
    for name in ("send", "open", "get_response", "post_send_single_response", "post_send_search"):
        setattr(connection, name, getattr(strategy, name))
    return connection


def _message_id(data: bytes, start: int) -> tuple[int, int]:
    """The id of the message whose content starts here, and where its operation stands."""
    size, at = length(data, start + 1)
    return int.from_bytes(data[at : at + size], "big"), at + size


def _entry(data: bytes, at: int) -> Entry:
    try:
        return read_entry(data, at)
    except IndexError as error:
        raise LDAPSocketReceiveError(f"an entry that cannot be read: {error}") from error
