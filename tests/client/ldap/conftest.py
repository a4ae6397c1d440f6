from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.client.ldap.domain import Domain, Place, lab_domain, place, samba_domain
from tests.samba import Samba, domain_controller, provision


@pytest.fixture(scope="session", name="seed")
def seed_fixture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return provision(tmp_path_factory.mktemp("samba") / "seed")


@pytest.fixture(scope="session", name="samba")
def samba_fixture(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samba]:
    with domain_controller(seed, tmp_path_factory.mktemp("dc") / "dc") as samba:
        yield samba


@pytest.fixture(scope="session", name="real_domain")
def real_domain_fixture(samba: Samba) -> Domain:
    return samba_domain(samba)


@pytest.fixture(name="lab")
def lab_fixture(tmp_path: Path) -> Iterator[Domain]:
    with lab_domain(tmp_path) as domain:
        yield domain


@pytest.fixture(params=["lab", pytest.param("samba", marks=pytest.mark.live_ad)], name="domain")
def domain_fixture(request: pytest.FixtureRequest) -> Domain:
    """The lab's in the ordinary tests, a real one where the mark asks for it."""
    found = request.getfixturevalue("real_domain" if request.param == "samba" else "lab")
    assert isinstance(found, Domain)
    return found


@pytest.fixture(name="place")
def place_fixture(domain: Domain) -> Iterator[Place]:
    with place(domain) as one:
        yield one
