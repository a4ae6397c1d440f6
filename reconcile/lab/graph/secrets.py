"""BitLocker keys and LAPS passwords: listed without the secret, read one by one and on the record."""

from reconcile.lab.graph.call import Call, chosen, found, identifier
from reconcile.lab.graph.filters import device_id_of
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.refusal import bad, denied, missing, unsupported
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import Answer, json_answer


def list_keys(call: Call) -> Answer:
    """Of one device, or of all; $top is not known here (Graph, bitlocker-list-recoverykeys)."""
    _needs_user_agent(call)
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    if "$top" in call.ask.query:
        raise bad("The query option $top is not supported for recoveryKeys.")
    keys = call.lab.tenant.bitlocker_keys
    listing = Listing(
        path=call.ask.path,
        keys=[key["id"] for key in _keys_asked(call)],
        fetch=lambda key: _without(keys[key], "key") if key in keys else None,
        size=call.size(),
        context=call.context("informationProtection/bitlocker/recoveryKeys"),
        query=call.ask.query,
    )
    return first_page(call, listing)


def get_key(call: Call) -> Answer:
    """The secret itself only by $select=key, which the directory's audit log records."""
    _needs_user_agent(call)
    row, names = found(call.lab.tenant.bitlocker_keys, call.keys["id"]), call.selected()
    if "key" in names and not call.may("BitlockerKey.Read.All"):
        raise denied()
    if "key" in names:
        call.lab.audit("Read BitLocker key", row["id"])
    served = _without(row, "key") | ({"key": row["key"]} if "key" in names else {})
    context = call.context("informationProtection/bitlocker/recoveryKeys/$entity")
    return json_answer(200, {"@odata.context": context} | served)


def list_credentials(call: Call) -> Answer:
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    rows, names = call.lab.tenant.local_credentials, call.selected()
    listing = Listing(
        path=call.ask.path,
        keys=list(rows),
        fetch=lambda key: chosen(_without(rows[key], "credentials"), names) if key in rows else None,
        size=call.size(),
        context=call.context("directory/deviceLocalCredentials"),
        query=call.ask.query,
    )
    return first_page(call, listing)


def get_credentials(call: Call) -> Answer:
    """Under the deviceId; the passwords only by $select=credentials."""
    _needs_user_agent(call)
    device_id, names = identifier(call.keys["id"]), call.selected()
    row = call.lab.tenant.local_credentials.get(device_id)
    if row is None:
        raise missing(device_id)
    if "credentials" in names and not call.may("DeviceLocalCredential.Read.All"):
        raise denied()
    if "credentials" in names:
        call.lab.audit("Recover device local administrator password", device_id)
    served = row if "credentials" in names else _without(row, "credentials")
    context = call.context("directory/deviceLocalCredentials/$entity")
    return json_answer(200, {"@odata.context": context} | served)


def _keys_asked(call: Call) -> list[Row]:
    text = call.ask.query.get("$filter")
    if text is None:
        return list(call.lab.tenant.bitlocker_keys.values())
    device_id = device_id_of(text)
    if device_id is None:
        raise unsupported("Only deviceId eq '…' can be asked of recoveryKeys.")
    return call.lab.tenant.keys_of(device_id)


def _needs_user_agent(call: Call) -> None:
    if not call.ask.headers.get("user-agent"):
        raise bad("The User-Agent header is required.")


def _without(row: Row, secret: str) -> Row:
    return {name: value for name, value in row.items() if name != secret}
