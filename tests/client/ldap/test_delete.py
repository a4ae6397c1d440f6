"""Deletion: what would be lost is saved first, and what is protected, or cannot be saved, stays."""

from uuid import UUID, uuid4

import pytest

from reconcile.client.ldap.act import delete
from reconcile.client.ldap.children import Saved
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.perform import Answer
from reconcile.errors import LedgerError
from tests.client.ldap.domain import RECOVERY_PASSWORD, Domain, Place
from tests.client.ldap.domain import place as opened

LIFT = "protected from accidental deletion; `Set-ADObject -ProtectedFromAccidentalDeletion $false` lifts it"


def never(_: Saved) -> None:
    pytest.fail("there is nothing to save where nothing is deleted")


def state(answer: Answer) -> str:
    assert answer.look is not None
    return answer.look.state


def is_there(place: Place, dn: str) -> bool:
    return bool(place.session.search(dn, "(objectClass=*)", ["cn"], scope="BASE").entries)


def test_a_computer_is_deleted_once_and_what_it_was_is_saved_first(place: Place) -> None:
    pin = place.computer(description="in the lobby", operatingSystem="Windows 11")
    saved: list[Saved] = []

    def save(tree: Saved) -> None:
        assert is_there(place, pin.dn)
        saved.append(tree)

    assert state(answer := delete(place.session, pin, save)) == "tombstoned"
    assert (answer.outcome, answer.why) == ("done", "")
    assert len(saved) == 1
    assert (saved[0].pin, saved[0].below) == (pin, ())
    assert saved[0].computer.values["description"] == (b"in the lobby",)
    assert saved[0].computer.values["objectguid"] == (pin.guid.bytes_le,)
    assert delete(place.session, pin, never).outcome == "already"


def test_bitlocker_keys_are_saved_before_they_are_deleted_with_it(place: Place) -> None:
    pin = place.computer()
    keys = {place.key(pin), place.key(pin)}
    saved: list[Saved] = []

    assert delete(place.session, pin, saved.append).outcome == "done"

    assert not any(is_there(place, dn) for dn in keys)
    assert {one.dn for one in saved[0].below} == keys
    assert all(one.values["msfve-keypackage"] == (b"package",) for one in saved[0].below)
    assert [key.key for key in saved[0].keys] == [RECOVERY_PASSWORD] * 2
    assert all(str(key.id) in str([one.dn for one in saved[0].below]) for key in saved[0].keys)
    assert all(isinstance(key.volume, UUID) and key.created_at is not None for key in saved[0].keys)


def test_whatever_else_hangs_below_is_saved_too(place: Place) -> None:
    pin = place.computer()
    point = place.add(f"CN=Service,{place.dn(pin)}", "serviceConnectionPoint", description="here")
    saved: list[Saved] = []

    assert delete(place.session, pin, saved.append).outcome == "done"
    assert [(one.dn, one.values["description"]) for one in saved[0].below] == [(point, (b"here",))]
    assert not is_there(place, point)


def test_it_is_saved_however_deep_it_hangs(lab: Domain) -> None:
    with opened(lab) as place:
        pin = place.computer()
        first = place.add(f"CN=Queue,{place.dn(pin)}", "container")
        second = place.add(f"CN=Deeper,{first}", "container")
        saved: list[Saved] = []

        assert delete(place.session, pin, saved.append).outcome == "done"
        assert {one.dn for one in saved[0].below} == {first, second}
        assert not is_there(place, second)


def test_no_secret_is_in_what_is_printed_of_it(place: Place) -> None:
    pin = place.computer()
    place.key(pin)
    saved: list[Saved] = []

    answer = delete(place.session, pin, saved.append)

    assert RECOVERY_PASSWORD not in f"{answer!r} {saved!r} {saved[0].keys!r}"


@pytest.mark.parametrize("trouble", [OSError("disk full"), LedgerError("ledger.sqlite", "is in use")])  # type: ignore[arg-type]
def test_what_cannot_be_saved_is_not_deleted(place: Place, trouble: Exception) -> None:
    pin = place.computer()
    place.key(pin)

    def save(_: Saved) -> None:
        raise trouble

    answer = delete(place.session, pin, save)

    assert (answer.outcome, state(answer)) == ("refused", "present")
    assert answer.why == f"what would be lost with it could not be saved: {trouble}"
    assert is_there(place, pin.dn)


