"""The last good pull, on which the next one can build: its rows as they were left, domain by domain."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from reconcile.source.computer import domains
from reconcile.source.snapshot import Domain, Entry, Rejected, bad_rows, digest
from reconcile.workspace import Run


@dataclass(frozen=True)
class Base:
    run: Run
    entry: Entry
    rejected: Sequence[Rejected]

    def domain(self, name: str) -> Domain | None:
        return next((domain for domain in self.entry.read if domain.name == name), None)

    def rows(self, domain: Domain) -> pa.Table | None:
        """Of the domain, with the columns of DIRECTORY; None where the files are not as they were left."""
        if self._table is None:
            return None
        rows = self._table.filter(pc.equal(domains(self._table["distinguishedName"]), domain.name))
        return rows if len(rows) == domain.rows else None

    @cached_property
    def _table(self) -> pa.Table | None:
        """Without the list of what could not be used, bad rows would pass for good."""
        path = self.run.snapshot("directory")
        is_left = path.exists() and digest(path) == self.entry.sha256 and self.entry.complete
        return pq.read_table(path) if is_left and bad_rows(self.rejected) == self.entry.bad_rows else None
