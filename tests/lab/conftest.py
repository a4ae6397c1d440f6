from collections.abc import Iterator

import pytest

from tests.lab.asking import Asking, asking


@pytest.fixture(name="graph")
def graph_fixture() -> Iterator[Asking]:
    with asking() as graph:
        yield graph
