"""What Graph is asked about whole fleets."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from aiohttp import web

from reconcile.client.graph import listing
from reconcile.client.graph.pages import Page
from reconcile.client.graph.session import Graph
from reconcile.errors import AccessRefused, LinkExpired, SourceError
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY, NOBODY, Session, session

SELECT = ["id", "deviceId", "onPremisesSecurityIdentifier"]


def items(found: list[Page]) -> list[dict[str, Any]]:
    return [msgspec.json.decode(item) for page in found for item in page.items]


def test_devices_are_listed_as_many_at_once_as_graph_gives_and_others_go_first(entra: Session) -> None:
    heard = entra.heard()

    found = items(entra.every(listing.device_pages(entra.graph, SELECT, owners=False)))

    assert [set(item) for item in found] == [{*SELECT}] * 60
    assert heard[0].query == {"$select": ",".join(SELECT), "$top": "999"}
    assert heard[0].headers["x-ms-throttle-priority"] == "Low"


def test_with_owners_pages_are_smaller_and_each_has_the_header() -> None:
    with session(130) as entra:
        heard = entra.heard()

        found = items(entra.every(listing.device_pages(entra.graph, SELECT, owners=True)))

        owned = {item["id"]: [one["id"] for one in item["registeredOwners"]] for item in found}
        assert owned == {id_: entra.lab.tenant.owners.get(id_, []) for id_ in entra.lab.tenant.devices}
        assert [line.headers["x-ms-throttle-priority"] for line in heard] == ["Low", "Low"]


def test_members_that_a_cloud_does_not_know_are_left_out() -> None:
    def answer(asked: str, sent: bytes) -> web.Response:
        if not sent:
            return said({"error": {"code": "BadRequest"}}, 400 if "newest" in asked else 200)
        urls = [part["url"] for part in msgspec.json.decode(sent)["requests"]]
        told: list[object] = [
            {"id": str(n), "status": 400 if "newest" in url else 200, "body": {}} for n, url in enumerate(urls)
        ]
        return said({"responses": told})

    with canned(answer) as (graph, runner):
        assert runner.run(listing.known_members(graph, ["id", "newest", "deviceId"])) == ["id", "deviceId"]


def test_where_every_member_is_known_that_is_one_question(entra: Session) -> None:
    assert entra.run(listing.known_members(entra.graph, SELECT)) == SELECT
    assert len(entra.lab.log) == 1


def test_devices_are_counted_as_the_server_counts_them(entra: Session) -> None:
    assert entra.run(listing.device_count(entra.graph)) == 60


def test_a_count_that_is_no_number_is_no_count() -> None:
    with canned(lambda *_: said(b"many")) as (graph, runner):
        graph.patience = HASTY
        with pytest.raises(SourceError, match="b'many' is no number"):
            runner.run(listing.device_count(graph))


def test_what_changes_from_now_on_follows_from_a_link(entra: Session) -> None:
    link = entra.run(listing.change_link(entra.graph, ["id", "displayName"]))
    row = entra.device()
    entra.lab.tenant.patch(row["id"], {"displayName": "renamed"})

    found = entra.every(listing.change_pages(entra.graph, str(link)))

    assert items(found) == [{"id": row["id"], "displayName": "renamed"}]
    assert found[-1].delta
    entra.lab.expire_delta()
    with pytest.raises(LinkExpired):
        entra.every(listing.change_pages(entra.graph, str(link)))


def test_the_owners_of_each_device_are_named(entra: Session) -> None:
    tenant = entra.lab.tenant
    ids = [*list(tenant.devices)[:30], NOBODY]

    names = entra.run(listing.owner_names(entra.graph, ids))

    assert names == [
        *([tenant.users[one]["userPrincipalName"] for one in tenant.owners.get(id_, [])] for id_ in ids[:-1]),
        None,
    ]


NOTHING: object = {}
Listing = Callable[[Graph], listing.Beside]


@pytest.mark.parametrize(
    ("beside", "kept"),
    [
        (lambda graph: listing.deleted(graph, ["id"]), "deleted"),
        (lambda graph: listing.intune(graph, ["id", "deviceName"]), "managed_devices"),
        (listing.autopilot, "autopilot_identities"),
    ],
)
def test_what_is_pulled_beside_the_devices_is_whole_and_counted(entra: Session, beside: Listing, kept: str) -> None:
    there = list(getattr(entra.lab.tenant, kept))

    found = beside(entra.graph)

    assert [item["id"] for item in items(entra.every(found.pages))] == there
    assert entra.run(found.counted(entra.graph)) == len(there) > 0


def test_a_listing_that_is_not_counted_is_no_fault() -> None:
    with canned(lambda *_: said({"error": {"code": "BadRequest"}}, 400)) as (graph, runner):
        assert runner.run(listing.autopilot(graph).counted(graph)) is None


def test_the_deletion_threshold_is_read_where_there_is_one(entra: Session) -> None:
    entra.lab.tenant.deletion_threshold = 321

    assert entra.run(listing.sync_deletion_threshold(entra.graph)) == 321


@pytest.mark.parametrize("kind", ["disabled", None])
def test_a_threshold_that_is_switched_off_is_none(kind: str | None) -> None:
    prevention = {"synchronizationPreventionType": kind, "alertThreshold": 500}
    sync: object = {"configuration": {"accidentalDeletionPrevention": prevention}}

    assert [threshold_in(*syncs) for syncs in ((sync,), (NOTHING,), ())] == [None, None, None]


def threshold_in(*syncs: object) -> int | None:
    with canned(lambda *_: said({"value": list(syncs)})) as (graph, runner):
        return runner.run(listing.sync_deletion_threshold(graph))


def test_who_may_not_read_the_threshold_is_told_what_it_takes() -> None:
    with session(5, roles=("Device.Read.All",)) as entra, pytest.raises(AccessRefused) as error:
        entra.run(listing.sync_deletion_threshold(entra.graph))

    assert str(error.value.needs).startswith("OnPremDirectorySynchronization.Read.All to read the sync's deletion")
