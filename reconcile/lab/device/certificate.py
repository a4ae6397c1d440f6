"""Certificates in a device's stores, of which only some are those of its registration."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from reconcile.lab.estate.certificate import YEARS, device_certificate

MACHINE = "LocalMachine"
AUTHORITY = "MS-Organization-Access"
ISSUER = f"CN={AUTHORITY}"
"""What all issuers of registrations have, as a part that stands alone."""
FULL_ISSUER = f"DC=net + DC=windows + CN={AUTHORITY} + OU=82dbaca4-3e81-46ca-9c73-0950c1eaca97"
"""As .NET prints that of a real device: one RDN of several parts. Source: Microsoft's DSRegTool, which compares it whole."""
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Certificate:
    """`store`: LocalMachine, or the SID of the user in whose store it is. A thumbprint is 40 hex digits in upper case."""

    store: str
    issuer: str
    subject: str
    thumbprint: str
    not_before: datetime
    not_after: datetime
    der: bytes = b""

    @property
    def of_registration(self) -> bool:
        """Its issuer's CN is MS-Organization-Access exactly."""
        return ISSUER in self.issuer.split(" + ")


def issued(store: str, issuer: str, device_id: str, since: datetime, thumbprint: str | None = None) -> Certificate:
    """What the registration service gives; the thumbprint is its DER's own, unless it is known to be another."""
    der = device_certificate(UUID(device_id), since, AUTHORITY)
    own = thumbprint or hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()
    return Certificate(store, issuer, f"CN={device_id}", own, since, since + YEARS, der)


def peer(store: str, subject: str, now: datetime) -> Certificate:
    """A day's certificate for remote desktop, of an authority whose name only begins alike."""
    issuer = f"CN=MS-Organization-P2P-Access [{now.year}]"
    since = now.replace(hour=0, minute=0, second=0, microsecond=0)
    own = hashlib.sha1(f"{store}{subject}{since}".encode(), usedforsecurity=False).hexdigest().upper()
    return Certificate(store, issuer, subject, own, since, since + DAY)
