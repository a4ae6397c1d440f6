"""Acts on single computers of Active Directory: disabled, enabled, moved, deleted. Each is safe to do again.

What no plan may touch is refused here too, whatever it says: see `Computer.untouchable`.
"""

from collections.abc import Callable
from functools import partial

from ldap3 import BASE, MODIFY_ADD, MODIFY_DELETE

from reconcile.client.ldap.children import PROTECTED, Saved, read_tree
from reconcile.client.ldap.computer import DISABLED, Computer
from reconcile.client.ldap.distinguished import same, split
from reconcile.client.ldap.look import Look, Pin, ready
from reconcile.client.ldap.perform import Act, Answer, NotDone, perform
from reconcile.client.ldap.refusal import Lost
from reconcile.client.ldap.session import ANYTHING, Control, Reply, Session
from reconcile.errors import ReconcileError, SourceError

TREE: Control = ("1.2.840.113556.1.4.805", True, None)
SAVES = 3
"""So often what hangs below may have become more while it was saved."""


def disable(session: Session, pin: Pin) -> Answer:
    return _switch(session, pin, enabled=False)


def enable(session: Session, pin: Pin) -> Answer:
    return _switch(session, pin, enabled=True)


def move(session: Session, pin: Pin, ou: str) -> Answer:
    """Below the container with that DN, under the name it has."""
    try:
        ready(session)
        place = session.search(ou, ANYTHING, ["objectGUID"], scope=BASE)
    except (Lost, SourceError) as error:
        return Answer(pin, "unknown", str(error))
    if not place.entries:
        said = "" if place.ok else f": {place.said}"
        return Answer(pin, "refused", f"{ou} is not there, or may not be read{said}", None if place.ok else place.said)
    target = place.entries[0].dn
    return perform(
        session,
        pin,
        Act(
            happened=partial(_if_present, lambda seen: same(split(seen.dn)[1], target)),
            refuses=_protected,
            do=lambda session, look: session.move(pin.dn, split(_seen(look).dn)[0], target),
        ),
    )


def delete(session: Session, pin: Pin, save: Callable[[Saved], None]) -> Answer:
    """With all that hangs below it, which `save` has stored by the time it returns.

    `save` may be called again with more. Where it raises OSError or ReconcileError, the answer is `refused`;
    whatever it raises, nothing is deleted.
    """
    return perform(
        session,
        pin,
        Act(happened=_is_gone, refuses=_protected, do=lambda session, _: _delete(session, pin, save)),
    )


def _switch(session: Session, pin: Pin, *, enabled: bool) -> Answer:
    """The bit alone is changed, and only where the rest is still as it was seen."""

    def do(session: Session, look: Look) -> Reply:
        before = _seen(look).control or 0
        after = before ^ DISABLED
        swap = [(MODIFY_DELETE, [str(before).encode()]), (MODIFY_ADD, [str(after).encode()])]
        return session.modify(pin.dn, {"userAccountControl": swap})

    act = Act(
        happened=partial(_if_present, lambda seen: seen.enabled is enabled),
        refuses=lambda look: _seen(look).untouchable(),
        do=do,
    )
    return perform(session, pin, act)


def _delete(session: Session, pin: Pin, save: Callable[[Saved], None]) -> Reply:
    """The server itself refuses to delete a computer without children that has got one meanwhile."""
    tree = _saved(session, pin, save)
    return session.delete(pin.dn, [TREE] if tree.below else [])


def _saved(session: Session, pin: Pin, save: Callable[[Saved], None]) -> Saved:
    """What hangs below, saved as it stands at this moment. Raises NotDone."""
    tree = _read(session, pin)
    for _ in range(SAVES):
        if why := tree.obstacle():
            raise NotDone(why)
        try:
            save(tree)
        except (OSError, ReconcileError) as error:
            raise NotDone(f"what would be lost with it could not be saved: {error}") from error
        again = _read(session, pin)
        if again.same_as(tree):
            return again
        tree = again
    raise NotDone(f"it changed {SAVES} times while it was saved")


def _read(session: Session, pin: Pin) -> Saved:
    try:
        return read_tree(session, pin)
    except ReconcileError as error:
        raise NotDone(f"what hangs below it cannot be read to the end: {error}") from error


def _protected(look: Look) -> str:
    computer = _seen(look)
    if why := computer.untouchable():
        return why
    if computer.protected is None:
        return "its security descriptor cannot be read, so whether it is protected from deletion is not known"
    return f"it is {PROTECTED}" if computer.protected else ""


def _is_gone(look: Look, before: Look | None) -> bool | None:
    """What is not shown to an account that sees nothing deleted may be there all the same, unless it was there just before."""
    if look.state == "unknown" or (look.state == "absent" and not look.tombstones_seen and before is None):
        return None
    return look.state != "present"


def _if_present(test: Callable[[Computer], bool], look: Look, _: Look | None) -> bool | None:
    return test(_seen(look)) if look.state == "present" else None


def _seen(look: Look) -> Computer:
    assert look.computer is not None
    return look.computer
