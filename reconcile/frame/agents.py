"""The agents frame: what each device said of itself, in three values."""

from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from reconcile.frame.columns import ACCOUNTS, AGENTS, to_frame
from reconcile.source.value import filled, guids, hosts, only, read_times

Column: TypeAlias = "pa.Array[Any]"

ANSWERS = pa.array(["YES", "NO"])
CONTEXTS = pa.array(["user", "system", "remote", "unknown"])
SYSTEM = r"(?i)^(.*\$|(.*\\)?(system|système|система)|nt authority\\.*)$"
"""A computer's own account, or Windows itself, also in the languages that translate its name."""
NO_DESKTOP = pa.array(["NO", "NOT SET"])
NOTHING = pa.scalar(None, pa.string())


def agents_frame(table: pa.Table) -> pd.DataFrame:
    """One row a capture; one with a problem has no more than its device, its time and its record's context."""
    served = {name: table[name].combine_chunks() for name in table.column_names}
    whole = pc.is_null(served["problem"])
    said = {name: only(values, whole) for name, values in served.items()}
    context = _context(served["context"], said)
    in_session, joined = pc.equal(context, "user"), pc.equal(said["AzureAdJoined"], "YES")
    workplace_joined = _answer(said["WorkplaceJoined"], in_session)
    name = pc.coalesce(filled(served["DeviceName"]), served["host"])
    captured_at = read_times(served["captured_at"]).values  # noqa: PD011 - a field of Times, no frame
    desktop = filled(said["VirtualDesktop"])
    columns = {
        "host": hosts(name),
        "name": name,
        "captured_at": captured_at,
        "captured_by": only(served["captured_by"], pc.is_valid(captured_at)),
        "context": context,
        "account": filled(said["ExecutingAccountName"]),
        "entra_joined": _answer(said["AzureAdJoined"]),
        "domain_joined": _answer(said["DomainJoined"]),
        "workplace_joined": workplace_joined,
        "device_id": only(guids(said["DeviceId"]), joined),
        "thumbprint": only(_thumbprints(said["Thumbprint"]), joined),
        "tenant_id": only(guids(said["TenantId"]), joined),
        "auth_status": filled(said["DeviceAuthStatus"]),
        "prt": _answer(said["AzureAdPrt"], in_session),
        "work_accounts": _accounts(said["work_accounts"]),
        "vdi": only(pc.invert(pc.is_in(desktop, value_set=NO_DESKTOP)), pc.is_valid(desktop)),
        "layout": said["layout"],
        "confidence": _confidence(whole, context, workplace_joined),
        "problem": served["problem"],
        "capture": _captures(served["file"], served["row"]),
    }
    return to_frame(pa.table(columns), AGENTS)


def _context(given: Column, said: dict[str, Column]) -> Column:
    """What the record says; else the account, the diagnostics, the session, in this order."""
    word = pc.utf8_lower(pc.utf8_trim_whitespace(given))
    account = pc.utf8_trim_whitespace(pc.replace_substring_regex(said["ExecutingAccountName"], ",.*$", ""))
    diagnosed, here = said["UserContext"], said["SessionIsNotRemote"]
    return pc.coalesce(
        only(word, pc.is_in(word, value_set=CONTEXTS)),
        only(pc.if_else(pc.match_substring_regex(account, SYSTEM), "system", "user"), pc.not_equal(account, "")),
        pc.if_else(pc.equal(pc.utf8_trim_whitespace(diagnosed), "SYSTEM"), "system", NOTHING),
        pc.if_else(pc.match_substring(diagnosed, "User"), "user", NOTHING),
        pc.if_else(pc.equal(here, "YES"), "user", NOTHING),
        pc.if_else(pc.equal(here, "NO"), "remote", NOTHING),
        "unknown",
    )


def _answer(values: Column, asked: "Column | None" = None) -> Column:
    """YES or NO as printed; anything else, and whatever was asked of someone who cannot know, is unknown."""
    known = pc.is_in(values, value_set=ANSWERS)
    return pc.fill_null(only(values, known if asked is None else pc.and_(known, asked)), "unknown")


def _confidence(whole: Column, context: Column, workplace_joined: Column) -> Column:
    """high: device and user; medium: the device only, as the user was not asked; low: nobody says in whose session."""
    for_user = pc.and_(pc.equal(context, "user"), pc.not_equal(workplace_joined, "unknown"))
    known = pc.if_else(for_user, "high", pc.if_else(pc.equal(context, "unknown"), "low", "medium"))
    return pc.if_else(whole, known, "none")


def _accounts(served: Column) -> Column:
    """The served accounts with ids as the frame has them; a null list stays null."""
    accounts = served.flatten()
    ids, tenants, thumbprints = (accounts.field(number) for number in range(3))
    renamed = pa.StructArray.from_arrays(
        [guids(ids), guids(tenants), _thumbprints(thumbprints)], fields=list(ACCOUNTS.value_type)
    )
    lengths = pc.fill_null(pc.list_value_length(served), 0).to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), renamed, mask=pc.is_null(served))


def _thumbprints(values: Column) -> Column:
    return filled(pc.ascii_upper(values))


def _captures(files: Column, rows: Column) -> Column:
    """The file, and the row where it holds several."""
    numbers = files.dictionary_encode().indices.to_numpy()
    several = pa.array(np.bincount(numbers, minlength=1)[numbers] > 1)
    return pc.if_else(several, pc.binary_join_element_wise(files, rows.cast(pa.string()), ":"), files)
