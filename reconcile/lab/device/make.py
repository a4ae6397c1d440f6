"""A machine made from its plan: the same each time, and in agreement with what cloud and domain know of it."""

import base64
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reconcile.lab.device.account import BUILT_IN, JoinInfo, LocalAccount
from reconcile.lab.device.certificate import MACHINE, Certificate, issued, peer
from reconcile.lab.device.company import Company, thumbprint_of
from reconcile.lab.device.device import WINDOWS_11, Device, Rejoin
from reconcile.lab.device.people import people
from reconcile.lab.device.plan import Plan
from reconcile.lab.estate.chance import Chance
from reconcile.lab.graph.tenant import Row

NAMES = ("Administrator",) * 4 + ("Administrador", "Administrateur", "Administratör", "Järjestelmänvalvoja")
FLEET = "fleet"
"""The local administrator of machines that no domain and no tenant has taken in."""
ADDED = 1001


def device_of(plan: Plan, company: Company, chance: Chance) -> Device:
    made = _Made(plan, company, chance)
    people_ = people(plan, company, chance)
    certificates = made.of_machine()
    for profile in people_:
        certificates += made.of_registrations(profile.sid) if profile is people_[0] else []
        certificates += [peer(profile.sid, f"CN={profile.upn}", company.now())] if profile.session and plan.row else []
    if people_:
        people_[0].registrations += [made.info(row) for row in plan.registered]
    return Device(
        plan.name,
        company,
        made.machine_sid,
        company.now() - timedelta(hours=1 + chance.below(700, "boot", plan.number)),
        serial=plan.serial or f"LAB{plan.number:06d}",
        os=made.system[0],
        version=made.system[1],
        domain=company.directory.domain if plan.kind in {"hybrid", "domain"} else None,
        computer=plan.computer,
        accounts=made.accounts(),
        profiles=people_,
        certificates=certificates,
        cloud_join=[made.info(plan.row)] if plan.row and not plan.pending else [],
        rejoin=Rejoin("disabled", 1, 0) if plan.kind == "domain" else Rejoin(),
        can_register=not plan.pending,
        self_signed=made.self_signed,
    )


@dataclass(frozen=True)
class _Made:
    plan: Plan
    company: Company
    chance: Chance

    @property
    def machine_sid(self) -> str:
        if self.plan.credential is not None:
            sid: str = self.plan.credential["credentials"][0]["accountSid"]
            return sid.rpartition("-")[0]
        parts = (self.chance.below(2**32, f"machine sid {at}", self.plan.number) for at in range(3))
        return "-".join(("S-1-5-21", *map(str, parts)))

    @property
    def system(self) -> tuple[str, str]:
        """Its name and its version."""
        rows = [one for one in (self.plan.row, *self.plan.registered) if one is not None]
        if rows:
            version: str = rows[0]["operatingSystemVersion"]
            number = 11 if int(version.split(".")[2]) >= WINDOWS_11 else 10
            edition = "Pro" if self.plan.kind == "registered" else "Enterprise"
            return f"Microsoft Windows {number} {edition}", version
        entry = self.company.directory.entries[self.plan.computer or UUID(int=0)]
        said = (entry.text("operatingSystemVersion") or "10.0 (26100)").replace(" (", ".").rstrip(")")
        return f"Microsoft {entry.text('operatingSystem')}", said

    @property
    def self_signed(self) -> bytes | None:
        entry = self.company.directory.entries.get(self.plan.computer or UUID(int=0))
        return next(iter(entry.attributes.get("userCertificate", ())), None) if entry else None

    def accounts(self) -> list[LocalAccount]:
        sid = self.machine_sid
        guest = LocalAccount(f"{sid}-{BUILT_IN + 1}", "Guest", enabled=False, member=False)
        found = [self._built_in(sid), guest]
        if self.plan.kind == "registered":
            found.append(LocalAccount(f"{sid}-{ADDED}", FLEET, enabled=True, password=fleet_password(self.plan.name)))
        return found

    def _built_in(self, sid: str) -> LocalAccount:
        """Enabled, and with the password that LAPS has, where LAPS looks after it."""
        if self.plan.credential is None:
            name = self.chance.one_of(NAMES, "administrator", self.plan.number)
            return LocalAccount(f"{sid}-{BUILT_IN}", name, enabled=False)
        kept = self.plan.credential["credentials"][0]
        password = base64.b64decode(kept["passwordBase64"]).decode("utf-16-le")
        return LocalAccount(kept["accountSid"], kept["accountName"], enabled=True, password=password)

    def of_machine(self) -> list[Certificate]:
        row = self.plan.row
        if row is None or self.plan.pending:
            return []
        subject = f"CN={row['deviceId']}, DC={self.company.tenant.tenant_id}"
        return [self._issued(MACHINE, row), peer(MACHINE, subject, self.company.now())]

    def of_registrations(self, sid: str) -> list[Certificate]:
        return [self._issued(sid, row) for row in self.plan.registered]

    def info(self, row: Row) -> JoinInfo:
        return JoinInfo(thumbprint_of(row) or "", self.company.tenant.tenant_id, self.plan.owner or "")

    def _issued(self, store: str, row: Row) -> Certificate:
        since = datetime.fromisoformat(row["registrationDateTime"])
        return issued(store, self.company.issuer, row["deviceId"], since, thumbprint_of(row))


def fleet_password(name: str) -> str:
    """Each machine has another."""
    return f"Fleet-{random.Random(name).getrandbits(48):012x}"  # noqa: S311 - it has to be the same each time
