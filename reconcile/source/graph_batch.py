"""Many items of Graph's JSON at once, by Arrow's own reader."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from reconcile.source.device import devices
from reconcile.source.lists import upns, with_values
from reconcile.source.schema import ENTRA, TEXTS
from reconcile.source.text import Positions

NESTED = {
    "alternativeSecurityIds": pa.list_(pa.struct([("key", pa.string())])),
    "registeredOwners": pa.list_(pa.struct([("userPrincipalName", pa.string())])),
}
REMOVED = "@removed"
TYPES = {field.name: NESTED.get(field.name, field.type) for field in list(ENTRA)[2:]} | {REMOVED: pa.struct([])}


class _Registration(msgspec.Struct):
    registrationDateTime: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET  # noqa: N815 - Graph's name


def read_batch(
    file: str, lines: bytes, items: Sequence[msgspec.Raw], rows: Positions, spelled: Mapping[str, str]
) -> tuple[pa.Table, int] | None:
    """The devices among the items, and how many are the removed ones of a delta; None where any item is not as expected.

    The items are well-formed JSON, and one stands on each of the lines. `spelled` has the members whose names have other capitals than Graph's.
    """
    if {memoryview(item)[0] for item in items} != {ord("{")}:
        return None  # what is no object can crash Arrow's reader
    try:
        table = _parse(lines, spelled)
    except pa.ArrowInvalid:
        return None
    if len(table) != len(items):
        return None
    columns = columns_of({name: table[name].combine_chunks() for name in TYPES})
    columns["registrationDateTime"] = _registration(columns["registrationDateTime"], items, spelled)
    removed = columns.pop(REMOVED).is_valid()
    found = devices(columns, file, rows)
    return (found.filter(pc.invert(removed)), removed.true_count) if removed.true_count else (found, 0)


def columns_of(served: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """With what the snapshot keeps of Graph's nested members."""
    return {
        **served,
        "alternativeSecurityIds": _member(served["alternativeSecurityIds"], "key"),
        "registeredOwners": _owners(served["registeredOwners"]),
    }


def _parse(lines: bytes, spelled: Mapping[str, str]) -> pa.Table:
    schema = pa.schema([(spelled.get(name, name), kind) for name, kind in TYPES.items()])
    options = pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="ignore")
    return pajson.read_json(pa.BufferReader(lines), parse_options=options).rename_columns(list(TYPES))


def _registration(times: pa.StringArray, items: Sequence[msgspec.Raw], spelled: Mapping[str, str]) -> pa.StringArray:
    """Arrow does not tell a null that was served from one that was not: the first means that it never registered."""
    name = "registrationDateTime"
    if name in spelled or not times.null_count:
        return times
    decode = msgspec.json.Decoder(_Registration).decode
    served = np.zeros(len(times), np.bool_)
    empty = np.flatnonzero(times.is_null())
    served[empty] = [decode(items[at]).registrationDateTime is not msgspec.UNSET for at in empty.tolist()]
    return pc.if_else(pa.array(served), "", times)


def _member(lists: pa.ListArray, name: str) -> pa.ListArray:
    return with_values(lists, pc.struct_field(lists.flatten(), name))


def _owners(lists: pa.ListArray) -> pa.ListArray:
    if lists.null_count == len(lists):  # mostly they are not asked for
        return pa.nulls(len(lists), TEXTS)
    return upns(lists, pc.struct_field(lists.flatten(), "userPrincipalName"))
