"""The machines of the invented company: what each is, before Graph says it in its own words."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Literal

from reconcile.lab.estate.chance import Chance

Kind = Literal["hybrid", "joined", "registered", "phone"]

KINDS: tuple[tuple[int, Kind], ...] = ((45, "hybrid"), (75, "joined"), (90, "registered"), (100, "phone"))
"""Up to which percentage a machine is of a kind."""
STALE, DISABLED, BLANK, PENDING, NEVER_USED = 10, 16, 20, 23, 26
"""Up to which percentage a machine is in a state; the rest is well."""
TWINS = 40
"""So many per cent of the registered devices are the twin of the machine before, if that is hybrid or joined."""
SITES = ("HAL", "OST", "RIV", "KAP", "LUM")


@dataclass(frozen=True)
class Machine:
    """`twin`: the registered row of the machine with the number before."""

    chance: Chance
    number: int
    kind: Kind
    state: str
    now: datetime
    twin: bool = False

    @property
    def machine_number(self) -> int:
        return self.number - 1 if self.twin else self.number

    @property
    def windows(self) -> bool:
        return self.kind != "phone"

    @property
    def pending(self) -> bool:
        return self.state == "pending"

    @property
    def unused(self) -> bool:
        """An Autopilot device that nobody has unpacked."""
        return self.state == "unused"

    @cached_property
    def object_id(self) -> str:
        return self.chance.guid("object", self.number)

    @cached_property
    def device_id(self) -> str:
        return self.chance.guid("device", self.number)

    @cached_property
    def name(self) -> str:
        number = self.machine_number
        if not self.windows:
            return f"{self.chance.one_of(('iPhone', 'Pixel', 'Galaxy'), 'phone', number)}-{number:05d}"
        form = self.chance.one_of(("LT", "WS", "TB"), "form", number)
        return f"{self.chance.one_of(SITES, 'site', number)}-{form}{number:05d}"

    @property
    def serial(self) -> str:
        return f"ALD{self.chance.below(36**6, 'serial', self.machine_number):08X}"

    @cached_property
    def autopilot(self) -> bool:
        return self.kind == "joined" and (self.unused or self._rolled("autopilot", 50))

    @cached_property
    def managed(self) -> bool:
        well = not self.pending and not self.unused
        return well and (
            self._rolled("managed", 70) if self.kind in {"joined", "phone"} else self._joined("managed", 30)
        )

    @property
    def has_key(self) -> bool:
        return self._joined("key", 60)

    @property
    def has_password(self) -> bool:
        return self._joined("password", 35)

    @cached_property
    def registered(self) -> datetime:
        return self.now - timedelta(days=150 + self.chance.below(900, "registered", self.number), seconds=self.number)

    @cached_property
    def seen(self) -> datetime | None:
        """To whole days only every fortnight, as the directory has it."""
        if self.state in {"blank", "pending", "unused"}:
            return None
        days = self.chance.below(100, "seen", self.number)
        return self.now - timedelta(
            days=100 + days // 3 if self.state == "stale" else days % 15, seconds=self.number % 80_000
        )

    def _joined(self, purpose: str, percent: int) -> bool:
        return (
            self.kind in {"hybrid", "joined"}
            and not self.pending
            and not self.unused
            and self._rolled(purpose, percent)
        )

    def _rolled(self, purpose: str, percent: int) -> bool:
        return self.chance.percent(purpose, self.number) < percent


def machine(chance: Chance, number: int, now: datetime, *, deleted: bool = False) -> Machine:
    """Only what is joined or registered can be in the deleted items."""
    kind = _kind(chance, number)
    if deleted:
        return Machine(chance, number, "joined" if kind == "hybrid" else kind, "stale", now)
    before = number > 0 and _kind(chance, number - 1) in {"hybrid", "joined"}
    twin = before and kind == "registered" and chance.percent("twin", number) < TWINS
    return Machine(chance, number, kind, _state(chance, number, kind), now, twin)


def _kind(chance: Chance, number: int) -> Kind:
    rolled = chance.percent("kind", number)
    return next(kind for limit, kind in KINDS if rolled < limit)


def _state(chance: Chance, number: int, kind: Kind) -> str:
    rolled = chance.percent("state", number)
    states = [(STALE, "stale"), (DISABLED, "disabled"), (BLANK, "blank")]
    states += [(PENDING, "pending")] if kind == "hybrid" else []
    states += [(NEVER_USED, "unused")] if kind == "joined" else []
    return next((state for limit, state in states if rolled < limit), "well")
