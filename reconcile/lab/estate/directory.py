"""The invented company's Active Directory: the machines that the cloud has from it, and those that it has not."""

from datetime import datetime, timedelta
from uuid import UUID

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import Facts, filetime, sid_bytes, values
from reconcile.lab.directory.forest import forest
from reconcile.lab.estate.certificate import device_certificate
from reconcile.lab.estate.chance import Chance
from reconcile.lab.estate.device import SID
from reconcile.lab.estate.estate import DOMAIN
from reconcile.lab.estate.premises import add_others
from reconcile.lab.graph.tenant import Row, Tenant

WORKSTATION, DISABLED = 0x1000, 0x2
KEYS_IN_AD = 60
"""So many per cent of the machines whose recovery keys the cloud has keep them in the directory too."""
OS = {
    "10.0.19045": "Windows 10 Enterprise",
    "10.0.22631": "Windows 11 Enterprise",
    "10.0.26100": "Windows 11 Enterprise",
}
CREATED_BEFORE = timedelta(hours=3)
"""That long before the cloud knew it, a computer joined the domain."""


def directory_of(tenant: Tenant, now: datetime, *, recycle_bin: bool = False) -> Directory:
    """A computer for each hybrid device, with its GUID and SID and a certificate, and the rest of a domain.

    The same for the same tenant; its clock stands still at `now`.
    """
    directory = forest(DOMAIN, SID, lambda: now, recycle_bin=recycle_bin)
    chance = Chance(UUID(tenant.tenant_id).int)
    fleet = f"OU=Fleet,{directory.base}"
    for name in (fleet, *(f"OU={place},{fleet}" for place in ("Notebooks", "Desktops"))):
        directory.add(name, "organizationalUnit")
    hybrid = [row for row in tenant.devices.values() if row["trustType"] == "ServerAd"]
    for number, row in enumerate(hybrid):
        _machine(directory, row, chance, number)
        _recovery_keys(directory, row, tenant, chance.percent("in AD", number))
    add_others(directory, chance)
    return directory


def place_of(name: str) -> str:
    """The OU below Fleet that a machine of that name stands in."""
    return "Desktops" if "-WS" in name else "Notebooks"


def computer_dn(directory: Directory, name: str) -> str:
    return f"CN={name},OU={place_of(name)},OU=Fleet,{directory.base}"


def _machine(directory: Directory, row: Row, chance: Chance, number: int) -> None:
    name, guid = row["displayName"], UUID(row["deviceId"])
    version = row["operatingSystemVersion"]
    build = version.rpartition(".")[0]
    joined = _moment(row["registrationDateTime"]) or directory.now() - timedelta(days=10)
    facts: Facts = {
        "objectGUID": guid,
        "objectSid": sid_bytes(row["onPremisesSecurityIdentifier"]),
        "sAMAccountName": f"{name[:15]}$",
        "dNSHostName": f"{name.lower()}.{DOMAIN}",
        "servicePrincipalName": [f"HOST/{name}", f"HOST/{name.lower()}.{DOMAIN}", f"RestrictedKrbHost/{name}"],
        "userAccountControl": WORKSTATION if row["accountEnabled"] else WORKSTATION | DISABLED,
        "operatingSystem": OS[build],
        "operatingSystemVersion": f"10.0 ({build.rpartition('.')[2]})",
        "userCertificate": device_certificate(guid, joined),
        "whenCreated": joined - CREATED_BEFORE,
    }
    directory.add(computer_dn(directory, name), "computer", values(facts | _life(directory, row, chance, number)))


def _life(directory: Directory, row: Row, chance: Chance, number: int) -> Facts:
    """The directory notes a logon every 9 to 14 days only, and a machine renews its password once a month."""
    seen = _moment(row["approximateLastSignInDateTime"])
    days = chance.below(12, "logon", number)
    last = (seen or directory.now() - timedelta(days=3)) - timedelta(days=days, minutes=number % 600)
    password = last - timedelta(days=chance.below(30, "password set", number))
    return {"lastLogonTimestamp": filetime(last), "pwdLastSet": filetime(password)}


def _recovery_keys(directory: Directory, row: Row, tenant: Tenant, rolled: int) -> None:
    """The same as in the cloud, as objects below the computer."""
    if rolled >= KEYS_IN_AD:
        return
    for key in tenant.keys_of(row["deviceId"]):
        made = _moment(key["createdDateTime"]) or directory.now()
        recovery = UUID(key["id"])
        name = f"{made:%Y-%m-%dT%H:%M:%S}-00:00{{{str(recovery).upper()}}}"
        facts: Facts = {"msFVE-RecoveryPassword": key["key"], "msFVE-RecoveryGuid": recovery, "whenCreated": made}
        dn = f"CN={name},{computer_dn(directory, row['displayName'])}"
        directory.add(dn, "msFVE-RecoveryInformation", values(facts))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
