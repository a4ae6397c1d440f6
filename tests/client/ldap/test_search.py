"""Searches to their end: page after page, and never a part taken for the whole."""

from uuid import uuid4

import pytest

from reconcile.client.ldap.deleted import SHOW_RECYCLED, deleted_container
from reconcile.client.ldap.search import Search, everything, pages
from reconcile.errors import AccessRefused, SourceError, SourceIncomplete
from reconcile.lab.ldap.fault import LdapFault
from tests.client.ldap.domain import Domain, Place
from tests.client.ldap.domain import place as opened

MANY = 1_100


def crowd(place: Place, number: int) -> set[str]:
    return {place.add(f"CN=C{at:04},{place.ou}", "container") for at in range(number)}


def containers(place: Place) -> Search:
    return Search("(objectClass=container)", ["cn"], place.ou)


def test_more_than_a_page_is_read_to_the_end(place: Place) -> None:
    names = crowd(place, MANY)

    sizes = [len(page) for page in pages(place.session, containers(place))]

    assert sizes == [1000, MANY - 1000]
    assert {entry.dn for entry in everything(place.session, containers(place))} == names


def test_a_page_that_is_just_full_is_no_reason_for_another(place: Place) -> None:
    crowd(place, 20)

    assert sum(len(page) for page in pages(place.session, containers(place), 10)) == 20
    assert [len(page) for page in pages(place.session, containers(place), 7)] == [7, 7, 6]


def test_nothing_found_is_an_empty_page(place: Place) -> None:
    assert [list(page) for page in pages(place.session, containers(place))] == [[]]


def test_a_base_that_is_not_there_is_no_empty_answer(place: Place) -> None:
    with pytest.raises(SourceError, match="32 noSuchObject"):
        everything(place.session, Search("(cn=*)", ["cn"], f"OU=Nowhere,{place.ou}"))


def test_another_domain_is_not_searched_by_referral(lab: Domain) -> None:
    with lab.session() as session, pytest.raises(SourceIncomplete, match="10 referral"):
        everything(session, Search("(cn=*)", ["cn"], "DC=elsewhere,DC=test"))


@pytest.mark.parametrize("kind", ["size-limit", "time-limit", "admin-limit"])
def test_a_page_that_was_cut_short_is_no_end(lab: Domain, kind: str) -> None:
    with opened(lab) as place:
        crowd(place, 20)
        assert lab.lab is not None
        lab.lab.faults.add(LdapFault(kind, operation="search", after=1, entries=3))  # type: ignore[arg-type]

        with pytest.raises(SourceIncomplete, match="LimitExceeded"):
            list(pages(place.session, containers(place), 10))


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "busy", "unavailable", "wrong-cookie"])
def test_a_page_that_does_not_come_is_no_end(lab: Domain, kind: str) -> None:
    with opened(lab) as place:
        crowd(place, 20)
        assert lab.lab is not None
        after = 0 if kind == "wrong-cookie" else 1
        lab.lab.faults.add(LdapFault(kind, operation="search", after=after))  # type: ignore[arg-type]

        with pytest.raises(SourceError, match=place.domain.url.rpartition("/")[2]):
            list(pages(place.session, containers(place), 10))


def test_what_changed_since_a_number_is_read_by_it(place: Place) -> None:
    before = [place.computer() for _ in range(3)]
    usn = place.session.highest_usn()
    place.change(before[1].dn, description="other")
    after = place.computer()

    found = everything(place.session, Search(f"(&(objectClass=computer)(uSNChanged>={usn + 1}))", ["objectGUID"]))

    assert {entry.guid for entry in found} == {before[1].guid, after.guid}
    assert place.session.highest_usn() > usn


def test_what_was_deleted_since_a_number_is_read_among_the_deleted(place: Place) -> None:
    pin = place.computer()
    usn = place.session.highest_usn()
    assert place.session.delete(pin.dn).ok
    container = deleted_container(place.session)
    assert container is not None

    newer = Search(
        f"(&(isDeleted=TRUE)(uSNChanged>={usn + 1}))", ["objectGUID", "lastKnownParent"], container, [SHOW_RECYCLED]
    )
    found = everything(place.session, newer)

    assert [(entry.guid, entry.text("lastknownparent")) for entry in found] == [(pin.guid, place.ou)]


def test_who_may_not_look_among_the_deleted_is_told_so_and_not_that_nothing_is_there(domain: Domain) -> None:
    with domain.session(domain.low) as session:
        assert deleted_container(session) is None


def test_who_may_read_little_reads_computers_and_no_secrets(domain: Domain, place: Place) -> None:
    pin = place.computer(operatingSystem="Windows 11")
    place.key(pin)

    with domain.session(domain.low) as session:
        found = everything(
            session, Search("(objectClass=*)", ["cn", "operatingSystem", "msFVE-RecoveryPassword"], pin.dn)
        )

    assert [entry.text("operatingsystem") for entry in found if entry.dn.startswith("CN=PC")] == ["Windows 11"]
    assert not any("msfve-recoverypassword" in entry.values for entry in found)


def test_who_may_read_little_changes_nothing(domain: Domain, place: Place) -> None:
    pin = place.computer()

    with domain.session(domain.low) as session:
        codes = {
            session.modify(pin.dn, {"description": [("MODIFY_REPLACE", ["x"])]}).said.code,
            session.move(pin.dn, f"CN={uuid4()}", place.ou).said.code,
            session.delete(pin.dn).said.code,
        }

    assert codes == {50}


def test_a_search_that_may_not_be_asked_is_refused(lab: Domain) -> None:
    with lab.session() as session:
        session.connection.user, session.connection.authentication = None, "ANONYMOUS"
        assert session.connection.bind(read_server_info=False)
        with pytest.raises((AccessRefused, SourceError), match="successful bind must be completed"):
            everything(session, Search("(cn=*)", ["cn"]))
