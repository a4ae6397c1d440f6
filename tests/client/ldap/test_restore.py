"""Restoring: what the directory still has comes back, and what does not is told."""

from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from reconcile.client.ldap.act import TREE, delete
from reconcile.client.ldap.children import Kept, Saved
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.perform import Answer
from reconcile.client.ldap.restore import NO_PASSWORD, restore
from reconcile.lab.ldap.fault import LdapFault
from tests.client.ldap.domain import RECOVERY_PASSWORD, Domain, Place, lab_domain, place


def deleted(place: Place, pin: Pin) -> Saved:
    saved: list[Saved] = []
    assert delete(place.session, pin, saved.append).outcome == "done"
    return saved[-1]


def state(answer: Answer) -> str:
    assert answer.look is not None
    return answer.look.state


def test_a_tombstone_comes_back_where_it_was_with_what_it_had_kept(place: Place) -> None:
    pin = place.computer(description="in the lobby", operatingSystem="Windows 11")
    sid = place.entry(pin.dn, "objectSid").values["objectsid"]
    saved = deleted(place, pin)

    answer = restore(place.session, pin, saved)

    assert (answer.outcome, state(answer)) == ("done", "present")
    assert place.dn(pin) == f"CN={place.names[-1]},{place.ou}"
    assert place.entry(pin.dn, "objectSid").values["objectsid"] == sid
    assert {"description", "operatingsystem"} <= set(answer.lost)
    assert "objectsid" not in answer.lost
    assert NO_PASSWORD in answer.why


def test_keys_come_back_with_their_computer(place: Place) -> None:
    pin = place.computer()
    keys = {place.key(pin), place.key(pin)}
    saved = deleted(place, pin)

    answer = restore(place.session, pin, saved)

    assert (answer.outcome, answer.why) == ("done", NO_PASSWORD)
    for key in keys:
        assert place.entry(key, "msFVE-RecoveryPassword").text("msfve-recoverypassword") == RECOVERY_PASSWORD


def test_it_comes_back_elsewhere_where_that_is_asked(place: Place) -> None:
    pin, elsewhere = place.computer(), place.below("Elsewhere")
    place.key(pin)
    saved = deleted(place, pin)

    answer = restore(place.session, pin, saved, elsewhere)

    assert (answer.outcome, answer.why) == ("done", NO_PASSWORD)
    assert place.dn(pin) == f"CN={place.names[-1]},{elsewhere}"
    assert len(place.session.search(pin.dn, "(objectClass=*)", ["cn"]).entries) == 2


def test_what_is_back_is_already_so_and_the_rest_is_caught_up_on(place: Place) -> None:
    pin = place.computer()
    key = place.key(pin)
    saved = deleted(place, pin)
    assert restore(place.session, pin).outcome == "done"
    assert not place.session.search(place.ou, "(objectClass=msFVE-RecoveryInformation)", ["cn"]).entries

    assert restore(place.session, pin, saved).outcome == "already"
    assert place.guid(key) == saved.below[0].guid
    assert restore(place.session, pin, saved).why == NO_PASSWORD


def test_where_its_place_is_gone_another_must_be_named(place: Place) -> None:
    gone = place.below("Gone")
    pin = place.computer()
    assert place.session.move(pin.dn, f"CN={place.names[-1]}", gone).ok
    deleted(place, pin)
    assert place.session.delete(gone, [TREE]).ok

    answer = restore(place.session, pin)

    assert (answer.outcome, state(answer)) == ("refused", "tombstoned")
    assert answer.why == "where it was is deleted too; restore that first, or name another OU for it"
    assert restore(place.session, pin, ou=place.ou).outcome == "done"


def test_a_place_that_is_not_there_is_named(place: Place) -> None:
    pin = place.computer()
    deleted(place, pin)

    answer = restore(place.session, pin, ou=f"OU=Nowhere,{place.ou}")

    assert answer.outcome == "refused"
    assert answer.why == f"OU=Nowhere,{place.ou} is not there, or may not be read; name another OU for it"


def test_a_name_that_is_taken_meanwhile_is_refused_by_the_server(place: Place) -> None:
    pin = place.computer()
    deleted(place, pin)
    place.add(f"CN={place.names[-1]},{place.ou}", "container")

    answer = restore(place.session, pin)

    assert (answer.outcome, state(answer)) == ("refused", "tombstoned")
    assert answer.refusal is not None


def test_what_never_was_cannot_be_restored(place: Place) -> None:
    answer = restore(place.session, Pin(str(uuid4())))

    assert (answer.outcome, answer.why) == ("refused", "this server has nothing left of it")


def test_who_is_not_shown_the_deleted_restores_nothing(domain: Domain, place: Place) -> None:
    pin = place.computer()
    deleted(place, pin)

    with domain.session(domain.low) as session:
        answer = restore(session, pin)

    assert (answer.outcome, state(answer)) == ("refused", "absent")
    assert answer.why.endswith("what was deleted is not shown to it")


def test_with_the_recycle_bin_all_of_it_comes_back(tmp_path: Path) -> None:
    with lab_domain(tmp_path, recycle_bin=True) as domain, place(domain) as one:
        pin = one.computer(description="in the lobby", pwdLastSet="133500000000000000")
        saved = deleted(one, pin)

        answer = restore(one.session, pin, saved)

    assert (answer.outcome, answer.why, answer.lost) == ("done", "", ())


def test_a_place_that_the_server_does_not_tell_must_be_named(lab: Domain) -> None:
    with place(lab) as one:
        pin = one.computer()
        deleted(one, pin)
        assert lab.lab is not None
        del lab.lab.directory.entries[pin.guid].attributes["lastKnownParent"]

        answer = restore(one.session, pin)

    assert (answer.outcome, answer.why) == ("refused", "the server does not tell where it was; name an OU for it")


def test_what_has_nothing_left_below_it_comes_back_without_that(place: Place) -> None:
    pin = place.computer()
    saved = deleted(place, pin)
    never = Kept(uuid4(), f"CN=Key,{saved.computer.dn}", {})

    answer = restore(place.session, pin, replace(saved, below=(never,)))

    assert answer.outcome == "done"
    assert answer.why.endswith("CN=Key did not come back: this server has nothing left of it")


def test_a_name_that_is_taken_below_it_is_told(place: Place) -> None:
    pin = place.computer()
    key = place.key(pin)
    saved = deleted(place, pin)
    assert restore(place.session, pin).outcome == "done"
    place.add(
        key, "msFVE-RecoveryInformation", **{"msFVE-RecoveryPassword": "1", "msFVE-RecoveryGuid": pin.guid.bytes_le}
    )

    answer = restore(place.session, pin, saved)

    assert answer.outcome == "already"
    assert f"{key.partition(',')[0]} did not come back: " in answer.why


@pytest.mark.parametrize(
    ("asked", "why"), [("<GUID=.*", "what came back of the rest is not known: "), ("DC=.*", "51 busy")]
)
def test_it_is_back_though_the_rest_is_not_known(lab: Domain, asked: str, why: str) -> None:
    with place(lab) as one:
        pin = one.computer()
        one.key(pin)
        saved = deleted(one, pin)
        assert lab.lab is not None
        lab.lab.faults.add(LdapFault("busy", operation="search", dn=asked, after=2 if asked == "DC=.*" else 0))

        answer = restore(one.session, pin, saved)

    assert answer.outcome == "done"
    assert why in answer.why
