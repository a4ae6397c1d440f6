"""Entra's devices as a typed frame."""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.frame.columns import ENTRA, to_frame
from reconcile.frame.intune import autopilot_identities, link, managed_devices
from reconcile.frame.thumbprint import thumbprints
from reconcile.source.device import without_pending
from reconcile.source.lists import sift, with_values
from reconcile.source.schema import PARTS
from reconcile.source.value import filled, fold, guids, hosts, only, read_times, sids

JOINS: Final = {
    "azuread": "joined",
    "azure ad joined": "joined",
    "microsoft entra joined": "joined",
    "serverad": "hybrid",
    "hybrid azure ad joined": "hybrid",
    "microsoft entra hybrid joined": "hybrid",
    "workplace": "registered",
    "azure ad registered": "registered",
    "microsoft entra registered": "registered",
}
"""What Graph calls a join, and the portal in its old and its new words."""
SLICE = 1 << 16
"""So many rows at once: what is made on the way stays small."""
HARDWARE = "[HWID]:H:"
AUTOPILOT = "[ZTDID]"
AZURE_VM = "[AZURERESOURCEID]"


def entra_frame(table: pa.Table, intune: pa.Table | None = None, autopilot: pa.Table | None = None) -> pd.DataFrame:
    """The snapshot's rows in the columns of `columns.ENTRA`; None is a part that was not pulled."""
    devices = _sliced(managed_devices, PARTS["intune"].empty_table() if intune is None else intune)
    identities = _sliced(autopilot_identities, PARTS["autopilot"].empty_table() if autopilot is None else autopilot)
    return to_frame(link(_sliced(_rows, table), devices, identities), ENTRA)


def _sliced(read: Callable[[pa.Table], pa.Table], table: pa.Table) -> pa.Table:
    parts = [read(table.slice(at, SLICE)) for at in range(0, max(len(table), 1), SLICE)]
    return pa.concat_tables(parts).combine_chunks()


def _rows(table: pa.Table) -> pa.Table:
    served = {name: table[name].combine_chunks() for name in table.column_names}
    return pa.table(_ids(served) | _state(served) | _physical(served["physicalIds"]))


def _ids(served: dict[str, pa.Array]) -> dict[str, pa.Array]:
    device_id = guids(served["deviceId"])
    return {
        "object_id": guids(served["id"]),
        "device_id": device_id,
        "device_id_served": only(filled(served["deviceId"]), device_id.is_null()),
        "sid": sids(served["onPremisesSecurityIdentifier"]),
        "thumbprint": thumbprints(served["alternativeSecurityIds"]),
        "host": hosts(served["displayName"]),
        "owners": _folded(served["registeredOwners"]),
        "name": filled(served["displayName"]),
        "os_version": filled(served["operatingSystemVersion"]),
        "model": filled(served["model"]),
    }


def _state(served: dict[str, pa.Array]) -> dict[str, pa.Array]:
    join, system = _join(served["trustType"]), filled(served["operatingSystem"])
    registered = _registration(served["registrationDateTime"])
    return {
        "join": join,
        "enabled": served["accountEnabled"],
        "pending": _pending(join, served["alternativeSecurityIds"], registered),
        "created_at": _times(served["createdDateTime"]),
        "registered_at": registered[0],
        "last_activity_at": _times(served["approximateLastSignInDateTime"]),
        "deleted_at": _times(served["deletedDateTime"]),
        "synced": served["onPremisesSyncEnabled"],
        "os": system,
        "windows": pc.starts_with(system, "windows", ignore_case=True),
        "managed": served["isManaged"],
        "compliant": served["isCompliant"],
        "restricted": served["isManagementRestricted"],
    }


def _times(texts: pa.StringArray) -> pa.TimestampArray:
    return read_times(texts).values  # noqa: PD011 - no frame


def _join(trust: pa.StringArray) -> pa.StringArray:
    known = pc.index_in(pc.ascii_lower(pc.utf8_trim_whitespace(trust)), value_set=pa.array(JOINS))
    return pc.fill_null(pa.array(JOINS.values()).take(known), "unknown")


def _registration(texts: pa.StringArray) -> tuple[pa.TimestampArray, pa.BooleanArray]:
    """When it registered, and whether it never did; null where that is not served or cannot be read."""
    times = read_times(without_pending(texts))
    moments = times.values  # noqa: PD011 - no frame
    never = pc.and_(moments.is_null(), pc.invert(times.culture))
    return moments, only(never, pc.and_(texts.is_valid(), pc.invert(times.malformed)))


def _pending(
    join: pa.StringArray, keys: pa.ListArray, registered: tuple[pa.TimestampArray, pa.BooleanArray]
) -> pa.BooleanArray:
    """A hybrid row without a key never finished; where keys are not served, one without a time of registration."""
    keyless = pc.equal(pc.list_value_length(keys), 0)
    hybrid = pc.coalesce(keyless, registered[1])
    return only(pc.if_else(pc.equal(join, "hybrid"), hybrid, pa.scalar(value=False)), pc.not_equal(join, "unknown"))


def _physical(ids: pa.ListArray) -> dict[str, pa.Array]:
    values = pc.ascii_upper(ids.flatten())
    autopilot = _any(ids, pc.starts_with(values, AUTOPILOT))
    hardware = sift(ids, values, pc.fill_null(pc.starts_with(values, HARDWARE), fill_value=False))
    return {
        "autopilot": pc.fill_null(pc.cast(autopilot, pa.string()), "unknown"),
        "azure_vm": _any(ids, pc.starts_with(values, AZURE_VM)),
        "hardware_ids": with_values(hardware, _after(hardware.flatten(), len(HARDWARE))),
    }


def _any(lists: pa.ListArray, hits: pa.BooleanArray) -> pa.BooleanArray:
    """Whether any value of each list is hit; null where there is no list."""
    parents = pc.list_parent_indices(lists).filter(pc.fill_null(hits, fill_value=False))
    found: npt.NDArray[np.bool_] = np.zeros(len(lists), np.bool_)
    found[np.asarray(parents)] = True
    return only(pa.array(found), lists.is_valid())


def _after(texts: pa.StringArray, start: int) -> pa.StringArray:
    return pc.binary_replace_slice(texts.cast(pa.binary()), 0, start, b"").cast(pa.string())


def _folded(lists: pa.ListArray) -> pa.ListArray:
    return with_values(lists, fold(lists.flatten()))
