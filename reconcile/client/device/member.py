"""The parts of what a device says of itself; whatever it does not say is None, and stands for unknown."""

import re
from datetime import datetime

import msgspec

ISSUER = "CN=MS-Organization-Access"
"""Whole: MS-Organization-P2P-Access is another authority. Entra writes it as one part of several, with DC and OU."""
PARTS = re.compile(r"\s*[,+]\s*")
MACHINE = "LocalMachine"


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """A part that could not be read or done."""

    part: str = ""
    message: str = ""

    def __str__(self) -> str:
        return f"{self.part}: {self.message}" if self.part else self.message


class User(msgspec.Struct, frozen=True, kw_only=True):
    """One who is signed in; `status` is what dsregcmd said in that session, and `why` tells why there is none."""

    account: str | None = None
    sid: str | None = None
    session: int | str | None = None
    status: str | None = None
    why: str | None = None


class Certificate(msgspec.Struct, frozen=True, kw_only=True):
    """`store`: the machine's, or the SID of the user whose it is."""

    store: str
    issuer: str = ""
    subject: str = ""
    thumbprint: str = ""
    not_after: datetime | None = None

    @property
    def of_registration(self) -> bool:
        return '"' not in self.issuer and ISSUER in PARTS.split(self.issuer)


class CloudJoin(msgspec.Struct, frozen=True, kw_only=True):
    thumbprint: str = ""
    tenant_id: str | None = None
    user: str | None = None


class WorkplaceJoin(msgspec.Struct, frozen=True, kw_only=True):
    """A registration in the hive of the user with that SID."""

    sid: str
    account: str | None = None
    thumbprint: str = ""
    tenant_id: str | None = None


class Administrator(msgspec.Struct, frozen=True, kw_only=True):
    """A member of the local administrators; only of a local user is it known whether he is enabled."""

    sid: str
    name: str = ""
    kind: str = ""
    local: bool = False
    enabled: bool | None = None


class BuiltIn(msgspec.Struct, frozen=True, kw_only=True):
    """The account whose SID ends in -500, whatever it is called."""

    sid: str
    name: str = ""
    enabled: bool | None = None


class Rejoin(msgspec.Struct, frozen=True, kw_only=True):
    """The task Automatic-Device-Join (ready, disabled, absent), and the two values of its policy."""

    task: str | None = None
    block: int | None = None
    auto: int | None = None

    @property
    def off(self) -> bool | None:
        if self.task is None:
            return None
        return self.task != "ready" and self.block == 1 and self.auto == 0
