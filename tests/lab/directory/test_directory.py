from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from reconcile.lab.directory.directory import Directory
from reconcile.lab.directory.entry import sid_bytes, values
from reconcile.lab.directory.refusal import Refused
from tests.lab.domain import BASE_DN, FLEET, SID, change, computer, domain
from tests.lab.graph.asking import NOW


@pytest.fixture(name="directory")
def directory_fixture() -> Directory:
    return domain()


def code(error: pytest.ExceptionInfo[Refused]) -> int:
    return error.value.code


def test_a_new_domain_has_what_a_client_looks_up(directory: Directory) -> None:
    service = directory.find(directory.service)
    settings = directory.find(f"CN=Directory Service,CN=Windows NT,CN=Services,{directory.configuration}")

    assert UUID(bytes_le=service.attributes["invocationId"][0]) == directory.invocation_id
    assert settings.number("tombstoneLifetime") == 180
    assert directory.find(f"CN=DC1,OU=Domain Controllers,{BASE_DN}").number("primaryGroupID") == 516
    assert all(directory.at(name.rpartition(":")[2]) for name in directory.find(BASE_DN).texts("wellKnownObjects"))


def test_a_controller_that_was_put_back_tells_another_history(directory: Directory) -> None:
    before, service = directory.invocation_id, directory.find(directory.service)

    directory.put_back(directory.usn - 5)

    assert UUID(bytes_le=service.attributes["invocationId"][0]) == directory.invocation_id != before


def test_the_same_domain_has_the_same_ids() -> None:
    one, two = domain(), domain()

    assert one.invocation_id == two.invocation_id
    assert (
        one.find(f"CN=DC1,OU=Domain Controllers,{BASE_DN}").guid
        == two.find(f"CN=DC1,OU=Domain Controllers,{BASE_DN}").guid
    )


def test_a_computer_gets_what_every_computer_has(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]

    assert entry.dn == f"CN=PC1,{FLEET}"
    assert entry.texts("objectClass") == ["top", "person", "organizationalPerson", "user", "computer"]
    assert (entry.text("cn"), entry.text("name"), entry.text("distinguishedName")) == ("PC1", "PC1", entry.dn)
    assert entry.text("objectCategory") == f"CN=Computer,{directory.schema}"
    assert (entry.number("userAccountControl"), entry.number("primaryGroupID")) == (4096, 515)
    assert entry.attributes["objectGUID"] == [entry.guid.bytes_le]
    assert entry.sid is not None
    assert entry.sid.startswith(f"{SID}-")
    assert entry.kind == "computer"
    assert entry.is_a("user")


def test_ids_that_are_given_are_kept_and_no_sid_is_given_twice(directory: Directory) -> None:
    guid, sid = UUID(int=5), sid_bytes(f"{SID}-1104")

    computer(directory, "PC1", objectGUID=guid, objectSid=sid)
    sids = {directory.entries[computer(directory, f"PC{number}")].sid for number in range(2, 9)}

    assert directory.at(f"CN=PC1,{FLEET}") is directory.entries[guid] is directory.index.by_sid(sid)
    assert len(sids) == 7
    assert f"{SID}-1104" not in sids


def test_names_are_compared_without_letter_case_and_blanks(directory: Directory) -> None:
    computer(directory, "PC1")

    assert directory.at(f" cn = pc1 , ou=FLEET,{BASE_DN.lower()}") is directory.find(f"CN=PC1,{FLEET}")
    assert directory.at("nonsense") is None


def test_every_change_moves_the_number_on(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]
    created = entry.usn

    directory.modify(entry.dn, [change("replace", "description", "one")])
    modified = entry.usn
    directory.move(entry.dn, "CN=PC2")
    moved = entry.usn
    directory.delete(entry.dn)

    assert (modified, moved, entry.usn) == (created + 1, created + 2, created + 3)
    assert entry.number("uSNCreated") == created
    assert directory.usn == entry.usn
    assert entry.text("whenChanged") == f"{NOW + timedelta(seconds=entry.usn):%Y%m%d%H%M%S}.0Z"
    assert directory.since(created) == [entry]
    assert directory.since(entry.usn) == []


def test_a_change_that_changes_nothing_is_none(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]
    before = directory.usn

    assert not directory.modify(entry.dn, [change("replace", "userAccountControl", 4096)])
    assert not directory.modify(entry.dn, [change("replace", "description")])
    assert directory.usn == before


def test_a_modification_is_done_whole_or_not_at_all(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]
    before = dict(entry.attributes)

    with pytest.raises(Refused) as error:
        directory.modify(entry.dn, [change("replace", "location", "x"), change("delete", "description", "none")])

    assert code(error) == 16
    assert entry.attributes == before


@pytest.mark.parametrize(
    ("one", "refused"),
    [
        (change("add", "operatingSystem", "Windows"), 0),
        (change("add", "servicePrincipalName", "host/pc1"), 20),
        (change("add", "servicePrincipalName", "HOST/new", "host/NEW"), 20),
        (change("add", "location", "b"), 19),
        (change("delete", "location"), 0),
        (change("delete", "location", "A"), 0),
        (change("delete", "location", "b"), 16),
        (change("delete", "description"), 16),
        (change("replace", "accountExpires", "soon"), 21),
        (change("replace", "isCriticalSystemObject", "maybe"), 21),
        (change("replace", "managedBy", "nobody"), 21),
        (change("replace", "location", "b", "c"), 19),
    ],
)
def test_values_are_changed_as_their_attribute_allows(directory: Directory, one: object, refused: int) -> None:
    dn = directory.entries[computer(directory, "PC1", servicePrincipalName="HOST/PC1", location="a")].dn

    try:
        directory.modify(dn, [one])  # type: ignore[list-item]
        answered = 0
    except Refused as error:
        answered = error.code

    assert answered == refused


