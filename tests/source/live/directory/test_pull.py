"""A domain read in full: every computer as it is, or an error that says why not; the lab's and a real one alike."""

import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reconcile.client.ldap.bind import Accounts
from reconcile.errors import AccessRefused, SourceError, SourceIncomplete
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from reconcile.lab.ldap.fault import LdapFault
from reconcile.settings import Directory
from reconcile.workspace import Workspace
from tests.client.ldap.domain import Domain, Place, lab_domain
from tests.source.live.directory.pulling import Puller, add, lab_puller, puller

CERTIFICATE = b"\x30\x82\x03\x84" + bytes(range(256)) * 3


def test_every_computer_is_there_as_it_is(domain: Domain, place: Place, tmp_path: Path) -> None:
    pin = place.computer(
        operatingSystem="Windows 11 Enterprise",
        operatingSystemVersion="10.0 (22631)",
        servicePrincipalName=["HOST/A", "HOST/B"],
        userCertificate=[CERTIFICATE],
    )
    place.key(pin)
    place.key(pin)
    place.protect(place.dn(pin))
    disabled = place.computer(userAccountControl="4098")

    pulled = puller(domain, tmp_path).pull()

    row = pulled.rows[pin.object_guid]
    name = place.names[0]
    assert row["objectSid"].startswith("S-1-5-21-")
    assert row | {"objectSid": "", "whenCreated": "", "pwdLastSet": ""} == {
        "objectSid": "",
        "name": name,
        "dNSHostName": f"{name}.example.test",
        "sAMAccountName": f"{name}$",
        "distinguishedName": f"CN={name},{place.ou}",
        "objectClass": "computer",
        "operatingSystem": "Windows 11 Enterprise",
        "operatingSystemVersion": "10.0 (22631)",
        "userAccountControl": 4096,
        "enabled": True,
        "primaryGroupID": 515,
        "lastLogonTimestamp": None,
        "pwdLastSet": "",
        "whenCreated": "",
        "servicePrincipalName": ["HOST/A", "HOST/B"],
        "userCertificateCount": 1,
        "isCriticalSystemObject": False,
        "protectedFromAccidentalDeletion": True,
        "bitlockerKeys": 2,
    }
    other = pulled.rows[disabled.object_guid]
    assert (other["enabled"], other["bitlockerKeys"], other["servicePrincipalName"]) == (False, 0, [])
    assert (other["userCertificateCount"], other["protectedFromAccidentalDeletion"]) == (0, False)
    assert (pulled.entry.domains, pulled.entry.complete, pulled.entry.rows) == (
        ("example.test",),
        True,
        len(pulled.rows),
    )
    assert pulled.rejected == []
    assert {row["sAMAccountName"] for row in pulled.rows.values()} >= {"DC1$", *(f"{one}$" for one in place.names)}


def test_who_sees_neither_keys_nor_what_was_deleted_gets_all_else_each_time_anew(
    domain: Domain, place: Place, tmp_path: Path
) -> None:
    pin = place.computer()
    one = puller(domain, tmp_path)
    one.domain = replace(domain, admin=domain.low)
    first, second = one.pull(), one.pull()

    assert first.rows[pin.object_guid] == second.rows[pin.object_guid]
    assert first.sweeps == second.sweeps == [0]
    assert "example.test: every pull is a full one: the account may not see what was deleted" in second.notes


def test_more_computers_than_a_page_holds_are_all_read(tmp_path: Path) -> None:
    with lab_puller(tmp_path, computers=2345) as one:
        pulled = one.pull()

    assert len(pulled.rows) == 2346
    assert sorted(pulled.table["row"].to_pylist()) == list(range(1, 2347))


def faulty(root: Path, fault: LdapFault, *, computers: int = 1500) -> Puller:
    """A pull that meets the fault, and must raise."""
    with lab_puller(root, computers=computers) as one:
        assert one.domain.lab is not None
        one.pull()
        one.domain.lab.faults.add(fault)
        one.settings = replace(one.settings, full_every=1)
        one.pull()
    return one


DOMAIN_SEARCH: dict[str, Any] = {"operation": "search", "dn": "DC=example,DC=test"}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("size-limit", "4 sizeLimitExceeded"),
        ("time-limit", "3 timeLimitExceeded"),
        ("admin-limit", "11 adminLimitExceeded"),
    ],
)
def test_a_search_that_is_cut_short_is_no_end(tmp_path: Path, kind: Any, said: str) -> None:
    with pytest.raises(SourceIncomplete, match=said):
        faulty(tmp_path, LdapFault(kind, **DOMAIN_SEARCH, entries=700))


@pytest.mark.parametrize("kind", ["reset", "lost", "cut", "busy", "unavailable", "wrong-cookie"])
@pytest.mark.parametrize("after", [0, 3])
def test_a_search_that_fails_on_the_way_leaves_nothing(tmp_path: Path, kind: Any, after: int) -> None:
    with pytest.raises(SourceError):
        faulty(tmp_path, LdapFault(kind, **DOMAIN_SEARCH, after=after), computers=2500)

    newest = max(path for path in (tmp_path / "reports").iterdir() if path.is_dir() and not path.is_symlink())
    assert not (newest / "1-directory.parquet").exists()


@pytest.mark.parametrize("after", range(5))
@pytest.mark.parametrize("kind", ["reset", "lost"])
def test_a_controller_that_is_lost_while_it_speaks_of_itself_ends_the_pull_plainly(
    tmp_path: Path, kind: Any, after: int
) -> None:
    """Once a connection, and for the number of its last change before and after it is read."""
    with lab_puller(tmp_path) as one:
        assert one.domain.lab is not None
        one.domain.lab.faults.add(LdapFault(kind, operation="search", dn="", after=after))
        with pytest.raises(SourceError, match="directory: ldaps://localhost"):
            one.pull()


