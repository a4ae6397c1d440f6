"""Chance that is the same each time: numbers, ids and choices out of a seed, a purpose and a number."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    seed: int

    def bytes(self, purpose: str, number: int) -> bytes:
        """Thirty-two of them."""
        return hashlib.blake2b(f"{self.seed}/{purpose}/{number}".encode(), digest_size=32).digest()

    def below(self, limit: int, purpose: str, number: int) -> int:
        return int.from_bytes(self.bytes(purpose, number)[:8], "big") % limit

    def percent(self, purpose: str, number: int) -> int:
        return self.below(100, purpose, number)

    def one_of(self, choices: Sequence[T], purpose: str, number: int) -> T:
        return choices[self.below(len(choices), purpose, number)]

    def guid(self, purpose: str, number: int) -> str:
        return str(uuid.UUID(bytes=self.bytes(purpose, number)[:16], version=4))
