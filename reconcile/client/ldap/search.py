"""A search to its end: page after page, and never a part taken for the whole."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.refusal import CUT_SHORT, REFERRAL, SYSTEM, Lost, as_error
from reconcile.client.ldap.session import Control, Reply, Session
from reconcile.errors import SourceError, SourceIncomplete

COMPUTERS = "(objectCategory=computer)"
RECOVERY_KEYS = "(objectClass=msFVE-RecoveryInformation)"
PAGE = 1000
"""AD's own MaxPageSize: it cuts larger pages down to this."""


@dataclass(frozen=True)
class Search:
    """What is asked; below the domain's root unless `base` says otherwise."""

    filter: str
    attributes: Sequence[str]
    base: str | None = None
    controls: Sequence[Control] = field(default=())


def pages(session: Session, search: Search, size: int = PAGE) -> Iterator[Sequence[Entry]]:
    """Each page as it comes. Raises SourceIncomplete, SourceError or AccessRefused: what came until then is a part."""
    cookie = b""
    while True:
        reply = _ask(session, search, size, cookie)
        yield reply.entries
        if not reply.cookie:
            return
        cookie = reply.cookie


def everything(session: Session, search: Search) -> list[Entry]:
    """As `pages`, in one."""
    return [entry for page in pages(session, search) for entry in page]


def _ask(session: Session, search: Search, size: int, cookie: bytes) -> Reply:
    asked = f"{session.url}, search for {search.filter}"
    base = search.base or session.root.base
    try:
        reply = session.search(base, search.filter, search.attributes, controls=search.controls, page=(size, cookie))
    except Lost as error:
        raise SourceError(SYSTEM, f"search for {search.filter}: {error}") from error
    if reply.said.code in CUT_SHORT | {REFERRAL}:
        raise SourceIncomplete(SYSTEM, f"{asked}: {reply.said}")
    if not reply.ok:
        raise as_error(reply.said, asked)
    if reply.cookie is None:
        raise SourceIncomplete(SYSTEM, f"{asked}: the server does not say whether there is more")
    return reply
