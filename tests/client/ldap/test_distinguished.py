"""Distinguished names taken apart and put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.utils.dn import escape_rdn

from reconcile.client.ldap.distinguished import below, same, split


@pytest.mark.parametrize(
    ("dn", "parts"),
    [
        ("CN=PC-1,OU=Fleet,DC=example", ("CN=PC-1", "OU=Fleet,DC=example")),
        ("CN=Lobby\\, left,DC=example", ("CN=Lobby\\, left", "DC=example")),
        ("CN=x\\\\,DC=example", ("CN=x\\\\", "DC=example")),
        ("CN=x\\0ADEL:1,CN=Deleted Objects,DC=example", ("CN=x\\0ADEL:1", "CN=Deleted Objects,DC=example")),
        ("DC=example", ("DC=example", "")),
        ("", ("", "")),
        ("CN=half\\", ("CN=half\\", "")),
    ],
)
def test_the_first_name_is_told_from_what_it_stands_below(dn: str, parts: tuple[str, str]) -> None:
    assert split(dn) == parts


@given(st.text('abc ,+"\\<>;=#/', min_size=1, max_size=8))
def test_any_name_can_be_put_below_and_is_found_again(name: str) -> None:
    dn = below("DC=example", name)

    assert split(dn) == (f"CN={escape_rdn(name)}", "DC=example")


def test_letter_case_does_not_tell_names_apart() -> None:
    assert same("OU=Fleet,DC=Example", "ou=FLEET,dc=example")
    assert not same("OU=Fleet,DC=Example", "OU=Fleet2,DC=Example")
