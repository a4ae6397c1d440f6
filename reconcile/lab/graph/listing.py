"""Listings that are paged: fixed when they are begun, each item as it is when its page is served."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from reconcile.lab.graph.tenant import Row

MARK = b"lab\0"


@dataclass(frozen=True)
class Listing:
    """`fetch` gives an item as it is served, or None when it is gone meanwhile."""

    path: str
    keys: Sequence[str]
    fetch: Callable[[str], Row | None]
    size: int
    context: str
    query: Mapping[str, str] = field(default_factory=dict)
    count: int | None = None
    advanced: bool = False
    """Its pages need ConsistencyLevel: eventual, each of them (Graph, concepts/paging)."""
    delta: str | None = None
    """The token that its last page leads to."""


def token_of(number: int, start: int) -> str:
    return base64.urlsafe_b64encode(MARK + f"{number}:{start}".encode()).rstrip(b"=").decode()


def place_of(token: str) -> tuple[int, int]:
    """The listing's number, and where in it; raises ValueError for a token that is none."""
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error as error:
        raise ValueError(token) from error
    number, _, start = text.removeprefix(MARK).decode().partition(":")
    return int(number), int(start)
