from typing import Any
from uuid import UUID

import pytest
from ldap3 import BASE, LEVEL, SUBTREE
from ldap3.protocol.microsoft import security_descriptor_control

from reconcile.lab.directory.security import Descriptor
from tests.lab.domain import (
    BASE_DN,
    FLEET,
    SHOW,
    Served,
    attributes,
    computer,
    entries,
    found,
    recovery_key,
    result,
)

SD = security_descriptor_control(sdflags=4)
BIN = f"CN=Deleted Objects,{BASE_DN}"
DN = f"CN=PC1,{FLEET}"
ALL_KEYS = "(objectClass=msFVE-RecoveryInformation)"


def test_the_root_says_what_a_client_needs(controller: Served) -> None:
    with controller.signed_in() as connection:
        said = attributes(connection, "", "*", "+")

    assert said["highestCommittedUSN"] == [str(controller.directory.usn).encode()]
    assert said["namingContexts"] == [name.encode() for name in controller.directory.contexts]
    assert said["dsServiceName"] == [controller.directory.service.encode()]
    assert said["ldapServiceName"] == [b"aldermoor.example:dc1$@ALDERMOOR.EXAMPLE"]
    assert said["isSynchronized"] == said["isGlobalCatalogReady"] == [b"TRUE"]
    assert b"1.2.840.113556.1.4.319" in said["supportedControl"]


def test_a_controller_may_not_be_whole_yet(controller: Served) -> None:
    controller.lab.synchronized = False

    with controller.signed_in() as connection:
        assert attributes(connection, "", "isSynchronized") == {"isSynchronized": [b"FALSE"]}


def test_the_root_gives_only_what_was_asked_for(controller: Served) -> None:
    with controller.signed_in() as connection:
        assert attributes(connection, "", "dnshostname") == {"dnsHostName": [b"dc1.aldermoor.example"]}


def test_the_service_tells_one_history_from_another(controller: Served) -> None:
    with controller.signed_in() as connection:
        service = attributes(connection, "", "dsServiceName")["dsServiceName"][0].decode()
        (invocation,) = attributes(connection, service, "invocationId")["invocationId"]

    assert UUID(bytes_le=invocation) == controller.directory.invocation_id


def test_scopes_reach_as_far_as_they_say(controller: Served) -> None:
    computer(controller.directory, "PC1")
    recovery_key(controller.directory, "PC1")
    with controller.signed_in() as connection:
        counts = [len(found(connection, "(objectClass=*)", FLEET, scope=scope)) for scope in (BASE, LEVEL, SUBTREE)]

    assert counts == [1, 1, 3]


@pytest.mark.parametrize("form", ["guid", "hex", "sid", "known"])
def test_an_object_is_found_by_what_it_is(controller: Served, form: str) -> None:
    entry = controller.directory.entries[computer(controller.directory, "PC1")]
    base = {
        "guid": f"<GUID={entry.guid}>",
        "hex": f"<guid={entry.guid.bytes_le.hex()}>",
        "sid": f"<SID={entry.sid}>",
        "known": f"<WKGUID=AA312825768811D1ADED00C04FD8D5CD,{BASE_DN}>",
    }[form]
    with controller.signed_in() as connection:
        names = found(connection, "(objectClass=*)", base, scope=BASE)

    assert names == [f"CN=Computers,{BASE_DN}" if form == "known" else entry.dn]


@pytest.mark.parametrize(
    ("base", "code", "matched"),
    [
        (f"CN=x,OU=y,{FLEET}", 32, FLEET),
        ("CN=x", 32, ""),
        ("nonsense", 34, ""),
        (f"<GUID={UUID(int=1)}>", 32, ""),
        ("<GUID=xyz>", 34, ""),
        ("<SID=S-1-x>", 34, ""),
        (f"<WKGUID=00,{BASE_DN}>", 32, ""),
        ("DC=other,DC=example", 10, ""),
        (f"DC=DomainDnsZones,{BASE_DN}", 10, ""),
        (BIN, 32, BASE_DN),
    ],
)
def test_what_is_not_there_or_elsewhere_is_said(controller: Served, base: str, code: int, matched: str) -> None:
    with controller.signed_in() as connection:
        found(connection, "(objectClass=*)", base)

        assert result(connection) == (code, matched)


def test_another_domain_is_referred_to(controller: Served) -> None:
    with controller.signed_in() as connection:
        found(connection, "(objectClass=*)", "OU=x,DC=other,DC=example")

        assert connection.result["referrals"] == ["ldaps://other.example/OU=x,DC=other,DC=example"]


def test_the_empty_name_has_no_subtree(controller: Served) -> None:
    with controller.signed_in() as connection:
        found(connection, "(objectClass=*)", "")

        assert connection.result["result"] == 32


