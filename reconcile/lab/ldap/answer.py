"""From a request to the bytes of its answer, and what is written into the log about it."""

from dataclasses import dataclass, replace

from reconcile.lab.directory import refusal
from reconcile.lab.directory.refusal import Refused
from reconcile.lab.directory.values import normal
from reconcile.lab.ldap.bind import bind, who_am_i
from reconcile.lab.ldap.fault import LIMITS, REFUSALS, LdapFault
from reconcile.lab.ldap.lab import Operation
from reconcile.lab.ldap.message import (
    ADD,
    BIND,
    COMPARE,
    DELETE,
    EXTENDED,
    MODIFY,
    MODIFY_DN,
    SEARCH,
    Control,
    Message,
    Result,
    done,
    entry,
    reference,
)
from reconcile.lab.ldap.root import CONTROLS, START_TLS, WHO_AM_I
from reconcile.lab.ldap.search import PAGED, Found, paged, search
from reconcile.lab.ldap.session import Session
from reconcile.lab.ldap.target import target
from reconcile.lab.ldap.write import TREE, add, delete, known_attribute, modify, move

WRITES = {ADD, MODIFY, MODIFY_DN, DELETE}
WRONG_COOKIE = b"from another server"
FALSE, TRUE = 5, 6


@dataclass(frozen=True)
class Answer:
    """`hangs_up`: the connection is closed after it. `silent`: nothing is sent and it stays open. `tls`: it begins."""

    data: bytes = b""
    hangs_up: bool = False
    silent: bool = False
    tls: bool = False


def answer(session: Session, message: Message, *, tls_offered: bool) -> Answer:
    """Carries the request out, unless a fault has it otherwise."""
    lab, request = session.lab, message.request
    with lab.lock:
        fault = lab.faults.take(request.name, request.dn)
        kind = fault.kind if fault else ""
        if kind in {"reset", "silent"}:
            lab.note(_noted(session, message, kind))
            return Answer(hangs_up=kind == "reset", silent=kind == "silent")
        before, who = lab.directory.usn, session.who
        found = _carried_out(session, message, fault, tls_offered=tls_offered)
        noted = _noted(session, message, kind)
        code, changed = None if kind == "lost" else found.result.code, lab.directory.usn != before
        data = _bytes(message, found)
        lab.note(replace(noted, who=noted.who or who, code=code, changed=changed, entries=len(found.entries)))
    starts = request.tag == EXTENDED and request.oid == START_TLS and not found.result.code
    sent = {"lost": b"", "cut": data[: len(data) // 2]}.get(kind, data)
    return Answer(sent, kind in {"lost", "cut"}, tls=starts)


def _noted(session: Session, message: Message, fault: str) -> Operation:
    """With what is known before it is carried out."""
    request = message.request
    detail = request.oid or request.rdn or (str(request.wanted) if request.wanted else "") or ",".join(message.controls)
    return Operation(request.name, request.dn, session.who, None, changed=False, detail=detail, fault=fault)


def _carried_out(session: Session, message: Message, fault: LdapFault | None, *, tls_offered: bool) -> Found:
    if fault and fault.kind in REFUSALS:
        return Found(result=Result(REFUSALS[fault.kind], "the server is busy"))
    try:
        _controls_known(message)
        return _done(session, message, fault, tls_offered=tls_offered)
    except Refused as error:
        return Found(result=Result(error.code, error.text, error.matched, error.referrals))


def _controls_known(message: Message) -> None:
    misplaced = TREE in message.controls and message.request.tag != DELETE
    for control in message.controls.values():
        if control.critical and (control.oid not in CONTROLS or (control.oid == TREE and misplaced)):
            raise refusal.unavailable_extension()


def _done(session: Session, message: Message, fault: LdapFault | None, *, tls_offered: bool) -> Found:
    tag = message.request.tag
    if tag == BIND:
        return Found(result=bind(session, message.request))
    if tag == EXTENDED:
        return Found(result=_extended(session, message, tls_offered=tls_offered))
    if tag == SEARCH:
        return _faulted(message, search(session, message), fault)
    if session.account is None:
        raise refusal.bind_first()
    if tag == COMPARE:
        return Found(result=_compared(session, message))
    if not (fault and fault.kind == "no-effect"):
        _written(session, message, fault)
    return Found()


def _written(session: Session, message: Message, fault: LdapFault | None) -> None:
    tag = message.request.tag
    if tag == ADD:
        add(session, message)
    elif tag == MODIFY:
        modify(session, message)
    elif tag == MODIFY_DN:
        move(session, message)
    else:
        delete(session, message, fault.entries if fault and fault.kind in LIMITS else None)


def _extended(session: Session, message: Message, *, tls_offered: bool) -> Result:
    oid = message.request.oid
    if oid == WHO_AM_I:
        return Result(value=who_am_i(session))
    if oid != START_TLS:
        raise refusal.unknown_extended()
    if session.secure:
        raise refusal.tls_already()
    if not tls_offered:
        raise refusal.no_tls()
    return Result(oid=START_TLS)


def _compared(session: Session, message: Message) -> Result:
    """Of what may not be read or is not there, noSuchAttribute."""
    from_entry, edit = target(session, message.request.dn, message.controls), message.request.edits[0]
    attribute = known_attribute(edit.name)
    values = from_entry.attributes.get(attribute.name, ())
    if not values or not session.reads(from_entry, attribute):
        raise refusal.attribute_trouble(refusal.NO_SUCH_ATTRIBUTE, attribute.name)
    wanted = normal(attribute, edit.values[0])
    return Result(TRUE if any(normal(attribute, value) == wanted for value in values) else FALSE)


def _faulted(message: Message, found: Found, fault: LdapFault | None) -> Found:
    """The cookie is there only where pages were asked for."""
    if fault is None or fault.kind not in {*LIMITS, "wrong-cookie"}:
        return found
    cookie = WRONG_COOKIE if fault.kind == "wrong-cookie" else b""
    controls = (Control(PAGED, value=paged(cookie)),) if PAGED in message.controls else ()
    if fault.kind == "wrong-cookie":
        return Found(found.entries, found.referrals, Result(controls=controls))
    return Found(found.entries[: fault.entries], (), Result(LIMITS[fault.kind], controls=controls))


def _bytes(message: Message, found: Found) -> bytes:
    number = message.number
    sent = [entry(number, dn, attributes) for dn, attributes in found.entries]
    sent += [reference(number, url) for url in found.referrals]
    return b"".join([*sent, done(number, message.request.tag, found.result)])


def note_unanswered(session: Session, message: Message) -> None:
    """Of requests that have no answer."""
    session.lab.note(_noted(session, message, ""))
