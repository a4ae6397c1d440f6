from tests.lab.graph.asking import EVENTUAL, Asking, ids


def test_a_page_can_be_left_out_so_that_the_count_differs(graph: Asking) -> None:
    graph.fault("skip-page", path="/devices")

    pages = graph.pages("/devices?$top=20&$count=true", headers=EVENTUAL)

    assert [len(page["value"]) for page in pages] == [20, 20]
    assert pages[0]["@odata.count"] == 60
    assert graph.lab.log[0].fault == "skip-page"


def test_an_empty_page_can_stand_between(graph: Asking) -> None:
    graph.fault("empty-page", times=2)

    pages = graph.pages("/devices?$top=40&$count=true", headers=EVENTUAL)

    assert [len(page["value"]) for page in pages] == [0, 0, 40, 20]
    assert [page.get("@odata.count") for page in pages] == [60, None, None, None]
    assert len(set(ids(pages))) == 60


def test_a_device_can_stand_on_two_pages(graph: Asking) -> None:
    graph.fault("overlap")

    pages = graph.pages("/devices?$top=20")

    assert ids(pages)[19] == ids(pages)[20]
    assert (len(ids(pages)), len(set(ids(pages)))) == (61, 60)


def test_a_link_can_lead_to_the_page_it_stands_on(graph: Asking) -> None:
    graph.fault("repeat-link", after=1, times=None)

    pages = graph.pages("/devices?$top=20")

    assert len(pages) == 100
    assert pages[1]["@odata.nextLink"] == pages[2]["@odata.nextLink"] == pages[0]["@odata.nextLink"]
    assert ids(pages[1:2]) == ids(pages[2:3])


def test_a_link_can_lead_to_another_host(graph: Asking) -> None:
    graph.fault("foreign-link", host="graph.thief.example")

    link = graph.body("/devices?$top=20")["@odata.nextLink"]

    assert link.startswith("https://graph.thief.example/v1.0/devices?$top=20&$skiptoken=")


def test_other_listings_suffer_the_same(graph: Asking) -> None:
    graph.lab.page_size = 20
    graph.fault("overlap", path="/devices/delta")
    graph.fault("skip-page", path="/deviceManagement/managedDevices")

    assert len(ids(graph.pages("/devices/delta"))) == 61
    assert len(graph.pages("/deviceManagement/managedDevices?$top=5")[0]["value"]) == 5
    assert len(ids(graph.pages("/deviceManagement/managedDevices?$top=5"))) == len(graph.tenant.managed_devices)
