"""What Intune and Autopilot know of Entra's devices: linked by device id, never by a name or a serial number."""

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.value import filled, guids, only, read_times

PLACEHOLDER = (
    r"(?i)^(0+|n/?a|none|unknown|invalid|default ?string|(system ?)?serial ?number"
    r"|not ?(specified|applicable|available)|to ?be ?filled ?by ?o\.?e\.?m\.?)$"
)
"""What firmware says in place of a serial number; Intune often without its blanks."""


def managed_devices(table: pa.Table) -> pa.Table:
    """Intune's devices, without those that are none of Entra's."""
    device_id, sync, serial = _texts(table, "azureADDeviceId", "lastSyncDateTime", "serialNumber")
    seen_at = read_times(sync).values
    return _identified({"device_id": guids(device_id), "managed_seen_at": seen_at, "serial": _serials(serial)})


def autopilot_identities(table: pa.Table) -> pa.Table:
    """Autopilot's identities, without those that name no device of Entra."""
    device_id, serial = _texts(table, "azureActiveDirectoryDeviceId", "serialNumber")
    return _identified({"device_id": guids(device_id), "serial": _serials(serial)})


def link(rows: pa.Table, devices: pa.Table, identities: pa.Table) -> pa.Table:
    """Entra's rows with what the others know of their device ids; of several devices the newest that knows it."""
    (device_id,) = _texts(rows, "device_id")
    devices = devices.sort_by([("managed_seen_at", "descending")])
    named = pc.is_in(device_id, value_set=identities["device_id"].combine_chunks())
    columns = {
        "managed_seen_at": _first(devices, "managed_seen_at", device_id),
        "serial": pc.coalesce(_first(devices, "serial", device_id), _first(identities, "serial", device_id)),
        "autopilot": pc.if_else(named, "true", rows["autopilot"].combine_chunks()),
    }
    return pa.table({**dict(zip(rows.column_names, rows.columns, strict=True)), **columns})


def _texts(table: pa.Table, *names: str) -> list[pa.StringArray]:
    return [table[name].combine_chunks() for name in names]


def _identified(columns: dict[str, pa.Array]) -> pa.Table:
    return pa.table(columns).filter(columns["device_id"].is_valid())


def _serials(served: pa.StringArray) -> pa.StringArray:
    """As served, without the blanks around it; null for a placeholder."""
    bare = filled(served)
    return only(bare, pc.invert(pc.match_substring_regex(bare, PLACEHOLDER)))


def _first(known: pa.Table, name: str, device_id: pa.StringArray) -> pa.Array:
    """Per row the first known value of its device id; null where there is none."""
    known = known.filter(known[name].is_valid()).combine_chunks()
    at = pc.index_in(device_id, value_set=known["device_id"].combine_chunks(), skip_nulls=True)
    return known[name].combine_chunks().take(at)
