from typing import Any
from uuid import UUID

import pytest
from ldap3 import MODIFY_DELETE, MODIFY_REPLACE, Connection

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.security import PARENT_OF_PROTECTED, PROTECTED, Descriptor
from reconcile.lab.ldap.fault import LdapFault
from tests.lab.domain import BASE_DN, FLEET, SHOW, TREE, Served, change, computer, found, recovery_key, result

DN = f"CN=PC1,{FLEET}"
SHOW_RECYCLED = [("1.2.840.113556.1.4.2064", True, None)]
DESK = f"OU=Desk,{FLEET}"


def deny(directory: Directory, dn: str, ace: object) -> None:
    entry = directory.find(dn)
    entry.sd = bytes(Descriptor.read(entry.sd).with_first(ace))  # type: ignore[arg-type]


def deleted(connection: Connection, dn: str, *, tree: bool = False) -> int:
    connection.delete(dn, controls=TREE if tree else None)
    return int(connection.result["result"])


def test_a_leaf_is_deleted_and_then_is_not_there(controller: Served) -> None:
    computer(controller.directory, "PC1")

    with controller.signed_in() as connection:
        assert (deleted(connection, DN), deleted(connection, DN)) == (0, 32)
        assert result(connection) == (32, FLEET)

    assert [(one.code, one.changed) for one in controller.lab.asked("delete")] == [(0, True), (32, False)]


def test_what_holds_others_needs_the_control(controller: Served) -> None:
    computer(controller.directory, "PC1")
    recovery_key(controller.directory, "PC1")

    with controller.signed_in() as connection:
        assert (deleted(connection, DN), deleted(connection, DN, tree=True)) == (66, 0)
        assert found(connection, "(objectClass=*)", FLEET) == [FLEET]


def test_a_protected_object_is_deleted_as_a_leaf_where_its_parent_allows_it(controller: Served) -> None:
    """As measured: the parent still grants the deletion of its children."""
    computer(controller.directory, "PC1")
    deny(controller.directory, DN, PROTECTED)

    with controller.signed_in() as connection:
        assert (deleted(connection, DN, tree=True), deleted(connection, DN)) == (50, 0)


def test_a_protected_object_stays_where_its_parent_denies_it_too(controller: Served) -> None:
    computer(controller.directory, "PC1")
    controller.directory.protect(DN)

    with controller.signed_in() as connection:
        assert (deleted(connection, DN), deleted(connection, DN, tree=True)) == (50, 50)
        controller.directory.protect(DN, protected=False)
        assert deleted(connection, DN) == 0


def test_who_may_delete_the_object_needs_no_leave_of_its_parent(controller: Served) -> None:
    computer(controller.directory, "PC1")
    deny(controller.directory, FLEET, PARENT_OF_PROTECTED)

    with controller.signed_in() as connection:
        assert deleted(connection, DN) == 0


@pytest.mark.parametrize(("guarded", "code"), [(True, 50), (False, 0)])
def test_a_protected_descendant_goes_with_the_tree_unless_the_domain_is_said_to_guard_it(
    controller: Served,
    guarded: bool,  # noqa: FBT001
    code: int,
) -> None:
    """MS-ADTS 3.1.1.5.5.7.1: no more is asked for than the right on the uppermost object."""
    directory = controller.directory
    directory.guarded_descendants = guarded
    directory.add(DESK, "organizationalUnit")
    computer(directory, "PC1", DESK)
    computer(directory, "PC2", DESK)
    directory.protect(f"CN=PC2,{DESK}")

    with controller.signed_in() as connection:
        assert deleted(connection, DESK, tree=True) == code
        assert len(found(connection, "(objectClass=computer)", FLEET)) == (2 if code else 0)


@pytest.mark.parametrize(
    ("dn", "tree", "code"),
    [
        (BASE_DN, True, 53),
        (f"CN=Computers,{BASE_DN}", False, 53),
        (f"OU=Domain Controllers,{BASE_DN}", True, 53),
        (f"CN=DC1,OU=Domain Controllers,{BASE_DN}", False, 66),
        (f"CN=DC1,OU=Domain Controllers,{BASE_DN}", True, 53),
    ],
)
def test_what_the_domain_stands_on_is_not_deleted(
    controller: Served,
    dn: str,
    tree: bool,  # noqa: FBT001
    code: int,
) -> None:
    with controller.signed_in() as connection:
        assert deleted(connection, dn, tree=tree) == code


