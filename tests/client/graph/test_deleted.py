"""Deleted devices, in whichever version of Graph has them."""

import msgspec
import pytest
from aiohttp import web

from reconcile.client.graph.deleted import deleted_by_id, deleted_pages
from reconcile.client.graph.pages import Page
from reconcile.client.graph.session import Graph
from reconcile.errors import AccessRefused, LinkExpired, SourceError
from tests.client.graph.canned import canned, parts, said
from tests.client.graph.session import NOBODY, Session, session

SELECT = ["id", "deviceId", "deletedDateTime"]


async def read(graph: Graph) -> list[Page]:
    return [page async for page in deleted_pages(graph, SELECT, {"x-ms-throttle-priority": "Low"})]


@pytest.mark.parametrize("on_v1", [True, False])
def test_all_of_them_are_listed_from_the_version_that_has_them(entra: Session, on_v1: bool) -> None:  # noqa: FBT001
    entra.lab.deleted_on_v1 = on_v1
    heard = entra.heard()

    items = [msgspec.json.decode(item) for page in entra.run(read(entra.graph)) for item in page.items]

    assert [(item["id"], set(item)) for item in items] == [(id_, {*SELECT}) for id_ in entra.lab.tenant.deleted]
    assert heard[-1].version == ("v1.0" if on_v1 else "beta")
    assert heard[-1].headers["x-ms-throttle-priority"] == "Low"


def test_where_neither_version_has_them_that_is_told_and_is_no_expired_link() -> None:
    def answer(_: str, __: bytes) -> web.Response:
        return said({"error": {"code": "BadRequest", "message": "The cast is not supported."}}, 400)

    with canned(answer) as (graph, runner), pytest.raises(SourceError, match="The cast is not supported") as error:
        runner.run(read(graph))

    assert not isinstance(error.value, LinkExpired)


def test_who_may_not_list_them_is_told_what_it_takes() -> None:
    with session(5, roles=("User.Read.All",)) as entra, pytest.raises(AccessRefused) as error:
        entra.run(read(entra.graph))

    assert error.value.needs == (
        "Device.Read.All to read deleted devices, or for a person Device.Read.All"
        " with the role Cloud Device Administrator or Intune Administrator"
    )


def test_each_is_asked_for_by_its_id_and_only_what_v1_does_not_know_of_the_beta(entra: Session) -> None:
    row = entra.deleted()

    replies = entra.run(deleted_by_id(entra.graph, [NOBODY, row["id"]]))

    assert [reply.status for reply in replies] == [404, 200]
    assert [line.version for line in entra.asked(".*deletedItems/.*")] == ["v1.0", "v1.0", "beta"]


def test_what_only_the_beta_knows_is_known() -> None:
    def answer(asked: str, _: bytes) -> web.Response:
        return parts({"id": NOBODY}) if "/beta/" in asked else parts({"error": {"code": "x"}}, status=404)

    with canned(answer) as (graph, runner):
        replies = runner.run(deleted_by_id(graph, [NOBODY]))

    assert msgspec.json.decode(replies[0].body) == {"id": NOBODY}
