"""The people who have used a machine."""

import struct
from uuid import UUID

from reconcile.lab.device.account import Profile
from reconcile.lab.device.company import Company
from reconcile.lab.device.plan import Plan
from reconcile.lab.device.sign_in import CLOUD
from reconcile.lab.estate.chance import Chance

SIGNED_IN, LOADED = 60, 75
"""Up to which percentage of machines their person is signed in, or has left a hive loaded."""
SECOND = 30
"""So many per cent have been used by somebody else as well."""
FIRST_RID = 5000
OWNER_RID = 1002


def people(plan: Plan, company: Company, chance: Chance) -> list[Profile]:
    """Whose machine it is comes first; on servers and kiosks there is nobody."""
    if plan.kind == "domain":
        return []
    first = _profile(plan, company, chance, _owner(plan, company, chance))
    rolled = chance.percent("signed in", plan.number)
    first.session, first.loaded = (1 if rolled < SIGNED_IN else None), rolled < LOADED
    if chance.percent("second person", plan.number) >= SECOND:
        return [first]
    users = list(company.tenant.users)
    second = _profile(plan, company, chance, users[(users.index(_id(company, first.upn)) + 1) % len(users)])
    return [first, second]


def _owner(plan: Plan, company: Company, chance: Chance) -> str:
    if plan.owner is not None:
        return _id(company, plan.owner)
    return chance.one_of(list(company.tenant.users), "person", plan.number)


def _id(company: Company, upn: str) -> str:
    return next(key for key, user in company.tenant.users.items() if user["userPrincipalName"] == upn)


def _profile(plan: Plan, company: Company, chance: Chance, user_id: str) -> Profile:
    user = company.tenant.users[user_id]
    upn, name = user["userPrincipalName"], user["displayName"].replace(" ", "")
    if plan.kind == "hybrid":
        rid = FIRST_RID + list(company.tenant.users).index(user_id)
        return Profile(f"{company.directory.domain_sid}-{rid}", f"{company.netbios}\\{upn.partition('@')[0]}", upn)
    if plan.kind == "joined":
        return Profile(cloud_sid(user_id), f"{CLOUD}\\{name}", upn)
    parts = (chance.below(2**32, f"person sid {user_id} {at}", plan.number) for at in range(3))
    return Profile("-".join(("S-1-5-21", *map(str, parts), str(OWNER_RID))), f"{plan.name}\\{name}", upn)


def cloud_sid(object_id: str) -> str:
    """Of somebody whom only the cloud knows: the object id in four numbers."""
    parts = struct.unpack("<4I", UUID(object_id).bytes_le)
    return "-".join(("S-1-12-1", *map(str, parts)))
