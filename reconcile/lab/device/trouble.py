"""Why a host cannot be reached, or not as it should be."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["unresolved", "dead", "silent", "slow", "wrong-identity"]


@dataclass(frozen=True)
class Trouble:
    """kind:
    unresolved      nobody knows its address
    dead            nobody listens there
    silent          it takes connections, and answers nothing
    slow            each script takes so many `seconds` longer
    wrong-identity  it shows a certificate that nobody trusts
    """

    kind: Kind
    seconds: float = 0
