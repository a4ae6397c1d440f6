"""Searches: which objects, which of their attributes, and how many at a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from reconcile.lab.directory import refusal
from reconcile.lab.directory.entry import Entry
from reconcile.lab.ldap.ber import OCTETS, SEQUENCE, parts, put, put_number
from reconcile.lab.ldap.filter import Compared, Filter, Together
from reconcile.lab.ldap.match import match
from reconcile.lab.ldap.message import Control, Message, Request, Result
from reconcile.lab.ldap.root import root
from reconcile.lab.ldap.selection import Selection
from reconcile.lab.ldap.session import Listing, Session
from reconcile.lab.ldap.target import subordinate, target

PAGED, DOMAIN_SCOPE = "1.2.840.113556.1.4.319", "1.2.840.113556.1.4.1339"
BASE, ONE, SUBTREE = 0, 1, 2
GUID_BYTES = 16


@dataclass
class Found:
    """What a search answers: entries with their attributes, where to ask further, and how it ended."""

    entries: list[tuple[str, list[tuple[str, list[bytes]]]]] = field(default_factory=list)
    referrals: tuple[str, ...] = ()
    result: Result = field(default_factory=Result)


def search(session: Session, message: Message) -> Found:
    """Raises Refused."""
    request, controls = message.request, message.controls
    if not request.dn and request.scope == BASE and not controls:
        return _root(session, request)
    if session.account is None:
        raise refusal.bind_first()
    if not request.dn:
        return _root(session, request)
    page = _page(controls.get(PAGED))
    if page and page.cookie and not page.size:
        return _given_up(session, page)
    listing = _continued(session, request, page) if page and page.cookie else _begun(session, request, controls)
    return _sent(session, message, listing, page)


def _root(session: Session, request: Request) -> Found:
    """Raises Refused where more than the rootDSE itself is searched."""
    if request.scope != BASE:
        raise refusal.no_object("")
    selection = Selection(session, request, {})
    said = selection.named(root(session.directory, synchronized=session.lab.synchronized))
    return Found([("", said)])


@dataclass(frozen=True)
class Page:
    size: int
    cookie: bytes


def _page(control: Control | None) -> Page | None:
    """Raises Refused for a control whose value is malformed."""
    if control is None:
        return None
    try:
        size, cookie = next(parts(control.value or b"")).parts
    except (ValueError, StopIteration) as error:
        raise refusal.Refused(refusal.PROTOCOL_ERROR, "paged results") from error
    return Page(size.number, cookie.data)


def _continued(session: Session, request: Request, page: Page) -> Listing:
    """A cookie is good for once; raises Refused for one that is not this connection's, or of another search."""
    listing = session.listings.pop(page.cookie, None)
    if listing is None or listing.asked != request:
        raise refusal.unavailable_extension()
    return listing


def _given_up(session: Session, page: Page) -> Found:
    """No size and a cookie: the client wants no more of it."""
    session.listings.pop(page.cookie, None)
    return Found(result=Result(controls=(Control(PAGED, value=paged(b"")),)))


def _begun(session: Session, request: Request, controls: dict[str, Control]) -> Listing:
    found = target(session, request.dn, controls)
    scope = "" if request.scope == SUBTREE else "??base"
    further = () if request.scope == BASE or DOMAIN_SCOPE in controls else subordinate(session, found, scope)
    assert request.wanted is not None
    wanted = match(request.wanted, session.directory.schema, session.reads)
    return Listing(request, [entry.guid for entry in _candidates(session, request, found)], wanted, further)


def _candidates(session: Session, request: Request, found: Entry) -> Iterable[Entry]:
    directory = session.directory
    if request.scope == BASE:
        return [found]
    pinned = _pinned(request.wanted)
    if pinned is not None:
        return [
            entry for entry in [directory.entries.get(pinned)] if entry and _below(session, entry, found, request.scope)
        ]
    return directory.children(found) if request.scope == ONE else directory.subtree(found)


def _pinned(wanted: Filter | None) -> UUID | None:
    """The objectGUID that the filter asks for, so that not every object need be looked at."""
    for part in wanted.parts if isinstance(wanted, Together) and wanted.every else (wanted,):
        if isinstance(part, Compared) and (part.how, part.name.lower(), len(part.value)) == (
            "=",
            "objectguid",
            GUID_BYTES,
        ):
            return UUID(bytes_le=part.value)
    return None


def _below(session: Session, entry: Entry, found: Entry, scope: int) -> bool:
    if scope == ONE:
        return entry.parent == found.guid
    at: Entry | None = entry
    while at is not None and at is not found:
        at = session.directory.entries.get(at.parent) if at.parent else None
    return at is found


def _sent(session: Session, message: Message, listing: Listing, page: Page | None) -> Found:
    """As many as one answer may hold; what is left is remembered where pages were asked for."""
    request, most = message.request, session.lab.max_page
    whole_page = min(page.size or most, most) if page else most
    limit = min(whole_page, request.size_limit or most)
    selection = Selection(session, request, message.controls)
    entries, left = _taken(session, listing, limit, frozenset(message.controls))
    more = bool(left) and page is not None and limit == whole_page
    cookie = _remembered(session, replace(listing, left=left)) if more else b""
    return Found(
        [(entry.dn, selection.of(entry)) for entry in entries],
        () if left else listing.referrals,
        Result(
            refusal.SIZE_LIMIT if left and not more else 0,
            controls=(Control(PAGED, value=paged(cookie)),) if page else (),
        ),
    )


def _taken(session: Session, listing: Listing, limit: int, controls: frozenset[str]) -> tuple[list[Entry], list[UUID]]:
    """The next ones that match, and what is left; nothing is left where nothing of it matches."""
    matching = _matching(session, listing, controls)
    entries = [entry for _, entry in zip(range(limit), matching, strict=False)]
    following = next(matching, None)
    if following is None:
        return entries, []
    at = listing.left.index(following.guid)
    return entries, listing.left[at:]


def _matching(session: Session, listing: Listing, controls: frozenset[str]) -> Iterator[Entry]:
    directory, wanted = session.directory, listing.wanted
    for guid in listing.left:
        entry = directory.entries[guid]
        if wanted(entry) and session.sees(entry, controls):
            yield entry


def _remembered(session: Session, listing: Listing) -> bytes:
    session.cookies += 1
    cookie = b"lab" + session.cookies.to_bytes(8, "big")
    session.listings[cookie] = listing
    return cookie


def paged(cookie: bytes) -> bytes:
    """The value of the control; Active Directory does not guess at how many there are."""
    return put(SEQUENCE, put_number(0), put(OCTETS, cookie))
