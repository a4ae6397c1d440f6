from tests.lab.graph.asking import NOBODY, Asking, ids


def owned(graph: Asking) -> tuple[str, str]:
    """A device and its owner."""
    object_id = next(key for key in graph.tenant.devices if key in graph.tenant.owners)
    return object_id, graph.tenant.owners[object_id][0]


def test_a_device_names_its_owners(graph: Asking) -> None:
    object_id, user_id = owned(graph)

    served = graph.body(f"/devices/{object_id}/registeredOwners?$select=id,userPrincipalName")["value"]

    assert served == [
        {
            "@odata.type": "#microsoft.graph.user",
            "id": user_id,
            "userPrincipalName": graph.tenant.users[user_id]["userPrincipalName"],
        }
    ]
    assert graph.body(f"/devices/{graph.device('ServerAd')['id']}/registeredOwners")["value"] == []


def test_a_user_by_id_or_by_name_has_the_same_devices(graph: Asking) -> None:
    object_id, user_id = owned(graph)
    name = graph.tenant.users[user_id]["userPrincipalName"]

    for path in (
        "registeredDevices",
        "ownedDevices",
        "ownedDevices/microsoft.graph.device",
        "registeredDevices/graph.device",
    ):
        assert object_id in ids([graph.body(f"/users/{user_id}/{path}")])
        assert object_id in ids([graph.body(f"/users/{name.upper()}/{path}")])
    for user in (NOBODY, "nobody@aldermoor.example"):
        assert graph.code(f"/users/{user}/ownedDevices") == (404, "Request_ResourceNotFound")


def test_a_deleted_device_is_no_longer_under_its_user_and_a_restored_one_is(graph: Asking) -> None:
    object_id, user_id = owned(graph)
    graph.tenant.remove(object_id)
    without = ids([graph.body(f"/users/{user_id}/ownedDevices")])
    graph.tenant.restore(object_id)

    assert object_id not in without
    assert object_id in ids([graph.body(f"/users/{user_id}/ownedDevices")])


def test_without_the_right_to_read_users_only_their_ids_are_told(graph: Asking) -> None:
    object_id, user_id = owned(graph)
    headers = graph.lab.tokens.bearer("Device.Read.All")

    served = graph.body(f"/devices/{object_id}/registeredOwners?$select=id,userPrincipalName", headers=headers)

    assert served["value"] == [{"@odata.type": "#microsoft.graph.user", "id": user_id, "userPrincipalName": None}]