def test_a_large_tree_may_be_left_half_way(controller: Served) -> None:
    for number in range(4):
        computer(controller.directory, f"PC{number}")
    controller.lab.faults.add(LdapFault("admin-limit", operation="delete", entries=2))

    with controller.signed_in() as connection:
        first, left = deleted(connection, FLEET, tree=True), len(found(connection, "(objectClass=computer)", FLEET))
        again = deleted(connection, FLEET, tree=True)

    assert (first, left, again) == (11, 2, 0)


def restored(connection: Connection, dn: str, to: str, controls: Any = SHOW) -> int:
    changes = {"isDeleted": [(MODIFY_DELETE, [])], "distinguishedName": [(MODIFY_REPLACE, [to])]}
    connection.modify(dn, changes, controls=controls)
    return int(connection.result["result"])


@pytest.fixture(name="gone")
def gone_fixture(controller: Served) -> UUID:
    guid = computer(controller.directory, "PC1", operatingSystem="Windows")
    controller.directory.delete(DN)
    return guid


@pytest.mark.parametrize("form", ["name", "guid"])
def test_a_deleted_object_comes_back(controller: Served, gone: UUID, form: str) -> None:
    dn = controller.directory.entries[gone].dn if form == "name" else f"<GUID={gone}>"

    with controller.signed_in() as connection:
        assert restored(connection, dn, DN) == 0
        assert found(connection, "(cn=PC1)") == [DN]

    assert controller.directory.find(DN).guid == gone
    assert controller.directory.find(DN).text("operatingSystem") is None


def test_it_may_be_changed_in_the_same_step(controller: Served, gone: UUID) -> None:
    changes = {
        "isDeleted": [(MODIFY_DELETE, [])],
        "distinguishedName": [(MODIFY_REPLACE, [DN])],
        "userAccountControl": [(MODIFY_REPLACE, ["4098"])],
    }

    with controller.signed_in() as connection:
        connection.modify(f"<GUID={gone}>", changes, controls=SHOW)

    assert controller.directory.find(DN).number("userAccountControl") == 4098


def test_it_comes_back_only_to_who_sees_it(controller: Served, gone: UUID) -> None:
    with controller.signed_in() as connection:
        assert restored(connection, f"<GUID={gone}>", DN, None) == 32
    with controller.signed_in("reader") as connection:
        assert restored(connection, f"<GUID={gone}>", DN) == 32


@pytest.mark.parametrize(
    ("to", "code"),
    [(FLEET, 68), (f"CN=PC1,OU=Nowhere,{BASE_DN}", 80), ("nonsense", 34)],
    ids=["taken", "nowhere", "bad"],
)
def test_it_does_not_come_back_anywhere(controller: Served, gone: UUID, to: str, code: int) -> None:
    with controller.signed_in() as connection:
        assert restored(connection, f"<GUID={gone}>", to) == code

    assert controller.directory.entries[gone].deleted


def test_nothing_else_is_restored(controller: Served, gone: UUID) -> None:
    computer(controller.directory, "PC2")
    without_name: dict[str, Any] = {"isDeleted": [(MODIFY_DELETE, [])]}

    with controller.signed_in() as connection:
        live = restored(connection, f"CN=PC2,{FLEET}", f"CN=PC3,{FLEET}")
        connection.modify(f"<GUID={gone}>", without_name, controls=SHOW)
        nameless = connection.result["result"]
        controller.directory.recycle_bin = True
        recycled = [restored(connection, f"<GUID={gone}>", DN, controls) for controls in (SHOW, SHOW_RECYCLED)]

    assert (live, nameless, recycled) == (53, 53, [32, 53])


def test_an_editor_who_sees_it_may_still_not_restore(controller: Served, gone: UUID) -> None:
    directory = controller.directory
    directory.find(directory.bin).sd = directory.find(FLEET).sd
    reader = f"CN=reader,CN=Users,{BASE_DN}"

    with controller.signed_in("reader") as connection:
        directory.modify(reader, [change("replace", "description", "sees them now")])

        assert restored(connection, f"<GUID={gone}>", DN) == 50


def test_a_deleted_object_is_not_deleted_again(controller: Served, gone: UUID) -> None:
    with controller.signed_in() as connection:
        connection.delete(controller.directory.entries[gone].dn, controls=SHOW)

        assert connection.result["result"] == 53
