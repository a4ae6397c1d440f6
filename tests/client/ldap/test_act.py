"""Acts on single computers: done once, or told why not; and nothing is called done that is not known to be."""

from collections.abc import Callable
from uuid import uuid4

import pytest

from reconcile.client.ldap.act import disable, enable, move
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.perform import Answer
from reconcile.client.ldap.session import Session
from tests.client.ldap.domain import Domain, Place

Switch = Callable[[Session, Pin], Answer]


def control(place: Place, pin: Pin) -> int | None:
    return place.entry(pin.dn, "userAccountControl").number("useraccountcontrol")


def test_a_computer_is_disabled_and_enabled_and_nothing_else_of_it_changes(place: Place) -> None:
    pin = place.computer(userAccountControl=str(0x1000 | 0x10000))

    assert disable(place.session, pin).outcome == "done"
    assert control(place, pin) == 0x1000 | 0x10000 | 0x2
    assert disable(place.session, pin).outcome == "already"
    assert enable(place.session, pin).outcome == "done"
    assert control(place, pin) == 0x1000 | 0x10000
    assert enable(place.session, pin).outcome == "already"


def test_what_was_done_is_seen(place: Place) -> None:
    answer = disable(place.session, place.computer())

    assert answer.look is not None
    assert answer.look.computer is not None
    assert answer.look.computer.enabled is False


def test_a_computer_is_moved_under_its_name_and_stays_itself(place: Place) -> None:
    pin, quarantine = place.computer(), place.below("Quarantine")

    assert move(place.session, pin, quarantine).outcome == "done"
    assert place.dn(pin) == f"CN={place.names[-1]},{quarantine}"
    assert move(place.session, pin, quarantine.upper()).outcome == "already"


def test_a_name_with_signs_of_its_own_is_kept(place: Place) -> None:
    pin, quarantine = place.computer(), place.below("Quarantine")
    assert place.session.move(pin.dn, "CN=Lobby\\, left \\+ #1", place.ou).ok

    assert move(place.session, pin, quarantine).outcome == "done"
    assert place.entry(pin.dn, "cn").text("cn") == "Lobby, left + #1"
    assert place.dn(pin).endswith(f",{quarantine}")


def test_a_place_that_is_not_there_is_named(place: Place) -> None:
    answer = move(place.session, place.computer(), f"OU=Nowhere,{place.ou}")

    assert answer.outcome == "refused"
    assert answer.why.startswith(f"OU=Nowhere,{place.ou} is not there, or may not be read: 32 noSuchObject")


def test_a_name_that_is_taken_there_is_refused_by_the_server(place: Place) -> None:
    pin, quarantine = place.computer(), place.below("Quarantine")
    place.add(f"CN={place.names[-1]},{quarantine}", "container")

    answer = move(place.session, pin, quarantine)

    assert answer.outcome == "refused"
    assert answer.why.startswith("68 entryAlreadyExists")
    assert place.dn(pin) == f"CN={place.names[-1]},{place.ou}"


@pytest.mark.parametrize("act", [disable, enable])
def test_what_is_deleted_is_neither_disabled_nor_enabled(place: Place, act: Switch) -> None:
    pin = place.computer()
    assert place.session.delete(pin.dn).ok

    answer = act(place.session, pin)

    assert (answer.outcome, answer.why) == ("unknown", "it is tombstoned")


def test_who_may_not_is_refused(domain: Domain, place: Place) -> None:
    pin, quarantine = place.computer(), place.below("Quarantine")

    with domain.session(domain.low) as session:
        answers = [disable(session, pin), move(session, pin, quarantine)]

    assert [answer.outcome for answer in answers] == ["refused"] * 2
    assert all(answer.why.startswith("50 insufficientAccessRights") for answer in answers)
    assert control(place, pin) == 4096
    assert place.dn(pin) == f"CN={place.names[-1]},{place.ou}"


def test_a_protected_computer_stays_where_it_is_and_the_answer_tells_how_to_lift_that(place: Place) -> None:
    pin, quarantine = place.computer(), place.below("Quarantine")
    place.protect(pin.dn)

    answer = move(place.session, pin, quarantine)

    assert (answer.outcome, place.dn(pin)) == ("refused", f"CN={place.names[-1]},{place.ou}")
    assert answer.why == (
        "it is protected from accidental deletion; `Set-ADObject -ProtectedFromAccidentalDeletion $false` lifts it"
    )
    assert disable(place.session, pin).outcome == "done"


def test_what_its_parent_keeps_is_refused_by_the_server(place: Place) -> None:
    held = place.below("Held")
    pin, quarantine = place.computer(), place.below("Quarantine")
    assert move(place.session, pin, held).outcome == "done"
    place.protect(pin.dn)
    place.deny_child_deletion(held)

    reply = place.session.move(pin.dn, f"CN={place.names[-1]}", quarantine)

    assert reply.said.code == 50


@pytest.mark.parametrize("act", [disable, enable])
def test_a_cluster_is_never_touched(place: Place, act: Switch) -> None:
    pin = place.computer(servicePrincipalName=[f"MSClusterVirtualServer/{uuid4()}"], userAccountControl="4096")
    if act is enable:
        place.change(pin.dn, userAccountControl="4098")

    answer = act(place.session, pin)

    assert (answer.outcome, answer.why) == ("refused", "it is a cluster, or a node of one")


def test_a_domain_controller_is_never_touched(place: Place) -> None:
    """The one that answers, so nothing but the refusal keeps it."""
    (found,) = place.session.search(place.session.root.base, "(primaryGroupID=516)", ["objectGUID"]).entries
    pin = Pin(str(found.guid))

    for answer in (disable(place.session, pin), move(place.session, pin, place.ou)):
        assert (answer.outcome, answer.why) == ("refused", "it is a domain controller")


def test_a_lost_connection_is_opened_anew_before_an_act(place: Place) -> None:
    pin = place.computer()
    place.session.close()

    assert disable(place.session, pin).outcome == "done"
