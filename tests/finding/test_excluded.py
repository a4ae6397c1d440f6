"""What lies below an excluded place is known, so that nothing is orphaned for want of it, and left alone."""

import pytest

from reconcile.finding.excluded import empty_exclusions
from reconcile.finding.view import View
from tests.finding.fleet import Fleet, computer, row

KIOSKS = "OU=Kiosks,DC=corp,DC=example,DC=test"


def fleet(place: str, dn: str) -> Fleet:
    return Fleet(entra=[row(number=2)], directory=[computer(number=1, enabled=False, dn=dn)], excluded=(place,))


@pytest.mark.parametrize("place", [KIOSKS, KIOSKS.lower(), " OU=Kiosks , DC=corp,DC=example, DC=test"])
@pytest.mark.parametrize("below", ["", "OU=Lobby,"])
def test_a_computer_below_an_excluded_place_is_protected(place: str, below: str) -> None:
    finding = fleet(place, f"CN=PC-1,{below}{KIOSKS}").only("disabled")

    assert finding["blocked_by"] == "protected-list"


@pytest.mark.parametrize(
    "dn", ["CN=PC-1,OU=Old Kiosks,DC=corp,DC=example,DC=test", "CN=PC-1,DC=corp,DC=example,DC=test"]
)
def test_a_computer_elsewhere_is_not(dn: str) -> None:
    finding = fleet(KIOSKS, dn).only("disabled")

    assert finding["blocked_by"] == ""


def test_an_excluded_place_without_computers_is_told() -> None:
    here, nowhere = f"CN=PC-1,{KIOSKS}", "OU=Typo,DC=corp,DC=example,DC=test"

    assert list(empty_exclusions(View(fleet(KIOSKS, here).estate))) == []
    assert list(empty_exclusions(View(fleet(nowhere, here).estate))) == [
        f"[directory] exclude: there is no computer below {nowhere}"
    ]
