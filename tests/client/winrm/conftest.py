from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.winrm_lab import Hosts, saying, winrm_hosts


@pytest.fixture(name="hosts")
def hosts_fixture(tmp_path: Path) -> Iterator[Hosts]:
    """They say "well" to whatever runs there; a test may give them another handler."""
    with winrm_hosts(tmp_path, saying("well")) as hosts:
        yield hosts
