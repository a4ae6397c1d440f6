"""What one domain controller lets this account see, each thing tried by the smallest question that needs it."""

from datetime import UTC, datetime

from reconcile.client.check import SKEW, Check
from reconcile.client.ldap.bind import Account, Accounts
from reconcile.client.ldap.deleted import has_recycle_bin, sees_deleted
from reconcile.client.ldap.refusal import Lost
from reconcile.client.ldap.search import COMPUTERS, RECOVERY_KEYS
from reconcile.client.ldap.session import Session, connected
from reconcile.errors import SourceError

GENERALIZED = "%Y%m%d%H%M%S.0Z"


def examine(
    url: str, accounts: Account | Accounts, ca_file: str | None, now: datetime
) -> tuple[str | None, list[Check]]:
    """The domain that it serves, where it could be reached, and every check. Never raises for what it is there to find."""
    try:
        with connected(url, accounts, ca_file) as session:
            account = accounts.of(session.root.domain)
            who = f"by {account.bind}, as {account.user or 'the ticket that is there'}, to {session.root.host}"
            return session.root.domain, [Check("sign-in", "ok", who), *_asked(session, now)]
    except SourceError as error:
        return None, [Check("sign-in", "missing", str(error))]


def _asked(session: Session, now: datetime) -> list[Check]:
    try:
        return [
            Check("domain", "ok", session.root.domain),
            _clock(session, now),
            _synchronized(session),
            _computers(session),
            _deleted(session),
            _keys(session),
            _recycle_bin(session),
        ]
    except (Lost, SourceError) as error:
        return [Check("answers", "missing", str(error))]


def _clock(session: Session, now: datetime) -> Check:
    try:
        there = datetime.strptime(session.tells("currentTime").text("currenttime") or "", GENERALIZED).replace(
            tzinfo=UTC
        )
    except ValueError:
        return Check("clock", "unknown", "the controller does not tell the time", needed=False)
    skew = (now - there).total_seconds()
    told = f"{abs(skew):.0f} s {'ahead of' if skew > 0 else 'behind'} the controller's"
    if abs(skew) > SKEW:
        return Check("clock", "missing", f"{told}: set this machine's clock, or Kerberos fails")
    return Check("clock", "ok", told)


def _synchronized(session: Session) -> Check:
    if session.root.synchronized:
        return Check("replication", "ok", "it has what the other controllers know")
    return Check("replication", "missing", "it still waits for what the other controllers know: name another one")


def _computers(session: Session) -> Check:
    reply = _one(session, COMPUTERS)
    if reply:
        return Check("computers", "ok", "they can be read")
    return Check("computers", "missing", "this account is shown no computer at all")


def _deleted(session: Session) -> Check:
    if sees_deleted(session):
        return Check("deleted objects", "ok", "they can be read: pulls bring only what changed", needed=False)
    return Check("deleted objects", "missing", "this account is not shown them: every pull is a full one", needed=False)


def _keys(session: Session) -> Check:
    if _one(session, RECOVERY_KEYS):
        return Check("BitLocker keys", "ok", "they can be counted", needed=False)
    return Check(
        "BitLocker keys", "unknown", "none is shown: there are none, or this account may not see them", needed=False
    )


def _recycle_bin(session: Session) -> Check:
    if has_recycle_bin(session):
        return Check("recycle bin", "ok", "a deleted computer can be restored whole for a while", needed=False)
    return Check(
        "recycle bin", "missing", "it is off: a restored computer comes back without most of what it was", needed=False
    )


def _one(session: Session, filter_: str) -> bool:
    reply = session.search(session.root.base, filter_, (), page=(1, b""))
    return bool(reply.ok and reply.entries)
