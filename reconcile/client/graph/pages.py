"""A listing of Graph, page after page: every nextLink followed, none twice, none to another host.

Source: Graph's "Paging Microsoft Graph data": links are followed whole, pages may be empty, headers are sent again.
"""

from collections.abc import AsyncIterator, Collection
from typing import NamedTuple

import httpx
import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.refusal import SYSTEM, as_error
from reconcile.client.graph.request import linked
from reconcile.client.graph.right import Right
from reconcile.client.graph.session import Graph, asked
from reconcile.errors import LinkExpired, SourceIncomplete

FORGOTTEN = frozenset({400, 404, 410})
"""How Graph answers a link that it no longer knows: Directory_ExpiredPageToken, syncStateNotFound, resyncRequired."""


class Page(msgspec.Struct, frozen=True, gc=False):
    """One answer. It is known to be whole JSON, and its items are left unread."""

    value: msgspec.Raw
    next: str | None = msgspec.field(default=None, name="@odata.nextLink")
    delta: str | None = msgspec.field(default=None, name="@odata.deltaLink")
    body: bytes = b""
    """The answer itself."""

    @property
    def items(self) -> list[msgspec.Raw]:
        return _items(self.value)


_items = msgspec.json.Decoder(list[msgspec.Raw]).decode
_decode = msgspec.json.Decoder(Page).decode


def page_of(body: bytes) -> Page:
    """Raises msgspec.DecodeError for what is cut off."""
    return msgspec.structs.replace(_decode(body), body=body)


async def pages(graph: Graph, first: RequestInformation, right: Right) -> AsyncIterator[Page]:
    """Every page to the last one, each asked with the headers of the first.

    Raises LinkExpired or SourceIncomplete where the chain breaks, SourceError or AccessRefused where there is no answer.
    """
    given = first.request_headers or {}
    headers = {name: value for name, value in given.items() if name.casefold() != "authorization"}
    request, seen = first, {first.url}
    while True:
        page = await _page(graph, request, right, len(seen))
        yield page
        if page.next is None:
            return
        refuse_detour(graph, page.next, seen)
        seen.add(page.next)
        request = linked(page.next, headers)


async def _page(graph: Graph, request: RequestInformation, right: Right, number: int) -> Page:
    """A link of the server's own making that it does not know is no longer good, whatever it calls that."""
    reply, page = await graph.ask(request, page_of)
    if page is not None:
        return page
    where = f"page {number} of {asked(request)}"
    if request.url_template is None and reply.status in FORGOTTEN:
        raise LinkExpired(SYSTEM, f"the link to {where} has expired ({reply.refusal}); pull again")
    raise as_error(reply.refusal, where, right)


def refuse_detour(graph: Graph, link: str, seen: Collection[str]) -> None:
    """Raises SourceIncomplete for a link that was followed before, or leads away from Graph."""
    page = f"page {len(seen)}"
    if link in seen:
        raise SourceIncomplete(
            SYSTEM, f"{page} names one that was read before as the next: there is no end to it; pull again"
        )
    there = _origin(link)
    if there != _origin(graph.endpoint):
        raise SourceIncomplete(
            SYSTEM, f"{page} leads to another host, {there.host or 'of no name'}, which is not asked"
        )


class _Origin(NamedTuple):
    scheme: str
    host: str
    port: int | None


def _origin(url: str) -> _Origin:
    """Whatever the capitals, and whether or not the port that goes without saying is said; nowhere for what is no URL."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return _Origin("", "", None)
    return _Origin(parts.scheme, parts.host, parts.port)
