"""A whole listing into a file: the next pages are fetched while those before them are read."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pyarrow as pa

from reconcile.client.graph.pages import Page
from reconcile.source.live.entra.growing import Growing
from reconcile.source.live.entra.reading import Pages, Reader
from reconcile.source.snapshot import Rejected

CHUNK = 8 << 20
"""So many bytes are read at once: enough for Arrow, little enough for memory."""


@dataclass
class Listed:
    """What was read; `ids` has each row's, in the order of the rows."""

    ids: list[pa.ChunkedArray] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    requests: int = 0
    items: int = 0

    @property
    def unread(self) -> int:
        """How many items are in no row."""
        return self.items - sum(map(len, self.ids))

    def read(self, pages: Pages, read: Reader, file: Growing) -> None:
        """In a thread of its own: while Arrow works, the next pages come in."""
        if not pages:
            return
        rows = read(pages, self.items + 1)
        file.add(rows.table)
        self.items += len(rows.table) + sum(not item.kept for item in rows.rejected)
        self.ids.append(rows.table["id"])
        self.rejected += rows.rejected
        self.notes += rows.notes


async def write_listing(pages: AsyncIterator[Page], read: Reader, file: Growing) -> Listed:
    """Every page of the listing into the file, which is left to be finished."""
    listed, waiting = Listed(), list[Page]()
    reading: asyncio.Task[None] | None = None
    try:
        async for page in pages:
            listed.requests += 1
            waiting.append(page)
            if sum(len(one.body) for one in waiting) >= CHUNK:
                if reading:
                    await reading
                reading = asyncio.create_task(asyncio.to_thread(listed.read, waiting, read, file))
                waiting = []
    finally:
        if reading:
            await reading
    await asyncio.to_thread(listed.read, waiting, read, file)
    return listed
