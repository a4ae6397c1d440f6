"""The odd values that real systems serve: other letter cases, blanks, zeros, old and future times, another row's values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.source.schema import AGENTS, DIRECTORY, ENTRA
from tests.benchmarks.chance import Chance, join
from tests.benchmarks.fleet_rows import ELSEWHERE, OTHER_TENANT, TENANT

Spelling: TypeAlias = Callable[[pa.Array], pa.Array]

ZERO = "00000000-0000-0000-0000-000000000000"
NEVER = "9223372036854775807"
FUTURE = "134400000000000000"
"""A FILETIME of some years ahead."""


@dataclass(frozen=True)
class Odd:
    values: tuple[object, ...] = ()
    spellings: tuple[Spelling, ...] = ()
    swaps: bool = False
    """Whether a row may bear another row's value."""


def _braced(values: pa.Array) -> pa.Array:
    return join("{", values, "}")


def _qualified(values: pa.Array) -> pa.Array:
    return join(values, ".Corp.contoso.example")


def _padded(values: pa.Array) -> pa.Array:
    return join(" ", values, " ")


def _precise(values: pa.Array) -> pa.Array:
    """As .NET prints times."""
    return pc.replace_substring_regex(values, r"(:\d\d)Z$", r"\1.1234567Z")


CASES = (pc.ascii_upper, pc.ascii_lower)
IDS = (*CASES, _braced, _padded)
JOINS = (
    "",
    "unknown",
    "serverad",
    "AZUREAD",
    "WorkPlace",
    "Hybrid Azure AD joined",
    "Microsoft Entra hybrid joined",
    "Azure AD joined",
    "Microsoft Entra registered",
)
OLD_ACCOUNT = {
    "WorkplaceDeviceId": "5d1c3cf0-7a44-4b2e-9f5e-1f0e6a1c0001",
    "WorkplaceTenantId": TENANT,
    "WorkplaceThumbprint": None,
}
UNREADABLE = OLD_ACCOUNT | {"WorkplaceDeviceId": None}
FOREIGN = OLD_ACCOUNT | {"WorkplaceTenantId": OTHER_TENANT}
TIMES = (
    None,
    "",
    "0001-01-01T00:00:00Z",
    "2026-12-09T06:00:00Z",
    "2026-11-24T05:00:00Z",
    "2026-11-22T00:00:00Z",
    "2025-01-01T00:00:00Z",
)
FILETIMES = (None, "", "0", NEVER, FUTURE, "134080000000000000")
OWNERS: tuple[list[str] | None, ...] = (
    None,
    [],
    ["ada@contoso.example"],
    ["ada@contoso.example", "bob@contoso.example"],
)

ODD: Mapping[pa.Schema, Mapping[str, Odd]] = {
    ENTRA: {
        "deviceId": Odd((None, "", ZERO, "not-a-guid"), IDS, swaps=True),
        "displayName": Odd((None, "", "   "), (*CASES, _qualified, _padded), swaps=True),
        "trustType": Odd((None, *JOINS)),
        "accountEnabled": Odd((None, False, True)),
        "approximateLastSignInDateTime": Odd(TIMES, (_precise,)),
        "registrationDateTime": Odd((*TIMES, "Pending"), (_precise,)),
        "createdDateTime": Odd(TIMES),
        "deletedDateTime": Odd((None, "2026-11-01T00:00:00Z")),
        "operatingSystem": Odd((None, "", "WINDOWS 10", "windows", "MacMDM")),
        "onPremisesSecurityIdentifier": Odd((None, "", f"{ELSEWHERE}-7"), (*CASES, _padded), swaps=True),
        "physicalIds": Odd((None, [], ["[ZTDID]:5d1c3cf0-7a44-4b2e-9f5e-1f0e6a1c0002"]), swaps=True),
        "alternativeSecurityIds": Odd((None, [])),
        "registeredOwners": Odd(OWNERS, swaps=True),
    },
    DIRECTORY: {
        "objectGUID": Odd((None, ZERO), IDS),
        "objectSid": Odd((None, ""), CASES),
        "name": Odd(("AZUREADSSOACC",), (*CASES, _padded), swaps=True),
        "dNSHostName": Odd((None, ""), CASES, swaps=True),
        "sAMAccountName": Odd((None, ""), CASES, swaps=True),
        "operatingSystem": Odd((None, "", "Windows Server 2019", "WINDOWS 7", "Samba")),
        "userAccountControl": Odd((None, 4098, 532_480, 83_890_176)),
        "primaryGroupID": Odd((None, 516, 521)),
        "enabled": Odd((None, False, True)),
        "lastLogonTimestamp": Odd(FILETIMES),
        "pwdLastSet": Odd(FILETIMES),
        "servicePrincipalName": Odd((None, [], ["msclustervirtualserver/x"])),
        "userCertificateCount": Odd((None, 0, 3)),
    },
    AGENTS: {
        "host": Odd((), CASES, swaps=True),
        "DeviceName": Odd((None, ""), (*CASES, _qualified), swaps=True),
        "captured_at": Odd((*TIMES, "2026-11-23T06:30:00Z", "2026-11-23T05:00:00Z")),
        "context": Odd((None, "SYSTEM", "remote", "user", "unknown", "odd")),
        "layout": Odd((None, "legacy")),
        "problem": Odd(("line 3: the rule is cut",)),
        "AzureAdJoined": Odd((None, "YES", "NO", "ERROR")),
        "DeviceId": Odd((None, "", ZERO, "none"), IDS, swaps=True),
        "TenantId": Odd((None, "", OTHER_TENANT), CASES),
        "WorkplaceJoined": Odd((None, "YES", "NO", "ERROR")),
        "ExecutingAccountName": Odd((None, "CONTOSO\\WS-1$", "NT AUTHORITY\\SYSTEM", "CONTOSO\\Ada, Ada@contoso.example"), CASES, swaps=True),
        "UserContext": Odd(("SYSTEM", "UN-ELEVATED User")),
        "SessionIsNotRemote": Odd((None, "NO", "YES")),
        "work_accounts": Odd((None, [], [OLD_ACCOUNT], [UNREADABLE], [FOREIGN], [OLD_ACCOUNT, UNREADABLE]), swaps=True),
    },
}  # fmt: skip


def noisy(chance: Chance, table: pa.Table, share: float) -> pa.Table:
    """The table with a share of each column's values replaced, swapped and spelled in another way."""
    odd = next(columns for schema, columns in ODD.items() if schema == table.schema)
    for name, how in odd.items():
        column = _noisy(chance, table[name].combine_chunks(), how, share)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    return table


def _noisy(chance: Chance, column: pa.Array, odd: Odd, share: float) -> pa.Array:
    count, rows = len(column), np.arange(len(column))
    if odd.swaps:
        rows = np.where(chance.holds(count, share), chance.order(count), rows)
    if odd.values:
        which = chance.order(count) % len(odd.values)
        rows = np.where(chance.holds(count, share), count + which, rows)
    column = pa.concat_arrays([column, pa.array(odd.values, column.type)]).take(pa.array(rows))
    for spelling in odd.spellings:
        column = pc.if_else(pa.array(chance.holds(count, share)), spelling(column), column)
    return column
