from typing import Any
from uuid import UUID

import pytest
from ldap3 import MODIFY_ADD, MODIFY_DELETE, MODIFY_REPLACE, Connection
from ldap3.protocol.microsoft import security_descriptor_control

from reconcile.lab.directory.security import (
    DELETE,
    EVERYONE,
    PARENT_OF_PROTECTED,
    PROTECTED,
    Ace,
    Descriptor,
    described,
    is_protected,
)
from tests.lab.domain import BASE_DN, FLEET, SHOW, Served, attributes, computer, found, result

DN = f"CN=PC1,{FLEET}"
SD = security_descriptor_control(sdflags=4)
PERMISSIVE = [("1.2.840.113556.1.4.1413", True, None)]
NEW = {"sAMAccountName": "PC2$", "userAccountControl": "4096"}


def modified(connection: Connection, dn: str, name: str, operation: str, *given: Any, controls: Any = None) -> int:
    connection.modify(dn, {name: [(operation, list(given))]}, controls=controls)
    return int(connection.result["result"])


def test_a_computer_an_ou_and_a_recovery_key_are_added(controller: Served) -> None:
    with controller.signed_in() as connection:
        connection.add(f"OU=Kiosks,{FLEET}", "organizationalUnit")
        connection.add(f"CN=PC2,OU=Kiosks,{FLEET}", "computer", NEW)
        key = f"CN=2026-01-01T00:00:00-00:00{{{UUID(int=7)}}},CN=PC2,OU=Kiosks,{FLEET}"
        connection.add(key, ["top", "msFVE-RecoveryInformation"], {"msFVE-RecoveryPassword": "111111"})

        assert found(connection, "(objectClass=*)", f"OU=Kiosks,{FLEET}") == sorted(
            [f"OU=Kiosks,{FLEET}", f"CN=PC2,OU=Kiosks,{FLEET}", key]
        )
    assert [one.changed for one in controller.lab.asked("add")] == [True, True, True]


@pytest.mark.parametrize(
    ("dn", "kind", "given", "answer"),
    [
        (DN, "computer", NEW, (68, "")),
        (f"CN=PC2,OU=Nowhere,{FLEET}", "computer", NEW, (32, FLEET)),
        (f"CN=PC2,{FLEET}", "spaceship", {}, (16, "")),
        (f"CN=PC2,{FLEET}", "top", {}, (65, "")),
        (f"OU=PC2,{FLEET}", "computer", NEW, (64, "")),
        (f"CN=PC2,{FLEET}", "computer", {"noSuchThing": "x"}, (16, "")),
        (f"CN=PC2,{FLEET}", "computer", {"objectGUID": b"x" * 16}, (19, "")),
        (f"CN=PC2,{FLEET}", "computer", {"lastLogonTimestamp": "1"}, (19, "")),
        (f"CN=PC2,{FLEET}", "computer", {"accountExpires": "soon"}, (21, "")),
        ("nonsense", "computer", NEW, (34, "")),
    ],
)
def test_what_cannot_be_added_is_refused(
    controller: Served, dn: str, kind: str, given: dict[str, Any], answer: tuple[int, str]
) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        connection.add(dn, kind, given)

        assert result(connection) == answer
    assert not controller.lab.asked("add")[0].changed


@pytest.mark.parametrize(
    ("name", "operation", "given", "code"),
    [
        ("userAccountControl", MODIFY_REPLACE, ["4098"], 0),
        ("userAccountControl", MODIFY_REPLACE, [], 53),
        ("userAccountControl", MODIFY_REPLACE, ["1", "2"], 19),
        ("userAccountControl", MODIFY_DELETE, ["1"], 16),
        ("description", MODIFY_ADD, ["x"], 0),
        ("description", MODIFY_DELETE, [], 16),
        ("servicePrincipalName", MODIFY_ADD, ["host/pc1"], 20),
        ("servicePrincipalName", MODIFY_DELETE, ["host/pc1"], 0),
        ("noSuchThing", MODIFY_REPLACE, ["x"], 16),
        ("accountExpires", MODIFY_REPLACE, ["soon"], 21),
        ("cn", MODIFY_REPLACE, ["x"], 67),
        ("name", MODIFY_REPLACE, ["x"], 67),
        ("objectGUID", MODIFY_REPLACE, [b"x" * 16], 19),
        ("uSNChanged", MODIFY_REPLACE, ["1"], 19),
        ("canonicalName", MODIFY_REPLACE, ["x"], 19),
        ("lastLogonTimestamp", MODIFY_REPLACE, ["1"], 53),
        ("sAMAccountName", MODIFY_REPLACE, ["DC1$"], 68),
        ("nTSecurityDescriptor", MODIFY_REPLACE, [b"x"], 21),
        ("nTSecurityDescriptor", MODIFY_DELETE, [], 19),
    ],
)
def test_a_modification_is_answered_as_a_domain_controller_does(
    controller: Served, name: str, operation: str, given: list[Any], code: int
) -> None:
    computer(controller.directory, "PC1", servicePrincipalName="HOST/PC1")

    with controller.signed_in() as connection:
        assert modified(connection, DN, name, operation, *given) == code
    assert controller.lab.asked("modify")[0].changed is (code == 0)


def test_the_same_again_is_no_change(controller: Served) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        codes = [modified(connection, DN, "userAccountControl", MODIFY_REPLACE, "4098") for _ in range(2)]

    assert codes == [0, 0]
    assert [one.changed for one in controller.lab.asked("modify")] == [True, False]


