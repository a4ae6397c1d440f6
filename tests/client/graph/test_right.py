from reconcile.client.graph.right import READ_DEVICES, READ_KEYS, WRITE_DEVICES, Right


def test_a_right_says_what_it_takes_of_an_app_and_of_a_person() -> None:
    assert str(READ_DEVICES) == "Device.Read.All to read devices"
    assert str(WRITE_DEVICES) == (
        "Device.ReadWrite.All to disable, delete and restore devices, or for a person Directory.AccessAsUser.All"
        " with the role Cloud Device Administrator or Intune Administrator or Windows 365 Administrator"
    )
    assert str(READ_KEYS).endswith(
        "for a person BitlockerKey.Read.All with the role Cloud Device Administrator or Helpdesk Administrator"
    )
    assert str(Right("read", "A", delegated="B")) == "A to read, or for a person B"


def test_a_wider_permission_holds_the_narrower_one() -> None:
    assert READ_DEVICES.granted(frozenset({"Directory.Read.All"}))
    assert not WRITE_DEVICES.granted(frozenset({"Device.Read.All", "Directory.Read.All"}))
