"""Which attributes of an entry are sent, and with what in them."""

from collections.abc import Callable, Mapping

from reconcile.lab.directory import refusal
from reconcile.lab.directory.dn import canonical
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.schema import ATTRIBUTES, Attribute
from reconcile.lab.directory.security import ALL_PARTS, SACL_PART, Descriptor
from reconcile.lab.ldap.ber import parts
from reconcile.lab.ldap.message import Control, Request
from reconcile.lab.ldap.session import Session

SD_FLAGS = "1.2.840.113556.1.4.801"
DESCRIPTOR = "nTSecurityDescriptor"
NOTHING = "1.1"


def sd_parts(controls: Mapping[str, Control]) -> int:
    """The parts of a descriptor that are meant; all without the control, and where it says 0. Raises Refused."""
    control = controls.get(SD_FLAGS)
    if control is None:
        return ALL_PARTS
    try:
        return next(parts(control.value or b"")).parts[0].number & ALL_PARTS or ALL_PARTS
    except (ValueError, StopIteration, IndexError) as error:
        raise refusal.Refused(refusal.PROTOCOL_ERROR, "SD flags") from error


class Selection:
    """What a search wants to know of each entry."""

    def __init__(self, session: Session, request: Request, controls: Mapping[str, Control]) -> None:
        self.session = session
        self.empty = request.types_only
        self.sd_parts = sd_parts(controls)
        self.every = not request.attributes or "*" in request.attributes
        self.descriptor = SD_FLAGS in controls
        asked = {name.partition(";")[0].lower(): name for name in request.attributes if name not in {"*", "+", NOTHING}}
        self.asked = asked
        self.constructed = [ATTRIBUTES[name] for name in asked if name in ATTRIBUTES and ATTRIBUTES[name].constructed]

    def named(self, said: Mapping[str, list[bytes]]) -> list[tuple[str, list[bytes]]]:
        """Of the rootDSE, whose attributes no schema knows."""
        found = [(name, values) for name, values in said.items() if self.every or name.lower() in self.asked]
        return [(name, [] if self.empty else values) for name, values in found]

    def of(self, entry: Entry) -> list[tuple[str, list[bytes]]]:
        found = []
        for name, values in entry.attributes.items():
            lower = name.lower()
            if (self.every and name != DESCRIPTOR) or lower in self.asked or self._all_with_descriptor(name):
                told = self._told(entry, ATTRIBUTES[lower], values)
                if told:
                    found.append((self._spelled(lower, name), [] if self.empty else told))
        made = ((one.name, CONSTRUCTED[one.name](self.session, entry)) for one in self.constructed)
        return found + [(name, [] if self.empty else values) for name, values in made]

    def _all_with_descriptor(self, name: str) -> bool:
        return self.every and self.descriptor and name == DESCRIPTOR

    def _spelled(self, lower: str, name: str) -> str:
        """An option that was asked for stands behind the name."""
        _, semicolon, option = self.asked.get(lower, "").partition(";")
        return f"{name}{semicolon}{option}"

    def _told(self, entry: Entry, attribute: Attribute, values: list[bytes]) -> list[bytes]:
        if not self.session.reads(entry, attribute):
            return []
        return self._described(entry) if attribute.name == DESCRIPTOR else values

    def _described(self, entry: Entry) -> list[bytes]:
        """Who may not see the audit part gets none of it where that was asked for too."""
        if self.sd_parts & SACL_PART and not (self.session.account and self.session.account.admin):
            return []
        return [bytes(Descriptor.read(entry.sd).only(self.sd_parts))]


def _above(session: Session, entry: Entry) -> Entry:
    return session.directory.entries[entry.parent or entry.guid]


CONSTRUCTED: dict[str, Callable[[Session, Entry], list[bytes]]] = {
    "canonicalName": lambda _, entry: [canonical(entry.dn).encode()],
    "createTimeStamp": lambda _, entry: entry.attributes["whenCreated"],
    "modifyTimeStamp": lambda _, entry: entry.attributes["whenChanged"],
    "msDS-parentdistname": lambda session, entry: [_above(session, entry).dn.encode()],
    "parentGUID": lambda session, entry: [_above(session, entry).guid.bytes_le],
    "structuralObjectClass": lambda _, entry: entry.attributes["objectClass"],
    "subSchemaSubEntry": lambda session, _: [f"CN=Aggregate,{session.directory.schema}".encode()],
}
