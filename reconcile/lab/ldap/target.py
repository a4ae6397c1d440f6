"""From a name in a request to the object it means."""

import re
from collections.abc import Collection
from uuid import UUID

from reconcile.lab.directory import refusal
from reconcile.lab.directory.dn import Rdn, join, key, parse
from reconcile.lab.directory.entry import Entry, sid_bytes
from reconcile.lab.directory.forest import WELL_KNOWN
from reconcile.lab.ldap.session import Session

ID = re.compile(r"<(GUID|SID|WKGUID)=([^>]*)>", re.IGNORECASE)
OTHER_CONTEXTS = ("ForestDnsZones", "DomainDnsZones")
"""Naming contexts of the domain that the lab does not hold."""


def target(session: Session, dn: str, controls: Collection[str] = ()) -> Entry:
    """Raises Refused for a name that is none, that belongs to another domain, or means nothing that is seen."""
    found = ID.fullmatch(dn.strip())
    entry = _by_id(session, found[1].upper(), found[2]) if found else _by_name(session, dn)
    if entry is None or not session.sees(entry, frozenset(controls)):
        raise refusal.no_object("" if found else _above(session, dn))
    return entry


def _by_id(session: Session, kind: str, text: str) -> Entry | None:
    directory = session.directory
    try:
        if kind == "GUID":
            raw = bytes.fromhex(text) if "-" not in text else UUID(text).bytes_le
            return directory.entries.get(UUID(bytes_le=raw))
        if kind == "SID":
            return directory.index.by_sid(sid_bytes(text) if text[:2].upper() == "S-" else bytes.fromhex(text))
    except ValueError as error:
        raise refusal.bad_name(f"<{kind}={text}>") from error
    guid, _, base = text.partition(",")
    name = WELL_KNOWN.get(guid.upper())
    return directory.at(f"{name},{base}") if name else None


def _by_name(session: Session, dn: str) -> Entry | None:
    try:
        parts = parse(dn)
    except ValueError as error:
        raise refusal.bad_name(dn) from error
    _held(session, parts)
    return session.directory.at(dn)


def _held(session: Session, parts: tuple[Rdn, ...]) -> None:
    """Raises Refused with a referral to the domain that the name belongs to, if that is another one."""
    labels = tuple(part for part in parts if part.kind == "DC")
    if labels and key(join(labels)) != key(session.directory.base):
        domain = ".".join(part.value for part in labels)
        raise refusal.elsewhere(domain, f"{_scheme(session)}://{domain}/{join(parts)}")


def _above(session: Session, dn: str) -> str:
    """The nearest object that is there."""
    parts = parse(dn)
    found = (session.directory.at(join(parts[at:])) for at in range(1, len(parts)))
    return next((entry.dn for entry in found if entry), "")


def _scheme(session: Session) -> str:
    return "ldaps" if session.secure else "ldap"


def subordinate(session: Session, base: Entry, scope: str) -> tuple[str, ...]:
    """Where a search below the root of a context must be carried on, as URLs; `scope` is what they end in."""
    directory, scheme = session.directory, _scheme(session)
    if base.dn == directory.configuration:
        return (f"{scheme}://{directory.domain}/{directory.schema}{scope}",)
    if base.dn != directory.base:
        return ()
    zones = [f"{scheme}://{zone}.{directory.domain}/DC={zone},{directory.base}{scope}" for zone in OTHER_CONTEXTS]
    return (*zones, f"{scheme}://{directory.domain}/{directory.configuration}{scope}")
