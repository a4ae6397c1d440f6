"""/devices: listings, counts, and one device by either of its ids."""

from collections.abc import Iterable

from reconcile.lab.graph.call import Call, chosen, expanded, found, identifier
from reconcile.lab.graph.filters import device_id_of, test_of
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.owners import owners_of
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.refusal import bad, missing, unsupported
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import NOTHING, Answer, json_answer

BOM = b"\xef\xbb\xbf"
WRITABLE = {
    "accountEnabled": bool,
    "displayName": str,
    "operatingSystem": str,
    "operatingSystemVersion": str,
    "isCompliant": bool,
    "isManaged": bool,
    "extensionAttributes": dict,
}


def list_devices(call: Call) -> Answer:
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    counted, size, ghosts = call.counted(), call.size(), lagging(call)
    keys = _matching(call, ghosts)
    listing = Listing(
        path=call.ask.path,
        keys=keys,
        fetch=lambda key: _served(call, call.lab.tenant.devices.get(key) or ghosts.get(key)),
        size=size,
        context=call.context("devices"),
        query=call.ask.query,
        count=len(keys) if counted else None,
        advanced=counted,
    )
    return first_page(call, listing)


def count_devices(call: Call) -> Answer:
    if not call.eventual():
        raise unsupported("$count is not currently supported without the header ConsistencyLevel: eventual.")
    return plain_count(len(_matching(call, lagging(call))))


def plain_count(number: int) -> Answer:
    """With a mark of its byte order in front, as the service may send it."""
    return Answer(200, BOM + str(number).encode(), {"Content-Type": "text/plain"})


def get_device(call: Call) -> Answer:
    served = _served(call, target(call)) or {}
    return json_answer(200, {"@odata.context": call.context("devices/$entity")} | served)


def patch_device(call: Call) -> Answer:
    row, members = target(call), call.json()
    for name, value in members.items():
        if not name.startswith("@") and not isinstance(value, WRITABLE.get(name, ())):
            raise bad(f"Invalid value or read-only property specified for '{name}' of resource 'Device'.")
    if not ignored(call):
        call.lab.tenant.patch(row["id"], {name: value for name, value in members.items() if not name.startswith("@")})
    return NOTHING


def delete_device(call: Call) -> Answer:
    row = target(call)
    if not ignored(call):
        call.lab.tenant.remove(row["id"])
    return NOTHING


def target(call: Call) -> Row:
    """By object id or by the alternate key; an id in the place of the other is not found."""
    tenant = call.lab.tenant
    if "device_id" not in call.keys:
        return found(tenant.devices, call.keys["id"])
    row = tenant.by_device_id(identifier(call.keys["device_id"]))
    if row is None:
        raise missing(call.keys["device_id"])
    return row


def ignored(call: Call) -> bool:
    """Whether a fault has this act answered and not carried out."""
    return call.lab.faults.take({"no-effect"}, call.ask) is not None


def lagging(call: Call) -> dict[str, Row]:
    """What this read still shows though it was removed."""
    tenant = call.lab.tenant
    armed = call.lab.faults.take({"lag"}, call.ask)
    changes = tenant.since(armed.since) if armed else iter(())
    removed = (change for change in changes if change.kind in {"soft", "hard"} and change.row)
    return {change.object_id: change.row for change in removed if change.object_id not in tenant.devices}


def _matching(call: Call, ghosts: dict[str, Row]) -> list[str]:
    text = call.ask.query.get("$filter")
    if text is None:
        return [*call.lab.tenant.devices, *ghosts]
    test = test_of(text)
    return [row["id"] for row in [*_candidates(call, text), *ghosts.values()] if test(row)]


def _candidates(call: Call, text: str) -> Iterable[Row]:
    device_id = device_id_of(text)
    if device_id is None:
        return call.lab.tenant.devices.values()
    row = call.lab.tenant.by_device_id(device_id)
    return [] if row is None else [row]


def _served(call: Call, row: Row | None) -> Row | None:
    if row is None:
        return None
    names = expanded(call)
    owners = {} if names is None else {"registeredOwners": owners_of(call, row["id"], names)}
    return chosen(row, call.selected()) | owners
