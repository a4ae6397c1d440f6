"""Where a domain keeps what was deleted, and whether this account may look there.

Source: MS-ADTS 6.1.1.4 (well-known objects), 3.1.1.3.4.1.26 (LDAP_SERVER_SHOW_RECYCLED_OID).
"""

from ldap3 import BASE

from reconcile.client.ldap.refusal import INSUFFICIENT_ACCESS, NO_SUCH_OBJECT, as_error
from reconcile.client.ldap.session import ANYTHING, Control, Session

SHOW_DELETED: Control = ("1.2.840.113556.1.4.417", True, None)
SHOW_RECYCLED: Control = ("1.2.840.113556.1.4.2064", True, None)
"""Shows tombstones and deleted objects as well."""
CONTAINER = "18E2EA80684F11D2B9AA00C04F79F805"
RECYCLE_BIN = "cn=recycle bin feature,"


def deleted_container(session: Session) -> str | None:
    """The DN of the container of deleted objects; None where this account may not look into it. Raises Lost or SourceError.

    Who may not is shown the container itself by some servers, but nothing that it says.
    """
    reply = session.search(
        f"<WKGUID={CONTAINER},{session.root.base}>", ANYTHING, ["isDeleted"], scope=BASE, controls=[SHOW_DELETED]
    )
    if reply.said.code in {NO_SUCH_OBJECT, INSUFFICIENT_ACCESS}:
        return None
    if not reply.ok:
        raise as_error(reply.said, f"{session.url}, the container of deleted objects")
    return reply.entries[0].dn if reply.entries and reply.entries[0].says("isdeleted") else None


def sees_deleted(session: Session) -> bool:
    """Whether this account is shown what was deleted: asked once. Raises Lost or SourceError."""
    if session.sees_deleted is None:
        session.sees_deleted = deleted_container(session) is not None
    return session.sees_deleted


def has_recycle_bin(session: Session) -> bool:
    """Whether the forest keeps what is deleted whole for a while; only then is what it calls recycled beyond restoring.

    Raises Lost or SourceError. Source: MS-ADTS 3.1.1.9.1; MS-ADA1 2.340 (isRecycled).
    """
    partitions = f"CN=Partitions,{session.root.configuration}"
    reply = session.search(partitions, ANYTHING, ["msDS-EnabledFeature"], scope=BASE)
    if not reply.ok:
        raise as_error(reply.said, f"{session.url}, the optional features of the forest")
    return any(RECYCLE_BIN in name.lower() for entry in reply.entries for name in entry.texts("msds-enabledfeature"))