def test_values_may_be_swapped_on_the_condition_that_they_are_as_they_were(controller: Served) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        swap = {"userAccountControl": [(MODIFY_DELETE, ["4096"]), (MODIFY_ADD, ["4098"])]}
        codes = [(connection.modify(DN, swap), connection.result["result"])[1] for _ in range(2)]

    assert codes == [0, 16]
    assert controller.directory.find(DN).number("userAccountControl") == 4098


def test_who_is_permissive_may_add_what_is_there_and_delete_what_is_not(controller: Served) -> None:
    computer(controller.directory, "PC1", servicePrincipalName=["HOST/PC1", "HOST/b"])
    asked = [
        ("servicePrincipalName", MODIFY_ADD, ["host/pc1"]),
        ("servicePrincipalName", MODIFY_ADD, ["host/pc1", "HOST/c"]),
        ("servicePrincipalName", MODIFY_DELETE, ["HOST/d", "HOST/b"]),
        ("location", MODIFY_DELETE, []),
        ("location", MODIFY_REPLACE, ["x"]),
        ("location", MODIFY_DELETE, []),
    ]

    with controller.signed_in() as connection:
        codes = [modified(connection, DN, name, how, *given, controls=PERMISSIVE) for name, how, given in asked]

    assert codes == [0] * 6
    assert controller.directory.find(DN).texts("servicePrincipalName") == ["HOST/PC1", "HOST/c"]
    assert controller.directory.find(DN).text("location") is None


def test_a_reader_changes_nothing(controller: Served) -> None:
    computer(controller.directory, "PC1")
    before = controller.directory.usn

    with controller.signed_in("reader") as connection:
        modified(connection, DN, "userAccountControl", MODIFY_REPLACE, "4098")
        modified(connection, DN, "nTSecurityDescriptor", MODIFY_REPLACE, b"x", controls=SD)
        connection.add(f"CN=PC2,{FLEET}", "computer", NEW)
        connection.modify_dn(DN, "CN=PC2")
        connection.modify_dn(DN, "CN=PC1", new_superior=f"CN=Computers,{BASE_DN}")
        connection.delete(DN)

    assert [one.code for one in controller.lab.log if one.name in {"add", "modify", "modifyDN", "delete"}] == [50] * 6
    assert controller.directory.usn == before


def test_an_object_is_renamed_and_moved(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        connection.modify_dn(DN, "CN=PC2")
        connection.modify_dn(f"CN=PC2,{FLEET}", "CN=PC2", new_superior=f"cn=computers,{BASE_DN}")

        assert found(connection, "(cn=PC2)") == [f"CN=PC2,CN=Computers,{BASE_DN}"]
    assert controller.directory.entries[guid].text("name") == "PC2"
    assert [(one.detail, one.changed) for one in controller.lab.asked("modifyDN")] == [("CN=PC2", True)] * 2


@pytest.mark.parametrize(
    ("dn", "rdn", "superior", "answer"),
    [
        (DN, "CN=DC1", f"OU=Domain Controllers,{BASE_DN}", (68, "")),
        (DN, "CN=PC1", f"OU=Nowhere,{BASE_DN}", (80, "")),
        (DN, "OU=PC1", None, (53, "")),
        (f"CN=x,{FLEET}", "CN=y", None, (32, FLEET)),
    ],
)
def test_what_cannot_be_moved_is_refused(
    controller: Served, dn: str, rdn: str, superior: str | None, answer: tuple[int, str]
) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        connection.modify_dn(dn, rdn, new_superior=superior)

        assert result(connection) == answer


def test_a_deleted_object_is_not_moved(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")
    controller.directory.delete(DN)

    with controller.signed_in() as connection:
        connection.modify_dn(controller.directory.entries[guid].dn, "CN=PC1", new_superior=FLEET, controls=SHOW)

        assert connection.result["result"] == 53


def test_protection_is_written_as_the_consoles_write_it_and_holds_a_move(controller: Served) -> None:
    computer(controller.directory, "PC1")
    with controller.signed_in() as connection:
        for dn, ace in ((DN, PROTECTED), (FLEET, PARENT_OF_PROTECTED)):
            before = attributes(connection, dn, "nTSecurityDescriptor", controls=SD)["nTSecurityDescriptor"][0]
            after = bytes(Descriptor.read(before).with_first(ace))
            modified(connection, dn, "nTSecurityDescriptor", MODIFY_REPLACE, after, controls=SD)
        connection.modify_dn(DN, "CN=PC1", new_superior=f"CN=Computers,{BASE_DN}")
        moved = connection.result["result"]
        connection.modify_dn(DN, "CN=PC2")
        renamed = connection.result["result"]

    sd = controller.directory.find(f"CN=PC2,{FLEET}").sd
    assert (moved, renamed) == (50, 0)
    assert is_protected(sd)
    assert Descriptor.read(sd).owner


def test_only_the_parts_that_were_named_are_written(controller: Served) -> None:
    computer(controller.directory, "PC1")
    before = Descriptor.read(controller.directory.find(DN).sd)
    other = described("S-1-5-18", [Ace(EVERYONE, DELETE)])

    with controller.signed_in() as connection:
        modified(connection, DN, "nTSecurityDescriptor", MODIFY_REPLACE, other, controls=SD)

    after = Descriptor.read(controller.directory.find(DN).sd)
    assert after.owner == before.owner
    assert after.aces == [Ace(EVERYONE, DELETE)]
