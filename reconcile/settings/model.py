"""Every setting, with its default.

Source of the names and defaults: the README's "Settings".
"""

from dataclasses import dataclass, field
from typing import Literal

PROTECTIONS = (
    "autopilot",
    "autopilot-unknown",
    "domain-controller",
    "rodc",
    "cluster",
    "gmsa",
    "sso-account",
    "server",
    "critical",
    "managed",
    "compliant",
    "new",
    "recently-active",
    "protected-list",
    "restricted-unit",
    "vdi",
    "not-windows",
    "cluster-unknown",
)
"""What can hold a finding back from a plan, in the order `blocked_by` names them."""


@dataclass(frozen=True)
class Tenant:
    id: str | None = None
    name: str | None = None


CredentialName = Literal[
    "default", "managed-identity", "workload-identity", "client-secret", "certificate", "azure-cli", "device-code"
]
Extra = Literal["owners", "deleted", "intune", "autopilot", "sync-threshold"]
"""What a live pull of Entra can bring beside the devices, each with rights of its own."""
Bind = Literal["kerberos", "simple", "ntlm"]
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Entra:
    live: bool = False
    endpoint: str = "https://graph.microsoft.com"
    credential: CredentialName = "default"
    client_id: str | None = None
    ca_file: str | None = None
    also: tuple[Extra, ...] = ()
    full_every: int = 7
    complete: bool = False


@dataclass(frozen=True)
class Directory:
    live: bool = False
    servers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    bind: Bind = "kerberos"
    user: str | None = None
    users: dict[str, str] = field(default_factory=dict)
    password_file: str | None = None
    ca_file: str | None = None
    write_server: str | None = None
    exclude: tuple[str, ...] = ()
    full_every: int = 7
    date_format: str | None = None
    date_zone: str | None = None
    complete: bool = False

    @property
    def configured(self) -> bool:
        """Whether a directory is expected: then no snapshot of it means incomplete, not absent."""
        return self.live or bool(self.servers) or bool(self.domains)


Transport = Literal["winrm", "ssh"]
DeviceAuth = Literal["negotiate", "kerberos", "certificate", "basic"]


@dataclass(frozen=True)
class Agents:
    live: bool = False
    transport: Transport = "winrm"
    user: str | None = None
    auth: DeviceAuth = "negotiate"
    port: int = 0
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    known_hosts: str | None = None
    jump: str | None = None
    at_once: int = 50
    per_site: int = 10
    trust_mtime: bool = True


SyncAuth = Literal["negotiate", "kerberos", "basic"]


@dataclass(frozen=True)
class Sync:
    """The server that Microsoft Entra Connect runs on; `auth` is Kerberos where there is no user."""

    server: str | None = None
    user: str | None = None
    auth: SyncAuth = "negotiate"
    ca_file: str | None = None


@dataclass(frozen=True)
class Policy:
    stale_days: int = 90
    agent_fresh_days: int = 14
    new_days: int = 14
    recently_active_days: int = 30
    lift: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    max_rejected: float = 0.01
    writes_per_second: float = 15.0


@dataclass(frozen=True)
class Settings:
    tenant: Tenant = field(default_factory=Tenant)
    entra: Entra = field(default_factory=Entra)
    directory: Directory = field(default_factory=Directory)
    agents: Agents = field(default_factory=Agents)
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)
    sync: Sync = field(default_factory=Sync)
