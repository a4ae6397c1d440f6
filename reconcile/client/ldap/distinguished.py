"""Distinguished names, as far as they are taken apart and put together here.

Source: RFC 4514.
"""

import re

from ldap3.utils.dn import escape_rdn

_FIRST = re.compile(r"((?:[^,\\]|\\.?)*),?(.*)", re.DOTALL)


def split(dn: str) -> tuple[str, str]:
    """The relative name, and the DN of what it stands below."""
    found = _FIRST.fullmatch(dn)
    assert found is not None
    return found[1], found[2]


def below(parent: str, name: str) -> str:
    """The DN of what is called `name` there."""
    return f"CN={escape_rdn(name)},{parent}"


def same(one: str, other: str) -> bool:
    """Both as the same server spells them."""
    return one.casefold() == other.casefold()
