"""What a WinRM host of the lab does wrong, on request."""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["reset", "lost", "silent", "slow", "busy", "garbage", "in-the-clear"]


@dataclass
class WinRMFault:
    """Meets the next matching request, once, unless said otherwise.

    kind:
        reset         the connection is reset; nothing is done
        lost          all is done, then the connection is closed without an answer
        silent        nothing is done, and nothing is answered
        slow          answered after `seconds`
        busy          503, as HTTP.sys answers for a service that is down
        garbage       a page of something else, with status 200
        in-the-clear  an answer that is not encrypted, whatever was agreed
    """

    kind: Kind
    action: str = ".*"
    """A regular expression: Create, Command, Send, Receive, Signal, Delete."""
    host: str = ".*"
    times: int | None = 1
    after: int = 0
    """So many matching requests pass unharmed first."""
    seconds: float = 0
    seen: int = 0
    fired: int = 0

    def meets(self, host: str, action: str) -> bool:
        spent = self.times is not None and self.fired >= self.times
        return not spent and bool(re.fullmatch(self.action, action)) and bool(re.fullmatch(self.host, host))


@dataclass
class WinRMFaults:
    armed: list[WinRMFault] = field(default_factory=list)

    def add(self, fault: WinRMFault) -> None:
        self.armed.append(fault)

    def take(self, host: str, action: str) -> WinRMFault | None:
        """The first that meets this request, which counts as one of its times."""
        for fault in self.armed:
            if fault.meets(host, action):
                fault.seen += 1
                if fault.seen > fault.after:
                    fault.fired += 1
                    return fault
        return None
