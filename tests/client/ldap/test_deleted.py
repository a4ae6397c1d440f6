"""What is known of the deleted: whether this account is shown them, and whether they are kept whole."""

from pathlib import Path

import pytest

from reconcile.client.ldap.deleted import deleted_container, has_recycle_bin, sees_deleted
from reconcile.errors import SourceError
from reconcile.lab.ldap.fault import LdapFault
from tests.client.ldap.domain import Domain, lab_domain


def test_the_container_is_found_by_whoever_may_look_into_it(domain: Domain) -> None:
    with domain.session() as session:
        assert deleted_container(session) == f"CN=Deleted Objects,{session.root.base}"
        assert sees_deleted(session)
    with domain.session(domain.low) as session:
        assert deleted_container(session) is None
        assert not sees_deleted(session)


def test_that_is_asked_once_a_session(lab: Domain) -> None:
    assert lab.lab is not None
    with lab.session() as session:
        before = len(lab.lab.log)
        assert sees_deleted(session) is sees_deleted(session) is True
        assert len(lab.lab.log) == before + 1


def test_a_forest_without_a_recycle_bin_says_so(domain: Domain) -> None:
    with domain.session() as session:
        assert not has_recycle_bin(session)


def test_a_forest_with_a_recycle_bin_says_so(tmp_path: Path) -> None:
    with lab_domain(tmp_path, recycle_bin=True) as domain, domain.session() as session:
        assert has_recycle_bin(session)


def test_what_is_not_answered_is_not_taken_for_a_no(lab: Domain) -> None:
    assert lab.lab is not None
    with lab.session() as session:
        lab.lab.faults.add(LdapFault("busy", operation="search", times=2))
        with pytest.raises(SourceError, match="optional features of the forest: 51 busy"):
            has_recycle_bin(session)
        with pytest.raises(SourceError, match="container of deleted objects: 51 busy"):
            sees_deleted(session)
