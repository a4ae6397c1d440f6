"""Signing in by name and password, and who one is then."""

from collections.abc import Iterator

from reconcile.lab.directory import refusal
from reconcile.lab.directory.account import hindrance
from reconcile.lab.directory.entry import Entry
from reconcile.lab.directory.values import folded
from reconcile.lab.ldap.message import Request, Result
from reconcile.lab.ldap.session import Session


def bind(session: Session, request: Request) -> Result:
    """Raises Refused; the connection is then nobody's. Without a password it is nobody's too, and all is well."""
    session.account = None
    session.listings.clear()
    if request.mechanism is not None:
        raise refusal.bad_mechanism()
    if not request.dn or not request.password:
        return Result()
    if not session.secure:
        raise refusal.stronger_bind()
    entry = next(_meant(session, request.dn), None)
    account = session.directory.accounts.get(entry.guid) if entry else None
    if entry is None or account is None or entry.deleted or account.password.encode() != request.password:
        raise refusal.bad_credentials()
    code = hindrance(entry, session.directory.now())
    if code:
        raise refusal.bad_credentials(code)
    session.account = account
    return Result()


def who_am_i(session: Session) -> bytes:
    r"""`u:DOMAIN\name`; empty for nobody."""
    return f"u:{_short(session)}\\{session.who}".encode() if session.account else b""


def _short(session: Session) -> str:
    return session.directory.domain.partition(".")[0].upper()


def _meant(session: Session, name: str) -> Iterator[Entry]:
    r"""By distinguished name, user principal name, DOMAIN\name, GUID or SID, as a simple bind takes them."""
    directory = session.directory
    found = [directory.at(name), *_by_principal(session, name)]
    short, slash, account = name.partition("\\")
    if slash and short.upper() in {_short(session), directory.domain.upper()}:
        found.append(directory.index.by_account(account))
    yield from (entry for entry in found if entry)
    for entry in (directory.entries[guid] for guid in directory.accounts):
        if name.strip("{}").lower() == str(entry.guid) or name == entry.sid:
            yield entry


def _by_principal(session: Session, name: str) -> list[Entry | None]:
    """The attribute, or the account's name before the domain's."""
    directory = session.directory
    account, at, domain = name.rpartition("@")
    if not at:
        return []
    entries = (directory.entries[guid] for guid in directory.accounts)
    explicit = [
        one for one in entries if folded((one.text("userPrincipalName") or "").encode()) == folded(name.encode())
    ]
    implicit = (
        directory.index.by_account(account) if domain.lower() in {directory.domain, _short(session).lower()} else None
    )
    return [*explicit, implicit]
