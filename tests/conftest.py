"""What every test runs under: no network, and the same patience on any machine."""

import sys

import pytest
from hypothesis import settings

settings.register_profile("tests", deadline=None, max_examples=60)
settings.load_profile("tests")

LOOPBACK = {"127.0.0.1", "::1", "localhost", b"localhost"}


def _stay_here(event: str, args: tuple[object, ...]) -> None:
    """An audit hook: it sees what the C code of a library opens too."""
    if event == "socket.connect":
        _, address = args
        away = isinstance(address, tuple) and address[0] not in LOOPBACK
    else:
        away = event == "socket.getaddrinfo" and args[0] not in {*LOOPBACK, None}
    if away:
        pytest.fail(f"a test reaches for the network: {event} {args[1:]}")


sys.addaudithook(_stay_here)
