"""What went wrong with a host, told from the exception that it ended in."""

import errno
import socket

import asyncssh

from reconcile.client.remote.output import Outcome

Told = tuple[Outcome, str]

UNREADABLE = (ValueError, LookupError)
"""What asyncssh falls over where a message is not what it should be."""
TROUBLE = (OSError, asyncssh.Error, *UNREADABLE)
"""All that a host can do to us."""
NO_WAY = {errno.EHOSTUNREACH, errno.EHOSTDOWN, errno.ENETUNREACH}


class NotConnected(Exception):  # noqa: N818 (an outcome, not a fault)
    """No session with the host, and why; nothing was run."""

    def __init__(self, outcome: Outcome, why: str) -> None:
        super().__init__(why)
        self.outcome = outcome
        self.why = why


def told(error: BaseException, *, signing_in: bool = False) -> Told:
    """One of the outcomes, and a sentence without an end. `signing_in`: between the host's proof of its key and the login."""
    said = str(error) or type(error).__name__
    if isinstance(error, OSError) and error.errno in NO_WAY:
        return "refused", said
    if signing_in and type(error) is asyncssh.DisconnectError:  # such as "Too many authentication failures"
        return "authentication", said
    return next(((outcome, said) for kinds, outcome in _KINDS if isinstance(error, kinds)), ("lost", said))


def told_of_tunnel(error: asyncssh.ChannelOpenError) -> Told:
    """What a jump host says of the next one; OpenSSH hands on the words of its own system."""
    words = str(error).casefold()
    if error.code == asyncssh.OPEN_ADMINISTRATIVELY_PROHIBITED:
        return "failed", f"the jump host forwards nothing there: {error}"
    return next((outcome for part, outcome in _WORDS if part in words), "refused"), f"from the jump host: {error}"


_Kinds = type[BaseException] | tuple[type[BaseException], ...]

_KINDS: tuple[tuple[_Kinds, Outcome], ...] = (
    (socket.gaierror, "unresolved"),
    (ConnectionRefusedError, "refused"),
    (TimeoutError, "timed-out"),
    (asyncssh.HostKeyNotVerifiable, "wrong-identity"),
    ((asyncssh.PermissionDenied, asyncssh.IllegalUserName), "authentication"),
    (asyncssh.ConnectionLost, "lost"),
    # Whoever listens there speaks no SSH that we do.
    ((asyncssh.KeyExchangeFailed, asyncssh.ProtocolError, asyncssh.ProtocolNotSupported), "refused"),
    ((asyncssh.ChannelOpenError, *UNREADABLE), "failed"),
)
_WORDS: tuple[tuple[str, Outcome], ...] = (
    ("refused", "refused"),
    ("timed out", "timed-out"),
    ("not known", "unresolved"),
    ("resolution", "unresolved"),
    ("no address", "unresolved"),
    ("nodename", "unresolved"),
)
