"""Looks at single computers: by their objectGUID, and never more than is known."""

from pathlib import Path
from uuid import UUID, uuid4

import pytest

from reconcile.client.ldap.act import TREE
from reconcile.client.ldap.look import Look, Pin, look, looks
from reconcile.client.ldap.restore import restore
from reconcile.lab.ldap.fault import LdapFault
from tests.client.ldap.domain import Domain, Place, lab_domain, place


def buried(place: Place, pin: Pin) -> Pin:
    assert place.session.delete(pin.dn, [TREE]).ok
    return pin


def test_a_pin_is_a_guid_in_any_spelling() -> None:
    guid = "6BE4F16E-30CC-41B5-8155-68AFF01F038A"

    assert Pin(guid) == Pin(f"{{{guid.lower()}}}") == Pin(guid.replace("-", ""))
    assert Pin(guid).dn == f"<GUID={guid.lower()}>"
    assert Pin(guid).guid == UUID(guid)
    with pytest.raises(ValueError, match="badly formed"):
        Pin("PC-1")


def test_a_computer_is_seen_with_what_a_plan_was_made_on(place: Place) -> None:
    pin = place.computer(servicePrincipalName=["HOST/PC-1"], operatingSystem="Windows 11")

    seen = look(place.session, pin)

    assert (seen.state, seen.why) == ("present", "")
    assert seen.computer is not None
    assert seen.computer.guid == pin.guid
    assert seen.computer.dn == f"CN={seen.computer.name},{place.ou}"
    assert seen.computer.name == place.names[-1]
    assert seen.computer.account == f"{seen.computer.name}$"
    assert seen.computer.sid is not None
    assert seen.computer.sid.startswith("S-1-5-21-")
    assert seen.computer.host == f"{seen.computer.name}.example.test"
    assert seen.computer.services == ("HOST/PC-1",)
    assert (seen.computer.control, seen.computer.enabled, seen.computer.group) == (4096, True, 515)
    assert (seen.computer.protected, seen.computer.untouchable()) == (False, "")
    assert seen.computer.changed_at is not None
    assert seen.computer.usn == place.entry(pin.dn, "uSNChanged").number("usnchanged")


def test_the_bytes_of_a_guid_are_mixed_endian(place: Place) -> None:
    """As the server itself spells it, which finds the object by <GUID=>."""
    pin = place.computer()
    (value,) = place.entry(pin.dn, "objectGUID").values["objectguid"]

    assert value == pin.guid.bytes_le != pin.guid.bytes
    assert look(place.session, Pin(str(UUID(bytes=value)))).state == "absent"


def test_a_renamed_and_moved_computer_is_still_the_same(place: Place) -> None:
    pin, elsewhere = place.computer(), place.below("Elsewhere")
    assert place.session.move(pin.dn, "CN=Other", elsewhere).ok

    seen = look(place.session, pin)

    assert seen.state == "present"
    assert seen.computer is not None
    assert seen.computer.dn == f"CN=Other,{elsewhere}"


def test_another_computer_under_the_old_name_is_not_the_same(place: Place) -> None:
    pin = place.computer()
    name = place.names[-1]
    buried(place, pin)
    place.add(f"CN={name},{place.ou}", "computer", sAMAccountName=f"{name}$", userAccountControl="4096")

    assert look(place.session, pin).state == "tombstoned"


def test_a_deleted_computer_is_tombstoned_and_tells_where_it_was(place: Place) -> None:
    pin = buried(place, place.computer())

    seen = look(place.session, pin)

    assert (seen.state, seen.why, seen.tombstones_seen) == ("tombstoned", "", True)
    assert seen.computer is not None
    assert (seen.computer.name, seen.computer.last_parent) == (place.names[-1], place.ou)
    assert seen.computer.dn.startswith(f"CN={place.names[-1]}\\0ADEL:{pin.object_guid},CN=Deleted Objects,")


def test_what_never_was_is_absent(place: Place) -> None:
    assert look(place.session, Pin(str(uuid4()))) == Look("absent")


def test_who_is_not_shown_the_deleted_is_told_so(domain: Domain, place: Place) -> None:
    there, deleted = place.computer(), buried(place, place.computer())

    with domain.session(domain.low) as session:
        assert look(session, there).state == "present"
        seen = look(session, deleted)

    assert (seen.state, seen.tombstones_seen) == ("absent", False)
    assert seen.why.endswith("what was deleted is not shown to it")


