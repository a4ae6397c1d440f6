"""Who owns a device, and which devices a user owns."""

from reconcile.lab.graph.call import PAGE, Call, chosen, found, identifier
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.refusal import missing
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import Answer

USERS = ("User.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")
DEVICES = ("Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")


def owners_of(call: Call, object_id: str, names: tuple[str, ...]) -> list[Row]:
    """As $expand serves them: the first hundred."""
    ids = call.lab.tenant.owners.get(object_id, [])[:PAGE]
    return [_limited(call, "user", call.lab.tenant.users[user_id], names) for user_id in ids]


def registered_owners(call: Call) -> Answer:
    tenant = call.lab.tenant
    row = found(tenant.devices, call.keys["id"])
    return _listed(call, tenant.owners.get(row["id"], []), "user", tenant.users)


def users_devices(call: Call) -> Answer:
    """Under registeredDevices and ownedDevices alike; a user by id or by name."""
    tenant = call.lab.tenant
    return _listed(call, tenant.owned(_user(call)), "device", tenant.devices)


def _user(call: Call) -> str:
    key = call.keys["user"]
    users = call.lab.tenant.users
    if "@" not in key:
        return str(found(users, identifier(key))["id"])
    for user_id, user in users.items():
        if user["userPrincipalName"].lower() == key.lower():
            return user_id
    raise missing(key)


def _listed(call: Call, ids: list[str], what: str, rows: dict[str, Row]) -> Answer:
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    counted, names = call.counted(), call.selected()
    listing = Listing(
        path=call.ask.path,
        keys=list(ids),
        fetch=lambda key: _limited(call, what, rows[key], names) if key in rows else None,
        size=call.size(),
        context=call.context("directoryObjects"),
        query=call.ask.query,
        count=len(ids) if counted else None,
        advanced=counted,
    )
    return first_page(call, listing)


def _limited(call: Call, what: str, row: Row, names: tuple[str, ...]) -> Row:
    """Without the right to read it, an object is its type and id, and all else null (Graph, user-list-registereddevices)."""
    served = chosen(row, names)
    if not call.may(*(USERS if what == "user" else DEVICES)):
        served = {name: value if name == "id" else None for name, value in served.items()}
    return {"@odata.type": f"#microsoft.graph.{what}"} | served
