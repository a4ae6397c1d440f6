"""A computer's LDAP attributes as a row of the snapshot, whether they came in a file or over the wire."""

import re
import struct
from collections.abc import Mapping, Sequence
from typing import TypeAlias
from uuid import UUID

from reconcile.client.ldap.entry import sid_text
from reconcile.source.computer import SERVED

Value: TypeAlias = str | bytes
LOWER = [name.lower() for name in SERVED.names]
RECOVERY_KEY = "msfve-recoveryinformation"
PARENT = re.compile(r"(?:\\.|[^,\\])*,", re.DOTALL)
"""What stands before the name of the parent."""
GUID_BYTES = 16


def cells(values: Mapping[str, Sequence[Value]], row: int, dn: str, kind: str) -> tuple[object, ...]:
    """In the order of SERVED; `values` by name in lower case. `kind` is the class that decides."""
    special = {
        "row": row,
        "objectguid": guid(values["objectguid"][0]) if "objectguid" in values else None,
        "objectsid": sid(values["objectsid"][0]) if "objectsid" in values else None,
        "name": first(values, "name") or first(values, "cn"),
        "distinguishedname": dn,
        "objectclass": kind,
        "serviceprincipalname": [plain(value) for value in values.get("serviceprincipalname", ())],
        "usercertificatecount": str(len(values.get("usercertificate", ()))),
    }
    return tuple([special[name] if name in special else first(values, name) for name in LOWER])


def parent_of(dn: str) -> str:
    return PARENT.sub("", dn, count=1)


def first(values: Mapping[str, Sequence[Value]], name: str) -> str | None:
    return plain(values[name][0]) if name in values else None


def plain(value: Value) -> str:
    return value if isinstance(value, str) else value.decode("utf-8", "replace")


def guid(value: Value) -> str:
    """16 bytes, the first three parts of them little-endian; ldapsearch prints those that happen to be ASCII as text."""
    data = value.encode() if isinstance(value, str) else value
    return str(UUID(bytes_le=data)) if len(data) == GUID_BYTES else plain(value)


def sid(value: Value) -> str:
    """What is no SID stays as it stands."""
    try:
        return value if isinstance(value, str) else sid_text(value)
    except struct.error:
        return plain(value)
