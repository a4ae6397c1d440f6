"""The columns of each system's snapshot: the values as served, under the system's own names.

null: not served. "": served, and empty (kept apart where a rule asks; a frame makes both null).
`file` and `row` say where the row stands: the line of a CSV, LDIF or JSON-lines file, else the count of its record from 1.
"""

import pyarrow as pa

from reconcile.workspace import Part, System

TEXTS = pa.list_(pa.string())
WORK_ACCOUNTS = pa.list_(
    pa.struct(
        [("WorkplaceDeviceId", pa.string()), ("WorkplaceTenantId", pa.string()), ("WorkplaceThumbprint", pa.string())]
    )
)

ENTRA = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("id", pa.string()),
        ("deviceId", pa.string()),
        ("displayName", pa.string()),
        (
            "trustType",
            pa.string(),
        ),  # Graph: AzureAd, ServerAd, Workplace; the portal's CSV: its join type, old or new spelling
        ("accountEnabled", pa.bool_()),
        ("approximateLastSignInDateTime", pa.string()),
        ("registrationDateTime", pa.string()),  # "" = served and empty; the portal's CSV may say "Pending"
        ("createdDateTime", pa.string()),
        ("deletedDateTime", pa.string()),  # set on rows of the deleted items only
        ("operatingSystem", pa.string()),
        ("operatingSystemVersion", pa.string()),
        ("onPremisesSyncEnabled", pa.bool_()),
        ("onPremisesSecurityIdentifier", pa.string()),
        ("isManaged", pa.bool_()),
        ("isCompliant", pa.bool_()),
        ("isManagementRestricted", pa.bool_()),
        ("model", pa.string()),
        ("manufacturer", pa.string()),
        ("profileType", pa.string()),
        ("physicalIds", TEXTS),  # null = not served, [] = served and empty
        ("alternativeSecurityIds", TEXTS),  # the keys, base64 as served; null = not served, [] = served and empty
        ("registeredOwners", TEXTS),  # user principal names; null = not served
    ]
)

DIRECTORY = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("objectGUID", pa.string()),  # text form; bytes are read little-endian
        ("objectSid", pa.string()),  # S-1-…
        ("name", pa.string()),
        ("dNSHostName", pa.string()),
        ("sAMAccountName", pa.string()),
        ("distinguishedName", pa.string()),
        ("objectClass", pa.string()),  # the most specific class
        ("operatingSystem", pa.string()),
        ("operatingSystemVersion", pa.string()),
        ("userAccountControl", pa.int64()),
        ("enabled", pa.bool_()),  # as PowerShell prints it; from userAccountControl where that is all there is
        ("primaryGroupID", pa.int64()),
        (
            "lastLogonTimestamp",
            pa.string(),
        ),  # FILETIME, generalized time, ISO, /Date(ms)/ or a culture's date, as served
        ("pwdLastSet", pa.string()),
        ("whenCreated", pa.string()),
        ("servicePrincipalName", TEXTS),  # null = not served
        ("userCertificateCount", pa.int64()),  # null = not served
        ("isCriticalSystemObject", pa.bool_()),
        ("protectedFromAccidentalDeletion", pa.bool_()),
        ("bitlockerKeys", pa.int64()),  # msFVE-RecoveryInformation children; null = not asked
    ]
)

AGENTS = pa.schema(
    [
        ("file", pa.string()),
        ("row", pa.int64()),
        ("host", pa.string()),  # the record's host, else the file's stem
        ("captured_at", pa.string()),  # ISO 8601 with its zone
        ("captured_by", pa.string()),  # what said so: record, client-time or mtime
        ("context", pa.string()),  # as the record says; null = it does not
        ("layout", pa.string()),  # modern, legacy (1709 and before), or null where it cannot be told
        ("problem", pa.string()),  # why the capture counts as unknown, with its line; null = it is whole
        ("AzureAdJoined", pa.string()),
        ("EnterpriseJoined", pa.string()),
        ("DomainJoined", pa.string()),
        ("DomainName", pa.string()),
        ("DeviceName", pa.string()),
        ("VirtualDesktop", pa.string()),
        ("DeviceId", pa.string()),
        ("Thumbprint", pa.string()),
        ("TenantId", pa.string()),
        ("DeviceAuthStatus", pa.string()),
        ("WorkplaceJoined", pa.string()),
        ("WamDefaultSet", pa.string()),
        ("AzureAdPrt", pa.string()),
        ("ExecutingAccountName", pa.string()),
        ("UserContext", pa.string()),
        ("SessionIsNotRemote", pa.string()),
        ("work_accounts", WORK_ACCOUNTS),  # null = the capture does not list them (legacy: one, from User State)
    ]
)

INTUNE = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("azureADDeviceId", pa.string()),  # the deviceId of Entra; all-zero where there is none
        ("deviceName", pa.string()),
        ("lastSyncDateTime", pa.string()),  # year 1 = never
        ("serialNumber", pa.string()),  # whatever the firmware says, placeholders too
        ("managementAgent", pa.string()),
        ("userPrincipalName", pa.string()),
        ("operatingSystem", pa.string()),
    ]
)

AUTOPILOT = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("azureActiveDirectoryDeviceId", pa.string()),  # the deviceId of Entra; all-zero where there is none
        ("managedDeviceId", pa.string()),  # the id of Intune
        ("serialNumber", pa.string()),
        ("lastContactedDateTime", pa.string()),  # year 1 = never
        ("enrollmentState", pa.string()),
    ]
)

SCHEMAS: dict[System, pa.Schema] = {"entra": ENTRA, "directory": DIRECTORY, "agents": AGENTS}

CHANGES = pa.schema([*ENTRA, ("served", pa.int64()), ("removed", pa.string())])
"""What changed since the devices were read. `served` has a bit for each member of ENTRA that the change names, in its order
from `id` on; `removed` is Graph's reason, "changed" or "deleted", null where the device is there."""

PARTS: dict[Part, pa.Schema] = {"changes": CHANGES, "deleted": ENTRA, "intune": INTUNE, "autopilot": AUTOPILOT}
"""What a live pull of Entra leaves beside its snapshot."""
