"""Faults on request: what the lab does wrong, to which requests, and how often."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from itertools import count
from typing import Literal, get_args

import msgspec

from reconcile.lab.graph.wire import Ask

Kind = Literal[
    "throttle",
    "unauthorized",
    "forbidden",
    "no-effect",
    "reset",
    "lost",
    "truncate",
    "cut",
    "lag",
    "repeat-link",
    "foreign-link",
    "skip-page",
    "empty-page",
    "overlap",
]

REFUSALS: tuple[Kind, ...] = ("throttle", "unauthorized", "forbidden")
"""They answer before anything is done; a part of a batch can meet them on its own."""
CONNECTION: tuple[Kind, ...] = ("reset", "lost", "truncate", "cut")
"""They meet whole requests only, never a part of a batch."""
PAGES: tuple[Kind, ...] = ("repeat-link", "foreign-link", "skip-page", "empty-page", "overlap")


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is matched, and what is done then. Unless said otherwise, it meets the next matching request, once.

    kind:
        throttle      answers `status` (429, 500, 502, 503, 504); `retry_after` is sent as it stands: "2", "2.128", "0", a
                      date; `retry_date` sends an HTTP date so many seconds from now; with neither there is no such header
        unauthorized  401 InvalidAuthenticationToken
        forbidden     403 Authorization_RequestDenied
        no-effect     a PATCH, DELETE or restore is answered well and not carried out
        reset         the connection is reset; nothing is done
        lost          all is done, then the connection is closed without an answer
        truncate      all is done; half of the body is sent, of a Content-Length that promises the whole
        cut           all is done; half of the body is sent as if it were all, so that it is no JSON
        lag           a listing, a count or a filter shows what was removed since the fault was set
        repeat-link   a page's nextLink leads to the same page again
        foreign-link  a page's nextLink leads to `host`
        skip-page     the page after this one is left out silently
        empty-page    an empty page comes first, then this one
        overlap       the next page begins with the last item of this one
    """

    kind: Kind
    method: str | None = None
    path: str = ".*"
    """A regular expression for the whole path, without the version: `/devices/[^/]+`."""
    times: int | None = 1
    """None: for ever."""
    after: int = 0
    """So many matching requests pass unharmed first."""
    status: int = 429
    retry_after: str | None = None
    retry_date: float | None = None
    host: str = "graph.elsewhere.example"


@dataclass
class Armed:
    """A fault in place. `since` is the tenant's sequence when it was set."""

    number: int
    fault: Fault
    since: int
    seen: int = 0
    fired: int = 0

    @property
    def spent(self) -> bool:
        return self.fault.times is not None and self.fired >= self.fault.times

    def meets(self, ask: Ask) -> bool:
        return self.fault.method in {None, ask.method} and re.fullmatch(self.fault.path, ask.path) is not None


@dataclass
class Faults:
    sequence: Callable[[], int]
    armed: list[Armed] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def add(self, fault: Fault) -> int:
        """The number it can be removed by; raises re.error for a path that is no regular expression."""
        re.compile(fault.path)
        number = next(self._numbers)
        self.armed.append(Armed(number, fault, self.sequence()))
        return number

    def remove(self, number: int) -> bool:
        found = [one for one in self.armed if one.number == number]
        self.armed = [one for one in self.armed if one.number != number]
        return bool(found)

    def clear(self) -> None:
        self.armed = []

    def take(self, kinds: Collection[Kind], ask: Ask) -> Armed | None:
        """The first that meets this request, which counts as one of its times; the request remembers it."""
        for one in self.armed:
            if one.fault.kind in kinds and not one.spent and one.meets(ask):
                one.seen += 1
                if one.seen > one.fault.after:
                    one.fired += 1
                    ask.met.append(one.fault.kind)
                    return one
        return None


assert {*REFUSALS, *CONNECTION, *PAGES, "no-effect", "lag"} == set(get_args(Kind))
