import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile.lab.certificates import Certified
from reconcile.lab.ldap.lab import DirectoryLab
from tests.lab.certificates import certified
from tests.lab.domain import Served, domain, served
from tests.lab.graph.asking import Asking, asking


@pytest.fixture(name="graph")
def graph_fixture() -> Iterator[Asking]:
    with asking() as graph:
        yield graph


@pytest.fixture(name="tls", scope="session")
def tls_fixture() -> Iterator[Certified]:
    with tempfile.TemporaryDirectory() as folder:
        yield certified(Path(folder))


@pytest.fixture(name="controller")
def controller_fixture(tls: Certified) -> Iterator[Served]:
    """A domain controller that speaks LDAPS, and nobody in its fleet."""
    with served(DirectoryLab(domain()), tls.context, tls.authority) as controller:
        yield controller
