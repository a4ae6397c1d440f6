"""What a server may send, well meant or not: an answer, or the end of the connection; never something in between."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from reconcile.client.ldap.bind import Account
from reconcile.client.ldap.session import connect
from reconcile.errors import SourceError
from tests.certificates import Authority

ACCOUNT = Account("simple", "x@example.test", "a secret of mine")
OK = b"\x0a\x01\x00\x04\x00\x04\x00"
"""Result 0, and no more to say."""
BUSY = b"\x0a\x01\x33\x04\x00\x04\x00"
START_TLS, ENTRY, DONE = 0x78, 0x64, 0x65
Answer = Callable[[bytes], bytes]
"""What is said to a question with that number."""


def packed(tag: int, content: bytes) -> bytes:
    size = len(content)
    return bytes([tag, size]) + content if size < 0x80 else bytes([tag, 0x82]) + size.to_bytes(2, "big") + content


def message(tag: int, content: bytes, number: bytes | None = None) -> Answer:
    """With the number of the question, unless another one is given."""
    return lambda asked: packed(0x30, packed(2, asked if number is None else number) + packed(tag, content))


def bare(data: bytes) -> Answer:
    return lambda _: data


def number_of(question: bytes) -> bytes:
    at = 2 if question[1] < 0x80 else 2 + (question[1] & 0x7F)
    return question[at + 2 : at + 2 + question[at + 1]]


def root(**values: str) -> bytes:
    """The root entry, as the first answer of all."""
    attributes = b"".join(
        packed(0x30, packed(4, name.encode()) + packed(0x31, packed(4, value.encode())))
        for name, value in values.items()
    )
    return packed(4, b"") + packed(0x30, attributes)


@contextmanager
def server(folder: Path, answer: Answer, *, clear: Answer | None = None) -> Iterator[tuple[str, list[bytes]]]:
    """One that says `clear` first where that is given, then takes TLS, and says `answer`; and what it was sent in the clear."""
    context = Authority().issue("localhost").context(folder)
    heard: list[bytes] = []

    def serve(listener: socket.socket) -> None:
        with suppress(OSError), listener.accept()[0] as connection:
            connection.settimeout(5)
            if clear is not None:
                heard.append(connection.recv(1000))
                connection.sendall(clear(number_of(heard[0])))
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.sendall(answer(number_of(secure.recv(1000))))

    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        scheme = "ldaps" if clear is None else "ldap"
        yield f"{scheme}://localhost:{listener.getsockname()[1]}", heard
        thread.join()


def refused(folder: Path, answer: Answer, *, clear: Answer | None = None) -> str:
    """What the operator is told; the password is in none of it, and was not sent in the clear."""
    with server(folder, answer, clear=clear) as (url, heard):
        with pytest.raises(SourceError) as raised:
            connect(url, ACCOUNT, str(folder / "ca.pem"))
        assert b"secret" not in b"".join(heard)
    return str(raised.value)


def test_what_stands_in_the_clear_behind_the_word_to_encrypt_is_not_taken_for_said_within(tmp_path: Path) -> None:
    injected = message(ENTRY, root(defaultNamingContext="DC=evil"), b"\x02")

    told = refused(tmp_path, bare(b""), clear=lambda asked: message(START_TLS, OK)(asked) + injected(asked))

    assert "stood in the clear between the word to encrypt and the encryption" in told


def test_a_server_that_does_not_encrypt_is_asked_nothing_more(tmp_path: Path) -> None:
    told = refused(tmp_path, bare(b""), clear=message(START_TLS, BUSY))

    assert told.startswith("directory: ldap://localhost:")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (bare(b"\x30\x84\x7f\xff\xff\xff"), "a message of 2147483647 bytes"),
        (bare(b"\x30\x03abc"), "an answer that cannot be read"),
        (bare(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 4), "an answer that cannot be read"),
        (message(ENTRY, b"\x04\x84\x00\x00\x00"), "an entry that cannot be read"),
        (message(START_TLS, BUSY, b"\x00"), "the server ended the connection"),
        (bare(b"\x30\x10\x02\x01"), "the server ended the connection"),
        (bare(b""), "the server ended the connection"),
    ],
)
def test_what_is_no_answer_ends_the_connection(tmp_path: Path, answer: Answer, why: str) -> None:
    assert why in refused(tmp_path, answer)


def test_a_server_that_names_no_domain_is_no_domain_controller(tmp_path: Path) -> None:
    entry = message(ENTRY, root(dnsHostName="ldap.example.test"))

    told = refused(tmp_path, lambda asked: entry(asked) + message(DONE, OK)(asked))

    assert "is no domain controller: it names no domain" in told


def test_a_root_entry_that_does_not_come_is_told(tmp_path: Path) -> None:
    assert "its root entry: 51 busy" in refused(tmp_path, message(DONE, BUSY))
