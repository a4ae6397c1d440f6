from collections.abc import Iterator

import pytest
from ldap3 import BASE, SASL, SUBTREE

from reconcile.lab.certificates import Certified
from reconcile.lab.ldap.lab import DirectoryLab
from tests.lab.domain import (
    BASE_DN,
    FLEET,
    PASSWORD,
    SHOW,
    Served,
    attributes,
    change,
    computer,
    domain,
    entries,
    served,
    user_dn,
    verified,
)


@pytest.fixture(name="plain")
def plain_fixture(tls: Certified) -> Iterator[Served]:
    with served(DirectoryLab(domain()), tls.context, tls.authority, start_tls=True) as controller:
        yield controller


def names(controller: Served) -> list[str]:
    admin = controller.directory.find(user_dn("admin"))
    controller.directory.modify(admin.dn, [change("replace", "userPrincipalName", "boss@elsewhere.example")])
    return [
        admin.dn,
        admin.dn.lower(),
        "admin@aldermoor.example",
        "ADMIN@ALDERMOOR",
        "boss@elsewhere.example",
        r"ALDERMOOR\admin",
        str(admin.guid),
        f"{{{admin.guid}}}",
        str(admin.sid),
    ]


def test_it_takes_every_form_of_a_name(controller: Served) -> None:
    for name in names(controller):
        with controller.connection(name) as connection:
            assert connection.bind(read_server_info=False), name
            assert connection.extend.standard.who_am_i() == r"u:ALDERMOOR\admin"


@pytest.mark.parametrize(
    ("user", "password"),
    [
        ("admin@aldermoor.example", "wrong"),
        ("nobody@aldermoor.example", PASSWORD),
        (r"ELSEWHERE\admin", PASSWORD),
        ("admin", PASSWORD),
        (f"CN=nobody,{BASE_DN}", PASSWORD),
        (FLEET, PASSWORD),
    ],
)
def test_a_wrong_name_or_password_is_refused_in_the_same_words(controller: Served, user: str, password: str) -> None:
    with controller.connection(user, password) as connection:
        assert not connection.bind(read_server_info=False)

        assert connection.result["result"] == 49
        assert connection.result["message"].startswith(
            "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data 52e, v4563"
        )


@pytest.mark.parametrize(
    ("name", "value", "data"),
    [
        ("userAccountControl", 0x202, "533"),
        ("lockoutTime", 134000000000000000, "775"),
        ("userAccountControl", 0x800200, "532"),
        ("accountExpires", 134000000000000000, "701"),
    ],
)
def test_an_account_that_may_not_is_told_why(controller: Served, name: str, value: int, data: str) -> None:
    controller.directory.modify(user_dn("admin"), [change("replace", name, value)])

    with controller.connection() as connection:
        connection.bind(read_server_info=False)

        assert f"data {data}," in connection.result["message"]


def test_other_ways_to_sign_in_are_not_there(controller: Served) -> None:
    with controller.signed_in() as connection:
        connection.rebind(authentication=SASL, sasl_mechanism="EXTERNAL", sasl_credentials=b"", read_server_info=False)

        assert connection.result["result"] == 7
        connection.search(BASE_DN, "(objectClass=*)", BASE)
        assert connection.result["result"] == 1


def test_a_deleted_account_cannot_sign_in(controller: Served) -> None:
    controller.directory.delete(user_dn("reader"))

    with controller.connection("reader@aldermoor.example") as connection:
        assert not connection.bind(read_server_info=False)


def test_nobody_reads_the_root_and_nothing_else(controller: Served) -> None:
    with controller.connection(None, None) as connection:
        connection.bind(read_server_info=False)
        said = attributes(connection, "")
        connection.search(BASE_DN, "(objectClass=*)", BASE)
        refused = connection.result
        connection.search("", "(objectClass=*)", BASE, controls=SHOW)
        paged = connection.result["result"]

    assert said["defaultNamingContext"] == [BASE_DN.encode()]
    assert refused["result"] == paged == 1
    assert "000004DC: LdapErr: DSID-0C090A5C" in refused["message"]
    assert connection.result["description"] == "operationsError"


def test_nobody_writes(controller: Served) -> None:
    with controller.connection(None, None) as connection:
        connection.bind(read_server_info=False)

        assert not connection.delete(FLEET)
        assert connection.result["result"] == 1


def test_a_failed_bind_signs_out(controller: Served) -> None:
    with controller.signed_in() as connection:
        connection.rebind("admin@aldermoor.example", "wrong", read_server_info=False)

        connection.search(BASE_DN, "(objectClass=*)", BASE)
        assert connection.result["result"] == 1


def test_a_password_is_not_taken_in_the_clear(plain: Served) -> None:
    with plain.connection() as connection:
        assert not connection.bind(read_server_info=False)

        assert connection.result["result"] == 8
        assert connection.result["message"].startswith(
            "00002028: LdapErr: DSID-0C090257, comment: The server requires binds to turn on integrity checking if "
            r"SSL\TLS are not already active on the connection, data 0, v4563"
        )


def test_tls_on_request_makes_it_safe(plain: Served) -> None:
    computer(plain.directory, "PC1")

    with plain.connection() as connection:
        with verified():
            assert connection.start_tls(read_server_info=False)
        assert connection.bind(read_server_info=False)
        connection.search(BASE_DN, "(cn=PC1)", SUBTREE)
        refs = [one["uri"][0] for one in connection.response if one["type"] == "searchResRef"]

        assert [entry["dn"] for entry in entries(connection)] == [f"CN=PC1,{FLEET}"]
        assert len(refs) == 3


def test_tls_begins_once_only(controller: Served) -> None:
    with controller.signed_in() as connection:
        connection.extended("1.3.6.1.4.1.1466.20037")

        assert connection.result["result"] == 1


def test_tls_that_is_not_offered_is_unavailable(tls: Certified) -> None:
    with served(DirectoryLab(domain()), None, tls.authority) as controller, controller.connection() as connection:
        connection.extended("1.3.6.1.4.1.1466.20037")

        assert connection.result["result"] == 52


def test_an_unknown_extended_request_is_refused(controller: Served) -> None:
    with controller.signed_in() as connection:
        connection.extended("1.2.3.4")

        assert connection.result["result"] == 2


def test_nobody_is_nobody(controller: Served) -> None:
    with controller.connection(None, None) as connection:
        connection.bind(read_server_info=False)

        assert not connection.extend.standard.who_am_i()


def test_the_log_tells_who_asked_and_how_it_ended(controller: Served) -> None:
    with controller.connection("reader@aldermoor.example", "wrong") as connection:
        connection.bind(read_server_info=False)
    with controller.signed_in("reader") as connection:
        connection.delete(FLEET)

    asked = [(one.name, one.who, one.code, one.changed) for one in controller.lab.log if one.name != "unbind"]
    assert asked == [("bind", "", 49, False), ("bind", "reader", 0, False), ("delete", "reader", 50, False)]
