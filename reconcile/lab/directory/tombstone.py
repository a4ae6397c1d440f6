"""What is left of an object when it is deleted, and what of that comes back.

Source: MS-ADTS 3.1.1.5.5 and 3.1.1.5.3.7, and what a Samba domain controller does.
"""

from uuid import UUID

from reconcile.lab.directory.dn import Rdn
from reconcile.lab.directory.entry import Entry, Values
from reconcile.lab.directory.schema import ATTRIBUTES, KINDS

ALWAYS_GONE = {"objectCategory", "sAMAccountType"}
NAMES = {"CN", "OU", "DC"}
DELETED = "\nDEL:"


def buried_name(rdn: Rdn, guid: UUID) -> Rdn:
    return Rdn(rdn.kind, f"{rdn.value}{DELETED}{guid}")


def buried(entry: Entry, rdn: Rdn, last_parent: str, *, recycle_bin: bool) -> Values:
    """Everything with a recycle bin; without one only what its schema keeps, and the object is recycled at once."""
    kept = {
        name: values
        for name, values in entry.attributes.items()
        if name not in ALWAYS_GONE and (recycle_bin or ATTRIBUTES[name.lower()].kept)
    }
    marks: Values = {
        "isDeleted": [b"TRUE"],
        "lastKnownParent": [last_parent.encode()],
        "msDS-LastKnownRDN": [rdn.value.encode()],
    }
    return kept | marks | ({} if recycle_bin else {"isRecycled": [b"TRUE"]})


def revived(entry: Entry, base: str) -> Values:
    """What a deletion took stays gone; what every object or account must have comes new, lastKnownParent stays."""
    kind = KINDS[entry.kind.lower()]
    category = f"CN={kind.category},CN=Schema,CN=Configuration,{base}".encode()
    left = {name: values for name, values in entry.attributes.items() if name not in {"isDeleted", "isRecycled"}}
    account = account_type(entry.kind, entry.number("userAccountControl") or 0) if kind.account else {}
    return (
        (empty_account() if kind.account and kind.name != "group" else {})
        | left
        | account
        | {"objectCategory": [category]}
    )


def empty_account() -> Values:
    """What an account has that was never used."""
    zero = ("badPasswordTime", "badPwdCount", "codePage", "countryCode", "lastLogoff", "lastLogon", "logonCount")
    return {name: [b"0"] for name in (*zero, "pwdLastSet")} | {"accountExpires": [b"9223372036854775807"]}


def account_type(kind: str, control: int) -> Values:
    """SAMAccountType and primaryGroupID as they follow from userAccountControl."""
    if kind == "group":
        return {"sAMAccountType": [b"268435456"]}
    machine = control & 0x3000 or KINDS[kind.lower()].name != "user"
    group = 516 if control & 0x2000 else 521 if control & 0x4000000 else 515 if machine else 513
    number = 805306369 if machine else 805306368
    return {"sAMAccountType": [str(number).encode()], "primaryGroupID": [str(group).encode()]}
