"""The lab: a tenant, what goes wrong with it, who may ask, and what was asked."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from reconcile.lab.graph.fault import Faults
from reconcile.lab.graph.listing import Listing
from reconcile.lab.graph.tenant import Tenant
from reconcile.lab.graph.tokens import Tokens
from reconcile.lab.graph.wire import Exchange, Logged

REMEMBERED = 64
"""So many listings are kept to be paged on; the token of an older one has expired."""


@dataclass(frozen=True)
class Audit:
    """A secret that was read, as the directory's own audit log would tell it."""

    activity: str
    object_id: str
    at: datetime


@dataclass
class Lab:
    """`clock` is the real one, for tokens and headers; the tenant's own may stand still.

    page_size: of a delta page. delta_whole: a change names the whole object, not only what changed.
    expired_delta_status: 410 or 400, both with syncStateNotFound. deleted_on_v1: whether /v1.0 lists deleted devices.
    unknown_members: what this cloud has no property for, as one that is behind the others.
    """

    tenant: Tenant
    clock: Callable[[], datetime]
    page_size: int = 100
    delta_whole: bool = False
    expired_delta_status: int = 410
    deleted_on_v1: bool = True
    unknown_members: frozenset[str] = frozenset()
    log: list[Logged] = field(default_factory=list)
    observers: list[Callable[[Exchange], None]] = field(default_factory=list)
    audits: list[Audit] = field(default_factory=list)
    listings: "OrderedDict[int, Listing]" = field(default_factory=OrderedDict)
    delta_generation: int = 0
    faults: Faults = field(init=False)
    tokens: Tokens = field(init=False)
    _listed: int = 0

    def __post_init__(self) -> None:
        self.faults = Faults(lambda: self.tenant.sequence)
        self.tokens = Tokens(self.tenant.tenant_id, self.clock)

    def remember(self, listing: Listing) -> int:
        self._listed += 1
        self.listings[self._listed] = listing
        while len(self.listings) > REMEMBERED:
            self.listings.popitem(last=False)
        return self._listed

    def expire_pages(self) -> None:
        """Every skiptoken from now on: 400 Directory_ExpiredPageToken."""
        self.listings.clear()

    def expire_delta(self) -> None:
        """Every delta token, and what is left of the rounds under way."""
        self.delta_generation += 1
        self.listings.clear()

    def audit(self, activity: str, object_id: str) -> None:
        self.audits.append(Audit(activity, object_id, self.clock()))

    def note(self, exchange: Exchange) -> None:
        names = Logged.__dataclass_fields__
        self.log.append(Logged(**{name: getattr(exchange, name) for name in names}))
        for observer in self.observers:
            observer(exchange)
