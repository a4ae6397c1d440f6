"""Windows hosts of the lab as WinRM shows them: scripts arrive by PSRP, a handler says what comes of them."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.lab.winrm.fault import WinRMFaults


@dataclass(frozen=True)
class Invocation:
    """One script that arrived at a host."""

    host: str
    script: str
    parameters: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What came as a SecureString, decrypted."""
    account: str = ""
    """Who signed in, by the name that was given."""


@dataclass(frozen=True)
class Said:
    """What a script wrote. `thrown` ends it as a failed one."""

    objects: Sequence[object] = ()
    errors: Sequence[str] = ()
    thrown: str | None = None


Handler = Callable[[Invocation], Said | Awaitable[Said]]
SignIn = Callable[[str, str, str], bool]
"""Whether a host takes this user with this password."""


@dataclass
class WinRM:
    """`accounts`: passwords by user, for all hosts. `ran`: every script that was carried out, in order.

    sign_in: asked instead of `accounts`, where each host has its own. boot: of a host; shells of another one are forgotten.
    """

    handler: Handler
    accounts: dict[str, str] = field(default_factory=dict, repr=False)
    negotiate: bool = False
    """Offered beside basic; what it needs stands in `auth.py`."""
    ran: list[Invocation] = field(default_factory=list)
    faults: WinRMFaults = field(default_factory=WinRMFaults)
    asked: list[str] = field(default_factory=list)
    """The action of each request that was let in."""
    open: int = 0
    """Shells that were created and not yet deleted."""
    sign_in: SignIn | None = None
    boot: Callable[[str], object] = lambda _: None
