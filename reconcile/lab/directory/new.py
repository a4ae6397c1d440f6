"""What a new object gets beside what it was given."""

from uuid import UUID, uuid4

from reconcile.lab.directory import refusal
from reconcile.lab.directory.dn import Rdn
from reconcile.lab.directory.entry import Values
from reconcile.lab.directory.schema import ATTRIBUTES, KINDS, Kind, chain
from reconcile.lab.directory.tombstone import account_type, empty_account
from reconcile.lab.directory.values import Change, changed

NAMES = {"CN": "cn", "OU": "ou", "DC": "dc"}
"""The attribute that repeats a name's own part."""
WORKSTATION, USER = 0x1000, 0x200
HIDDEN = {"msFVE-RecoveryInformation", "serviceConnectionPoint"}
"""Classes that the consoles show only in their advanced view."""


def named(rdn: Rdn) -> Values:
    value = [rdn.value.encode()]
    return {NAMES[rdn.kind]: value, "name": value}


def furnished(schema: str, name: str, rdn: Rdn, given: Values) -> Values:
    """All but the security descriptor, the SID and the marks of time. Raises Refused for a class or name that cannot be."""
    kind = KINDS.get(name.lower())
    if kind is None:
        raise refusal.class_violation()
    if kind.rdn != rdn.kind:
        raise refusal.naming_violation()
    checked = changed({}, [Change("add", ATTRIBUTES[key.lower()], values) for key, values in given.items()])
    guid = checked.get("objectGUID", [uuid4().bytes_le])
    must: Values = {
        "objectClass": [one.encode() for one in chain(kind.name)],
        "objectGUID": guid,
        "instanceType": [b"4"],
        "objectCategory": [f"CN={kind.category},{schema}".encode()],
    }
    if kind.name in HIDDEN:
        must["showInAdvancedViewOnly"] = [b"TRUE"]
    return must | _account(kind, checked, UUID(bytes_le=guid[0])) | checked | named(rdn)


def _account(kind: Kind, given: Values, guid: UUID) -> Values:
    """What every security principal has."""
    if not kind.account:
        return {}
    usual = USER if kind.name == "user" else WORKSTATION
    control = int(given.get("userAccountControl", [str(usual).encode()])[0])
    made_up = f"${guid.hex[:6].upper()}-{guid.hex[6:18].upper()}".encode()
    name: Values = {"sAMAccountName": [made_up]}
    if kind.name == "group":
        return name | {"groupType": [b"-2147483646"]} | account_type("group", 0)
    critical: Values = {"isCriticalSystemObject": [b"FALSE"]} if kind.name == "computer" else {}
    return (
        name
        | empty_account()
        | critical
        | account_type(kind.name, control)
        | {"userAccountControl": [str(control).encode()]}
    )
