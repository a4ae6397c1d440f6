from collections.abc import Iterator

import pytest
from ldap3 import Connection

from reconcile.lab.certificates import Certified
from reconcile.lab.ldap.lab import MAX_PAGE, DirectoryLab, Operation
from tests.lab.domain import BASE_DN, FLEET, Served, change, computer, domain, entries, served

PAGED = "1.2.840.113556.1.4.319"
COMPUTERS = "(cn=PC*)"


@pytest.fixture(name="full")
def full_fixture(tls: Certified) -> Iterator[Served]:
    """Ten computers, and a server that gives four at a time."""
    directory = domain()
    for number in range(10):
        computer(directory, f"PC{number}")
    with served(DirectoryLab(directory, max_page=4), tls.context, tls.authority) as controller:
        yield controller


def page(connection: Connection, size: int = 3, cookie: bytes | None = None, wanted: str = COMPUTERS) -> bytes:
    """The next cookie."""
    connection.search(BASE_DN, wanted, attributes=["cn"], paged_size=size, paged_cookie=cookie)
    control = connection.result.get("controls", {}).get(PAGED)
    return control["value"]["cookie"] if control else b""


def names(connection: Connection) -> list[str]:
    return [entry["raw_attributes"]["cn"][0].decode() for entry in entries(connection)]


def test_pages_hold_everything_once(full: Served) -> None:
    seen, cookie, sizes = [], None, []
    with full.signed_in() as connection:
        while cookie != b"":
            cookie = page(connection, 3, cookie)
            seen += names(connection)
            sizes.append(len(names(connection)))

    assert sorted(seen) == [f"PC{number}" for number in range(10)]
    assert sizes == [3, 3, 3, 1]


def test_referrals_come_with_the_last_page(full: Served) -> None:
    kinds, cookie = [], None
    with full.signed_in() as connection:
        while cookie != b"":
            cookie = page(connection, 4, cookie)
            kinds.append(sum(one["type"] == "searchResRef" for one in connection.response))

    assert kinds == [0, 0, 3]


def test_a_page_is_never_larger_than_the_server_allows(full: Served) -> None:
    with full.signed_in() as connection:
        cookie = page(connection, 1000)

        assert len(names(connection)) == 4
        assert cookie


def test_a_search_without_pages_ends_at_the_limit_and_says_so(full: Served) -> None:
    with full.signed_in() as connection:
        connection.search(BASE_DN, COMPUTERS, attributes=["cn"])

        assert len(names(connection)) == 4
        assert connection.result["result"] == 4
        assert [one["type"] for one in connection.response] == ["searchResEntry"] * 4


def test_what_fits_exactly_is_all(full: Served) -> None:
    with full.signed_in() as connection:
        connection.search(BASE_DN, "(|(cn=PC0)(cn=PC1)(cn=PC2)(cn=PC3))", attributes=["cn"])
        unpaged = connection.result["result"]
        cookie = page(connection, 4, wanted="(|(cn=PC0)(cn=PC1)(cn=PC2)(cn=PC3))")

    assert (unpaged, cookie) == (0, b"")


@pytest.mark.parametrize("paged", [None, 4])
def test_a_limit_of_the_client_is_kept(full: Served, paged: int | None) -> None:
    with full.signed_in() as connection:
        connection.search(BASE_DN, COMPUTERS, attributes=["cn"], size_limit=2, paged_size=paged)

        assert len(names(connection)) == 2
        assert connection.result["result"] == 4


def test_a_cookie_is_good_once_and_for_its_own_search(full: Served) -> None:
    with full.signed_in() as connection, full.signed_in() as other:
        first = page(connection)
        page(connection, cookie=first)
        codes = []
        for client, cookie, wanted in (
            (connection, first, COMPUTERS),
            (connection, b"nonsense", COMPUTERS),
            (other, page(connection), COMPUTERS),
            (connection, page(connection), "(cn=*)"),
        ):
            page(client, cookie=cookie, wanted=wanted)
            codes.append(client.result["result"])

    assert codes == [12, 12, 12, 12]
    assert "UNAVAIL_EXTENSION" in connection.result["message"]


def test_what_happens_after_a_page_does_not_change_it(full: Served) -> None:
    directory = full.directory

    def meanwhile(_: Operation) -> None:
        if directory.at(f"CN=PC0,{FLEET}"):
            directory.delete(f"CN=PC0,{FLEET}")

    with full.signed_in() as connection:
        full.lab.observers.append(meanwhile)
        cookie = page(connection, 4)
        first = names(connection)
        page(connection, 4, cookie)
        second = names(connection)

    assert "PC0" in first
    assert len(first) == len(second) == 4


def test_a_client_may_want_no_more_of_it(full: Served) -> None:
    with full.signed_in() as connection:
        cookie = page(connection)
        nothing = page(connection, 0, cookie)
        entries_then = names(connection)
        page(connection, cookie=cookie)

        assert (nothing, entries_then, connection.result["result"]) == (b"", [], 12)


def test_what_changes_between_pages_is_as_it_is_then(full: Served) -> None:
    directory = full.directory
    with full.signed_in() as connection:
        cookie = page(connection, 3)
        seen = names(connection)
        with full.lab.lock:
            directory.delete(f"CN=PC4,{FLEET}")
            directory.move(f"CN=PC5,{FLEET}", "CN=XX")
            directory.modify(f"CN=PC6,{FLEET}", [change("replace", "description", "new")])
            computer(directory, "PC99")
        while cookie != b"":
            cookie = page(connection, 3, cookie)
            seen += names(connection)

    assert sorted(seen) == ["PC0", "PC1", "PC2", "PC3", "PC6", "PC7", "PC8", "PC9"]


def test_signing_in_anew_ends_what_was_begun(full: Served) -> None:
    with full.signed_in() as connection:
        cookie = page(connection)
        connection.rebind(read_server_info=False)
        page(connection, cookie=cookie)

        assert connection.result["result"] == 12


def test_ten_thousand_would_come_a_thousand_at_a_time() -> None:
    assert DirectoryLab(domain()).max_page == MAX_PAGE == 1000
