"""Bringing a deleted computer back, as far as the directory still has it.

With the recycle bin all of it comes back; a tombstone has kept little more than its ids.
Source: MS-ADTS 3.1.1.5.3.7 (undelete), 3.1.1.5.5 (what a deleted object keeps).
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from ldap3 import BASE, MODIFY_DELETE, MODIFY_REPLACE

from reconcile.client.ldap.children import Kept, Saved, read_tree
from reconcile.client.ldap.computer import MANGLED, Computer
from reconcile.client.ldap.deleted import SHOW_DELETED
from reconcile.client.ldap.distinguished import below, split
from reconcile.client.ldap.look import Look, Pin, by_guid
from reconcile.client.ldap.perform import Act, Answer, NotDone, perform
from reconcile.client.ldap.refusal import Lost
from reconcile.client.ldap.session import ANYTHING, Reply, Session
from reconcile.errors import SourceError

OF_THE_SERVER = frozenset({"dscorepropagationdata"})
"""What comes and goes by itself."""
NO_PASSWORD = "it has no password, so it must join the domain anew"  # noqa: S105 (a sentence)


def restore(session: Session, pin: Pin, saved: Saved | None = None, ou: str | None = None) -> Answer:
    """To where it was, or below `ou`, under its old name; then what was saved of what hung below it.

    `lost` of the answer tells what of the saved computer did not come back; without `saved` that is not known.
    """
    answer = perform(session, pin, Act(_is_back, _beyond, lambda session, look: _undelete(session, look, ou)))
    if answer.outcome not in {"done", "already"} or answer.look is None or answer.look.computer is None:
        return answer
    computer, said = answer.look.computer, [answer.why] if answer.why else []
    if computer.password_set_at is None:
        said.append(NO_PASSWORD)
    lost: tuple[str, ...] = ()
    if saved is not None:
        try:
            said += _restore_below(session, saved, computer)
            lost = _missing(saved.computer, read_tree(session, pin).computer)
        except (Lost, SourceError) as error:
            said.append(f"what came back of the rest is not known: {error}")
    return replace(answer, why="; ".join(said), lost=lost)


def _is_back(look: Look, _: Look | None) -> bool | None:
    return None if look.state == "unknown" else look.state == "present"


def _beyond(look: Look) -> str:
    return {
        "recycled": "it is gone for good: the recycle bin has let go of it",
        "absent": look.why or "this server has nothing left of it",
    }.get(look.state, "")


def _undelete(session: Session, look: Look, ou: str | None) -> Reply:
    """Raises Lost, or NotDone. By its DN, which holds its GUID: not every server finds a deleted object by <GUID=>."""
    computer = look.computer
    assert computer is not None
    place = ou or computer.last_parent
    if not place or not computer.name:
        raise NotDone("the server does not tell where it was; name an OU for it")
    if MANGLED in place.replace("\\0A", "\n"):
        raise NotDone("where it was is deleted too; restore that first, or name another OU for it")
    found = session.search(place, ANYTHING, ["objectGUID"], scope=BASE)
    if not found.entries:
        raise NotDone(f"{place} is not there, or may not be read; name another OU for it")
    return _bring_back(session, computer.dn, below(found.entries[0].dn, computer.name))


def _bring_back(session: Session, deleted: str, dn: str) -> Reply:
    changes: dict[str, list[Any]] = {
        "isDeleted": [(MODIFY_DELETE, [])],
        "distinguishedName": [(MODIFY_REPLACE, [dn.encode()])],
    }
    return session.modify(deleted, changes, [SHOW_DELETED])


def _restore_below(session: Session, saved: Saved, computer: Computer) -> list[str]:
    """What did not come back, and why; what hangs deepest comes last. Raises Lost."""
    failures = []
    for one in sorted(saved.below, key=lambda one: len(one.dn)):
        dn = one.dn[: len(one.dn) - len(saved.computer.dn)] + computer.dn
        if why := _restored(session, one.guid, dn):
            failures.append(f"{split(one.dn)[0]} did not come back: {why}")
    return failures


def _restored(session: Session, guid: UUID, dn: str) -> str:
    """Why not; empty where it is back, or never went. Raises Lost."""
    found = session.search(session.root.base, by_guid([guid]), ["isDeleted"], controls=[SHOW_DELETED])
    if not found.ok:
        return str(found.said)
    if not found.entries:
        return "this server has nothing left of it"
    if not found.entries[0].says("isdeleted"):
        return ""
    reply = _bring_back(session, found.entries[0].dn, dn)
    return "" if reply.ok else str(reply.said)


def _missing(before: Kept, now: Kept) -> tuple[str, ...]:
    return tuple(sorted(before.values.keys() - now.values.keys() - OF_THE_SERVER))
