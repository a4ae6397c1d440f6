"""A session with Microsoft Graph: the SDK's request builders, authentication and middleware, its answers as bytes.

The SDK's own models are a thousand times too slow for a fleet, and its retry handler repeats deletions: neither is used.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar, cast
from urllib.parse import urlsplit

import httpx
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_authentication_azure.azure_identity_authentication_provider import AzureIdentityAuthenticationProvider
from kiota_http.middleware.options import RedirectHandlerOption, ResponseHandlerOption, RetryHandlerOption
from msgraph import GraphServiceClient
from msgraph.graph_request_adapter import GraphRequestAdapter, options
from msgraph_core import GraphClientFactory

from reconcile.client.graph.budget import Budget
from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.refusal import SYSTEM, UNAUTHORIZED, Refusal, as_error, refusal
from reconcile.client.graph.retry import AGAIN, Later, Patience, retry_after, until_answered
from reconcile.client.graph.right import Right
from reconcile.errors import SourceError

T = TypeVar("T")

V1, BETA = "v1.0", "beta"
TIMEOUT = httpx.Timeout(100, connect=30)
SUCCESS = range(200, 300)
EVENTUAL = {"ConsistencyLevel": "eventual"}
LOW = {"x-ms-throttle-priority": "Low"}
"""Who reads a whole fleet at night gives way to others."""


@dataclass(frozen=True)
class Reply:
    """An answer, whatever it says."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return self.status in SUCCESS

    @property
    def refusal(self) -> Refusal:
        return refusal(self.status, self.body, self.headers)


class Graph:
    """One session; an asynchronous context manager, which closes it."""

    def __init__(self, endpoint: str, tokens: Tokens, budget: Budget, *, ca_file: str | None = None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self.base = f"{self.endpoint}/{V1}"
        self.tokens = tokens
        self.budget = budget
        self.patience = Patience()
        self._has_answered = False
        client = httpx.AsyncClient(timeout=TIMEOUT, http2=True, verify=trusting(ca_file))
        self._connections = [client._transport, *filter(None, client._mounts.values())]  # noqa: SLF001 - the SDK wraps them, and does not close them
        self._http = GraphClientFactory.create_with_default_middleware(client=client, options=options | _HANDLERS)
        host = urlsplit(self.endpoint).hostname or ""
        provider = AzureIdentityAuthenticationProvider(cast("Any", tokens), scopes=[tokens.scope], allowed_hosts=[host])
        self._adapter = GraphRequestAdapter(provider, client=self._http)
        self._adapter.base_url = self.base
        self.build = GraphServiceClient(request_adapter=self._adapter)
        """The SDK's request builders."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()
        self.tokens.close()
        for connections in self._connections:
            await connections.aclose()

    async def send(self, request: RequestInformation) -> Reply:
        """Once. A token that is no longer taken is renewed: who was not let in has done nothing.

        Raises httpx.RequestError where no whole answer came, AccessRefused or Later where no token did: nothing is sent then.
        """
        held = self.tokens.held
        reply = await self._send(request)
        if reply.status != UNAUTHORIZED:
            return reply
        self.tokens.renew(held)
        return await self._send(request)

    async def read(self, request: RequestInformation, right: Right, decode: Callable[[bytes], T]) -> T:
        """The answer to a question that changes nothing, asked until there is one. Raises SourceError, AccessRefused."""
        reply, told = await self.ask(request, decode)
        if told is None:
            raise as_error(reply.refusal, asked(request), right)
        return told

    async def ask(self, request: RequestInformation, decode: Callable[[bytes], T]) -> tuple[Reply, T | None]:
        """As `read`, but a definite no is an answer too: then there is nothing decoded."""

        async def once() -> tuple[Reply, T | None]:
            reply = await self.send(request)
            if reply.status in AGAIN:
                raise Later(str(reply.refusal), retry_after(reply.headers))
            return reply, decode(reply.body) if reply.ok else None

        try:
            return await until_answered(once, self.patience, lambda: self._has_answered)
        except Later as error:
            raise SourceError(SYSTEM, f"{asked(request)}: given up: {error}") from error

    async def _send(self, request: RequestInformation) -> Reply:
        request.add_request_options([_NATIVE])
        request.headers.remove("Authorization")  # or a request that is sent again keeps its old token
        response: httpx.Response = await self._adapter.send_no_response_content_async(request, {})
        self._has_answered = True
        return Reply(response.status_code, response.headers, response.content)


def asked(request: RequestInformation) -> str:
    """The question in a few letters, without the query, which can be long and hold tokens."""
    path = urlsplit(request.url).path.removeprefix(f"/{V1}").removeprefix(f"/{BETA}")
    method = request.http_method.value if request.http_method else ""
    return f"{method} {path}"


def trusting(ca_file: str | None) -> ssl.SSLContext:
    """Those whom httpx trusts, and those in the file as well. Raises OSError where it cannot be used."""
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context


_NATIVE = ResponseHandlerOption(NativeResponseHandler())
_HANDLERS = {
    RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0, should_retry=False),
    RedirectHandlerOption.get_key(): RedirectHandlerOption(max_redirect=0, should_redirect=False),
}
"""What is asked again, and where, is for this room to say."""
