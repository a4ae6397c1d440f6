"""Windows hosts of the lab as their OpenSSH shows them: scripts arrive in an envelope, a handler says what comes of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from asyncssh import SSHKey

from reconcile.lab.ssh.fault import SSHFaults
from reconcile.lab.winrm.lab import Handler, Invocation, SignIn


@dataclass(frozen=True)
class Typed:
    """What came of a command that is no script of ours."""

    out: bytes = b""
    err: bytes = b""
    status: int = 0


def no_such_program(_: str, command: str, __: bytes) -> Typed:
    """As cmd.exe says it."""
    name = command.split(" ", maxsplit=1)[0]
    return Typed(err=f"'{name}' is not recognized as an internal or external command,\r\n".encode(), status=1)


Shell = Callable[[str, str, bytes], Typed]
"""Given the host, the command and its standard input."""


@dataclass
class SSH:
    """`accounts`: passwords by user, for all hosts; `keys`: public keys by user.

    sign_in: asked instead of `accounts`, where each host has its own. boot: of a host, None while it is down; whoever
    is connected with an earlier one gets no answer.
    """

    handler: Handler
    accounts: dict[str, str] = field(default_factory=dict, repr=False)
    keys: Mapping[str, SSHKey] = field(default_factory=dict)
    sign_in: SignIn | None = None
    boot: Callable[[str], object] = lambda _: True
    shell: Shell = no_such_program
    keyboard: bool = False
    """Passwords are asked for by keyboard-interactive, and in no other way."""
    forwards: bool = False
    """Its hosts let others pass, as jump hosts do."""
    ran: list[Invocation] = field(default_factory=list)
    """Every script that was carried out, in order."""
    lines: list[str] = field(default_factory=list)
    """Every command line that arrived."""
    tried: list[str] = field(default_factory=list)
    """Every password that was tried, by the name of its user."""
    logins: int = 0
    open: int = 0
    """Connections now."""
    faults: SSHFaults = field(default_factory=SSHFaults)
