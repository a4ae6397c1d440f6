"""Faults on request: what the lab's domain controller does wrong, to which operations, and how often."""

import re
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

from reconcile.lab.directory.refusal import ADMIN_LIMIT, BUSY, SIZE_LIMIT, TIME_LIMIT, UNAVAILABLE
from reconcile.lab.ldap.message import NAMES

Kind = Literal[
    "reset",
    "lost",
    "cut",
    "silent",
    "busy",
    "unavailable",
    "no-effect",
    "size-limit",
    "time-limit",
    "admin-limit",
    "wrong-cookie",
]

REFUSALS: dict[Kind, int] = {"busy": BUSY, "unavailable": UNAVAILABLE}
LIMITS: dict[Kind, int] = {"size-limit": SIZE_LIMIT, "time-limit": TIME_LIMIT, "admin-limit": ADMIN_LIMIT}


@dataclass(frozen=True)
class LdapFault:
    """What is matched, and what is done then. Unless said otherwise, it meets the next matching operation, once.

    kind:
        reset         the connection is closed; nothing is done
        lost          all is done, then the connection is closed without an answer
        cut           all is done, half of the answer is sent, then the connection is closed
        silent        nothing is done and nothing is ever answered, and the connection stays open
        busy          51, nothing is done
        unavailable   52, nothing is done
        no-effect     a write is answered well and not carried out
        size-limit    4 after `entries` entries, and no cookie; so time-limit with 3 and admin-limit with 11
        wrong-cookie  the cookie of this page is one that the server does not take
    """

    kind: Kind
    operation: str | None = None
    """A name such as search, modify, delete, modifyDN, add, bind; None: any."""
    dn: str = ".*"
    """A regular expression for the whole name, or base; letter case is not heeded."""
    times: int | None = 1
    """None: for ever."""
    after: int = 0
    """So many matching operations pass unharmed first."""
    entries: int = 0

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or self.operation not in {None, *NAMES.values()}:
            raise ValueError(f"no such fault: {self}")
        re.compile(self.dn)


@dataclass
class Armed:
    number: int
    fault: LdapFault
    seen: int = 0
    fired: int = 0

    def takes(self, operation: str, dn: str) -> bool:
        """Whether it meets this operation, which is counted."""
        fault = self.fault
        if fault.operation not in {None, operation} or not re.fullmatch(fault.dn, dn, re.IGNORECASE | re.DOTALL):
            return False
        if fault.times is not None and self.fired >= fault.times:
            return False
        self.seen += 1
        if self.seen <= fault.after:
            return False
        self.fired += 1
        return True


@dataclass
class LdapFaults:
    armed: list[Armed] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, fault: LdapFault) -> int:
        """The number it can be removed by."""
        number = next(self._numbers)
        self.armed.append(Armed(number, fault))
        return number

    def remove(self, number: int) -> None:
        self.armed = [one for one in self.armed if one.number != number]

    def clear(self) -> None:
        self.armed = []

    def take(self, operation: str, dn: str) -> LdapFault | None:
        """The first that meets this operation, which counts as one of its times."""
        return next((one.fault for one in self.armed if one.takes(operation, dn)), None)
