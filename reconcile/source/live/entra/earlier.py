"""The last good pull, on which the next one can build: its files as they were left, and the link to what changed since."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reconcile.client.graph.session import Graph
from reconcile.source.live.entra.changes import Changes, read_changes
from reconcile.source.live.entra.reading import DELETED_FILE
from reconcile.source.overlay import overlay
from reconcile.source.schema import CHANGES
from reconcile.source.snapshot import Entry, Live, Rejected, bad_rows, digest
from reconcile.workspace import Run


@dataclass(frozen=True)
class Base:
    run: Run
    entry: Entry
    live: Live
    rejected: Sequence[Rejected] = ()

    def why_not(self, endpoint: str, query: str, tenant: str | None) -> str | None:
        """What keeps the next pull from going on where this one ended; None where nothing does."""
        if (self.live.endpoint, self.live.query, self.entry.tenant) != (endpoint, query, tenant):
            return "the last pull was of another tenant, or asked for other things"
        if self.live.link is None:
            return "the last pull left no link to what changes"
        if not self.entry.complete:
            return f"not every row of {self.run.name} could be read"
        return None if self._changes_are_whole() else self.altered

    @property
    def altered(self) -> str:
        return f"the files of {self.run.name} are not as they were left"

    def _changes_are_whole(self) -> bool:
        """With the list of what could not be used: without it, bad rows pass for good."""
        changes = self.live.parts.get("changes")
        are_left = changes is None or _is_left(self.run.part("changes"), changes.sha256)
        return are_left and bad_rows(self.rejected) == self.entry.bad_rows

    def ids(self) -> pa.ChunkedArray | None:
        """Of the devices as they were read in full; None where they are not as they were left. This takes its time."""
        path = self.run.snapshot("entra")
        return pq.read_table(path, columns=["id"])["id"] if _is_left(path, self.entry.sha256) else None

    @property
    def of_devices(self) -> list[Rejected]:
        """What could not be used of the devices; the deleted ones are read anew each time."""
        return [item for item in self.rejected if item.file != DELETED_FILE]

    @property
    def _changes(self) -> pa.Table:
        if "changes" not in self.live.parts:
            return CHANGES.empty_table()
        return pq.read_table(self.run.part("changes"), schema=CHANGES)

    async def since(self, graph: Graph, *, owners: bool) -> Changes:
        """Everything that changed since the devices were read in full. Raises SourceIncomplete."""
        before = Changes(self.live.link, self._changes)
        return before.then(await read_changes(graph, self.live.link or "", owners=owners))

    def lend(self, run: Run) -> None:
        """The devices as they were read then, which a hard link does not copy."""
        source, target = self.run.snapshot("entra"), run.snapshot("entra")
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, target)


def columns_of(run: Run, changes: pa.Table, names: Sequence[str]) -> pa.Table:
    """So many columns of the devices as they are with their changes; `id` must be among them."""
    base = pq.read_table(run.snapshot("entra"), columns=list(names))
    return overlay(base, changes.select([*names, "served", "removed"]))


def _is_left(path: Path, sha256: str) -> bool:
    return path.exists() and digest(path) == sha256