def test_many_are_looked_at_at_once_and_in_order(place: Place) -> None:
    there = [place.computer() for _ in range(60)]
    deleted, missing = buried(place, place.computer()), Pin(str(uuid4()))

    seen = looks(place.session, [missing, *there, deleted, there[0]])

    assert [one.state for one in seen] == ["absent", *["present"] * 60, "tombstoned", "present"]
    assert [one.computer and one.computer.guid for one in seen[1:-2]] == [pin.guid for pin in there]


def test_what_is_no_computer_is_not_taken_for_one(place: Place) -> None:
    seen = look(place.session, Pin(str(place.guid(place.ou))))

    assert seen.state == "unknown"
    assert seen.why == f"{place.ou} is no computer, but organizationalunit"


def test_with_the_recycle_bin_what_is_deleted_is_tombstoned_too(tmp_path: Path) -> None:
    with lab_domain(tmp_path, recycle_bin=True) as domain, place(domain) as one:
        assert look(one.session, buried(one, one.computer())).state == "tombstoned"


def test_what_the_recycle_bin_has_let_go_of_is_recycled(tmp_path: Path) -> None:
    with lab_domain(tmp_path, recycle_bin=True) as domain, place(domain) as one:
        pin = buried(one, one.computer())
        assert domain.lab is not None
        domain.lab.directory.entries[pin.guid].attributes["isRecycled"] = [b"TRUE"]

        assert look(one.session, pin).state == "recycled"
        answer = restore(one.session, pin)

    assert (answer.outcome, answer.why) == ("refused", "it is gone for good: the recycle bin has let go of it")


def test_where_the_recycle_bin_cannot_be_asked_after_a_deleted_computer_is_still_deleted(lab: Domain) -> None:
    with place(lab) as one:
        pin = buried(one, one.computer())
        assert lab.lab is not None
        lab.lab.faults.add(LdapFault("busy", operation="search", dn="CN=Partitions,.*"))

        seen = look(one.session, pin)

    assert seen.state == "tombstoned"
    assert seen.why.startswith("whether it can be restored is not known: ")


@pytest.mark.parametrize(("kind", "why"), [("busy", "51 busy"), ("unavailable", "52 unavailable"), ("lost", "ended")])
def test_what_the_server_does_not_answer_is_unknown(lab: Domain, kind: str, why: str) -> None:
    with place(lab) as one:
        pin = one.computer()
        assert lab.lab is not None
        lab.lab.faults.add(LdapFault(kind, operation="search"))  # type: ignore[arg-type]

        seen = look(one.session, pin)

    assert seen.state == "unknown"
    assert why in seen.why


def test_a_chunk_that_is_not_answered_does_not_hide_the_others(lab: Domain) -> None:
    with place(lab) as one:
        pin = one.computer()
        assert lab.lab is not None
        lab.lab.faults.add(LdapFault("busy", operation="search"))

        seen = looks(one.session, [Pin(str(uuid4())) for _ in range(50)] + [pin])

    assert [item.state for item in seen] == ["unknown"] * 50 + ["present"]


def test_a_lost_connection_is_opened_anew(place: Place) -> None:
    pin = place.computer()
    place.session.close()

    assert look(place.session, pin).state == "present"


def test_where_nobody_answers_any_more_all_is_unknown_at_once(lab: Domain) -> None:
    with place(lab) as one:
        assert lab.lab is not None
        one.session.close()
        lab.lab.faults.add(LdapFault("reset", operation="bind", times=None))

        seen = looks(one.session, [Pin(str(uuid4())) for _ in range(120)])

        assert {item.state for item in seen} == {"unknown"}
        assert len([done for done in lab.lab.log if done.fault]) == 1


def test_an_object_that_cannot_be_read_is_unknown(lab: Domain) -> None:
    with place(lab) as one:
        pin = one.computer()
        assert lab.lab is not None
        lab.lab.directory.entries[pin.guid].attributes["lastLogonTimestamp"] = [b"4000000000000000000"]

        seen = look(one.session, pin)

    assert (seen.state, seen.computer) == ("unknown", None)
    assert f"CN={one.names[-1]},{one.ou} cannot be read: " in seen.why
