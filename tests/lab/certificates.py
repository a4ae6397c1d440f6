"""A certificate of localhost for a TLS server of the test's own, valid now."""

from datetime import UTC, datetime
from pathlib import Path

from reconcile.lab import certificates
from reconcile.lab.certificates import Certified


def certified(folder: Path) -> Certified:
    return certificates.certified(folder, datetime.now(UTC))
