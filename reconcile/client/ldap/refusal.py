"""What a directory says instead of doing what it was asked: result codes, as facts.

Source: RFC 4511 appendix A; the codes within AD's own texts are Windows' logon errors.
"""

import re
from dataclasses import dataclass

from reconcile.errors import AccessRefused, SourceError

SYSTEM = "directory"
SUCCESS, TIME_LIMIT, SIZE_LIMIT, STRONGER_AUTH, REFERRAL, ADMIN_LIMIT = 0, 3, 4, 8, 10, 11
NO_SUCH_OBJECT, INVALID_CREDENTIALS, INSUFFICIENT_ACCESS = 32, 49, 50
BUSY, UNAVAILABLE, NOT_LEAF = 51, 52, 66
CUT_SHORT = frozenset({TIME_LIMIT, SIZE_LIMIT, ADMIN_LIMIT})
"""What comes with such a result is a part of the answer."""
REFUSED = frozenset({STRONGER_AUTH, INVALID_CREDENTIALS, INSUFFICIENT_ACCESS})
LOGON = {
    "525": "there is no such account",
    "52e": "the password is wrong, or there is no such account",
    "530": "the account may not sign in at this time",
    "531": "the account may not sign in from here",
    "532": "its password has expired",
    "533": "the account is disabled",
    "57": "the server cannot use this way of signing in",
    "701": "the account has expired",
    "773": "its password must be changed first",
    "775": "the account is locked out",
    "80090346": "the server demands channel binding",
}
_DATA = re.compile(r"AcceptSecurityContext error, data ([0-9a-f]+)")
SHOWN = 300


@dataclass(frozen=True)
class Refusal:
    """One answer that is no success."""

    code: int
    name: str
    message: str = ""

    @property
    def logon(self) -> str | None:
        """What AD's text says of a failed sign-in."""
        found = _DATA.search(self.message)
        return LOGON.get(found[1]) if found else None

    def __str__(self) -> str:
        said = self.logon or " ".join(self.message.replace("\0", "").split())[:SHOWN]
        return f"{self.code} {self.name}: {said}" if said else f"{self.code} {self.name}"


class Lost(Exception):  # noqa: N818 (a state, not a fault)
    """No answer came, or one that was cut off: what was asked may have happened."""


def as_error(said: Refusal, asked: str) -> SourceError:
    """The end of a run that cannot do without the answer."""
    kind = AccessRefused if said.code in REFUSED else SourceError
    return kind(SYSTEM, f"{asked}: {said}")
