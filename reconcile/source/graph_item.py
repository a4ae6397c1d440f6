"""Single items of Graph's JSON, read one by one: for those among which something is wrong."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from reconcile.source.device import devices, reject
from reconcile.source.lists import upns
from reconcile.source.schema import ENTRA, TEXTS
from reconcile.source.snapshot import Rejected

MEMBERS = ENTRA.names[2:]
WRONG = object()


def read_items(
    file: str, items: Sequence[msgspec.Raw], rows: npt.NDArray[np.int64]
) -> tuple[pa.Table, list[Rejected], int]:
    """The devices among the items, what could not be used, and how many are the removed ones of a delta."""
    found: list[tuple[int, dict[str, object]]] = []
    rejected: list[Rejected] = []
    removed = 0
    for item, row in zip(items, rows.tolist(), strict=True):
        members = _members(item)
        if isinstance(members, str):
            text = bytes(item).decode(errors="replace").strip()
            rejected.append(reject(file, row, "", text, members, kept=False))
        elif "@removed" in members:
            removed += 1
        else:
            values = {name: _value(name, members) for name in MEMBERS}
            rejected.extend(_wrong(file, row, members, values))
            found.append((row, values))
    return _table(file, found), rejected, removed


def _members(item: msgspec.Raw) -> dict[str, Any] | str:
    """The members by their folded names, or why there are none."""
    try:
        value = msgspec.json.decode(item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return f"is not JSON: {error}"
    return {name.casefold(): value for name, value in value.items()} if isinstance(value, dict) else "is no device"


def _value(name: str, members: Mapping[str, Any]) -> object:
    """None where it is not served, WRONG where it is of another type than Graph's."""
    value = members.get(name.casefold())
    if value is None:
        return "" if name == "registrationDateTime" and name.casefold() in members else None
    if name == "alternativeSecurityIds":
        return _each(value, lambda entry: entry.get("key") if isinstance(entry, dict) else WRONG)
    if name == "registeredOwners":
        return _each(value, lambda owner: owner.get("userPrincipalName") if isinstance(owner, dict) else owner)
    if ENTRA.field(name).type == TEXTS:
        return _each(value, lambda text: text)
    return value if isinstance(value, bool if ENTRA.field(name).type == pa.bool_() else str) else WRONG


def _each(values: object, part: Callable[[Any], object]) -> object:
    if not isinstance(values, list):
        return WRONG
    parts = [part(value) for value in values]
    return parts if all(text is None or isinstance(text, str) for text in parts) else WRONG


def _wrong(file: str, row: int, members: Mapping[str, Any], values: dict[str, object]) -> Iterator[Rejected]:
    """What is of the wrong type is listed, and unknown from here on."""
    for name, value in values.items():
        if value is WRONG:
            values[name] = None
            served = msgspec.json.encode(members[name.casefold()]).decode()
            yield reject(file, row, name, served, "is not of the type that Graph gives it", kept=True)


def _table(file: str, found: Sequence[tuple[int, dict[str, object]]]) -> pa.Table:
    columns = {name: pa.array([values[name] for _, values in found], ENTRA.field(name).type) for name in MEMBERS}
    owners = columns["registeredOwners"]
    columns["registeredOwners"] = upns(owners, owners.flatten())
    return devices(columns, file, np.array([row for row, _ in found], np.int64))
