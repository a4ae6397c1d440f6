from tests.lab.graph.asking import EVENTUAL, NOBODY, Asking, ids

MANAGED = "/deviceManagement/managedDevices"
AUTOPILOT = "/deviceManagement/windowsAutopilotDeviceIdentities"


def test_managed_devices_are_listed_counted_and_found_by_their_device(graph: Asking) -> None:
    managed_id, row = next(iter(graph.tenant.managed_devices.items()))

    page = graph.body(f"{MANAGED}?$count=true")
    linked = graph.body(f"{MANAGED}?$filter=azureADDeviceId eq '{row['azureADDeviceId']}'&$select=id")

    assert page["@odata.count"] == len(page["value"]) == len(graph.tenant.managed_devices)
    assert graph.get(f"{MANAGED}/$count").content.decode("utf-8-sig") == str(len(page["value"]))
    assert linked["value"] == [{"id": managed_id}]
    assert graph.body(f"{MANAGED}/{managed_id}")["serialNumber"] == row["serialNumber"]
    assert graph.code(f"{MANAGED}/{NOBODY}") == (404, "Request_ResourceNotFound")


def test_managed_devices_are_paged_at_a_thousand(graph: Asking) -> None:
    row = next(iter(graph.tenant.managed_devices.values()))
    before = len(graph.tenant.managed_devices)
    for number in range(1001):
        managed_id = f"00000000-0000-4000-9000-{number:012}"
        graph.tenant.managed_devices[managed_id] = {"id": managed_id, "deviceName": row["deviceName"]}

    pages = graph.pages(MANAGED)

    assert [len(page["value"]) for page in pages] == [1000, before + 1]


def test_autopilot_identities_name_a_device_by_its_device_id(graph: Asking) -> None:
    page = graph.body(AUTOPILOT)

    tagged = {row["deviceId"] for row in graph.tenant.devices.values() if "[ZTDID]" in "".join(row["physicalIds"])}
    assert {one["azureActiveDirectoryDeviceId"] for one in page["value"]} >= tagged
    assert sorted(ids([page])) == sorted(graph.tenant.autopilot_identities)
    assert graph.get(f"{AUTOPILOT}/$count").content.decode("utf-8-sig") == str(len(page["value"]))


def test_the_tenant_says_its_name_and_its_deletion_threshold(graph: Asking) -> None:
    graph.tenant.deletion_threshold = 42

    organization = graph.body("/organization?$select=id,displayName")["value"]
    sync = graph.body("/directory/onPremisesSynchronization", headers=EVENTUAL)["value"][0]

    assert organization == [{"id": graph.tenant.tenant_id, "displayName": "Aldermoor Instruments"}]
    assert sync["configuration"]["accidentalDeletionPrevention"] == {
        "synchronizationPreventionType": "enabledForCount",
        "alertThreshold": 42,
    }
