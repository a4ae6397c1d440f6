"""A session of the client with the lab, in an event loop of its own."""

import asyncio
import re
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

from azure.core.credentials import AccessToken

from reconcile.client.graph.budget import Budget
from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.look import Pin
from reconcile.client.graph.retry import Patience
from reconcile.client.graph.session import Graph
from reconcile.lab.estate.estate import estate
from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tenant import Row
from reconcile.lab.graph.wire import Exchange, Logged
from tests.graph_lab import graph_lab

T = TypeVar("T")

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
NOBODY = "00000000-0000-4000-8000-0000000000ff"
SCOPE = "https://graph.microsoft.com/.default"
QUICK = Patience(total=2, first=0.01, longest=0.05)
HASTY = Patience(total=0.15, first=0.01, longest=0.05)
RATE = 10_000


@dataclass
class Bearer:
    """A credential of the lab that keeps its token, as those of azure-identity do."""

    lab: Lab
    roles: tuple[str, ...]
    closed: bool = False
    _token: AccessToken | None = field(default=None, repr=False)

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        if self._token is None:
            header = self.lab.tokens.bearer(*self.roles)["Authorization"]
            expires = int(datetime.now(UTC).timestamp()) + self.lab.tokens.lifetime
            self._token = AccessToken(header.removeprefix("Bearer "), expires)
        return self._token

    def close(self) -> None:
        self.closed = True


@dataclass
class Session:
    lab: Lab
    url: str
    graph: Graph
    _runner: asyncio.Runner

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def every(self, items: AsyncIterator[T]) -> list[T]:
        async def read() -> list[T]:
            return [item async for item in items]

        return self.run(read())

    def fault(self, kind: Any, **rest: Any) -> int:
        return self.lab.faults.add(Fault(kind=kind, **rest))

    def asked(self, path: str = ".*", method: str = "GET") -> list[Logged]:
        """What the lab has been asked, in requests and in parts of batches."""
        return [line for line in self.lab.log if line.method == method and re.fullmatch(path, line.path)]

    def heard(self) -> list[Exchange]:
        """What is said from now on."""
        exchanges: list[Exchange] = []
        self.lab.observers.append(exchanges.append)
        return exchanges

    def device(self, trust: str = "AzureAd", number: int = 0) -> Row:
        return [row for row in self.lab.tenant.devices.values() if row["trustType"] == trust][number]

    def deleted(self, number: int = 0) -> Row:
        """One that can be restored; it is deleted now."""
        row = self.device(number=number)
        self.lab.tenant.remove(row["id"])
        return row


@contextmanager
def session(count: int = 60, *, roles: tuple[str, ...] = (), rate: float = RATE) -> Iterator[Session]:
    """Every right unless `roles` names some."""
    with (
        graph_lab(estate(count, NOW)) as (lab, url),
        opened(url, Tokens(lambda: Bearer(lab, roles), SCOPE), rate) as one,
    ):
        yield Session(lab, url, *one)


@contextmanager
def opened(url: str, tokens: Tokens, rate: float = RATE) -> Iterator[tuple[Graph, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        graph = Graph(url, tokens, Budget(rate))
        graph.patience = QUICK
        runner.run(graph.__aenter__())
        try:
            yield graph, runner
        finally:
            runner.run(graph.__aexit__(None, None, None))


def pin(row: Row) -> Pin:
    return Pin(row["id"], row["deviceId"])
