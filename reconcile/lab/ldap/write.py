"""Writes: who may, what Active Directory itself forbids, and then the directory does it."""

from collections.abc import Iterable

from reconcile.lab.directory import refusal
from reconcile.lab.directory.dn import join, parse
from reconcile.lab.directory.entry import Entry, Values
from reconcile.lab.directory.refusal import CONSTRAINT, Refused
from reconcile.lab.directory.schema import ATTRIBUTES, KINDS, Attribute, chain
from reconcile.lab.directory.security import (
    CONTROL,
    CREATE_CHILD,
    DELETE,
    DELETE_CHILD,
    DELETE_TREE,
    WRITE,
    WRITE_DESCRIPTOR,
    Descriptor,
)
from reconcile.lab.directory.values import Change, normal
from reconcile.lab.ldap.message import Control, Edit, Message
from reconcile.lab.ldap.selection import DESCRIPTOR, sd_parts
from reconcile.lab.ldap.session import Session
from reconcile.lab.ldap.target import target

TREE, PERMISSIVE = "1.2.840.113556.1.4.805", "1.2.840.113556.1.4.1413"
ACCOUNTS_OWN = {"lastLogon", "lastLogonTimestamp", "lastLogoff", "badPwdCount", "badPasswordTime", "logonCount"} | {
    "sAMAccountType"
}
"""What the part that keeps the accounts sets, and nobody else."""
NEEDED = {"userAccountControl", "sAMAccountName", "objectClass"}
UNDELETABLE = 0x80000000
"""In systemFlags."""

Controls = dict[str, Control]


def add(session: Session, message: Message) -> None:
    """Raises Refused."""
    given: Values = {}
    for edit in message.request.edits:
        given[known_attribute(edit.name).name] = edit.values
    kind = _kind([one.decode() for one in given.pop("objectClass", [])])
    if any(ATTRIBUTES[name.lower()].own or name in ACCOUNTS_OWN for name in given):
        raise refusal.system_only()
    try:
        parts = parse(message.request.dn)
    except ValueError as error:
        raise refusal.bad_name(message.request.dn) from error
    parent = target(session, join(parts[1:]), message.controls)
    if not session.may(parent, CREATE_CHILD):
        raise refusal.access_denied()
    session.directory.add(join((parts[0], *parse(parent.dn))), kind, given)


def _kind(names: list[str]) -> str:
    """The most specific of the classes; raises Refused where one is not known, or none is given."""
    if any(name.lower() not in KINDS and name.lower() != "top" for name in names):
        raise refusal.unknown_attribute()
    if all(name.lower() == "top" for name in names):
        raise refusal.class_violation()
    return max((name for name in names if name.lower() != "top"), key=lambda name: len(chain(name)))


def modify(session: Session, message: Message) -> None:
    """Raises Refused."""
    entry, edits = target(session, message.request.dn, message.controls), list(message.request.edits)
    back = any(edit.name.lower() == "isdeleted" and edit.operation == "delete" for edit in edits)
    rest = [edit for edit in edits if not (back and edit.name.lower() in {"isdeleted", "distinguishedname"})]
    changes = [_change(session, entry, edit, message.controls) for edit in rest]
    if PERMISSIVE in message.controls:
        changes = list(_permitted(entry, changes))
    if back:
        _restore(session, entry, edits)
    session.directory.modify(entry.dn, changes)


def _restore(session: Session, entry: Entry, edits: list[Edit]) -> None:
    """IsDeleted taken away and distinguishedName replaced, in one: that is how a deleted object comes back."""
    names = [edit.values[0].decode() for edit in edits if edit.name.lower() == "distinguishedname" and edit.values]
    if not entry.deleted or not names or (entry.recycled and session.directory.recycle_bin):
        raise refusal.unwilling()
    if not session.may(session.directory.find(session.directory.base), CONTROL):
        raise refusal.access_denied()
    session.directory.restore(entry.guid, names[0])


def known_attribute(name: str) -> Attribute:
    """Raises Refused for one that the schema does not know."""
    attribute = ATTRIBUTES.get(name.partition(";")[0].lower())
    if attribute is None:
        raise refusal.unknown_attribute()
    return attribute


