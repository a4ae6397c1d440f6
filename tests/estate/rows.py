"""What the estate is made of: what three systems say, what was retired and protected, and the stories they tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tests.estate.invention import TENANT, Domain


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """A device in Entra ID; the names are Graph's where they are not shorter."""

    object_id: str
    device_id: str | None
    name: str
    trust: str | None
    enabled: bool | None = True
    seen: datetime | str | None
    registered: datetime | None
    created: datetime | None
    deleted: datetime | None = None
    os: str | None = "Windows"
    version: str | None = None
    synced: bool | None = None
    sid: str | None = None
    managed: bool = False
    compliant: bool = False
    restricted: bool = False
    model: str | None = None
    manufacturer: str | None = None
    hardware: str | None = None
    tags: tuple[str, ...] = ()
    keyed: bool = True
    owner: str | None = None
    file: Literal["pages", "kiosks", "deleted"] = "pages"
    repeated: bool = False


@dataclass(frozen=True, kw_only=True)
class Computer:
    """A computer object in AD; times as FILETIME numbers where they are no dates."""

    guid: str
    sid: str
    domain: Domain
    name: str
    dns: str | None
    sam: str
    path: str
    kind: str = "computer"
    os: str | None = "Windows 11 Enterprise"
    version: str | None = "10.0 (26100)"
    control: int = 4096
    group: int = 515
    logon: datetime | int | None
    password: datetime | int | None
    created: datetime
    services: tuple[str, ...]
    certificates: int = 1
    critical: bool = False

    @property
    def enabled(self) -> bool:
        return not self.control & 2


@dataclass(frozen=True)
class Account:
    """A work account of a capture; an elided id is what a redacted log leaves of it."""

    device_id: str
    tenant: str = TENANT


@dataclass(frozen=True, kw_only=True)
class Report:
    """One capture of `dsregcmd /status`: a text file of its own, or a line of collected.jsonl."""

    host: str
    at: datetime
    slot: str | None = None
    tenant: str = TENANT
    domain: Domain | None = None
    accounts: tuple[Account, ...] = ()
    account: str | None = None
    context: str | None = None
    auth: str = "SUCCESS"
    vdi: str = "NOT SET"
    remote: bool = False
    layout: Literal["modern", "legacy"] = "modern"
    damage: Literal["truncated", "header"] | None = None
    folder: str | None = None
    encoding: str = "utf-8"
    newline: str = "\r\n"

    @property
    def is_file(self) -> bool:
        return self.folder is not None


@dataclass(frozen=True, kw_only=True)
class Retired:
    """A line of retired.csv: what was decommissioned, and verified gone, before the tool came."""

    device_id: str = ""
    object_guid: str = ""
    sid: str = ""
    object_id: str = ""
    hostname: str = ""
    at: datetime


@dataclass(frozen=True)
class Protected:
    """A line of protected.csv."""

    device: str
    reason: str


Part = Cloud | Computer | Report | Retired | Protected


@dataclass(frozen=True)
class Finds:
    """A finding that the story expects; what RULES leaves to the tool's judgement is None."""

    kind: str
    on: Cloud | Computer | Report
    held_by: str = ""
    severity: str | None = None
    claim: str | None = None
    says: tuple[str, ...] = ()

    @property
    def system(self) -> str:
        return {Cloud: "entra", Computer: "directory", Report: "agents"}[type(self.on)]

    @property
    def object(self) -> str:
        """What the finding names: the object_id, the objectGUID, or the host and the id that it claims."""
        match self.on:
            case Cloud(object_id=name) | Computer(guid=name):
                return name
            case Report(host=host, slot=slot):
                return f"{host.casefold()}/{self.claim or slot}"


@dataclass(frozen=True)
class Story:
    """What happened, what the files hold of it, and all that is found; without `finds` it is a healthy look-alike."""

    name: str
    happened: str
    why: str
    parts: tuple[Part, ...]
    finds: tuple[Finds, ...] = ()
