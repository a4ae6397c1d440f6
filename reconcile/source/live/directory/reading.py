"""A domain's computers as they come over the wire, as rows of the snapshot."""

from collections import Counter
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.protection import DACL_ONLY, is_protected
from reconcile.client.ldap.search import COMPUTERS, RECOVERY_KEYS, Search, everything
from reconcile.client.ldap.session import Session
from reconcile.source.attributes import cells, parent_of
from reconcile.source.computer import SERVED, most_specific, tabulate
from reconcile.source.schema import DIRECTORY

BORN = "uSNCreated"
"""Given once by the controller that is asked, and never changed: what the search is split by."""
ATTRIBUTES = (
    "objectGUID",
    "objectSid",
    "name",
    "dNSHostName",
    "sAMAccountName",
    "objectClass",
    "operatingSystem",
    "operatingSystemVersion",
    "userAccountControl",
    "primaryGroupID",
    "lastLogonTimestamp",
    "pwdLastSet",
    "whenCreated",
    "servicePrincipalName",
    "userCertificate",
    "isCriticalSystemObject",
    "nTSecurityDescriptor",
    BORN,
)
KEYS = DIRECTORY.get_field_index("bitlockerKeys")
SPNS = SERVED.get_field_index("servicePrincipalName")


def computers(filter_: str = "") -> Search:
    """All computers, or those that the filter fits too."""
    return Search(f"(&{COMPUTERS}{filter_})", ATTRIBUTES, controls=[DACL_ONLY])


def read_computers(entries: Iterable[Entry]) -> pa.Table:
    """With the columns of SERVED; its rows are not numbered yet, and the keys not counted."""
    return tabulate(_cells(entry) for entry in entries)


def _cells(entry: Entry) -> tuple[object, ...]:
    values = entry.values
    descriptor = values.get("ntsecuritydescriptor")
    protected = is_protected(descriptor[0]) if descriptor else None
    if protected is not None:
        values["protectedfromaccidentaldeletion"] = [b"TRUE" if protected else b"FALSE"]
    return cells(values, 0, entry.dn, most_specific(entry.texts("objectclass")))


def numbered(table: pa.Table, start: int = 1) -> pa.Table:
    return table.set_column(0, SERVED.field(0), pa.array(range(start, start + len(table)), pa.int64()))


def spns_as_served(table: pa.Table) -> pa.Table:
    """A controller has names of services: where no computer shows any, this account may not see them."""
    if pc.any(pc.greater(pc.list_value_length(table["servicePrincipalName"]), 0)).as_py():
        return table
    return without_spns(table)


def without_spns(table: pa.Table) -> pa.Table:
    return table.set_column(SPNS, SERVED.field(SPNS), pa.nulls(len(table), SERVED.field(SPNS).type))


def count_keys(session: Session) -> Counter[str]:
    """BitLocker keys by the DN of their computer. Empty as well where the account may not see them."""
    return Counter(map(_computer_of, everything(session, Search(RECOVERY_KEYS, ()))))


def count_keys_of(session: Session, dns: Iterable[str]) -> Counter[str]:
    """As `count_keys`, of these computers only."""
    return Counter({dn: len(everything(session, Search(RECOVERY_KEYS, (), dn))) for dn in dns})


def keys_changed(session: Session, newer: str) -> set[str]:
    """The DNs of computers that have a key which the filter fits."""
    return set(map(_computer_of, everything(session, Search(f"(&{RECOVERY_KEYS}{newer})", ()))))


def at_dns(table: pa.Table, dns: Iterable[str]) -> pa.ChunkedArray:
    """Per row which of the DNs is its own, whatever its letter case; null where none is."""
    return pc.index_in(pc.utf8_lower(table["distinguishedName"]), value_set=pc.utf8_lower(pa.array(dns, pa.string())))


def with_keys(table: pa.Table, keys: Mapping[str, int], others: pa.ChunkedArray | pa.Scalar) -> pa.Table:
    """Rows of DIRECTORY with their numbers of keys: counted ones by DN, and `others` for all that are not counted."""
    counted = pa.array(keys.values(), pa.int64()).take(at_dns(table, keys.keys()).combine_chunks())
    return table.set_column(KEYS, DIRECTORY.field(KEYS), pc.coalesce(pa.chunked_array([counted]), others))


def _computer_of(key: Entry) -> str:
    return parent_of(key.dn)