def _change(session: Session, entry: Entry, edit: Edit, controls: Controls) -> Change:
    attribute = known_attribute(edit.name)
    _writable(session, entry, attribute)
    change = Change(edit.operation, attribute, edit.values)  # type: ignore[arg-type]
    if attribute.name == DESCRIPTOR:
        return _described(entry, change, sd_parts(controls))
    after = [] if edit.operation == "delete" else edit.values
    if attribute.name in NEEDED and not after and not edit.values:
        raise refusal.unwilling("00002077")
    return change


def _writable(session: Session, entry: Entry, attribute: Attribute) -> None:
    if not session.may(entry, WRITE_DESCRIPTOR if attribute.name == DESCRIPTOR else WRITE):
        raise refusal.write_denied()
    if attribute.name in {"cn", "ou", "dc", "name"}:
        raise refusal.not_on_rdn()
    if attribute.own or attribute.constructed:
        raise refusal.system_only()
    if attribute.name in ACCOUNTS_OWN:
        raise refusal.unwilling()


def _described(entry: Entry, change: Change, parts: int) -> Change:
    """Only the parts that the control names are taken; raises Refused for what is no descriptor."""
    if change.operation == "delete" or len(change.values) != 1:
        raise refusal.attribute_trouble(CONSTRAINT, DESCRIPTOR)
    try:
        after = Descriptor.read(entry.sd).overlaid(Descriptor.read(change.values[0]), parts)
    except ValueError as error:
        raise refusal.attribute_trouble(refusal.INVALID_SYNTAX, DESCRIPTOR) from error
    return Change("replace", change.attribute, [bytes(after)])


def _permitted(entry: Entry, changes: Iterable[Change]) -> Iterable[Change]:
    """Adding what is there and deleting what is not are no errors then."""
    for change in changes:
        there = {normal(change.attribute, value) for value in entry.attributes.get(change.attribute.name, ())}
        wanted = change.operation == "delete"
        values = [value for value in change.values if (normal(change.attribute, value) in there) is wanted]
        if change.operation == "replace" or values or (wanted and not change.values and there):
            yield change if change.operation == "replace" else change._replace(values=values)


def move(session: Session, message: Message) -> None:
    """Raises Refused; a move needs what a deletion needs at the old place."""
    request, directory = message.request, session.directory
    entry = target(session, request.dn, message.controls)
    if entry.deleted:
        raise refusal.unwilling("00002035")
    if request.superior is None:
        if not session.may(entry, WRITE):
            raise refusal.write_denied()
        return directory.move(entry.dn, request.rdn)
    try:
        place = target(session, request.superior, message.controls)
    except Refused as error:
        raise refusal.no_new_parent() from error
    if not _may_go(session, entry) or not session.may(place, CREATE_CHILD):
        raise refusal.access_denied()
    return directory.move(entry.dn, request.rdn, place.dn)


def _may_go(session: Session, entry: Entry) -> bool:
    """By its own descriptor, or by that of its parent."""
    above = session.directory.entries.get(entry.parent) if entry.parent else None
    return session.may(entry, DELETE) or (above is not None and session.may(above, DELETE_CHILD))


def delete(session: Session, message: Message, most: int | None = None) -> int:
    """How many objects went. Raises Refused; adminLimitExceeded after `most` of a tree, which are gone then."""
    directory = session.directory
    entry = target(session, message.request.dn, message.controls)
    tree = TREE in message.controls
    if not (session.may(entry, DELETE_TREE) if tree else _may_go(session, entry)):
        raise refusal.access_denied()
    gone = list(directory.subtree(entry)) if tree else [entry]
    _deletable(session, gone, tree=tree)
    if not tree:
        directory.delete(entry.dn)
    elif most is not None and most < len(gone):
        for one in list(reversed(gone))[:most]:
            directory.delete(one.dn)
        raise Refused(
            refusal.ADMIN_LIMIT, "000020EF: SvcErr: DSID-030F6E0B, problem 5008 (ADMIN_LIMIT_EXCEEDED), data 0\n\0"
        )
    else:
        directory.delete_tree(entry.dn)
    return len(gone)


def _deletable(session: Session, gone: list[Entry], *, tree: bool) -> None:
    for entry in gone:
        if (entry.number("systemFlags") or 0) & UNDELETABLE or (
            tree and entry.attributes.get("isCriticalSystemObject") == [b"TRUE"]
        ):
            raise refusal.unwilling("0000200A")
    if tree and session.directory.guarded_descendants and not all(session.may(one, DELETE) for one in gone[1:]):
        raise refusal.access_denied()
