"""All computers of a domain over several connections at once: each reads those that were created within a range of numbers.

A controller works on one search at a time per connection, and on several connections at once. Ranges that do not hold
about as many computers each cost more than they gain, so the first pull of a domain takes one connection.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import pairwise
from threading import Event

import numpy as np
import pyarrow as pa

from reconcile.client.ldap.bind import Account, Accounts
from reconcile.client.ldap.search import Search, pages
from reconcile.client.ldap.session import Session, connected
from reconcile.source.computer import SERVED
from reconcile.source.live.directory.reading import BORN, computers, read_computers

CONNECTIONS = 3


@dataclass(frozen=True)
class Door:
    """Where a domain controller is found, and who signs in there."""

    url: str
    accounts: Account | Accounts
    ca_file: str | None = None

    def open(self) -> AbstractContextManager[Session]:
        return connected(self.url, self.accounts, self.ca_file)


@dataclass(frozen=True)
class Read:
    table: pa.Table
    born: Sequence[int]
    """The numbers under which they were created, as far as served."""

    def cuts(self) -> tuple[int, ...]:
        """Where ranges end that hold as many computers each."""
        if not self.born:
            return ()
        shares = np.linspace(0, 1, CONNECTIONS + 1)[1:-1]
        return tuple(int(cut) for cut in np.quantile(self.born, shares, method="lower"))


def read_slices(door: Door, cuts: Sequence[int]) -> Read:
    """Every computer once. Raises SourceIncomplete, SourceError or AccessRefused; the other connections end then."""
    stop = Event()
    with ThreadPoolExecutor(len(cuts) + 1) as pool:
        reading = [pool.submit(_read, door, search, stop) for search in map(computers, ranges(cuts))]
        try:
            read = [slice_.result() for slice_ in reading]
        finally:
            stop.set()
    return Read(
        pa.concat_tables([SERVED.empty_table(), *(one.table for one in read)]),
        [number for one in read for number in one.born],
    )


def ranges(cuts: Sequence[int]) -> Iterator[str]:
    """Filters, each of which fits what no other does. The last is a negation: it takes too what shows no number at all."""
    if not cuts:
        yield ""
        return
    yield f"({BORN}<={cuts[0]})"
    for low, high in pairwise(cuts):
        yield f"({BORN}>={low + 1})({BORN}<={high})"
    yield f"(!({BORN}<={cuts[-1]}))"


def _read(door: Door, search: Search, stop: Event) -> Read:
    tables, born = [SERVED.empty_table()], list[int]()
    with door.open() as session:
        for page in pages(session, search):
            tables.append(read_computers(page))
            born += [number for entry in page if (number := entry.number(BORN.lower())) is not None]
            if stop.is_set():
                break
    return Read(pa.concat_tables(tables), born)