@pytest.mark.parametrize(("scope", "ending"), [(SUBTREE, ""), (LEVEL, "??base")])
def test_other_contexts_are_referred_to_from_the_root(controller: Served, scope: str, ending: str) -> None:
    with controller.signed_in() as connection:
        connection.search(BASE_DN, "(cn=x)", scope)
        refs = [one["uri"] for one in connection.response]

    assert refs == [
        [f"ldaps://ForestDnsZones.aldermoor.example/DC=ForestDnsZones,{BASE_DN}{ending}"],
        [f"ldaps://DomainDnsZones.aldermoor.example/DC=DomainDnsZones,{BASE_DN}{ending}"],
        [f"ldaps://aldermoor.example/CN=Configuration,{BASE_DN}{ending}"],
    ]


def test_nothing_is_referred_to_within_the_domain_or_where_it_is_not_wanted(controller: Served) -> None:
    scoped = [("1.2.840.113556.1.4.1339", True, None)]
    with controller.signed_in() as connection:
        for base, scope, controls in ((FLEET, SUBTREE, None), (BASE_DN, BASE, None), (BASE_DN, SUBTREE, scoped)):
            connection.search(base, "(cn=x)", scope, controls=controls)
            assert connection.response == []
        connection.search(controller.directory.configuration, "(cn=x)", SUBTREE)
        refs = [one["uri"] for one in connection.response]

    assert refs == [[f"ldaps://aldermoor.example/CN=Schema,CN=Configuration,{BASE_DN}"]]


def test_all_attributes_are_those_that_are_stored(controller: Served) -> None:
    computer(controller.directory, "PC1")
    with controller.signed_in() as connection:
        every, with_sd = attributes(connection, DN), attributes(connection, DN, "*", controls=SD)
        named = attributes(connection, DN, "*", "canonicalName")

    stored = controller.directory.find(DN).attributes.keys()
    assert every.keys() == stored - {"nTSecurityDescriptor"}
    assert with_sd.keys() == stored
    assert named.keys() - every.keys() == {"canonicalName"}


