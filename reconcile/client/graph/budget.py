"""The write budget: so many acts a second and no more, whatever asks for them."""

import asyncio
from dataclasses import dataclass, field

BURST = 20
"""As many as one batch holds."""


@dataclass
class Budget:
    """A token bucket. It starts full with one batch, and fills at `per_second`."""

    per_second: float
    _tokens: float = BURST
    _at: float | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def take(self, acts: int) -> None:
        """Wait until so many acts are due, in the order of asking. Raises ValueError for more than one batch of them."""
        if acts > BURST:
            raise ValueError(acts)
        async with self._turn:
            self._fill()
            if self._tokens < acts:
                await asyncio.sleep((acts - self._tokens) / self.per_second)
                self._fill()
            self._tokens -= acts

    def _fill(self) -> None:
        now = asyncio.get_running_loop().time()
        since = 0.0 if self._at is None else now - self._at
        self._tokens = min(BURST, self._tokens + since * self.per_second)
        self._at = now
