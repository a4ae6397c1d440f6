import base64

from tests.lab.graph.asking import NOBODY, Asking, ids

KEYS = "/informationProtection/bitlocker/recoveryKeys"
PASSWORDS = "/directory/deviceLocalCredentials"


def test_keys_are_listed_by_device_without_the_key(graph: Asking) -> None:
    key = next(iter(graph.tenant.bitlocker_keys.values()))

    page = graph.body(f"{KEYS}?$filter=deviceId eq '{key['deviceId']}'")

    assert page["value"] == [{name: value for name, value in key.items() if name != "key"}]
    assert len(graph.pages(KEYS)[0]["value"]) == len(graph.tenant.bitlocker_keys)
    assert graph.body(f"{KEYS}?$filter=deviceId eq '{NOBODY}'")["value"] == []


def test_a_key_is_read_only_when_selected_and_that_is_on_the_record(graph: Asking) -> None:
    key_id, key = next(iter(graph.tenant.bitlocker_keys.items()))

    without = graph.body(f"{KEYS}/{key_id}")
    before = list(graph.lab.audits)
    read = graph.body(f"{KEYS}/{key_id}?$select=key")

    assert "key" not in without
    assert before == []
    assert read["key"] == key["key"]
    assert [(audit.activity, audit.object_id) for audit in graph.lab.audits] == [("Read BitLocker key", key_id)]


def test_what_keys_cannot_be_asked_is_refused(graph: Asking) -> None:
    key_id = next(iter(graph.tenant.bitlocker_keys))

    assert graph.code(f"{KEYS}?$top=5") == (400, "Request_BadRequest")
    assert graph.code(f"{KEYS}?$filter=volumeType eq '1'") == (400, "Request_UnsupportedQuery")
    for path in (KEYS, f"{KEYS}/{key_id}"):
        assert graph.code(path, headers={"User-Agent": ""}) == (400, "Request_BadRequest")


def test_many_keys_are_paged(graph: Asking) -> None:
    row = graph.device()
    for number in range(150):
        key = {"id": f"00000000-0000-4000-9000-{number:012}", "deviceId": row["deviceId"], "key": "1"}
        graph.tenant.keep_key(key | {"createdDateTime": "2026-01-01T00:00:00Z", "volumeType": "fixedDataVolume"})

    assert len(ids(graph.pages(KEYS))) == len(graph.tenant.bitlocker_keys) > 150


def test_passwords_are_served_only_when_selected(graph: Asking) -> None:
    device_id, kept = next(iter(graph.tenant.local_credentials.items()))

    without = graph.body(f"{PASSWORDS}/{device_id}")
    read = graph.body(f"{PASSWORDS}/{device_id}?$select=credentials")

    assert "credentials" not in without
    assert read["credentials"] == kept["credentials"]
    assert base64.b64decode(read["credentials"][0]["passwordBase64"]).decode("utf-16-le").isalnum()
    assert [audit.object_id for audit in graph.lab.audits] == [device_id]
    assert graph.code(f"{PASSWORDS}/{NOBODY}") == (404, "Request_ResourceNotFound")


def test_passwords_are_listed_and_paged_without_themselves(graph: Asking) -> None:
    pages = graph.pages(f"{PASSWORDS}?$top=5")

    assert sorted(ids(pages)) == sorted(graph.tenant.local_credentials)
    assert "credentials" not in pages[0]["value"][0]


def test_who_may_list_may_not_read(graph: Asking) -> None:
    headers = graph.lab.tokens.bearer("BitlockerKey.ReadBasic.All", "DeviceLocalCredential.ReadBasic.All")
    key_id, device_id = next(iter(graph.tenant.bitlocker_keys)), next(iter(graph.tenant.local_credentials))

    assert graph.get(f"{KEYS}/{key_id}", headers=headers).status_code == 200
    assert graph.get(f"{PASSWORDS}/{device_id}", headers=headers).status_code == 200
    for path in (f"{KEYS}/{key_id}?$select=key", f"{PASSWORDS}/{device_id}?$select=credentials"):
        assert graph.code(path, headers=headers) == (403, "Authorization_RequestDenied")
    assert graph.lab.audits == []


def test_secrets_stay_with_a_soft_deleted_device_and_go_with_a_purged_one(graph: Asking) -> None:
    joined = {row["deviceId"]: key for key, row in graph.tenant.devices.items() if row["trustType"] == "AzureAd"}
    key = next(key for key in graph.tenant.bitlocker_keys.values() if key["deviceId"] in joined)
    device_id = key["deviceId"]
    graph.tenant.local_credentials.setdefault(device_id, {"id": device_id})

    graph.tenant.remove(joined[device_id])
    kept = graph.get(f"{KEYS}/{key['id']}").status_code
    graph.tenant.purge(joined[device_id])

    assert kept == 200
    assert graph.code(f"{KEYS}/{key['id']}") == (404, "Request_ResourceNotFound")
    assert graph.code(f"{PASSWORDS}/{device_id}") == (404, "Request_ResourceNotFound")
