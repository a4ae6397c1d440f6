"""Connections: encrypted and verified or none, and opened anew to the same server."""

import pytest

from reconcile.client.ldap.bind import Account
from reconcile.client.ldap.refusal import Lost
from reconcile.client.ldap.session import connect, connected
from reconcile.errors import AccessRefused, SourceError
from reconcile.lab.ldap.fault import LdapFault
from tests.client.ldap.domain import Domain


def test_a_session_knows_whose_server_answers(domain: Domain) -> None:
    with domain.session() as session:
        assert session.root.base == "DC=example,DC=test"
        assert session.root.configuration == "CN=Configuration,DC=example,DC=test"
        assert session.root.host == "dc1.example.test"
        assert session.root.domain == "example.test"
        assert session.root.service.startswith("CN=NTDS Settings,CN=DC1,CN=Servers,")


def test_who_signs_in_is_not_printed_with_the_password(domain: Domain) -> None:
    with domain.session() as session:
        assert domain.admin.password is not None
        assert domain.admin.password not in f"{session.url} {session.root!r} {domain.admin!r}"


def test_where_nobody_listens_is_told_with_the_address() -> None:
    with pytest.raises(SourceError, match=r"ldaps://127\.0\.0\.1:1: .*refused"):
        connect("ldaps://127.0.0.1:1", Account("simple", "x", "y"))


def test_an_authority_that_is_not_there_is_told(lab: Domain) -> None:
    with pytest.raises(SourceError, match=r"ca_file .*missing\.pem: "):
        connect(lab.url, lab.admin, str(lab.ca_file.with_name("missing.pem")))


def test_a_server_that_speaks_no_tls_is_asked_nothing(lab: Domain) -> None:
    """The plain port, as if it were the encrypted one."""
    with pytest.raises(SourceError, match=r"directory: ldaps://localhost:"):
        connect(lab.start_tls.replace("ldap://", "ldaps://"), lab.admin, str(lab.ca_file))


def test_a_lost_session_is_closed_and_can_be_opened_anew(domain: Domain) -> None:
    with domain.session() as session:
        session.connection.socket.close()
        with pytest.raises(Lost, match="ldaps://"):
            session.search("", "(objectClass=*)", ["cn"])
        states = [session.closed]

        session.reopen()

        assert [*states, session.closed] == [True, False]
        assert session.search(session.root.base, "(objectClass=computer)", ["cn"]).ok


def test_a_session_that_cannot_be_opened_anew_stays_closed(lab: Domain) -> None:
    assert lab.lab is not None
    with lab.session() as session:
        lab.lab.faults.add(LdapFault("reset", operation="bind"))
        with pytest.raises(SourceError):
            session.reopen()
        assert session.closed


def test_a_sign_in_that_is_refused_leaves_no_connection(lab: Domain) -> None:
    assert lab.lab is not None
    lab.lab.faults.add(LdapFault("busy", operation="bind"))
    with pytest.raises((AccessRefused, SourceError), match="51 busy"), connected(lab.url, lab.admin, str(lab.ca_file)):
        pytest.fail("nobody is signed in")
