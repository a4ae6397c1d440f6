"""The $filter expressions the lab knows; all others are refused, as Graph refuses what it cannot do."""

import re
from collections.abc import Callable

from reconcile.lab.graph.refusal import unsupported
from reconcile.lab.graph.tenant import Row

Test = Callable[[Row], bool]

TEXTS = {"id", "deviceId", "displayName", "trustType", "operatingSystem", "azureADDeviceId"}
FLAGS = {"accountEnabled", "isManaged", "isCompliant"}
EQUAL = re.compile(r"(\w+)\s+eq\s+(?:'((?:[^']|'')*)'|(true|false))")
STARTS = re.compile(r"startsWith\((deviceId|displayName),\s*'((?:[^']|'')*)'\)", re.IGNORECASE)


def test_of(text: str) -> Test:
    """Texts are compared without regard to case, as the directory does; raises for an unknown expression."""
    equal, starts = EQUAL.fullmatch(text.strip()), STARTS.fullmatch(text.strip())
    if equal and equal[1] in (FLAGS if equal[3] else TEXTS):
        return _is_flag(equal[1], equal[3] == "true") if equal[3] else _is_text(equal[1], _plain(equal[2]))
    if starts:
        return _starts(starts[1], _plain(starts[2]))
    raise unsupported(f"Unsupported or invalid query filter clause: {text}")


def device_id_of(text: str) -> str | None:
    """Where the filter is `deviceId eq '…'`, that id: it need not be looked for row by row."""
    equal = EQUAL.fullmatch(text.strip())
    return _plain(equal[2]) if equal and equal[1] == "deviceId" and equal[2] is not None else None


def _plain(text: str) -> str:
    return text.replace("''", "'").lower()


def _is_text(name: str, value: str) -> Test:
    return lambda row: str(row.get(name)).lower() == value


def _is_flag(name: str, value: bool) -> Test:  # noqa: FBT001 - it is the value compared, not an option
    return lambda row: row.get(name) is value


def _starts(name: str, value: str) -> Test:
    return lambda row: str(row.get(name) or "").lower().startswith(value)
