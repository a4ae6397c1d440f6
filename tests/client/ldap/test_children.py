"""What would be lost with a computer: all of it as served, and nothing missing that is known to be there."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from reconcile.client.ldap import children
from reconcile.client.ldap.act import delete
from reconcile.client.ldap.children import Kept, Saved, read_tree
from reconcile.client.ldap.entry import Entry
from reconcile.client.ldap.look import Pin
from reconcile.errors import SourceError
from tests.client.ldap.domain import RECOVERY_PASSWORD, Domain, Place
from tests.client.ldap.domain import place as opened

GUID = uuid4()
PIN = Pin(str(GUID))
LOST = "secrets would be lost: {} cannot be read by this account (CN=x)"


def kept(guid: UUID = GUID, **values: Any) -> Kept:
    return Kept(guid, "CN=x", {name.replace("_", "-"): (value,) for name, value in values.items()})


@pytest.mark.parametrize(
    ("values", "what"),
    [
        ({}, ""),
        ({"objectclass": b"msFVE-RecoveryInformation"}, "a BitLocker recovery password"),
        ({"objectclass": b"msFVE-RecoveryInformation", "msfve_recoverypassword": b"1"}, ""),
        ({"ms_mcs_admpwdexpirationtime": b"1"}, "its LAPS password"),
        ({"ms_mcs_admpwdexpirationtime": b"1", "ms_mcs_admpwd": b"x"}, ""),
        ({"mslaps_passwordexpirationtime": b"1"}, "its LAPS password"),
        ({"mslaps_passwordexpirationtime": b"1", "mslaps_password": b"{}"}, ""),
        ({"mslaps_passwordexpirationtime": b"1", "mslaps_encryptedpassword": b"x"}, ""),
        ({"mslaps_passwordexpirationtime": b"1", "ms_mcs_admpwd": b"x"}, "its LAPS password"),
    ],
)
def test_a_secret_that_is_there_and_not_served_keeps_the_computer(values: dict[str, Any], what: str) -> None:
    assert Saved(PIN, kept(**values)).obstacle() == (LOST.format(what) if what else "")


def test_a_child_whose_protection_cannot_be_read_keeps_the_computer() -> None:
    tree = Saved(PIN, kept(), (kept(uuid4()),))

    assert (
        tree.obstacle()
        == "whether CN=x below it is protected from deletion is not known: its descriptor cannot be read"
    )


def test_trees_are_the_same_while_nothing_comes_goes_or_changes() -> None:
    child = kept(uuid4(), usnchanged=b"2")
    tree = Saved(PIN, kept(usnchanged=b"1"), (child,))

    assert tree.same_as(replace(tree))
    assert not tree.same_as(replace(tree, below=()))
    assert not tree.same_as(replace(tree, computer=kept(usnchanged=b"3")))
    assert not tree.same_as(replace(tree, below=(kept(child.guid, usnchanged=b"4"),)))


def test_a_key_without_ids_is_still_a_key() -> None:
    one = kept(uuid4(), objectclass=b"msFVE-RecoveryInformation", msfve_recoverypassword=b"111", whencreated=b"today")

    (key,) = Saved(PIN, kept(), (one,)).keys

    assert (key.id, key.volume, key.created_at, key.key) == (None, None, None, "111")


def test_no_secret_is_printed() -> None:
    one = kept(objectclass=b"msFVE-RecoveryInformation", msfve_recoverypassword=RECOVERY_PASSWORD.encode())

    assert RECOVERY_PASSWORD not in f"{Saved(PIN, one, (one,))!r}"


def test_the_computer_is_told_from_what_hangs_below_it(place: Place) -> None:
    pin = place.computer()
    key = place.key(pin)

    tree = read_tree(place.session, pin)

    assert (tree.computer.guid, [one.dn for one in tree.below]) == (pin.guid, [key])
    assert {"cn", "objectclass", "objectsid", "usnchanged", "ntsecuritydescriptor"} <= tree.computer.values.keys()


def test_what_is_not_there_is_not_read_as_empty(place: Place) -> None:
    with pytest.raises(SourceError, match="32 noSuchObject"):
        read_tree(place.session, Pin(str(uuid4())))


def test_passwords_of_the_computer_itself_are_saved(lab: Domain) -> None:
    """A real server has the attributes only once its schema was extended."""
    with opened(lab) as place:
        expiry = {"ms-Mcs-AdmPwdExpirationTime": "133500000000000000"}
        known, withheld = place.computer(**expiry, **{"ms-Mcs-AdmPwd": "local secret"}), place.computer(**expiry)
        saved: list[Saved] = []

        assert delete(place.session, known, saved.append).outcome == "done"
        answer = delete(place.session, withheld, saved.append)

    assert saved[0].computer.values["ms-mcs-admpwd"] == (b"local secret",)
    assert "local secret" not in repr(saved)
    assert (answer.outcome, len(saved)) == ("refused", 1)
    assert answer.why.startswith("secrets would be lost: its LAPS password cannot be read by this account")


def test_what_is_served_without_the_computer_is_no_tree(lab: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "everything", lambda *_: [Entry("CN=y", {"objectguid": [uuid4().bytes_le]})])

    with lab.session() as session, pytest.raises(SourceError, match="what was served is not the computer"):
        read_tree(session, PIN)
