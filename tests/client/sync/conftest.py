from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sync_lab import Serving, sync_server


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Serving]:
    with sync_server(tmp_path) as lab:
        yield lab
