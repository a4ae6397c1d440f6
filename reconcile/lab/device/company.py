"""What stands around a device: its cloud, its domain, the clock, and how long things take."""

import base64
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from reconcile.lab.device.certificate import FULL_ISSUER
from reconcile.lab.directory.account import Account, hindrance
from reconcile.lab.directory.directory import Directory
from reconcile.lab.graph.tenant import Row, Tenant

MARK = "X509:<SHA1-TP-PUBKEY>"
DIGITS = 40
FAILED = "FAILED. Device is either disabled or deleted"
ELSEWHERE = "Fabrikam Sample"
"""The name of any tenant but ours."""


@dataclass(frozen=True)
class Timing:
    """Seconds: how long a restart takes, and how long a device still answers that was told to restart at once.

    pace: how long each second of a wait that was asked for takes here.
    """

    restart: float = 0.3
    grace: float = 0.2
    pace: float = 0.01

    def until_down(self, delay_seconds: float) -> timedelta:
        return timedelta(seconds=max(self.grace, delay_seconds * self.pace))


@dataclass
class Company:
    """`cloud_accounts`: passwords of those who are administrators of every joined device, by user principal name.

    issuer: of the certificates that the registration service gives. lock: held while a script is carried out.
    """

    tenant: Tenant
    directory: Directory
    now: Callable[[], datetime]
    timing: Timing = field(default_factory=Timing)
    issuer: str = FULL_ISSUER
    cloud_accounts: dict[str, str] = field(default_factory=dict, repr=False)
    lock: AbstractContextManager[object] = field(default_factory=threading.RLock, repr=False)

    @property
    def netbios(self) -> str:
        return self.directory.domain.partition(".")[0].upper()

    def tenant_name(self, tenant_id: str) -> str:
        return self.tenant.name if tenant_id == self.tenant.tenant_id else ELSEWHERE

    def auth_status(self, device_id: str, tenant_id: str, thumbprint: str) -> str:
        """What the cloud says to a device that shows its certificate; of other tenants nothing bad is known."""
        if tenant_id != self.tenant.tenant_id:
            return "SUCCESS"
        row = self.tenant.by_device_id(device_id)
        known = row is not None and row["accountEnabled"] and thumbprint_of(row) == thumbprint
        return "SUCCESS" if known else FAILED

    def domain_account(self, user: str, password: str | None = None) -> Account | None:
        """A name after the domain's, or before it, where it may sign in; the password is not asked for where there is none given."""
        name = user.partition("\\")[2] if "\\" in user else user.partition("@")[0]
        entry = self.directory.index.by_account(name)
        account = self.directory.accounts.get(entry.guid) if entry else None
        if entry is None or account is None or hindrance(entry, self.now()):
            return None
        return account if password is None or account.password == password else None


def thumbprint_of(row: Row) -> str | None:
    """Of the device certificate that the cloud knows."""
    for one in row["alternativeSecurityIds"]:
        text = base64.b64decode(one["key"]).decode("utf-16-le")
        if text.startswith(MARK):
            return text[len(MARK) : len(MARK) + DIGITS]
    return None


def security_id(thumbprint: str) -> Row:
    """As Graph shows it, with a hash of a public key that all share."""
    said = f"{MARK}{thumbprint}{base64.b64encode(bytes(32)).decode()}"
    return {"type": 2, "identityProvider": None, "key": base64.b64encode(said.encode("utf-16-le")).decode()}
