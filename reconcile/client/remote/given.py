"""What a script is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

Parameter = str | int | bool | Sequence[str]


@dataclass(frozen=True)
class Secret:
    """A text that no repr shows."""

    text: str = field(repr=False)


NOTHING: Mapping[str, Any] = MappingProxyType({})
"""What a script is given that takes nothing."""
