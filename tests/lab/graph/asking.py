"""A lab and a plain HTTP client that asks it: none of the client's own code."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tenant import Row, Tenant
from tests.graph_lab import graph_lab

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
EVENTUAL = {"ConsistencyLevel": "eventual"}
NOBODY = "00000000-0000-4000-8000-0000000000ff"


@dataclass
class Asking:
    lab: Lab
    url: str
    client: httpx.Client

    @property
    def tenant(self) -> Tenant:
        return self.lab.tenant

    def ask(self, method: str, path: str, version: str = "v1.0", **rest: Any) -> httpx.Response:
        """A path, or a link as it was served."""
        url = path if path.startswith("http") else f"{self.url}/{version}{path}"
        return self.client.request(method, url, **rest)

    def get(self, path: str, **rest: Any) -> httpx.Response:
        return self.ask("GET", path, **rest)

    def body(self, path: str, **rest: Any) -> Any:
        response = self.get(path, **rest)
        assert response.status_code == 200, response.text
        return response.json()

    def code(self, path: str, **rest: Any) -> tuple[int, str]:
        response = self.get(path, **rest)
        return response.status_code, response.json()["error"]["code"]

    def pages(self, path: str, **rest: Any) -> list[Any]:
        """To the end of the links, or to the hundredth page."""
        found = [self.body(path, **rest)]
        while "@odata.nextLink" in found[-1] and len(found) < 100:
            found.append(self.body(found[-1]["@odata.nextLink"], **rest))
        return found

    def batch(self, *requests: dict[str, Any]) -> dict[str, Any]:
        """The answers by their id."""
        response = self.ask("POST", "/$batch", json={"requests": list(requests)})
        assert response.status_code == 200, response.text
        return {one["id"]: one for one in response.json()["responses"]}

    def fault(self, kind: Any, **rest: Any) -> int:
        return self.lab.faults.add(Fault(kind=kind, **rest))

    def device(self, trust: str = "AzureAd", number: int = 0) -> Row:
        return [row for row in self.tenant.devices.values() if row["trustType"] == trust][number]


@contextmanager
def asking(count: int = 60) -> Iterator[Asking]:
    with graph_lab(estate(count, NOW)) as (lab, url), httpx.Client(headers=lab.tokens.bearer()) as client:
        yield Asking(lab, url, client)


def ids(pages: list[Any]) -> list[str]:
    return [item["id"] for page in pages for item in page["value"]]
