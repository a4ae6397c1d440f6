"""What went wrong with a host, told from the exception that it ended in.

requests and urllib3 wrap what the system said several times over; its own word is at the root.
"""

import errno
import http.client
import socket
import ssl
import struct
from collections.abc import Iterator
from xml.etree.ElementTree import ParseError

from pypsrp.exceptions import AuthenticationError, WinRMError, WinRMTransportError, WSManFaultError
from spnego.exceptions import SpnegoError

from reconcile.client.remote.output import Outcome

UNREADABLE = (ParseError, ValueError, LookupError, AttributeError, struct.error)
"""What pypsrp falls over where an answer is not what it should be."""
TROUBLE = (OSError, http.client.HTTPException, WinRMError, SpnegoError, *UNREADABLE)
"""All that a host can do to us; requests' own errors are OSErrors."""
ACCESS_DENIED, TIMED_OUT, NO_SHELL = 5, 0x80338029, 0x8033805B
"""WinRM's own codes; the last is that of a host that has forgotten our shell, as it does when it restarts."""
LET_IN = {401, 403}
NO_WAY = {errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETUNREACH}

Told = tuple[Outcome, str]


class TooMuch(Exception):  # noqa: N818 (a limit, not a fault)
    """More output than is taken."""


class TooLong(Exception):  # noqa: N818 (as above)
    """The script has no end."""


class Unsealed(Exception):  # noqa: N818 (as above)
    """An answer in the clear where all messages are encrypted: somebody else may have written it."""


def told(error: BaseException) -> Told:
    """One of the outcomes, and a sentence without an end."""
    if isinstance(error, UNREADABLE) and not isinstance(error, OSError):
        return "failed", f"an answer that cannot be read: {type(error).__name__}: {error}"
    return _of_winrm(error) or _of_system(error) or ("lost", _said(error))


def _of_winrm(error: BaseException) -> Told | None:
    if isinstance(error, WinRMTransportError):
        return ("authentication" if error.code in LET_IN else "failed"), f"HTTP status {error.code}"
    if isinstance(error, WSManFaultError):
        return _of_fault(error)
    return next(((outcome, _said(error)) for kinds, outcome in _WINRM if isinstance(error, kinds)), None)


def _of_fault(error: WSManFaultError) -> Told:
    return _FAULTS.get(error.code, "failed"), " ".join(str(error.reason or error.provider_fault or error).split())


def _of_system(error: BaseException) -> Told | None:
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in NO_WAY:
            return "refused", _said(cause)
        for kinds, outcome in _SYSTEM:
            if isinstance(cause, kinds):
                return outcome, _said(cause)
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The root first."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    return reversed(chain)


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


_FAULTS: dict[object, Outcome] = {ACCESS_DENIED: "authentication", TIMED_OUT: "timed-out", NO_SHELL: "lost"}
_Kinds = type[BaseException] | tuple[type[BaseException], ...]

_WINRM: tuple[tuple[_Kinds, Outcome], ...] = (
    (TooMuch, "failed"),
    (TooLong, "timed-out"),
    (Unsealed, "wrong-identity"),
    ((AuthenticationError, SpnegoError), "authentication"),
    (WinRMError, "failed"),
)
_SYSTEM: tuple[tuple[_Kinds, Outcome], ...] = (
    (socket.gaierror, "unresolved"),
    (ssl.SSLCertVerificationError, "wrong-identity"),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), "lost"),
    (ssl.SSLError, "refused"),  # whoever listens there speaks no TLS that we do
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "timed-out"),
    ((ConnectionError, http.client.HTTPException), "lost"),
)
