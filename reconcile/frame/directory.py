"""Active Directory's computers as a typed frame."""

from collections.abc import Mapping
from functools import reduce
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.frame.columns import DIRECTORY, TEXTS, to_frame
from reconcile.source.computer import ACCOUNTS, domains
from reconcile.source.times import Column, Culture
from reconcile.source.value import filled, guids, hosts, read_times, sids

Served: TypeAlias = Mapping[str, pa.Array]
"""The snapshot's columns, each in one piece."""

SERVER_TRUST = 0x2000
PARTIAL_SECRETS = 0x4000000
DOMAIN_CONTROLLERS, READ_ONLY_CONTROLLERS = 516, 521
CONTROLLERS_OU = r"(?i),\s*OU=Domain Controllers,\s*DC="
CLUSTER = r"(?i)^MS(ClusterVirtualServer|ServerCluster|ServerClusterMgmtAPI)/"
"""Names of clusters bear the first; nodes bear the last too, and are kept as safe."""
SINGLE_SIGN_ON = "azureadssoacc"
CLOUD_CONTROLLER = "azureadkerberos"


def directory_frame(table: pa.Table, culture: Culture | None) -> pd.DataFrame:
    """The snapshot's rows with the columns of `columns.DIRECTORY`."""
    served = {name: table[name].combine_chunks() for name in table.column_names}
    operating_system = filled(served["operatingSystem"])
    logon, password, created = (
        _times(served[name], culture) for name in ("lastLogonTimestamp", "pwdLastSet", "whenCreated")
    )
    columns: dict[str, Column] = {
        "object_guid": guids(served["objectGUID"]),
        "sid": sids(served["objectSid"]),
        "domain": domains(served["distinguishedName"]),
        "name": filled(served["name"]),
        "hosts": _hosts(served),
        "dns_name": filled(served["dNSHostName"]),
        "dn": filled(served["distinguishedName"]),
        "role": _role(served),
        "enabled": served["enabled"],
        "last_logon_at": logon,
        "password_set_at": password,
        "created_at": created,
        "in_sync_scope": pc.greater(served["userCertificateCount"], 0),
        "spns_served": pc.is_valid(served["servicePrincipalName"]),
        "critical": served["isCriticalSystemObject"],
        "os": operating_system,
        "windows": pc.starts_with(operating_system, "windows", ignore_case=True),
        "bitlocker_keys": served["bitlockerKeys"],
        "protected_from_deletion": served["protectedFromAccidentalDeletion"],
    }
    return to_frame(pa.table(columns), DIRECTORY)


def _times(values: Column, culture: Culture | None) -> pa.Array:
    return read_times(values, culture).values  # noqa: PD011 - a field of Times, not pandas' values


def _hosts(served: Served) -> pa.ListArray:
    """Each computer's names without repeats, in one pass over all of them."""
    label = pc.list_element(pc.split_pattern(served["dNSHostName"], ".", max_splits=1), 0)
    account = pc.replace_substring_regex(served["sAMAccountName"], r"\$$", "")
    names = [hosts(values) for values in (served["name"], label, account)]
    kept = [_is_true(pc.is_valid(name)) & ~_is_among(name, names[:at]) for at, name in enumerate(names)]
    rows, which = np.nonzero(np.column_stack(kept))
    values = pa.concat_arrays(names).take(pa.array(which * len(label) + rows))
    ends = np.cumsum(np.sum(kept, axis=0))
    return pa.ListArray.from_arrays(pa.array(np.concatenate([[0], ends]), pa.int32()), values).cast(TEXTS)


def _is_among(values: pa.Array, others: list[pa.Array]) -> npt.NDArray[np.bool_]:
    return reduce(
        np.logical_or, [_is_true(pc.equal(values, other)) for other in others], np.zeros(len(values), np.bool_)
    )


def _role(served: Served) -> Column:
    """What the computer is: the first that applies. Null where neither an operating system nor SPNs tell."""
    spns, system = served["servicePrincipalName"], filled(served["operatingSystem"])
    silent = pc.and_(pc.is_null(system), pc.is_null(spns))
    is_role: dict[str | None, Column] = {
        "gmsa": pc.is_in(pc.utf8_lower(served["objectClass"]), value_set=pa.array(ACCOUNTS)),
        "sso": _is_named(served, SINGLE_SIGN_ON),
        "rodc": _any(_is_trusted(served, PARTIAL_SECRETS, READ_ONLY_CONTROLLERS), _is_named(served, CLOUD_CONTROLLER)),
        "domain-controller": _any(_is_trusted(served, SERVER_TRUST, DOMAIN_CONTROLLERS), _is_only_placed(served)),
        "cluster": _is_cluster(spns),
        "server": pc.match_substring(system, "server", ignore_case=True),
        None: silent,
    }
    roles = [pa.scalar(role, pa.string()) for role in is_role]
    return pc.case_when(pc.make_struct(*is_role.values()), *roles, "workstation")


def _is_named(served: Served, name: str) -> Column:
    """Whether the name or the account is this, with or without the dollar sign."""
    pattern = rf"(?i)^{name}\$?$"
    return _any(*(pc.match_substring_regex(served[column], pattern) for column in ("name", "sAMAccountName")))


def _is_trusted(served: Served, bit: int, group: int) -> Column:
    trusted = pc.not_equal(pc.bit_wise_and(served["userAccountControl"], bit), 0)
    return _any(trusted, pc.equal(served["primaryGroupID"], group))


def _is_only_placed(served: Served) -> Column:
    """Whether it lies among the domain controllers and nothing better tells."""
    untold = pc.and_(pc.is_null(served["userAccountControl"]), pc.is_null(served["primaryGroupID"]))
    if not pc.any(untold).as_py():
        return untold
    return pc.and_(untold, pc.match_substring_regex(served["distinguishedName"], CONTROLLERS_OU))


def _is_cluster(spns: pa.ListArray) -> Column:
    hit = _is_true(pc.match_substring_regex(pc.list_flatten(spns), CLUSTER))
    found = np.zeros(len(spns), np.bool_)
    found[np.asarray(pc.list_parent_indices(spns))[hit]] = True
    return pa.array(found)


def _any(*masks: Column) -> Column:
    return reduce(pc.or_, [pc.fill_null(mask, fill_value=False) for mask in masks])


def _is_true(mask: Column) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(mask, fill_value=False))
