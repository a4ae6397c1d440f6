"""Machines, and what each system serves of them: whole columns of snapshot rows, healthy where nothing else is said."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.schema import AGENTS, DIRECTORY, ENTRA, WORK_ACCOUNTS
from tests.benchmarks.chance import Chance, Mask, Times, filetime, iso, join, lists

TENANT = "7c1e54f0-3b9a-4d52-9f0e-61c3a8d2b745"
OTHER_TENANT = "b04d9c6e-52a7-4e1b-8c3f-09f7d1e6a238"
DOMAINS = {
    "corp.contoso.example": "S-1-5-21-2718281828-1414213562-1732050807",
    "emea.contoso.example": "S-1-5-21-3141592653-1618033988-577215664",
}
ELSEWHERE = "S-1-5-21-1202056903-915965594-2685452001"
"""A domain whose directory is not in the export."""

TRUST = {"hybrid": "ServerAd", "joined": "AzureAd", "registered": "Workplace"}
PREFIXES: dict[str | None, float] = {
    "WS-": 50,
    "LT-": 40,
    "PC": 8,
    "Büro-": 1,
    "Straße-": 1,
    "ÅR-": 0.2,
    "Ada's PC 1.": 1,
}


@dataclass(frozen=True)
class Machines:
    host: pa.Array
    guid: pa.Array
    sid: pa.Array
    domain: pa.Array
    owner: pa.Array
    hardware: pa.Array

    def __len__(self) -> int:
        return len(self.host)

    def only(self, mask: Mask) -> "Machines":
        return Machines(*(getattr(self, field.name).filter(pa.array(mask)) for field in fields(self)))


def machines(chance: Chance, count: int, first: int, domains: tuple[str, ...]) -> Machines:
    """Their numbers begin at `first`, so that no two have the same name or SID."""
    number = pa.array(np.arange(first, first + count)).cast(pa.string())
    domain = chance.pick(count, dict.fromkeys(domains, 1))
    domain_sid = pa.array([DOMAINS[name] for name in domains]).take(pc.index_in(domain, value_set=pa.array(domains)))
    return Machines(
        host=join(chance.pick(count, PREFIXES), number),
        guid=chance.guids(count),
        sid=join(domain_sid, "-", number),
        domain=domain,
        owner=join("User", chance.numbers(count, 0, 10 * count + 1), "@contoso.example"),
        hardware=chance.numbers(count, 6_755_000_000_000_000, 6_985_000_000_000_000),
    )


def rows_of(schema: pa.Schema, count: int, columns: dict[str, Any]) -> pa.Table:
    """A column is an array, or one value for all rows; what is not named is not served."""
    unknown = columns.keys() - set(schema.names)
    assert not unknown, unknown
    return pa.table([_column(field.type, count, columns.get(field.name)) for field in schema], schema=schema)


def _column(kind: pa.DataType, count: int, value: object) -> pa.Array:
    if isinstance(value, pa.Array | pa.ChunkedArray | np.ndarray):
        return pa.array(value).cast(kind) if isinstance(value, np.ndarray) else value.cast(kind)
    return pa.repeat(pa.scalar(value, kind), count)


def entra(
    chance: Chance, of: Machines, joined: str, seen: Times, *, began: Times | None = None, **columns: Any
) -> pa.Table:
    """Rows of Graph; without `began` they were registered one to two years ago."""
    count, hybrid = len(of), joined == "hybrid"
    registered = chance.ago(count, 365, 730) if began is None else began
    healthy = {
        "id": chance.guids(count),
        "deviceId": of.guid,
        "displayName": of.host,
        "trustType": TRUST.get(joined),
        "accountEnabled": True,
        "approximateLastSignInDateTime": iso(seen),
        "registrationDateTime": iso(registered),
        "createdDateTime": iso(registered - np.timedelta64(60, "s")),
        "operatingSystem": "Windows",
        "operatingSystemVersion": chance.pick(
            count, {"10.0.22631.4317": 5, "10.0.26100.2033": 3, "10.0.19045.5011": 2}
        ),
        "onPremisesSyncEnabled": True if hybrid else None,
        "onPremisesSecurityIdentifier": of.sid if hybrid else None,
        "isManaged": chance.holds(count, 0.7),
        "isCompliant": chance.holds(count, 0.6),
        "model": chance.pick(count, {"Latitude 5440": 4, "EliteBook 840 G10": 3, "Surface Pro 9": 1, None: 1}),
        "manufacturer": chance.pick(count, {"Dell Inc.": 4, "HP": 3, "Microsoft Corporation": 1}),
        "profileType": "RegisteredDevice",
        "physicalIds": physical_ids(of, of.hardware),
        "alternativeSecurityIds": lists(chance.keys(count)),
        "registeredOwners": lists(pa.nulls(count, pa.string()) if hybrid else of.owner),
    }
    return rows_of(ENTRA, count, healthy | columns)


def physical_ids(of: Machines, hardware: pa.Array, *tags: pa.Array) -> pa.Array:
    user = join("[USER-HWID]:", of.guid, ":", hardware)
    return lists(user, join("[GID]:g:", hardware, "7"), join("[HWID]:h:", hardware), *tags)


def computers(chance: Chance, of: Machines, seen: Times, **columns: Any) -> pa.Table:
    """Workstations in sync scope; they changed their password up to a month before they were last seen."""
    count, name = len(of), pc.utf8_upper(of.host)
    base = join("DC=", pc.replace_substring(of.domain, ".", ",DC="))
    logon = seen - np.timedelta64(3, "D")
    healthy = {
        "objectGUID": of.guid,
        "objectSid": of.sid,
        "name": name,
        "dNSHostName": join(pc.utf8_lower(of.host), ".", of.domain),
        "sAMAccountName": join(pc.utf8_slice_codeunits(name, 0, 15), "$"),
        "distinguishedName": join("CN=", name, ",OU=Workstations,", base),
        "objectClass": "computer",
        "operatingSystem": chance.pick(count, {"Windows 11 Enterprise": 6, "Windows 10 Pro": 2}),
        "operatingSystemVersion": "10.0 (22631)",
        "userAccountControl": 4096,
        "enabled": True,
        "primaryGroupID": 515,
        "lastLogonTimestamp": filetime(logon),
        "pwdLastSet": filetime(chance.before(logon, 0, 30)),
        "whenCreated": iso(chance.ago(count, 400, 900), ".0000000Z"),
        "servicePrincipalName": lists(join("HOST/", name), join("RestrictedKrbHost/", name), join("TERMSRV/", name)),
        "userCertificateCount": 1,
        "isCriticalSystemObject": False,
        "protectedFromAccidentalDeletion": False,
    }
    return rows_of(DIRECTORY, count, healthy | columns)


def accounts(*ids: pa.Array, tenant: str | None = TENANT) -> pa.Array:
    """The work accounts of each report; an id that is null makes no account."""
    listed = lists(*ids)
    tenants = pa.repeat(pa.scalar(tenant, pa.string()), len(listed.values))
    structs = pa.StructArray.from_arrays(
        [listed.values, tenants, pa.nulls(len(tenants), pa.string())], fields=list(WORK_ACCOUNTS.value_type)
    )
    return pa.ListArray.from_arrays(listed.offsets, structs)


def reports(
    of: Machines,
    at: Times,
    *,
    slot: pa.Array | None = None,
    registered: pa.Array | None = None,
    **columns: Any,
) -> pa.Table:
    """Whole captures in the owner's session; `slot` is the id that the device claims, `registered` that of its work account."""
    count = len(of)
    account = join("CONTOSO\\user, ", of.owner)
    has_account = np.zeros(count, np.bool_) if registered is None else np.asarray(registered.is_valid())
    healthy = {
        "host": of.host,
        "captured_at": iso(at),
        "captured_by": "record",
        "context": "user",
        "layout": "modern",
        "AzureAdJoined": "NO" if slot is None else "YES",
        "EnterpriseJoined": "NO",
        "DomainJoined": "NO",
        "DeviceName": of.host,
        "VirtualDesktop": "NOT SET",
        "DeviceId": slot,
        "Thumbprint": None if slot is None else pc.utf8_upper(pc.replace_substring(join(slot, "0a1b2c3d"), "-", "")),
        "TenantId": None if slot is None else TENANT,
        "DeviceAuthStatus": None if slot is None else "SUCCESS",
        "WorkplaceJoined": pc.if_else(pa.array(has_account), "YES", "NO"),
        "WamDefaultSet": "YES",
        "AzureAdPrt": "NO" if slot is None else "YES",
        "ExecutingAccountName": account,
        "SessionIsNotRemote": "YES",
        "work_accounts": accounts(pa.nulls(count, pa.string()) if registered is None else registered),
    }
    return rows_of(AGENTS, count, healthy | columns)
