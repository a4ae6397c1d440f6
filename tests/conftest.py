"""What every test runs under: no network, and the same patience on any machine."""

import re
import sys

import pytest
from hypothesis import settings

settings.register_profile("tests", deadline=None, max_examples=60)
settings.load_profile("tests")

LOOPBACK = {"::1", "localhost"}


def _is_loopback(host: object) -> bool:
    """All of 127.0.0.0/8 is: a server whose ports cannot be chosen has an address of its own."""
    name = host.decode() if isinstance(host, bytes) else str(host)
    return name in LOOPBACK or re.fullmatch(r"127(\.\d{1,3}){3}", name) is not None


def _stay_here(event: str, args: tuple[object, ...]) -> None:
    """An audit hook: it sees what the C code of a library opens too."""
    if event == "socket.connect":
        _, address = args
        away = isinstance(address, tuple) and not _is_loopback(address[0])
    else:
        away = event == "socket.getaddrinfo" and args[0] is not None and not _is_loopback(args[0])
    if away:
        pytest.fail(f"a test reaches for the network: {event} {args[1:]}")


sys.addaudithook(_stay_here)