def test_what_is_made_up_is_made_up_on_request(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")
    names = ("canonicalName", "parentGUID", "msDS-parentdistname", "createTimeStamp", "modifyTimeStamp")
    with controller.signed_in() as connection:
        said = attributes(connection, DN, *names, "structuralObjectClass", "subSchemaSubEntry")

    entry = controller.directory.entries[guid]
    assert said["canonicalName"] == [b"aldermoor.example/Fleet/PC1"]
    assert said["parentGUID"] == [controller.directory.find(FLEET).guid.bytes_le]
    assert said["msDS-parentdistname"] == [FLEET.encode()]
    assert said["createTimeStamp"] == entry.attributes["whenCreated"]
    assert said["structuralObjectClass"][-1] == b"computer"
    assert said["subSchemaSubEntry"] == [f"CN=Aggregate,{controller.directory.schema}".encode()]


def test_names_are_answered_as_the_schema_writes_them_and_unknown_ones_not_at_all(controller: Served) -> None:
    computer(controller.directory, "PC1")
    with controller.signed_in() as connection:
        said = attributes(connection, DN, "SAMACCOUNTNAME", "noSuchThing")
        none = attributes(connection, DN, "1.1")

    assert said == {"sAMAccountName": [b"PC1$"]}
    assert none == {}


def test_an_option_is_answered_with_the_name(controller: Served) -> None:
    computer(controller.directory, "PC1", userCertificate=b"der")
    with controller.signed_in() as connection:
        said = attributes(connection, DN, "userCertificate;binary")

    assert said == {"userCertificate;binary": [b"der"]}


def test_types_only_leaves_the_values_out(controller: Served) -> None:
    computer(controller.directory, "PC1")
    with controller.signed_in() as connection:
        connection.search(DN, "(cn=*)", BASE, attributes=["cn", "canonicalName"], types_only=True)
        (entry,) = entries(connection)

    assert set(entry["raw_attributes"]) == {"cn", "canonicalName"}
    assert not any(entry["raw_attributes"].values())


@pytest.mark.parametrize(("flags", "parts"), [(1, "owner"), (2, "group"), (4, "dacl"), (7, "owner group dacl")])
def test_the_parts_of_a_descriptor_are_chosen(controller: Served, flags: int, parts: str) -> None:
    computer(controller.directory, "PC1")
    control = security_descriptor_control(sdflags=flags)
    with controller.signed_in() as connection:
        (raw,) = attributes(connection, DN, "nTSecurityDescriptor", controls=control)["nTSecurityDescriptor"]

    read = Descriptor.read(raw)
    assert {name for name in ("owner", "group", "dacl", "sacl") if getattr(read, name)} == set(parts.split())


def test_who_may_not_audit_must_not_ask_for_that_part(controller: Served) -> None:
    computer(controller.directory, "PC1")
    with controller.signed_in("reader") as connection:
        assert attributes(connection, DN, "nTSecurityDescriptor") == {}
        assert attributes(connection, DN, "nTSecurityDescriptor", controls=SD).keys() == {"nTSecurityDescriptor"}


def test_a_malformed_control_is_an_error_of_protocol(controller: Served) -> None:
    with controller.signed_in() as connection:
        for oid in ("1.2.840.113556.1.4.801", "1.2.840.113556.1.4.319"):
            connection.search(BASE_DN, "(cn=x)", controls=[(oid, True, b"\x30\x7f")])
            assert connection.result["result"] == 2


def test_a_control_that_is_not_known_stops_what_depends_on_it(controller: Served) -> None:
    with controller.signed_in() as connection:
        for control, code in (("1.2.3.4", 12), ("1.2.840.113556.1.4.805", 12)):
            connection.search(FLEET, "(cn=x)", controls=[(control, True, None)])
            assert connection.result["result"] == code
            connection.search(FLEET, "(cn=x)", controls=[(control, False, None)])
            assert connection.result["result"] == 0


def test_deleted_objects_are_shown_on_request(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")
    controller.directory.delete(DN)
    dn, wanted = controller.directory.entries[guid].dn, f"(objectGUID={guid})"

    with controller.signed_in() as connection:
        assert found(connection, wanted) == []
        assert found(connection, wanted, controls=SHOW) == [dn]
        assert found(connection, "(&(isDeleted=TRUE)(objectClass=computer))", BIN, SHOW) == [dn]
        assert found(connection, "(objectCategory=computer)", BIN, SHOW) == []
        assert found(connection, "(cn=*)", f"<GUID={guid}>", SHOW) == [dn]
        assert found(connection, "(cn=*)", f"<GUID={guid}>") == []
        assert connection.result["result"] == 32


def test_a_bin_that_keeps_all_hides_what_is_recycled(controller: Served) -> None:
    directory = controller.directory
    recycled = computer(directory, "PC1")
    directory.delete(DN)
    directory.recycle_bin = True
    deleted = computer(directory, "PC2")
    directory.delete(f"CN=PC2,{FLEET}")
    recycled_too = [("1.2.840.113556.1.4.2064", True, None)]
    wanted = "(&(isDeleted=TRUE)(objectClass=computer))"

    with controller.signed_in() as connection:
        assert found(connection, wanted, controls=SHOW) == [directory.entries[deleted].dn]
        assert len(found(connection, wanted, controls=recycled_too)) == 2

    assert directory.entries[recycled].recycled


def test_a_reader_sees_no_deleted_objects(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")
    controller.directory.delete(DN)

    with controller.signed_in("reader") as connection:
        assert found(connection, f"(objectGUID={guid})", controls=SHOW) == []
        assert found(connection, "(cn=*)", f"<GUID={guid}>", SHOW) == []
        assert connection.result["result"] == 32


def test_a_reader_reads_all_but_what_is_confidential(controller: Served) -> None:
    secrets: dict[str, Any] = {
        "msLAPS-Password": "{}",
        "ms-Mcs-AdmPwd": "secret",
        "msLAPS-EncryptedPassword": b"secret",
    }
    computer(controller.directory, "PC1", **secrets)

    with controller.signed_in("reader") as connection:
        seen = attributes(connection, DN, "*", *secrets).keys()
        by_filter = found(connection, "(ms-Mcs-AdmPwd=*)"), found(connection, "(!(ms-Mcs-AdmPwd=*))", DN)
    with controller.signed_in() as connection:
        everything = attributes(connection, DN, "*").keys()

    assert everything - seen == secrets.keys()
    assert by_filter == ([], [])


def test_a_reader_cannot_find_recovery_keys_but_sees_that_something_is_there(controller: Served) -> None:
    computer(controller.directory, "PC1")
    key = controller.directory.entries[recovery_key(controller.directory, "PC1")]

    with controller.signed_in("reader") as connection:
        assert found(connection, ALL_KEYS) == []
        assert found(connection, "(objectClass=*)", DN) == sorted([DN, key.dn])
        assert attributes(connection, key.dn) == {}
    with controller.signed_in() as connection:
        assert found(connection, ALL_KEYS) == [key.dn]
        assert attributes(connection, key.dn)["msFVE-RecoveryPassword"] == [b"111111-222222"]


def test_a_guid_in_a_filter_finds_only_what_is_below_the_base(controller: Served) -> None:
    guid = computer(controller.directory, "PC1")
    wanted = "(&(objectClass=computer)(objectGUID=" + "".join(f"\\{byte:02x}" for byte in guid.bytes_le) + "))"

    with controller.signed_in() as connection:
        for base, scope, there in (
            (BASE_DN, SUBTREE, True),
            (FLEET, LEVEL, True),
            (BASE_DN, LEVEL, False),
            (f"CN=Users,{BASE_DN}", SUBTREE, False),
            (controller.directory.configuration, SUBTREE, False),
        ):
            assert found(connection, wanted, base, scope=scope) == ([DN] if there else [])


def test_values_are_compared_on_request(controller: Served) -> None:
    computer(controller.directory, "PC1", **{"ms-Mcs-AdmPwd": "secret"})
    asked = (("cn", "pc1"), ("cn", "pc2"), ("description", "x"), ("noSuchThing", "x"), ("ms-Mcs-AdmPwd", "secret"))

    with controller.signed_in("reader") as connection:
        codes = [(connection.compare(DN, name, value), connection.result["result"])[1] for name, value in asked]

    assert codes == [6, 5, 16, 16, 16]
