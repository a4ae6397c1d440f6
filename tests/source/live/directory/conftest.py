from tests.client.ldap.conftest import (
    domain_fixture,
    lab_fixture,
    place_fixture,
    real_domain_fixture,
    samba_fixture,
    seed_fixture,
)

__all__ = ["domain_fixture", "lab_fixture", "place_fixture", "real_domain_fixture", "samba_fixture", "seed_fixture"]