def test_a_fault_in_saving_deletes_nothing_either(place: Place) -> None:
    pin = place.computer()

    def save(_: Saved) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        delete(place.session, pin, save)
    assert is_there(place, pin.dn)


def test_a_key_that_comes_while_saving_is_saved_too(place: Place) -> None:
    pin = place.computer()
    saved: list[Saved] = []

    def save(tree: Saved) -> None:
        saved.append(tree)
        if len(saved) == 1:
            place.key(pin)

    assert delete(place.session, pin, save).outcome == "done"
    assert [len(tree.below) for tree in saved] == [0, 1]


def test_what_changes_while_saving_is_saved_again(place: Place) -> None:
    pin = place.computer()
    saved: list[Saved] = []

    def save(tree: Saved) -> None:
        saved.append(tree)
        if len(saved) == 1:
            place.change(pin.dn, description="moved to the second floor")

    assert delete(place.session, pin, save).outcome == "done"
    assert [tree.computer.values.get("description") for tree in saved] == [None, (b"moved to the second floor",)]


def test_what_does_not_stop_to_change_is_not_deleted(place: Place) -> None:
    pin = place.computer()

    answer = delete(place.session, pin, lambda _: place.change(pin.dn, description=str(uuid4())))

    assert (answer.outcome, answer.why) == ("refused", "it changed 3 times while it was saved")
    assert is_there(place, pin.dn)


def test_a_protected_computer_is_not_deleted_though_the_server_might(place: Place) -> None:
    """A leaf whose own descriptor denies it may be deleted by whoever may delete children of its parent."""
    pin = place.computer()
    place.protect(pin.dn)

    answer = delete(place.session, pin, never)

    assert (answer.outcome, answer.why) == ("refused", f"it is {LIFT}")
    assert is_there(place, pin.dn)
    assert place.session.delete(pin.dn).ok


def test_a_computer_with_a_protected_child_is_not_deleted(place: Place) -> None:
    pin = place.computer()
    key = place.key(pin)
    place.protect(key)

    answer = delete(place.session, pin, never)

    assert (answer.outcome, answer.why) == ("refused", f"{key} below it is {LIFT}")
    assert is_there(place, key)


def test_who_may_not_read_the_keys_deletes_nothing(domain: Domain, place: Place) -> None:
    pin = place.computer()
    key = place.key(pin)

    with domain.session(domain.low) as session:
        answer = delete(session, pin, never)

    assert answer.outcome == "refused"
    assert key in answer.why
    assert "cannot be read" in answer.why
    assert is_there(place, key)


def test_who_may_not_delete_is_refused_by_the_server(domain: Domain, place: Place) -> None:
    pin = place.computer()

    with domain.session(domain.low) as session:
        answer = delete(session, pin, lambda _: None)

    assert (answer.outcome, answer.refusal and answer.refusal.code) == ("refused", 50)
    assert is_there(place, pin.dn)


def test_what_is_not_shown_is_not_called_deleted(domain: Domain, place: Place) -> None:
    pin = place.computer()
    assert place.session.delete(pin.dn).ok

    with domain.session(domain.low) as session:
        answer = delete(session, pin, never)

    assert answer.outcome == "unknown"
    assert answer.why.endswith("what was deleted is not shown to it")


@pytest.mark.parametrize(
    ("attributes", "why"),
    [
        ({"servicePrincipalName": "MSClusterVirtualServer/{}"}, "it is a cluster, or a node of one"),
        ({"servicePrincipalName": "MSServerClusterMgmtAPI/{}"}, "it is a cluster, or a node of one"),
        ({"isCriticalSystemObject": "TRUE"}, "it is a critical system object"),
        ({"userAccountControl": str(0x5001000)}, "it is a read-only domain controller"),
    ],
)
def test_what_no_plan_may_touch_is_not_deleted(lab: Domain, attributes: dict[str, str], why: str) -> None:
    """Of some, a real server makes none on request."""
    with opened(lab) as place:
        pin = place.computer(**{name: value.format(uuid4()) for name, value in attributes.items()})

        answer = delete(place.session, pin, never)

    assert (answer.outcome, answer.why) == ("refused", why)


def test_a_domain_controller_is_not_deleted(place: Place) -> None:
    (found,) = place.session.search(place.session.root.base, "(primaryGroupID=516)", ["objectGUID"]).entries

    answer = delete(place.session, Pin(str(found.guid)), never)

    assert (answer.outcome, answer.why) == ("refused", "it is a domain controller")
