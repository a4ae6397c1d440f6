"""The deleted devices, as long as they can be restored.

Source: Entra's "Soft delete for devices", a preview whose pages name the beta; the official description has the same paths in v1.0.
"""

from collections.abc import AsyncIterator, Mapping, Sequence

import msgspec
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.batch import read_batches
from reconcile.client.graph.pages import Page, pages
from reconcile.client.graph.refusal import NOT_FOUND
from reconcile.client.graph.request import NOTHING, get
from reconcile.client.graph.right import READ_DELETED
from reconcile.client.graph.session import BETA, Graph, Reply

NOT_IN_V1 = frozenset({400, 404, 405, 501})
"""How a version answers that does not know the path."""


async def deleted_pages(
    graph: Graph, select: Sequence[str], headers: Mapping[str, str] = NOTHING
) -> AsyncIterator[Page]:
    """All of them, from v1.0 where it has them, else from the beta. Raises SourceIncomplete, SourceError, AccessRefused."""
    async for page in pages(graph, await deleted_listing(graph, select, headers), READ_DELETED):
        yield page


async def deleted_listing(
    graph: Graph, select: Sequence[str], headers: Mapping[str, str] = NOTHING
) -> RequestInformation:
    """The question for the version that knows the answer, found out by asking for one of them."""
    builder = graph.build.directory.deleted_items.graph_device
    listing = get(builder, headers, select=list(select))
    reply, _ = await graph.ask(get(builder, headers, select=["id"], top=1), msgspec.json.decode)
    if reply.status in NOT_IN_V1:
        listing.url_template = (listing.url_template or "").replace("{+baseurl}", f"{graph.endpoint}/{BETA}")
    return listing


async def deleted_by_id(graph: Graph, object_ids: Sequence[str]) -> list[Reply]:
    """What either version answers for each: only where both say so is there no such object."""
    items = graph.build.directory.deleted_items
    replies = await read_batches(graph, [get(items.by_directory_object_id(one)) for one in object_ids])
    missing = [number for number, reply in enumerate(replies) if reply.status == NOT_FOUND]
    asked = [get(items.by_directory_object_id(object_ids[number])) for number in missing]
    for number, reply in zip(missing, await read_batches(graph, asked, BETA), strict=True):
        replies[number] = reply
    return replies
