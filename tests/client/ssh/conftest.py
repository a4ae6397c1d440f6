from collections.abc import Iterator
from pathlib import Path

import pytest

from reconcile.lab.winrm.lab import Said
from tests.ssh_lab import SSHHosts, ssh_hosts
from tests.sshd import Sshd, sshd


@pytest.fixture(name="hosts")
def hosts_fixture(tmp_path: Path) -> Iterator[SSHHosts]:
    """Three that say "well" to whatever runs there; a test may give them another handler."""
    with ssh_hosts(tmp_path, lambda _: Said(["well"]), "PC1", "PC2", "PC3") as hosts:
        yield hosts


@pytest.fixture(scope="session", name="real")
def real_fixture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server
