"""The lab's Graph for the tests of all rooms: served, and every exchange checked against the official description."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from reconcile.lab.graph.application import application
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tenant import Tenant
from reconcile.lab.graph.wire import Exchange
from reconcile.lab.serve import serving
from tests.openapi import Description


@contextmanager
def graph_lab(tenant: Tenant, tls: ssl.SSLContext | None = None) -> Iterator[tuple[Lab, str]]:
    """The lab and its base URL; an AssertionError at the end where something was asked or answered that Graph does not know."""
    lab = Lab(tenant, lambda: datetime.now(UTC))
    violations: list[str] = []
    description = Description.load()

    def check(exchange: Exchange) -> None:
        if description is not None:
            violations.extend(description.check(exchange))

    lab.observers.append(check)
    with serving(application(lab), tls=tls) as url:
        yield lab, url
    assert not violations, "\n".join(violations)
