"""Intune's devices, Autopilot identities, and what the tenant says of itself."""

from datetime import UTC

from reconcile.lab.graph.call import Call, chosen, found
from reconcile.lab.graph.devices import plain_count
from reconcile.lab.graph.filters import test_of
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.paging import first_page, next_page
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import Answer, json_answer

PAGE = 1000


def list_managed(call: Call) -> Answer:
    return _listed(call, call.lab.tenant.managed_devices, "managedDevices")


def get_managed(call: Call) -> Answer:
    row = found(call.lab.tenant.managed_devices, call.keys["id"])
    context = call.context("deviceManagement/managedDevices/$entity")
    return json_answer(200, {"@odata.context": context} | chosen(row, call.selected()))


def count_managed(call: Call) -> Answer:
    return plain_count(len(call.lab.tenant.managed_devices))


def list_autopilot(call: Call) -> Answer:
    return _listed(call, call.lab.tenant.autopilot_identities, "windowsAutopilotDeviceIdentities")


def count_autopilot(call: Call) -> Answer:
    return plain_count(len(call.lab.tenant.autopilot_identities))


def synchronization(call: Call) -> Answer:
    tenant = call.lab.tenant
    prevention = {
        "synchronizationPreventionType": "enabledForCount",
        "alertThreshold": tenant.deletion_threshold,
    }
    one = {"id": tenant.tenant_id, "configuration": {"accidentalDeletionPrevention": prevention}}
    return json_answer(200, {"@odata.context": call.context("directory/onPremisesSynchronization"), "value": [one]})


def organization(call: Call) -> Answer:
    tenant = call.lab.tenant
    synced = tenant.synced_at and f"{tenant.synced_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    row = {
        "id": tenant.tenant_id,
        "displayName": tenant.name,
        "onPremisesLastSyncDateTime": synced,
        "onPremisesSyncEnabled": True if synced else None,
    }
    one = chosen(row, call.selected())
    return json_answer(200, {"@odata.context": call.context("organization"), "value": [one]})


def _listed(call: Call, rows: dict[str, Row], what: str) -> Answer:
    if "$skiptoken" in call.ask.query:
        return next_page(call)
    names = call.selected()
    test = test_of(call.ask.query["$filter"]) if "$filter" in call.ask.query else None
    keys = [key for key, row in rows.items() if test is None or test(row)]
    listing = Listing(
        path=call.ask.path,
        keys=keys,
        fetch=lambda key: chosen(rows[key], names) if key in rows else None,
        size=call.size(PAGE, PAGE),
        context=call.context(f"deviceManagement/{what}"),
        query=call.ask.query,
        count=len(keys) if call.ask.query.get("$count") == "true" else None,
    )
    return first_page(call, listing)
