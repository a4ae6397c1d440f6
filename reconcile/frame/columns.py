"""The columns of every frame: the one place that lists them.

Every column is Arrow-backed, so that missing is `<NA>` and never a number or an old date.
Ids: GUIDs lower case without braces, null unless well-formed and not all-zero; SIDs upper case. Times: UTC.
"""

import pandas as pd
import pyarrow as pa

TEXT = pa.string()
FLAG = pa.bool_()
"""true, false, or null for unknown."""
TIME = pa.timestamp("us", "UTC")
TEXTS = pa.list_(pa.string())
ACCOUNTS = pa.list_(pa.struct([("device_id", TEXT), ("tenant_id", TEXT), ("thumbprint", TEXT)]))

ENTRA = pa.schema(
    [
        ("object_id", TEXT),  # Graph `id`
        ("device_id", TEXT),  # Graph `deviceId`; null where it is no identity
        ("device_id_served", TEXT),  # what was served instead of an identity: malformed or all-zero, else null
        ("name", TEXT),
        ("host", TEXT),  # case-folded, domain cut
        ("join", TEXT),  # registered, joined, hybrid, unknown
        ("enabled", FLAG),
        ("pending", FLAG),
        ("created_at", TIME),
        ("registered_at", TIME),
        ("last_activity_at", TIME),  # approximateLastSignInDateTime
        ("managed_seen_at", TIME),  # the newest lastSyncDateTime of its Intune devices; null where there is none
        ("deleted_at", TIME),  # soft-deleted rows; they are no part of the active fleet
        ("synced", FLAG),
        ("sid", TEXT),
        ("thumbprint", TEXT),  # of the device certificate, upper case hex
        ("os", TEXT),
        ("os_version", TEXT),
        ("windows", FLAG),
        ("managed", FLAG),
        ("compliant", FLAG),
        ("restricted", FLAG),  # in a restricted management administrative unit
        ("azure_vm", FLAG),  # [AzureResourceId] in physicalIds; null where they are not served
        ("autopilot", TEXT),  # true, false, unknown; true where an Autopilot identity names it, else physicalIds decide
        ("hardware_ids", TEXTS),  # [HWID] of physicalIds; null where they are not served, [] where there is none
        ("owners", TEXTS),  # UPNs, case-folded; null where they are not served
        ("model", TEXT),
        ("serial", TEXT),  # of its Intune device, else of its Autopilot identity; null for a placeholder
    ]
)

DIRECTORY = pa.schema(
    [
        ("object_guid", TEXT),
        ("sid", TEXT),
        ("domain", TEXT),  # DNS name, from the DN
        ("name", TEXT),
        ("hosts", TEXTS),  # every name that it bears, without repeats: name, DNS label, sAMAccountName
        ("dns_name", TEXT),
        ("dn", TEXT),
        ("role", TEXT),  # workstation, server, domain-controller, rodc, cluster, gmsa, sso; null: cannot be told
        ("enabled", FLAG),
        ("last_logon_at", TIME),
        ("password_set_at", TIME),
        ("created_at", TIME),
        ("in_sync_scope", FLAG),  # has userCertificate
        ("spns_served", FLAG),
        ("critical", FLAG),
        ("os", TEXT),
        ("windows", FLAG),
        ("bitlocker_keys", pa.int64()),
        ("protected_from_deletion", FLAG),
    ]
)

AGENTS = pa.schema(
    [
        ("host", TEXT),  # case-folded, domain cut
        ("name", TEXT),  # as the device writes it
        ("captured_at", TIME),
        ("captured_by", TEXT),  # record, client-time, mtime; null where the time is unknown
        ("context", TEXT),  # user, system, remote, unknown
        ("account", TEXT),  # the executing account as printed
        ("entra_joined", TEXT),  # YES, NO, unknown - as the next two
        ("domain_joined", TEXT),
        ("workplace_joined", TEXT),  # unknown unless captured in the user's own session
        ("device_id", TEXT),  # of the device slot
        ("thumbprint", TEXT),
        ("tenant_id", TEXT),
        ("auth_status", TEXT),
        ("prt", TEXT),  # YES, NO, unknown; unknown unless captured in the user's own session
        ("work_accounts", ACCOUNTS),  # a null id in it: the account is there and cannot be read
        ("vdi", FLAG),
        ("layout", TEXT),  # modern, legacy; null where it cannot be told
        ("confidence", TEXT),  # high, medium, low, none
        ("problem", TEXT),  # why the capture counts as unknown; null where it is whole
        ("capture", TEXT),  # file, and row where it holds several
    ]
)

RETIRED = pa.schema(
    [
        ("device_id", TEXT),
        ("object_guid", TEXT),
        ("sid", TEXT),
        ("object_id", TEXT),
        ("hostname", TEXT),
        ("retired_at", TIME),
    ]
)

SEEN = pa.schema([("kind", TEXT), ("system", TEXT), ("object", TEXT), ("first_seen_at", TIME)])
"""What the ledger knows of earlier sweeps; `object` is the object_id, the object_guid, or host and claimed id."""

FINDINGS = pa.schema(
    [
        ("kind", TEXT),
        ("severity", TEXT),  # high, medium, low
        ("system", TEXT),
        ("hostname", TEXT),
        ("object_id", TEXT),
        ("device_id", TEXT),
        ("object_guid", TEXT),
        ("sid", TEXT),
        ("join", TEXT),
        ("enabled", FLAG),
        ("last_activity_at", TIME),
        ("activity_source", TEXT),  # entra, directory, agents, intune; null where nobody has seen it
        ("owner", TEXT),
        ("action", TEXT),
        ("blocked_by", TEXT),  # protections joined by ";", "" where none holds it
        ("first_seen_at", TIME),
        ("evidence", TEXT),  # JSON: the values that decided
    ]
)


def to_frame(table: pa.Table, schema: pa.Schema) -> pd.DataFrame:
    """The table as a frame with exactly the schema's columns and types."""
    frame: pd.DataFrame = table.select(schema.names).cast(schema).to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def to_table(frame: pd.DataFrame, schema: pa.Schema) -> pa.Table:
    """The frame as an Arrow table, without a copy where the types are the schema's."""
    return pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
