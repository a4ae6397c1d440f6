"""One line of what `reconcile doctor` finds."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "missing", "unknown"]
SKEW = 300
"""Seconds between two clocks: what Kerberos and tokens forgive."""


@dataclass(frozen=True)
class Check:
    """What is needed and not ok keeps the work from being done."""

    what: str
    state: State
    said: str
    needed: bool = True
