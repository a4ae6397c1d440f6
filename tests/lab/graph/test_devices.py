import pytest

from tests.lab.graph.asking import EVENTUAL, NOBODY, Asking, ids


@pytest.mark.parametrize("version", ["v1.0", "beta"])
def test_all_devices_stand_once_on_pages_that_lead_to_one_another(graph: Asking, version: str) -> None:
    pages = graph.pages("/devices?$top=25", version=version)

    assert [len(page["value"]) for page in pages] == [25, 25, 10]
    assert sorted(ids(pages)) == sorted(graph.tenant.devices)
    assert pages[0]["@odata.nextLink"].startswith(f"{graph.url}/{version}/devices?$top=25&$skiptoken=")
    assert pages[0]["@odata.context"] == f"{graph.url}/{version}/$metadata#devices"


def test_a_page_holds_a_hundred_unless_asked_and_999_at_most(graph: Asking) -> None:
    for number in range(60, 1100):
        graph.tenant.add({"id": f"00000000-0000-4000-9000-{number:012}", "deviceId": None})

    assert len(graph.body("/devices")["value"]) == 100
    assert len(graph.body("/devices?$top=5000")["value"]) == 999
    assert graph.code("/devices?$top=0") == (400, "Request_BadRequest")
    assert graph.code("/devices?$top=many") == (400, "Request_BadRequest")


def test_only_what_is_selected_is_served(graph: Asking) -> None:
    plain = graph.body("/devices")["value"][0]
    chosen = graph.body("/devices?$select=id, deviceId,onPremisesSecurityIdentifier,noSuchMember")["value"][0]

    assert {"deviceId", "trustType", "physicalIds", "createdDateTime"} < set(plain)
    assert "onPremisesSecurityIdentifier" not in plain
    assert set(chosen) == {"id", "deviceId", "onPremisesSecurityIdentifier"}


def test_owners_are_expanded_with_the_members_that_were_selected(graph: Asking) -> None:
    served = graph.body("/devices?$select=id&$expand=registeredOwners($select=id,userPrincipalName)")["value"]
    owned = next(device for device in served if device["registeredOwners"])

    user = graph.tenant.users[graph.tenant.owners[owned["id"]][0]]
    assert set(owned) == {"id", "registeredOwners"}
    assert owned["registeredOwners"] == [
        {
            "@odata.type": "#microsoft.graph.user",
            "id": user["id"],
            "userPrincipalName": user["userPrincipalName"],
        }
    ]
    assert graph.body("/devices?$expand=registeredOwners")["value"][0].keys() > {"registeredOwners", "deviceId"}
    assert graph.code("/devices?$expand=memberOf") == (400, "Request_BadRequest")


def test_no_more_than_a_hundred_owners_are_expanded(graph: Asking) -> None:
    row = graph.device()
    graph.tenant.owners[row["id"]] = list(graph.tenant.users)[:1] * 101

    assert len(graph.body(f"/devices/{row['id']}?$expand=registeredOwners")["registeredOwners"]) == 100
    assert len(graph.pages(f"/devices/{row['id']}/registeredOwners")) == 2


def test_filters_find_what_is_equal_whatever_its_letters_case(graph: Asking) -> None:
    row = graph.device("ServerAd")
    name, device_id = row["displayName"], row["deviceId"]

    for text in (
        f"deviceId eq '{device_id.upper()}'",
        f"id eq '{row['id']}'",
        f"displayName eq '{name.lower()}'",
        f"startsWith(displayName,'{name}')",
    ):
        assert ids([graph.body("/devices", params={"$filter": text})])[:1] == [row["id"]], text
    assert graph.body("/devices", params={"$filter": f"deviceId eq '{NOBODY}'"})["value"] == []


def test_filters_of_trust_and_state_divide_the_devices(graph: Asking) -> None:
    by_trust = [
        graph.body(f"/devices?$filter=trustType eq '{trust}'") for trust in ("ServerAd", "AzureAd", "Workplace")
    ]
    by_state = [graph.body(f"/devices?$filter=accountEnabled eq {flag}") for flag in ("true", "false")]

    assert sorted(ids(by_trust)) == sorted(ids(by_state)) == sorted(graph.tenant.devices)
    assert all(page["value"] for page in [*by_trust, *by_state])


@pytest.mark.parametrize("text", ["displayName ne 'x'", "accountEnabled eq 'true'", "model eq 'x'", "trustType eq"])
def test_a_filter_the_lab_does_not_know_is_refused(graph: Asking, text: str) -> None:
    assert graph.code("/devices", params={"$filter": text}) == (400, "Request_UnsupportedQuery")


def test_a_count_needs_its_header_on_every_page_and_stands_on_the_first(graph: Asking) -> None:
    pages = graph.pages("/devices?$count=true&$top=40", headers=EVENTUAL)

    assert [page.get("@odata.count") for page in pages] == [60, None]
    assert graph.code("/devices?$count=true") == (400, "Request_UnsupportedQuery")
    assert graph.code(pages[0]["@odata.nextLink"]) == (400, "Request_UnsupportedQuery")


