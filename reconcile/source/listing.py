"""Listings of devices: pages that follow one another, and whether they are all there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.errors import SourceIncomplete
from reconcile.source.snapshot import Rejected

CUT_OFF = (100, 999, 1000, 5000)
"""Where servers and tools stop unless they are asked for more."""
AGAIN = "Export it again, to the end"
UNLESS = "If this is really all, set [entra] complete = true in settings.toml"


@dataclass(frozen=True)
class Page:
    """What the server gave at once, or a whole file where that is all that is known."""

    file: str
    table: pa.Table
    """The columns of `schema.ENTRA`."""
    rejected: tuple[Rejected, ...]
    removed: int = 0
    """Entries of a delta for devices that are gone."""
    linked: bool = False
    """Whether it is a page of Graph, which can follow another."""
    more: bool = False
    """Whether it names a further page."""
    count: int | None = None

    @property
    def left_out(self) -> int:
        return sum(not item.kept for item in self.rejected)

    @property
    def served(self) -> int:
        return len(self.table) + self.left_out + self.removed


def raise_if_incomplete(pages: Sequence[Page], *, assume_complete: bool) -> None:
    for page, after in pairwise([*pages, None]):
        if page is not None and page.more and (after is None or not _follows(page, after)):
            raise _incomplete(f"{page.file} ends with a link to a further page, which is not there. {AGAIN}")
    for listing in _listings(pages):
        _raise_if_short(listing, assume_complete=assume_complete)
    if not any(page.served - page.removed for page in pages) and not assume_complete:
        files = ", ".join(dict.fromkeys(page.file for page in pages))
        raise _incomplete(f"{files}: there is no device in it. {UNLESS}")


def _follows(page: Page, after: Page) -> bool:
    """Only a first page has a count, unless all of the listing repeat it."""
    return after.linked and after.count in {None, page.count}


def _listings(pages: Iterable[Page]) -> list[list[Page]]:
    found: list[list[Page]] = []
    goes_on = False
    for page in pages:
        if goes_on:
            found[-1].append(page)
        else:
            found.append([page])
        goes_on = page.more
    return found


def _raise_if_short(listing: Sequence[Page], *, assume_complete: bool) -> None:
    first, served = listing[0], sum(page.served for page in listing)
    if first.count is not None:
        there = _devices(listing)
        if there != first.count:
            raise _incomplete(f"{first.file} says that there are {first.count} devices, and {there} are there. {AGAIN}")
    elif served in CUT_OFF and not assume_complete:
        raise _incomplete(
            f"{first.file} has exactly {served} rows, where exports are cut off. {UNLESS}; if not, export it again"
        )


def _devices(listing: Sequence[Page]) -> int:
    """Pages may overlap: a device that stands on two of them is one."""
    ids = pa.chunked_array([chunk for page in listing for chunk in page.table["id"].chunks], pa.string())
    known = ids.filter(pc.not_equal(ids, ""))
    return len(pc.unique(known)) + len(ids) - len(known) + sum(page.left_out for page in listing)


def _incomplete(why: str) -> SourceIncomplete:
    return SourceIncomplete("entra", why)
