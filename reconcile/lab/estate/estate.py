"""An invented company for the lab: Aldermoor Instruments, its people and their devices."""

from datetime import datetime

from reconcile.lab.estate.chance import Chance
from reconcile.lab.estate.device import device
from reconcile.lab.estate.machine import Machine, machine
from reconcile.lab.estate.records import autopilot_identity, bitlocker_key, local_credential, managed_device
from reconcile.lab.graph.tenant import Row, Tenant

DOMAIN = "aldermoor.example"
FIRST = ("Ada", "Bela", "Chidi", "Dana", "Emre", "Freya", "Goran", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Mika", "Noor")
LAST = ("Abiola", "Brandt", "Castell", "Duarte", "Eklund", "Fontane", "Grabow", "Haddad", "Ito", "Jansen", "Kovac")
DELETED_SHARE = 50
"""One in so many machines beside the live ones is in the deleted items."""


def estate(count: int, now: datetime, seed: int = 0) -> Tenant:
    """`count` live devices and a few deleted ones, the same for the same arguments; its clock stands still at `now`."""
    chance = Chance(seed)
    tenant = Tenant(chance.guid("tenant", 0), "Aldermoor Instruments", lambda: now)
    users = [_user(chance, number) for number in range(max(3, count // 2))]
    tenant.users.update({str(user["id"]): user for user in users})
    for number in range(count):
        _register(tenant, machine(chance, number, now), users)
    for number in range(count, count + max(1, count // DELETED_SHARE)):
        one = machine(chance, number, now, deleted=True)
        _register(tenant, one, users)
        tenant.remove(one.object_id)
    tenant.changes.clear()
    return tenant


def _user(chance: Chance, number: int) -> Row:
    first, last = chance.one_of(FIRST, "first", number), chance.one_of(LAST, "last", number)
    upn = f"{first}.{last}{number}@{DOMAIN}".lower()
    names = {"displayName": f"{first} {last}", "userPrincipalName": upn, "mail": upn}
    return {"id": chance.guid("user", number), **names, "accountEnabled": True, "userType": "Member"}


def _register(tenant: Tenant, one: Machine, users: list[Row]) -> None:
    owner = None if one.kind == "hybrid" or one.unused else one.chance.one_of(users, "owner", one.machine_number)
    tenant.add(device(one), [owner["id"]] if owner else None)
    if one.has_key:
        tenant.keep_key(bitlocker_key(one))
    if one.has_password:
        tenant.local_credentials[one.device_id] = local_credential(one)
    if one.managed:
        managed = managed_device(one, owner)
        tenant.managed_devices[managed["id"]] = managed
    if one.autopilot:
        identity = autopilot_identity(one)
        tenant.autopilot_identities[identity["id"]] = identity