def test_the_count_alone_is_plain_text_with_a_byte_order_mark(graph: Asking) -> None:
    answer = graph.get("/devices/$count", headers=EVENTUAL)
    hybrid = graph.get("/devices/$count?$filter=trustType eq 'ServerAd'", headers=EVENTUAL)

    assert (answer.content, answer.headers["Content-Type"]) == (b"\xef\xbb\xbf60", "text/plain")
    assert 0 < int(hybrid.content.decode("utf-8-sig")) < 60
    assert graph.code("/devices/$count") == (400, "Request_UnsupportedQuery")


def test_a_listing_is_stable_while_it_is_paged(graph: Asking) -> None:
    first = graph.body("/devices?$top=30")
    gone = list(graph.tenant.devices)[-1]
    graph.tenant.remove(gone)
    graph.tenant.add({"id": NOBODY})

    second = graph.body(first["@odata.nextLink"])

    assert len(second["value"]) == 29
    assert sorted([*ids([first, second]), gone, NOBODY]) == sorted([*graph.tenant.devices, gone])


def test_a_page_token_belongs_to_its_listing_and_expires(graph: Asking) -> None:
    link = graph.body("/devices?$top=30")["@odata.nextLink"]
    token = link.partition("$skiptoken=")[2]

    assert graph.body(link)["value"] == graph.body(link)["value"]
    assert graph.code(f"/directory/deletedItems/graph.device?$skiptoken={token}") == (400, "Directory_ExpiredPageToken")
    for bad in ("x", "eA", "bGFiADk5OTow"):
        assert graph.code(f"/devices?$skiptoken={bad}") == (400, "Directory_ExpiredPageToken")
    graph.lab.expire_pages()
    assert graph.code(link) == (400, "Directory_ExpiredPageToken")


def test_only_the_latest_listings_can_be_paged_on(graph: Asking) -> None:
    first = graph.body("/devices?$top=30")["@odata.nextLink"]
    for _ in range(64):
        last = graph.body("/devices?$top=30")["@odata.nextLink"]

    assert graph.code(first) == (400, "Directory_ExpiredPageToken")
    assert graph.body(last)["value"]


def test_a_device_is_found_by_either_id_in_its_own_place(graph: Asking) -> None:
    row = graph.device("ServerAd")

    by_id = graph.body(f"/devices/{row['id'].upper()}?$select=id,onPremisesSecurityIdentifier")
    by_key = graph.body(f"/devices(deviceId='{row['deviceId']}')")

    assert by_id["onPremisesSecurityIdentifier"].startswith("S-1-5-21-")
    assert by_key["id"] == row["id"]
    assert graph.code(f"/devices/{row['deviceId']}") == (404, "Request_ResourceNotFound")
    assert graph.code(f"/devices(deviceId='{row['id']}')") == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("wrong", ["x", "{00000000-0000-4000-8000-0000000000ff}", "000000000000400080000000000000ff"])
def test_what_is_no_guid_is_a_bad_request(graph: Asking, wrong: str) -> None:
    response = graph.get(f"/devices/{wrong}")

    assert response.status_code == 400
    assert "Invalid object identifier" in response.json()["error"]["message"]


def test_an_error_says_when_and_which_request(graph: Asking) -> None:
    response = graph.get(f"/devices/{NOBODY}", headers={"client-request-id": "mine"})
    error = response.json()["error"]

    assert error["message"] == (
        f"Resource '{NOBODY}' does not exist or one of its queried reference-property objects are not present."
    )
    assert set(error["innerError"]) == {"date", "request-id", "client-request-id"}
    assert error["innerError"]["client-request-id"] == response.headers["client-request-id"] == "mine"


@pytest.mark.parametrize("form", ["/devices/{id}", "/devices(deviceId='{deviceId}')"])
def test_a_device_is_disabled_and_deleted_by_either_id(graph: Asking, form: str) -> None:
    path = form.format_map(graph.device("ServerAd"))

    changes = [graph.ask("PATCH", path, json={"accountEnabled": False}) for _ in range(2)]
    disabled = graph.body(path)["accountEnabled"]
    gone = [graph.ask("DELETE", path).status_code for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in changes] == [(204, b"")] * 2
    assert disabled is False
    assert gone == [204, 404]
    assert [(line.method, line.status, line.changed) for line in graph.lab.log] == [
        ("PATCH", 204, True),
        ("PATCH", 204, False),
        ("GET", 200, False),
        ("DELETE", 204, True),
        ("DELETE", 404, False),
    ]


@pytest.mark.parametrize("members", [{"deviceId": NOBODY}, {"accountEnabled": "no"}])
def test_what_cannot_be_written_is_refused(graph: Asking, members: dict[str, object]) -> None:
    path = f"/devices/{graph.device()['id']}"

    assert graph.ask("PATCH", path, json=members).status_code == 400
    assert graph.ask("PATCH", path, content=b"{}").json()["error"]["code"] == "BadRequest"
    assert graph.tenant.sequence == 0


def test_a_body_that_is_no_json_is_refused(graph: Asking) -> None:
    graph.lab.observers.clear()
    path = f"/devices/{graph.device()['id']}"

    answer = graph.ask("PATCH", path, content=b"{", headers={"Content-Type": "application/json"})

    assert answer.json()["error"]["message"] == "Unable to read JSON request payload."


def test_other_paths_and_methods_are_refused(graph: Asking) -> None:
    graph.lab.observers.clear()

    assert graph.code("/groups") == (400, "BadRequest")
    assert graph.ask("PUT", "/devices").status_code == 405
    assert graph.get("/$batch").status_code == 405