def test_what_changes_while_it_is_read_is_read_again(tmp_path: Path) -> None:
    with lab_puller(tmp_path, computers=5) as one:
        assert one.domain.lab is not None
        lab, directory = one.domain.lab, one.domain.lab.directory
        seen = []

        def meanwhile(page: object) -> None:
            """After the first page of computers: one goes, one comes, one changes."""
            seen.append(page)
            if len(seen) == 1:
                directory.delete(f"CN=PC-0,CN=Computers,{directory.base}")
                add(one.domain, "PC-9")
                change = Change("replace", ATTRIBUTES["useraccountcontrol"], [b"4098"])
                directory.modify(f"CN=PC-1,CN=Computers,{directory.base}", [change])

        lab.observers.append(lambda asked: meanwhile(asked) if "objectCategory" in asked.detail else None)
        pulled = one.pull()

    enabled = {row["name"]: row["enabled"] for row in pulled.rows.values()}
    assert enabled == {"DC1": True, "PC-1": False, **dict.fromkeys(("PC-2", "PC-3", "PC-4", "PC-9"), True)}


def test_a_controller_that_is_not_yet_whole_is_not_read(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        assert one.domain.lab is not None
        one.domain.lab.synchronized = False
        with pytest.raises(SourceIncomplete, match="has not yet taken over what the other controllers know"):
            one.pull()


def test_who_is_shown_no_computer_at_all_has_no_empty_domain(tmp_path: Path) -> None:
    with lab_puller(tmp_path, computers=0) as one:
        assert one.domain.lab is not None
        directory = one.domain.lab.directory
        directory.delete_tree(f"CN=DC1,OU=Domain Controllers,{directory.base}")
        with pytest.raises(SourceIncomplete, match=r"shows this account no computer of example\.test"):
            one.pull()


def test_where_no_service_is_shown_none_is_known(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        assert one.domain.lab is not None
        directory = one.domain.lab.directory
        change = Change("replace", ATTRIBUTES["serviceprincipalname"], [])
        directory.modify(f"CN=DC1,OU=Domain Controllers,{directory.base}", [change])
        first = one.pull()
        add(one.domain, "PC-9")
        second = one.pull()

    assert second.sweeps == [1]
    assert {row["servicePrincipalName"] for row in [*first.rows.values(), *second.rows.values()]} == {None}


@pytest.fixture(name="names")
def names_fixture(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every name is this machine's."""
    here = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest: here("127.0.0.1" if host else host, *rest))


@pytest.mark.usefixtures("names")
def test_another_controller_of_the_domain_is_asked_where_one_does_not_answer(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        one.settings = replace(one.settings, servers=("ldaps://dc2.EXAMPLE.test:1", one.domain.url))
        pulled = one.pull()

    assert len(pulled.rows) == 4
    assert "directory: ldaps://dc2.EXAMPLE.test:1: " in pulled.notes
    assert pulled.notes.count("another controller was asked") == 1


@pytest.mark.usefixtures("names")
def test_no_controller_is_asked_once_its_domain_is_read(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        one.settings = replace(one.settings, servers=(one.domain.url, "ldaps://dc2.example.test:1"))
        pulled = one.pull()

    assert (len(pulled.rows), "another controller" in pulled.notes) == (4, False)


@pytest.mark.usefixtures("names")
def test_a_domain_of_which_no_controller_answers_ends_the_pull(tmp_path: Path) -> None:
    with lab_puller(tmp_path) as one:
        one.settings = replace(one.settings, servers=(one.domain.url, "ldaps://dc1.other.test:1"))
        with pytest.raises(SourceError, match=r"dc1\.other\.test"):
            one.pull()


def test_several_domains_are_one_snapshot_each_with_its_own_account(tmp_path: Path) -> None:
    with lab_domain(tmp_path / "a") as ours, lab_domain(tmp_path / "b", name="lab.test") as theirs:
        for domain, name in ((ours, "OUR-PC"), (theirs, "THEIR-PC")):
            add(domain, name)
        both = tmp_path / "both.pem"
        both.write_bytes(ours.ca_file.read_bytes() + theirs.ca_file.read_bytes())
        one = Puller(
            ours, Workspace(tmp_path / "inputs", tmp_path / "reports"), Directory(servers=(ours.url, theirs.url))
        )
        one.settings = replace(one.settings, ca_file=str(both), domains=("example.test", "lab.test"))
        one.accounts = Accounts(ours.admin, {"lab.test": theirs.admin})
        first = one.pull()
        add(theirs, "NEW-PC")
        second = one.pull()

    assert first.entry.domains == ("example.test", "lab.test")
    assert {row["name"] for row in first.rows.values()} == {"DC1", "OUR-PC", "THEIR-PC"}
    assert second.sweeps == [1, 1]
    assert {row["name"] for row in second.rows.values()} == {"DC1", "OUR-PC", "THEIR-PC", "NEW-PC"}


def test_a_wrong_password_ends_the_pull(tmp_path: Path) -> None:
    with lab_domain(tmp_path / "tls") as domain:
        wrong = replace(domain, admin=replace(domain.admin, password="wrong"))
        with pytest.raises(AccessRefused, match="the password is wrong, or there is no such account"):
            puller(wrong, tmp_path).pull()


def test_a_domain_that_is_listed_and_served_by_nobody_is_missing(tmp_path: Path) -> None:
    with (
        lab_puller(tmp_path, domains=("EXAMPLE.test", "other.test")) as one,
        pytest.raises(SourceIncomplete, match=r"no controller of other\.test is among \[directory\] servers"),
    ):
        one.pull()
