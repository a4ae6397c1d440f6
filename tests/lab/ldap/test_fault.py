import pytest
from ldap3 import MODIFY_REPLACE, Connection
from ldap3.core.exceptions import LDAPExceptionError

from reconcile.lab.ldap.fault import LdapFault
from tests.lab.domain import BASE_DN, FLEET, Served, computer, entries

DN = f"CN=PC1,{FLEET}"
PAGED = "1.2.840.113556.1.4.319"


def code(connection: Connection, dn: str = DN) -> int | None:
    """Of a deletion; None where the connection was lost before an answer."""
    try:
        connection.delete(dn)
    except LDAPExceptionError:
        return None
    return int(connection.result["result"])


@pytest.mark.parametrize(("kind", "done"), [("reset", False), ("lost", True), ("cut", True)])
def test_a_connection_is_lost_before_or_after_it_was_done(controller: Served, kind: str, done: bool) -> None:  # noqa: FBT001
    computer(controller.directory, "PC1")
    controller.lab.faults.add(LdapFault(kind, operation="delete"))  # type: ignore[arg-type]

    with controller.signed_in() as connection:
        assert code(connection) is None

    (asked,) = controller.lab.asked("delete")
    assert (controller.directory.at(DN) is None, asked.changed, asked.fault) == (done, done, kind)
    assert asked.who == "admin"


@pytest.mark.parametrize(("kind", "answer"), [("busy", 51), ("unavailable", 52)])
def test_a_busy_server_does_nothing(controller: Served, kind: str, answer: int) -> None:
    computer(controller.directory, "PC1")
    controller.lab.faults.add(LdapFault(kind))  # type: ignore[arg-type]

    with controller.connection() as connection:
        connection.bind(read_server_info=False)
        assert connection.result["result"] == answer
        connection.bind(read_server_info=False)
        assert code(connection) == 0


def test_a_silent_server_keeps_the_connection_open(controller: Served) -> None:
    computer(controller.directory, "PC1")
    controller.lab.faults.add(LdapFault("silent", operation="delete"))

    with controller.signed_in() as connection:
        connection.receive_timeout = 0.1
        connection.socket.settimeout(0.1)
        assert code(connection) is None

    assert controller.directory.at(DN)
    assert controller.lab.asked("delete")[0].code is None


def test_a_write_may_have_no_effect(controller: Served) -> None:
    computer(controller.directory, "PC1")
    controller.lab.faults.add(LdapFault("no-effect", dn=DN, times=2))

    with controller.signed_in() as connection:
        first = code(connection)
        connection.modify(DN, {"description": [(MODIFY_REPLACE, ["x"])]})

    assert (first, connection.result["result"]) == (0, 0)
    assert [one.changed for one in controller.lab.log if one.fault] == [False, False]


@pytest.mark.parametrize(("kind", "answer"), [("size-limit", 4), ("time-limit", 3), ("admin-limit", 11)])
@pytest.mark.parametrize("size", [None, 5])
def test_a_page_ends_early(controller: Served, kind: str, answer: int, size: int | None) -> None:
    for number in range(8):
        computer(controller.directory, f"PC{number}")
    controller.lab.faults.add(LdapFault(kind, operation="search", entries=2))  # type: ignore[arg-type]

    with controller.signed_in() as connection:
        connection.search(BASE_DN, "(cn=PC*)", attributes=["cn"], paged_size=size)

        assert (len(entries(connection)), connection.result["result"]) == (2, answer)
        assert (PAGED in connection.result.get("controls", {})) is (size is not None)
        connection.search(BASE_DN, "(cn=PC*)", attributes=["cn"])
        assert len(entries(connection)) == 8


def test_a_cookie_may_be_wrong(controller: Served) -> None:
    for number in range(8):
        computer(controller.directory, f"PC{number}")
    controller.lab.faults.add(LdapFault("wrong-cookie"))

    with controller.signed_in() as connection:
        controller.lab.faults.clear()
        controller.lab.faults.add(LdapFault("wrong-cookie", operation="search"))
        connection.search(BASE_DN, "(cn=PC*)", attributes=["cn"], paged_size=5)
        cookie = connection.result["controls"][PAGED]["value"]["cookie"]
        connection.search(BASE_DN, "(cn=PC*)", attributes=["cn"], paged_size=5, paged_cookie=cookie)

        assert (cookie != b"", connection.result["result"]) == (True, 12)


def test_a_fault_meets_what_it_names_so_often_and_after_so_many(controller: Served) -> None:
    for number in range(6):
        computer(controller.directory, f"PC{number}")
    controller.lab.faults.add(LdapFault("busy", operation="delete", dn=r"cn=pc[1-9],.*", times=2, after=1))

    with controller.signed_in() as connection:
        codes = [code(connection, f"CN=PC{number},{FLEET}") for number in range(6)]

    assert codes == [0, 0, 51, 51, 0, 0]


def test_a_fault_can_last_and_be_taken_away(controller: Served) -> None:
    computer(controller.directory, "PC1")
    number = controller.lab.faults.add(LdapFault("busy", operation="delete", times=None))

    with controller.signed_in() as connection:
        codes = [code(connection) for _ in range(3)]
        controller.lab.faults.remove(number)
        codes.append(code(connection))

    assert codes == [51, 51, 51, 0]


@pytest.mark.parametrize("words", [{"kind": "spaceship"}, {"kind": "busy", "operation": "fly"}])
def test_a_fault_that_cannot_be_is_refused(words: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no such fault"):
        LdapFault(**words)  # type: ignore[arg-type]
