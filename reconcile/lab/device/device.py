"""A Windows machine as a small state machine: what it is joined to, who may sign in, and what a restart changes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

from reconcile.lab.device.account import JoinInfo, LocalAccount, Profile
from reconcile.lab.device.certificate import MACHINE, Certificate
from reconcile.lab.device.company import Company
from reconcile.lab.directory.entry import Entry

DISABLED = 0x2
HOUR = timedelta(hours=1)
"""Between two runs of the re-join task, beside that at every start."""
NEVER = datetime.max.replace(tzinfo=UTC)
WINDOWS_11 = 22000
Task = Literal["ready", "disabled", "absent"]


@dataclass(frozen=True)
class Ran:
    """One script that was carried out. `account`: as it is called on the device."""

    at: datetime
    script: str
    account: str
    elevated: bool
    changed: bool


@dataclass
class Rejoin:
    """The task Automatic-Device-Join, and the two values of its policy; None where a value is not there."""

    task: Task = "ready"
    block: int | None = None
    auto: int | None = None

    @property
    def off(self) -> bool:
        return self.task != "ready" or self.block == 1 or self.auto == 0


@dataclass
class Device:
    """`computer`: its object in AD. `domain`: its DNS name, while the device is a member.

    token_filter_policy: local administrators other than the built-in one are elevated over the network.
    can_register: whether the registration service can be reached. comes_back: from a restart.
    failing: parts of `collect` that fail, with what they say. without_effect: scripts that say they did, and did not.
    """

    name: str
    company: Company
    machine_sid: str
    booted_at: datetime
    serial: str = ""
    os: str = "Microsoft Windows 11 Enterprise"
    version: str = "10.0.22631"
    domain: str | None = None
    group: str = "WORKGROUP"
    """Of the network, where there is no domain."""
    computer: UUID | None = None
    accounts: list[LocalAccount] = field(default_factory=list)
    profiles: list[Profile] = field(default_factory=list)
    certificates: list[Certificate] = field(default_factory=list)
    cloud_join: list[JoinInfo] = field(default_factory=list)
    rejoin: Rejoin = field(default_factory=Rejoin)
    token_filter_policy: bool = True
    can_register: bool = True
    comes_back: bool = True
    failing: dict[str, str] = field(default_factory=dict)
    without_effect: set[str] = field(default_factory=set)
    self_signed: bytes | None = field(default=None, repr=False)
    """What it wrote into its AD computer before it joined."""
    log: list[Ran] = field(default_factory=list, repr=False)
    boots: int = 0
    down_at: datetime | None = None
    """When the restart begins that was asked for."""
    up_at: datetime | None = None
    """When the last one ends."""
    workgroup: str | None = None
    """What it is a member of after the next restart, once it has left the domain."""
    entra_sign_in: bool = False
    """Accounts of the cloud are taken, as it was joined when it started."""
    next_task_at: datetime = NEVER

    def __post_init__(self) -> None:
        self.entra_sign_in = self.join is not None and self.domain is None
        self.next_task_at = self.company.now() + HOUR

    @property
    def join(self) -> JoinInfo | None:
        """To Entra: of the machine, with a certificate to it."""
        known = {one.thumbprint for one in self.certificates if one.store == MACHINE and one.of_registration}
        return next((one for one in self.cloud_join if one.thumbprint in known), None)

    @property
    def device_id(self) -> str | None:
        """That of the join."""
        certificate = self.device_certificate
        return certificate.subject.removeprefix("CN=") if certificate else None

    @property
    def device_certificate(self) -> Certificate | None:
        join = self.join
        if join is None:
            return None
        return next(one for one in self.of_registration(MACHINE) if one.thumbprint == join.thumbprint)

    @property
    def build(self) -> int:
        return int(self.version.split(".")[2])

    @property
    def full_name(self) -> str:
        return f"{self.name}.{self.domain}" if self.domain else self.name

    @property
    def built_in(self) -> LocalAccount | None:
        return next((one for one in self.accounts if one.built_in), None)

    @property
    def loaded(self) -> list[Profile]:
        return [one for one in self.profiles if one.loaded]

    @property
    def up(self) -> bool:
        return self.up_at is None or self.company.now() >= self.up_at

    @property
    def trusted(self) -> bool:
        """By its domain, which then says who may sign in; a device that has just left keeps that until it restarts."""
        entry = self.entry
        trusted = entry is not None and not (entry.number("userAccountControl") or 0) & DISABLED
        return self.domain is not None and (trusted or self.workgroup is not None)

    @property
    def entry(self) -> Entry | None:
        """In AD, alive."""
        found = self.company.directory.entries.get(self.computer) if self.computer else None
        return None if found is None or found.deleted else found

    @property
    def locked_out(self) -> bool:
        """Nobody can sign in and act: no domain, no cloud, and no local administrator whose password is known."""
        usable = (one for one in self.accounts if one.enabled and one.member and one.password is not None)
        local = any(one.built_in or self.token_filter_policy for one in usable)
        return not (local or self.entra_sign_in or self.trusted)

    def of_registration(self, store: str) -> list[Certificate]:
        return [one for one in self.certificates if one.store == store and one.of_registration]

    def restart(self, delay_seconds: float) -> bool:
        """Whether one begins by it; one that is coming is not put off."""
        if self.down_at is not None:
            return False
        self.down_at = self.company.now() + self.company.timing.until_down(delay_seconds)
        return True

    def starts(self, up_at: datetime) -> None:
        """What a restart does, of which the device is back at that time."""
        self.down_at, self.boots = None, self.boots + 1
        self.up_at = up_at if self.comes_back else NEVER
        self.booted_at = self.next_task_at = self.up_at
        for profile in self.profiles:
            profile.sign_out()
        if self.workgroup is not None:
            self.group, self.domain = self.workgroup, None
            self.computer = self.workgroup = None
        self.entra_sign_in = self.join is not None and self.domain is None

    def untouched(self) -> "Device":
        """A copy that takes changes in its place; nothing that it does reaches AD or the cloud."""
        return replace(
            self,
            computer=None,
            accounts=[replace(one) for one in self.accounts],
            profiles=[replace(one, registrations=list(one.registrations)) for one in self.profiles],
            certificates=list(self.certificates),
            cloud_join=list(self.cloud_join),
            rejoin=replace(self.rejoin),
        )
