"""Who is known to a device: its local accounts, and the people who have a profile there."""

from dataclasses import dataclass, field

BUILT_IN = 500
"""The last part of the SID of the administrator that every Windows has, whatever it is called."""


@dataclass(frozen=True)
class JoinInfo:
    """A key below JoinInfo in the registry: of the machine under CloudDomainJoin, of a user under WorkplaceJoin."""

    thumbprint: str
    tenant_id: str
    user: str


@dataclass
class LocalAccount:
    """`member`: of the local administrators. Without a password nobody knows it, and nobody signs in."""

    sid: str
    name: str
    enabled: bool
    password: str | None = field(default=None, repr=False)
    member: bool = True

    @property
    def built_in(self) -> bool:
        return self.sid.endswith(f"-{BUILT_IN}")


@dataclass
class Profile:
    """A person's. `session`: where signed in. `loaded`: whether the registry hive is there to be read."""

    sid: str
    account: str
    upn: str
    session: int | None = None
    loaded: bool = False
    registrations: list[JoinInfo] = field(default_factory=list)

    def sign_out(self) -> None:
        self.session, self.loaded = None, False
