import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.lab.ldap.ber import INTEGER, OCTETS, SEQUENCE, Part, parts, put, put_number, put_text, whole
from reconcile.lab.ldap.connection import LARGEST
from reconcile.lab.ldap.message import CONTROLS, DISCONNECTION, Control, read_message
from tests.lab.domain import BASE_DN, Served

BIND = put(0x60, put_number(3), put_text(""), put_text("", 0x80))
UNBIND = put(SEQUENCE, put_number(9), put(0x42))


def message(number: int, *rest: bytes) -> bytes:
    return put(SEQUENCE, put_number(number), *rest)


@contextmanager
def raw(controller: Served) -> Iterator[ssl.SSLSocket]:
    context = ssl.create_default_context(cafile=str(controller.authority))
    port = int(controller.url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as wire,
    ):
        yield wire


def answers(wire: ssl.SSLSocket) -> list[Part]:
    """All that comes until the server hangs up."""
    data = b""
    while chunk := wire.recv(65536):
        data += chunk
    return list(parts(data))


@given(st.integers(-(2**63), 2**63))
def test_numbers_are_read_as_they_were_written(number: int) -> None:
    assert next(parts(put_number(number))) == Part(INTEGER, put_number(number)[2:])
    assert next(parts(put_number(number))).number == number


@given(st.lists(st.binary(max_size=300), max_size=5))
def test_values_of_any_length_are_read_as_they_were_written(data: list[bytes]) -> None:
    written = put(SEQUENCE, *(put(OCTETS, one) for one in data))

    assert [one.data for one in next(parts(written)).parts] == data
    assert whole(written) == len(written)
    assert all(whole(written[:at]) == 0 for at in range(min(len(written), 6)))


@given(st.binary(max_size=60))
def test_any_bytes_are_a_request_or_are_refused(data: bytes) -> None:
    try:
        asked = read_message(data)
    except (ValueError, StopIteration):
        return

    assert asked.request.name


@pytest.mark.parametrize("data", [b"\x1f\x01", b"\x30\x85\0\0\0\0\1", b"\x30\x80", b"\x30\x05\x02"])
def test_what_ldap_does_not_use_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"a (tag|length|value)"):
        list(parts(data))


def test_a_length_may_still_be_on_its_way() -> None:
    assert whole(b"\x30\x82") == 0
    assert whole(b"\x30\x82\x01") == 0


def test_controls_are_read_with_and_without_their_parts() -> None:
    said = put(
        CONTROLS,
        put(SEQUENCE, put_text("1.1")),
        put(SEQUENCE, put_text("1.2"), put(1, b"\xff")),
        put(SEQUENCE, put_text("1.3"), put(1, b"\0"), put(OCTETS, b"value")),
    )

    assert read_message(message(1, BIND, said)).controls == {
        "1.1": Control("1.1"),
        "1.2": Control("1.2", critical=True),
        "1.3": Control("1.3", critical=False, value=b"value"),
    }


def test_requests_that_come_in_pieces_or_together_are_all_answered(controller: Served) -> None:
    asked = message(1, BIND) + message(2, BIND) + UNBIND
    with raw(controller) as wire:
        for at in range(0, len(asked), 7):
            wire.sendall(asked[at : at + 7])

        assert [one.parts[0].number for one in answers(wire)] == [1, 2]


def test_what_is_abandoned_is_not_answered(controller: Served) -> None:
    with raw(controller) as wire:
        wire.sendall(message(1, put(0x50, b"\1")) + message(2, BIND) + UNBIND)

        assert [one.parts[0].number for one in answers(wire)] == [2]
    assert [one.name for one in controller.lab.log] == ["abandon", "bind", "unbind"]


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        message(1, put(0x7E, b"")),
        message(1, put(0x7F, b"")),
        put(SEQUENCE, put(0x60)),
        message(1, put(0x60)),
        message(1, put(0x63, put_text(BASE_DN))),
        message(1, put(0x77)),
        message(1, put(0x66, put_text("x"), put(SEQUENCE, put(SEQUENCE, put_number(9, 0x0A), put(SEQUENCE))))),
        message(1, put(0x4A, b"\xff")),
    ],
)
def test_what_cannot_be_read_is_told_and_hung_up_on(controller: Served, data: bytes) -> None:
    with raw(controller) as wire:
        wire.sendall(data)
        (notice,) = answers(wire)

    number, answer = notice.parts
    assert number.number == 0
    assert answer.parts[0].number == 2
    assert answer.parts[-1].text == DISCONNECTION


def test_what_is_too_large_is_not_waited_for(controller: Served) -> None:
    with raw(controller) as wire:
        wire.sendall(b"\x30\x84" + (LARGEST * 2).to_bytes(4, "big"))
        try:
            for _ in range(LARGEST // 2**20 + 2):
                wire.sendall(b"\0" * 2**20)
            notices = answers(wire)
        except OSError:
            notices = []

    assert len(notices) <= 1