def test_disabling_leaves_the_rest_of_the_account_as_it_was(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]

    directory.modify(entry.dn, [change("replace", "userAccountControl", 4098)])

    assert (entry.number("userAccountControl"), entry.number("sAMAccountType")) == (4098, 805306369)


@pytest.mark.parametrize(
    ("dn", "kind", "refused"),
    [
        (f"CN=PC1,{FLEET}", "computer", 68),
        (f"cn=pc1,{FLEET.lower()}", "container", 68),
        (f"CN=x,OU=Nowhere,{FLEET}", "computer", 32),
        (f"OU=x,{FLEET}", "computer", 64),
        (f"CN=x,{FLEET}", "spaceship", 65),
        ("nonsense", "computer", 34),
        ("", "computer", 34),
    ],
)
def test_what_cannot_be_added_is_refused(directory: Directory, dn: str, kind: str, refused: int) -> None:
    computer(directory, "PC1")
    before = directory.usn

    with pytest.raises(Refused) as error:
        directory.add(dn, kind)

    assert code(error) == refused
    assert directory.usn == before


def test_an_account_name_or_a_guid_is_had_only_once(directory: Directory) -> None:
    guid = computer(directory, "PC1")
    computer(directory, "PC2")

    with pytest.raises(Refused) as added:
        computer(directory, "X", sAMAccountName="pc1$")
    with pytest.raises(Refused) as modified:
        directory.modify(f"CN=PC2,{FLEET}", [change("replace", "sAMAccountName", "PC1$")])
    with pytest.raises(Refused) as doubled:
        computer(directory, "Y", objectGUID=guid)

    assert (code(added), code(modified), code(doubled)) == (68, 68, 68)


def test_an_account_name_that_was_given_up_is_free(directory: Directory) -> None:
    computer(directory, "PC1")

    directory.modify(f"CN=PC1,{FLEET}", [change("replace", "sAMAccountName", "OTHER$")])
    computer(directory, "X", sAMAccountName="PC1$")

    assert directory.index.by_account("other$") is directory.at(f"CN=PC1,{FLEET}")


def test_what_is_below_moves_along_and_is_not_changed_by_it(directory: Directory) -> None:
    entry = directory.entries[computer(directory, "PC1")]
    before = entry.usn

    directory.move(FLEET, "OU=Devices")

    assert entry.dn == entry.text("distinguishedName") == f"CN=PC1,OU=Devices,{BASE_DN}"
    assert entry.usn == before
    assert directory.at(f"CN=PC1,{FLEET}") is None
    assert directory.find(entry.dn) is entry


def test_a_name_can_change_its_letter_case(directory: Directory) -> None:
    computer(directory, "PC1")

    directory.move(f"CN=PC1,{FLEET}", "CN=pc1")

    assert directory.find(f"CN=PC1,{FLEET}").dn == f"CN=pc1,{FLEET}"


@pytest.mark.parametrize(
    ("dn", "rdn", "parent", "refused"),
    [
        (f"CN=PC1,{FLEET}", "CN=PC2", None, 68),
        (f"CN=PC1,{FLEET}", "OU=PC1", None, 53),
        (f"CN=PC1,{FLEET}", "CN=PC1", f"OU=Nowhere,{BASE_DN}", 80),
        (f"CN=PC1,{FLEET}", "PC1", None, 34),
        (FLEET, "OU=Fleet", FLEET, 53),
        (BASE_DN, "DC=other", None, 53),
        (f"CN=PC9,{FLEET}", "CN=PC8", None, 32),
    ],
)
def test_what_cannot_be_moved_stays(directory: Directory, dn: str, rdn: str, parent: str | None, refused: int) -> None:
    computer(directory, "PC1")
    computer(directory, "PC2")
    before = directory.usn

    with pytest.raises(Refused) as error:
        directory.move(dn, rdn, parent)

    assert code(error) == refused
    assert directory.usn == before


def test_what_is_not_there_is_told_with_the_nearest_that_is(directory: Directory) -> None:
    with pytest.raises(Refused) as error:
        directory.find(f"CN=x,OU=Nowhere,{FLEET}")

    assert (error.value.code, error.value.matched) == (32, FLEET)
    assert "best match of:\n\t'OU=Fleet,DC=aldermoor,DC=example'" in error.value.text


def test_computers_are_those_of_the_category_and_no_service_accounts(directory: Directory) -> None:
    computer(directory, "PC1")
    facts = values({"sAMAccountName": "gmsa$"})
    directory.add(f"CN=gmsa,CN=Managed Service Accounts,{BASE_DN}", "msDS-GroupManagedServiceAccount", facts)

    assert {entry.text("cn") for entry in directory.computers()} == {"PC1", "DC1"}


def test_groups_have_a_sid_and_no_control_of_an_account(directory: Directory) -> None:
    guid = directory.add(f"CN=Staff,{FLEET}", "group", values({"sAMAccountName": "Staff"}))

    group = directory.entries[guid]
    assert group.sid
    assert "userAccountControl" not in group.attributes


def test_times_of_an_account_are_read_as_moments(directory: Directory) -> None:
    guid = computer(directory, "PC1", pwdLastSet=134000000000000000)

    entry = directory.entries[guid]
    assert entry.time("pwdLastSet") == datetime.fromtimestamp(1755526400, UTC)
    assert entry.time("lastLogon") is None
    assert entry.time("accountExpires") is None
    assert entry.time("lastLogonTimestamp") is None
