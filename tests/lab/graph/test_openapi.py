import os
from typing import Any

import httpx
import pytest

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.wire import Exchange
from tests.graph_lab import graph_lab
from tests.lab.graph.asking import NOBODY, NOW, Asking
from tests.openapi import Description, normal


@pytest.fixture(name="description")
def description_fixture() -> Description | None:
    return Description.load()


def exchange(path: str, method: str = "GET", **rest: Any) -> Exchange:
    plain: dict[str, Any] = {
        "version": "v1.0",
        "query": {},
        "status": 204,
        "changed": False,
        "part": False,
        "headers": {},
        "body": b"",
    }
    made = plain | {"answer": b"", "content_type": "application/json"} | rest
    return Exchange(method=method, path=path, **made)


def test_in_continuous_integration_the_description_is_there(description: Description | None) -> None:
    assert description is not None or "CI" not in os.environ


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (exchange("/devices"), None),
        (exchange("/devices/delta"), None),
        (exchange(f"/directory/deletedItems/{NOBODY}/restore", "POST"), None),
        (exchange("/$batch", "POST"), None),
        (exchange("/computers"), "no such path is described"),
        (exchange("/devices/$count", "DELETE"), "the method is not described"),
        (exchange("/devices", query={"$slect": "id"}), "the query option $slect is not described"),
        (exchange(f"/devices/{NOBODY}", "PATCH", body=b'{"enabled":1}'), "the body's member enabled is not described"),
        (exchange(f"/devices/{NOBODY}", "PATCH", body=b"{"), "the body is no JSON"),
        (exchange("/devices", status=200, answer=b"{"), "the answer is no JSON"),
        (exchange("/devices", status=200, answer=b'{"value":[{"isManaged":"x"}]}'), "'x' is not of type 'boolean'"),
        (exchange("/devices", status=400, answer=b"{}"), "'error' is a required property"),
        (exchange(f"/devices/{NOBODY}", "DELETE", status=200, answer=b"{}"), "with a body is not described"),
        (exchange("/devices/$count", status=200, answer=b"\xef\xbb\xbf12"), None),
        (exchange("/devices", status=0), None),
    ],
)
def test_what_the_description_does_not_know_is_said(
    description: Description | None, asked: Exchange, said: str | None
) -> None:
    found = [] if description is None else description.check(asked)

    assert description is None or (said is None and found == []) or (said is not None and said in found[0])


def test_values_that_are_listed_are_checked_without_what_stands_in_parentheses() -> None:
    expand = {"name": "$expand", "in": "query", "schema": {"items": {"enum": ["*", "registeredOwners"]}}}
    paths = {"/devices": {"get": {"parameters": [expand], "responses": {}}}}
    described = Description({"paths": paths, "components": {}})

    good = described.check(exchange("/devices", query={"$expand": "registeredOwners($select=id,mail)"}))
    bad = described.check(exchange("/devices", query={"$expand": "registeredOwners,memberOf"}))

    assert (good, bad) == ([], ["GET /devices: $expand cannot be memberOf"])


@pytest.mark.parametrize(
    ("path", "described"),
    [
        ("/devices/delta", "/devices/microsoft.graph.delta()"),
        ("/devices/microsoft.graph.delta()", "/devices/microsoft.graph.delta()"),
        ("/directory/deletedItems/graph.device/$count", "/directory/deletedItems/microsoft.graph.device/$count"),
        ("/directory/deletedItems/x/restore", "/directory/deletedItems/x/microsoft.graph.restore"),
        ("/users/x/ownedDevices/graph.device", "/users/x/ownedDevices/microsoft.graph.device"),
    ],
)
def test_short_names_are_those_of_the_description(path: str, described: str) -> None:
    assert normal(path) == described


def test_a_violation_fails_the_test_that_made_it() -> None:
    def ask() -> None:
        with graph_lab(estate(3, NOW)) as (lab, url):
            httpx.get(f"{url}/v1.0/devices?$foo=1", headers=lab.tokens.bearer())

    if Description.load() is None:
        ask()
    else:
        with pytest.raises(AssertionError, match="foo is not described"):
            ask()


def test_parts_of_a_batch_are_checked_too(graph: Asking) -> None:
    description = Description.load()
    found: list[str] = []
    graph.lab.observers[:] = [lambda one: found.extend(description.check(one) if description else [])]

    graph.batch({"id": "1", "method": "GET", "url": "/devices?$foo=1"})

    assert found == ([] if description is None else ["GET /devices: the query option $foo is not described"])
