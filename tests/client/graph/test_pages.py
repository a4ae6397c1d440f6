"""Listings that are followed to their end, and nowhere else."""

from typing import Any

import msgspec
import pytest
from aiohttp import web

from reconcile.client.graph.pages import Page, page_of, pages
from reconcile.client.graph.request import get, linked
from reconcile.client.graph.right import READ_DEVICES
from reconcile.client.graph.session import EVENTUAL, Graph
from reconcile.errors import AccessRefused, LinkExpired, SourceError, SourceIncomplete
from tests.client.graph.canned import canned, said
from tests.client.graph.session import Session, session


def every(entra: Session, top: int = 25, **query: Any) -> list[Page]:
    return entra.every(pages(entra.graph, get(entra.graph.build.devices, EVENTUAL, top=top, **query), READ_DEVICES))


def ids(found: list[Page]) -> list[str]:
    return [msgspec.json.decode(item)["id"] for page in found for item in page.items]


def test_every_page_is_read_and_nothing_is_lost_or_doubled(entra: Session) -> None:
    found = every(entra)

    assert [len(page.items) for page in found] == [25, 25, 10]
    assert ids(found) == list(entra.lab.tenant.devices)
    assert page_of(found[0].body) == found[0]


def test_headers_are_sent_again_on_each_page(entra: Session) -> None:
    """An advanced query is refused on the second page without them."""
    assert len(ids(every(entra, count="true"))) == 60


def test_an_empty_page_is_not_the_end(entra: Session) -> None:
    entra.fault("empty-page", path="/devices")

    found = every(entra)

    assert [len(page.items) for page in found] == [0, 25, 25, 10]
    assert len(set(ids(found))) == 60


@pytest.mark.parametrize(
    "fault", [{"kind": "throttle", "status": 503}, {"kind": "reset"}, {"kind": "truncate"}, {"kind": "cut"}]
)
def test_a_page_that_is_not_had_is_asked_for_again(entra: Session, fault: dict[str, Any]) -> None:
    entra.fault(**fault, path="/devices", after=1, times=2)

    assert ids(every(entra)) == list(entra.lab.tenant.devices)


def test_a_link_that_comes_again_is_not_followed(entra: Session) -> None:
    entra.fault("repeat-link", path="/devices", after=1, times=None)

    with pytest.raises(
        SourceIncomplete, match="page 2 names one that was read before as the next: there is no end to it"
    ):
        every(entra)

    assert len(entra.lab.log) == 2


def test_a_link_to_another_host_is_not_followed(entra: Session) -> None:
    entra.fault("foreign-link", path="/devices")

    with pytest.raises(
        SourceIncomplete, match=r"page 1 leads to another host, graph.elsewhere.example, which is not asked"
    ):
        every(entra)


@pytest.mark.parametrize(
    "link",
    ["https://127.0.0.1/v1.0/devices", "/v1.0/devices?$skiptoken=x", "http://127.0.0.1:port/", "http://127.0.0.1:1/"],
)
def test_what_is_no_link_of_this_host_is_not_followed(link: str) -> None:
    with (
        canned(lambda *_: said({"value": [], "@odata.nextLink": link})) as (graph, runner),
        pytest.raises(SourceIncomplete, match="which is not asked"),
    ):
        runner.run(read(graph))


async def read(graph: Graph) -> list[Page]:
    return [page async for page in pages(graph, get(graph.build.devices), READ_DEVICES)]


def test_empty_pages_in_the_middle_are_passed_over() -> None:
    rows: list[list[dict[str, str]]] = [[{"id": "a"}], [], [], [{"id": "b"}], []]

    def answer(_: str, __: bytes) -> web.Response:
        more = {"@odata.nextLink": f"{graph.endpoint}/v1.0/devices?$skiptoken={len(rows)}"} if len(rows) > 1 else {}
        return said({"value": rows.pop(0)} | more)

    with canned(answer) as (graph, runner):
        assert ids(runner.run(read(graph))) == ["a", "b"]


def test_the_same_host_may_be_written_in_other_ways() -> None:
    asked: list[str] = []

    def answer(path: str, _: bytes) -> web.Response:
        asked.append(path)
        more = {"@odata.nextLink": f"HTTP://{host.upper()}/v1.0/devices?$skiptoken=x"}
        return said({"value": [1]} | (more if len(asked) == 1 else {}))

    with canned(answer) as (graph, runner):
        host = graph.endpoint.removeprefix("http://")
        graph.endpoint = graph.endpoint.upper().replace("HTTP", "http")
        found = runner.run(read(graph))

    assert len(found) == 2


def test_a_link_that_has_expired_says_so(entra: Session) -> None:
    entra.lab.observers.append(lambda _: entra.lab.expire_pages())

    with pytest.raises(LinkExpired) as error:
        every(entra)

    assert "the link to page 2 of GET /devices has expired (400 Directory_ExpiredPageToken: " in str(error.value)
    assert str(error.value).endswith("; pull again")


@pytest.mark.parametrize("status", [410, 400])
def test_a_link_to_what_changed_expires_too(entra: Session, status: int) -> None:
    entra.lab.expired_delta_status = status
    first = entra.every(pages(entra.graph, linked(f"{entra.url}/v1.0/devices/delta?$select=id"), READ_DEVICES))
    entra.lab.expire_delta()

    with pytest.raises(LinkExpired, match="the link to page 1 of GET /devices/delta has expired"):
        entra.every(pages(entra.graph, linked(str(first[-1].delta)), READ_DEVICES))


def test_a_question_of_our_own_that_is_wrong_is_no_expired_link(entra: Session) -> None:
    with pytest.raises(SourceError, match="page 1 of GET /devices: 400") as error:
        every(entra, top=0)

    assert not isinstance(error.value, SourceIncomplete)


def test_a_right_that_is_missing_is_named() -> None:
    with (
        session(5, roles=("User.Read.All",)) as entra,
        pytest.raises(AccessRefused, match=r"Device.Read.All to read devices"),
    ):
        every(entra)
