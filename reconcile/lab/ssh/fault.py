"""What a host of the lab does wrong over SSH, on request."""

import re
from dataclasses import dataclass, field
from typing import Literal

Stage = Literal["login", "run"]
Kind = Literal["refuse", "stuck", "drop", "lost", "silent", "slow", "noise", "garbled", "flood", "unended"]
AT_LOGIN = {"refuse", "stuck"}


@dataclass
class SSHFault:
    """Meets the next login, or the next command, once, unless said otherwise.

    kind:
        refuse   nobody is let in
        stuck    a login is never answered
        drop     the connection is cut; nothing is done
        lost     all is done, then the connection is cut without an answer
        silent   nothing is done, and nothing is answered
        slow     done after `seconds`
        noise    banners before and after the answer
        garbled  half an answer
        unended  all is done and answered, but the command does not end
        flood    output of `size` bytes instead of an answer
    """

    kind: Kind
    host: str = ".*"
    """A regular expression."""
    times: int | None = 1
    after: int = 0
    """So many matching ones pass unharmed first."""
    seconds: float = 0
    size: int = 0
    seen: int = 0
    fired: int = 0

    def meets(self, host: str, stage: Stage) -> bool:
        spent = self.times is not None and self.fired >= self.times
        return not spent and (self.kind in AT_LOGIN) == (stage == "login") and bool(re.fullmatch(self.host, host))


@dataclass
class SSHFaults:
    armed: list[SSHFault] = field(default_factory=list)

    def add(self, fault: SSHFault) -> None:
        self.armed.append(fault)

    def take(self, host: str, stage: Stage) -> SSHFault | None:
        """The first that meets this, which counts as one of its times."""
        for fault in self.armed:
            if fault.meets(host, stage):
                fault.seen += 1
                if fault.seen > fault.after:
                    fault.fired += 1
                    return fault
        return None
