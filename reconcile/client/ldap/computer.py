"""What a look sees of a computer in Active Directory, and the computers that nothing here may touch.

Source: MS-ADTS 2.2.16 (userAccountControl), 3.1.1.5.5 (deletion); MS-DTYP 2.4.2 (SID).
"""

import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from reconcile.client.ldap.entry import Entry, sid_text
from reconcile.client.ldap.protection import is_protected

ATTRIBUTES = (
    "objectGUID",
    "objectClass",
    "objectSid",
    "name",
    "sAMAccountName",
    "dNSHostName",
    "servicePrincipalName",
    "userAccountControl",
    "primaryGroupID",
    "isCriticalSystemObject",
    "lastLogonTimestamp",
    "pwdLastSet",
    "whenChanged",
    "uSNChanged",
    "nTSecurityDescriptor",
    "isDeleted",
    "isRecycled",
    "lastKnownParent",
    "msDS-LastKnownRDN",
)
DISABLED, SERVER_TRUST, PARTIAL_SECRETS = 0x2, 0x2000, 0x4000000
CONTROLLERS, READ_ONLY_CONTROLLERS = 516, 521
MANAGED = re.compile("msds-(group|delegated)?managedserviceaccount")
CLUSTER = re.compile("MS(ClusterVirtualServer|ServerCluster|ServerClusterMgmtAPI)/", re.IGNORECASE)
CLOUD_ACCOUNTS = {"azureadssoacc$": "Seamless SSO", "azureadkerberos$": "Entra Kerberos"}
EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
LAST = 1 << 62
"""FILETIMEs from here on mean never; so does 0."""
MANGLED = "\nDEL:"
UNREADABLE = (ValueError, OverflowError, struct.error)


@dataclass(frozen=True)
class Computer:
    """What is not served, or may not be read, is None or empty. `control` is userAccountControl."""

    guid: UUID
    dn: str
    name: str | None = None
    account: str | None = None
    sid: str | None = None
    host: str | None = None
    classes: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    control: int | None = None
    group: int | None = None
    critical: bool = False
    protected: bool | None = None
    logged_on_at: datetime | None = None
    password_set_at: datetime | None = None
    changed_at: datetime | None = None
    usn: int | None = None
    last_parent: str | None = None

    @property
    def enabled(self) -> bool | None:
        return None if self.control is None else not self.control & DISABLED

    @property
    def is_computer(self) -> bool:
        return "computer" in self.classes

    def untouchable(self) -> str:
        """Why nobody may disable, move or delete it, whatever a plan says; empty where nothing forbids it."""
        if self.control is None:
            return "its userAccountControl cannot be read, so what it is for is not known"
        cloud = CLOUD_ACCOUNTS.get((self.account or "").lower())
        reasons = {
            "it is a domain controller": self.control & SERVER_TRUST or self.group == CONTROLLERS,
            "it is a read-only domain controller": self.control & PARTIAL_SECRETS
            or self.group == READ_ONLY_CONTROLLERS,
            "it is a managed service account": any(MANAGED.fullmatch(one) for one in self.classes),
            "it is a cluster, or a node of one": any(map(CLUSTER.match, self.services)),
            f"it is the account of {cloud}": cloud,
            "it is a critical system object": self.critical,
        }
        return next((why for why, holds in reasons.items() if holds), "")


def read_computer(entry: Entry) -> Computer:
    """Of a search for ATTRIBUTES. Raises one of UNREADABLE for what AD never says of an object."""
    if entry.guid is None:
        raise ValueError(f"{entry.dn} has no objectGUID")
    descriptors = entry.values.get("ntsecuritydescriptor")
    return Computer(
        guid=entry.guid,
        dn=entry.dn,
        name=_name(entry),
        account=entry.text("samaccountname"),
        sid=sid_text(entry.values["objectsid"][0]) if "objectsid" in entry.values else None,
        host=entry.text("dnshostname"),
        classes=tuple(one.lower() for one in entry.texts("objectclass")),
        services=tuple(entry.texts("serviceprincipalname")),
        control=entry.number("useraccountcontrol"),
        group=entry.number("primarygroupid"),
        critical=entry.says("iscriticalsystemobject"),
        protected=is_protected(descriptors[0]) if descriptors else None,
        logged_on_at=_filetime(entry.number("lastlogontimestamp")),
        password_set_at=_filetime(entry.number("pwdlastset")),
        changed_at=read_time(entry.text("whenchanged")),
        usn=entry.number("usnchanged"),
        last_parent=entry.text("lastknownparent"),
    )


def _name(entry: Entry) -> str | None:
    """A deleted object's name is mangled; what it was is kept apart, but not by every server."""
    name = entry.text("msds-lastknownrdn") or entry.text("name")
    return name.partition(MANGLED)[0] if name else None


def _filetime(ticks: int | None) -> datetime | None:
    return EPOCH + timedelta(microseconds=ticks // 10) if ticks and ticks < LAST else None


def read_time(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y%m%d%H%M%S.%f%z") if text else None
