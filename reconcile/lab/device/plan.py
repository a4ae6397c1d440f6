"""Which machines the company has: what cloud and domain say of each is put together by name before any is made."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal
from uuid import UUID

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Entry
from reconcile.lab.graph.tenant import Row, Tenant

Kind = Literal["hybrid", "joined", "registered", "domain"]
KINDS: dict[str, Kind] = {"ServerAd": "hybrid", "AzureAd": "joined", "Workplace": "registered"}
CONTROLLER = 0x2000
HARDWARE = "[HWID]"


@dataclass(frozen=True)
class Plan:
    """Rows as they were at first: what becomes of them later, the machine does not hear. `domain`: AD alone knows it."""

    name: str
    number: int
    kind: Kind
    row: Row | None = None
    """Of its own join, pending ones too."""
    registered: tuple[Row, ...] = ()
    computer: UUID | None = None
    owner: str | None = None
    credential: Row | None = None
    """What LAPS has put into the cloud."""
    serial: str = ""

    @property
    def pending(self) -> bool:
        return self.row is not None and not self.row["alternativeSecurityIds"]


def plans(tenant: Tenant, directory: Directory) -> dict[str, Plan]:
    """By name in lower case; what is no Windows, and what nobody has unpacked yet, is none of them."""
    serials = _serials(tenant)
    found: dict[str, Plan] = {}
    for row in (*tenant.devices.values(), *tenant.deleted.values()):
        if row["operatingSystem"] == "Windows" and _is_there(row):
            key = row["displayName"].casefold()
            plan = found.get(key) or Plan(
                row["displayName"], len(found), "registered", serial=serials.get(row["deviceId"], "")
            )
            found[key] = _with(plan, row, tenant)
    for entry in _others(directory, found):
        name = entry.text("cn") or ""
        found[name.casefold()] = Plan(name, len(found), "domain", computer=entry.guid)
    return found


def _is_there(row: Row) -> bool:
    """One that only Autopilot knows has no hardware id yet."""
    return row["trustType"] != "AzureAd" or any(one.startswith(HARDWARE) for one in row["physicalIds"])


def _with(plan: Plan, row: Row, tenant: Tenant) -> Plan:
    owners = (tenant.users.get(one, {}) for one in tenant.owners.get(row["id"], ()))
    owner = plan.owner or next((one.get("userPrincipalName") for one in owners), None)
    kind = KINDS[row["trustType"]]
    if kind == "registered":
        return replace(plan, registered=(*plan.registered, row), owner=owner)
    computer = UUID(row["deviceId"]) if kind == "hybrid" else None
    credential = tenant.local_credentials.get(row["deviceId"])
    return replace(plan, kind=kind, row=row, computer=computer, owner=owner, credential=credential)


def _serials(tenant: Tenant) -> dict[str, str]:
    """By device id."""
    managed = {one["azureADDeviceId"]: one["serialNumber"] for one in tenant.managed_devices.values()}
    identities = tenant.autopilot_identities.values()
    return managed | {one["azureActiveDirectoryDeviceId"]: one["serialNumber"] for one in identities}


def _others(directory: Directory, found: dict[str, Plan]) -> Iterator[Entry]:
    """Machines of the domain that never wrote a certificate; names of clusters, and controllers, are no machines here."""
    for entry in directory.computers():
        windows = (entry.text("operatingSystem") or "").startswith("Windows")
        controller = (entry.number("userAccountControl") or 0) & CONTROLLER
        if windows and not controller and (entry.text("cn") or "").casefold() not in found:
            yield entry
