"""A server that answers as it is told, for what the lab never says."""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from aiohttp import web
from azure.core.credentials import AccessToken

from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.session import Graph
from reconcile.lab.serve import serving
from tests.client.graph.session import SCOPE, opened

Answers = Callable[[str, bytes], web.Response]
"""To a method and a path with its query, and what was sent."""


class Anybody:
    """A credential whose token is no JWT."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return AccessToken("opaque", 2_000_000_000)


@contextmanager
def served(answers: Answers, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    async def handle(request: web.Request) -> web.Response:
        return answers(f"{request.method} {request.path_qs}", await request.read())

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    with serving(app, tls=tls) as url:
        yield url


@contextmanager
def canned(answers: Answers) -> Iterator[tuple[Graph, asyncio.Runner]]:
    with served(answers) as url, opened(url, Tokens(Anybody, SCOPE)) as graph:
        yield graph


def said(body: object, status: int = 200, **headers: str) -> web.Response:
    """A body of bytes as it stands, any other as JSON; of the headers' names, underscores are hyphens."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    kind = {} if isinstance(body, bytes) else {"Content-Type": "application/json"}
    return web.Response(
        status=status, body=raw, headers=kind | {name.replace("_", "-"): text for name, text in headers.items()}
    )


def parts(*bodies: object, status: int = 200) -> web.Response:
    """The answer to a batch, part by part."""
    return said({"responses": [{"id": str(n), "status": status, "body": body} for n, body in enumerate(bodies)]})
