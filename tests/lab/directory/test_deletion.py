from typing import Any
from uuid import UUID

import pytest

from reconcile.lab.directory.refusal import Refused
from tests.lab.domain import BASE_DN, FLEET, change, computer, domain, recovery_key

DN = f"CN=PC1,{FLEET}"
RICH: dict[str, Any] = {
    "userCertificate": b"certificate",
    "operatingSystem": "Windows",
    "servicePrincipalName": "HOST/PC1",
}


def tombstone(guid: UUID, name: str = "PC1") -> str:
    return f"CN={name}\\0ADEL:{guid},CN=Deleted Objects,{BASE_DN}"


def test_without_a_recycle_bin_little_is_left() -> None:
    directory = domain()
    guid = computer(directory, "PC1", **RICH)
    sid = directory.entries[guid].sid

    directory.delete(DN)

    entry = directory.entries[guid]
    assert entry.dn == entry.text("distinguishedName") == tombstone(guid)
    assert entry.text("name") == entry.text("cn") == f"PC1\nDEL:{guid}"
    assert (entry.deleted, entry.recycled, entry.sid) == (True, True, sid)
    assert (entry.text("lastKnownParent"), entry.text("msDS-LastKnownRDN")) == (FLEET, "PC1")
    assert (entry.text("sAMAccountName"), entry.number("userAccountControl")) == ("PC1$", 4096)
    assert (RICH.keys() | {"objectCategory", "pwdLastSet"}).isdisjoint(entry.attributes)
    assert directory.at(DN) is None
    assert entry not in directory.computers()


def test_with_a_recycle_bin_almost_all_is_left_and_comes_back() -> None:
    directory = domain(recycle_bin=True)
    guid = computer(directory, "PC1", **RICH)
    before = dict(directory.entries[guid].attributes)

    directory.delete(DN)
    buried = dict(directory.entries[guid].attributes)
    directory.restore(guid, DN)

    after = directory.entries[guid].attributes
    assert RICH.keys() <= buried.keys()
    assert "objectCategory" not in buried
    assert "isRecycled" not in buried
    assert {name for name in before if before[name] != after[name]} == {"uSNChanged", "whenChanged"}
    assert "isDeleted" not in after


def test_a_tombstone_comes_back_poorer_and_as_the_same_object() -> None:
    directory = domain()
    guid = computer(directory, "PC1", **RICH)
    before = dict(directory.entries[guid].attributes)

    directory.delete(DN)
    directory.restore(guid, f"CN=PC1,CN=Computers,{BASE_DN}")

    entry = directory.entries[guid]
    assert entry.dn == f"CN=PC1,CN=Computers,{BASE_DN}"
    same = ("objectGUID", "objectSid", "sAMAccountName", "userAccountControl", "objectCategory", "sAMAccountType")
    assert [entry.attributes[name] for name in same] == [before[name] for name in same]
    assert entry.text("lastKnownParent") == FLEET
    assert RICH.keys().isdisjoint(entry.attributes)
    assert not entry.deleted
    assert entry in directory.computers()


def test_a_recovery_password_outlives_its_object() -> None:
    directory = domain()
    computer(directory, "PC1")
    key = recovery_key(directory, "PC1")

    directory.delete_tree(DN)

    assert directory.entries[key].text("msFVE-RecoveryPassword") == "111111-222222"


def test_what_holds_others_is_deleted_only_with_them_and_after_them() -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    key = recovery_key(directory, "PC1")

    with pytest.raises(Refused) as error:
        directory.delete(DN)
    count = directory.delete_tree(DN)

    assert (error.value.code, count) == (66, 2)
    assert directory.entries[key].usn < directory.entries[guid].usn
    assert directory.entries[key].text("lastKnownParent") == tombstone(guid)


def test_an_account_name_is_free_after_a_deletion_until_it_comes_back() -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    directory.delete(DN)
    computer(directory, "PC1")

    with pytest.raises(Refused) as error:
        directory.restore(guid, f"CN=PC1b,{FLEET}")

    assert error.value.code == 68


@pytest.mark.parametrize(
    ("dn", "refused"), [(FLEET, 68), (f"CN=PC1,OU=Nowhere,{BASE_DN}", 80), ("nonsense", 34), ("", 34)]
)
def test_it_comes_back_only_to_a_name_that_is_free_below_one_that_is_there(dn: str, refused: int) -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    directory.delete(DN)

    with pytest.raises(Refused) as error:
        directory.restore(guid, dn)

    assert error.value.code == refused
    assert directory.entries[guid].deleted


def test_nothing_that_lives_or_never_was_is_restored() -> None:
    directory = domain()
    guid = computer(directory, "PC1")

    for one in (guid, UUID(int=1)):
        with pytest.raises(Refused) as error:
            directory.restore(one, DN)
        assert error.value.code == 32


def test_it_does_not_come_back_below_what_is_deleted_too() -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    ou = directory.find(FLEET)
    directory.delete_tree(FLEET)

    with pytest.raises(Refused) as error:
        directory.restore(guid, f"CN=PC1,{ou.dn}")

    assert error.value.code == 80


@pytest.mark.parametrize("tree", [False, True])
def test_what_is_deleted_already_or_is_the_root_is_not_deleted(tree: bool) -> None:  # noqa: FBT001
    directory = domain()
    guid = computer(directory, "PC1")
    directory.delete(DN)
    delete = directory.delete_tree if tree else directory.delete

    for dn in (directory.entries[guid].dn, directory.schema):
        with pytest.raises(Refused) as error:
            delete(dn)
        assert error.value.code == 53


def test_a_last_known_parent_follows_its_object() -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    directory.delete(DN)
    before = directory.entries[guid].usn

    directory.move(FLEET, "OU=Devices")

    assert directory.entries[guid].text("lastKnownParent") == f"OU=Devices,{BASE_DN}"
    assert directory.entries[guid].usn == before


def test_a_restored_computer_can_be_modified_as_before() -> None:
    directory = domain()
    guid = computer(directory, "PC1")
    directory.delete(DN)
    directory.restore(guid, DN)

    directory.modify(DN, [change("replace", "userAccountControl", 4098)])

    assert directory.index.by_account("PC1$") is directory.entries[guid]
    assert directory.entries[guid].number("userAccountControl") == 4098
