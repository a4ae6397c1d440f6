from collections.abc import Iterator

import pytest

from tests.client.graph.session import Session, session


@pytest.fixture(name="entra")
def entra_fixture() -> Iterator[Session]:
    with session() as entra:
        yield entra
