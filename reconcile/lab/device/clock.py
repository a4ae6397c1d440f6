"""The time of the lab's devices where a test moves it by hand."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass
class Clock:
    """Stands still until it is moved; called, it tells the time."""

    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
