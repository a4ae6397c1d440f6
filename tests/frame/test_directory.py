"""A directory snapshot becomes a typed frame: names, roles and times, and what is unknown stays so."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.frame import columns
from reconcile.frame.directory import directory_frame
from reconcile.source.schema import DIRECTORY
from reconcile.source.times import Culture

GUID = "8d5a1c0e-2b3f-4d67-9a81-0c2e4f6a8b1d"
PLAIN: dict[str, Any] = {
    "file": "directory/a.csv",
    "row": 2,
    "objectGUID": GUID,
    "objectSid": "s-1-5-21-1-2-3-1104",
    "name": "PC1",
    "dNSHostName": "pc1.corp.example",
    "sAMAccountName": "PC1$",
    "distinguishedName": "CN=PC1,OU=PCs,DC=corp,DC=example",
    "objectClass": "computer",
    "operatingSystem": "Windows 11 Enterprise",
    "userAccountControl": 4096,
    "primaryGroupID": 515,
    "servicePrincipalName": ["HOST/PC1"],
}


def frame(*rows: dict[str, Any], culture: Culture | None = None) -> pd.DataFrame:
    return directory_frame(pa.Table.from_pylist([PLAIN | row for row in rows], schema=DIRECTORY), culture)


def one(**changed: Any) -> dict[str, Any]:
    """The row as Python values, None for what is unknown."""
    table = pa.Table.from_pandas(frame(changed), preserve_index=False)
    return dict(table.to_pylist()[0])


def test_the_columns_are_the_contract() -> None:
    assert columns.to_table(frame({}), columns.DIRECTORY).schema == columns.DIRECTORY
    assert list(frame({}).columns) == columns.DIRECTORY.names


def test_no_rows_give_an_empty_frame_with_the_same_columns() -> None:
    empty = directory_frame(DIRECTORY.empty_table(), None)

    assert (len(empty), list(empty.columns)) == (0, columns.DIRECTORY.names)


def test_ids_are_brought_to_one_spelling_and_nothing_else_is_an_identity() -> None:
    assert one(objectGUID=f"{{{GUID.upper()}}}")["object_guid"] == GUID
    assert one()["sid"] == "S-1-5-21-1-2-3-1104"
    assert one(objectGUID="00000000-0000-0000-0000-000000000000", objectSid="x")["object_guid"] is None


@pytest.mark.parametrize(
    ("dn", "domain"),
    [
        ("CN=PC1,OU=PCs,DC=corp,DC=example", "corp.example"),
        ("CN=PC1,DC=Corp,DC=EXAMPLE", "corp.example"),
        ("cn=PC1, dc=corp, dc=example", "corp.example"),
        (r"CN=a\,DC=b,DC=corp,DC=example", "corp.example"),
        (r"CN=a\\,DC=corp,DC=example", "corp.example"),
        (r"CN=a\\\,DC=b,DC=corp,DC=example", "corp.example"),
        (r"CN=a,OU=x\,DC=b,DC=corp,DC=example", "corp.example"),
        ("CN=PC1\\0ACNF:8d5a1c0e,OU=PCs,DC=corp,DC=example", "corp.example"),
        ("CN=PC1\\0ADEL:8d5a1c0e,CN=Deleted Objects,DC=corp,DC=example", "corp.example"),
        ("CN=PC1,DC=example,OU=PCs,DC=corp", "corp"),
        ("CN=PC1", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_is_where_the_name_ends(dn: str | None, domain: str | None) -> None:
    assert one(distinguishedName=dn)["domain"] == domain


def test_many_computers_of_a_few_places_each_get_their_own_domain() -> None:
    names = [f"CN=PC{n},OU=O{n % 3},DC={'emea' if n % 2 else 'corp'},DC=example" for n in range(50)]

    assert (
        frame(*({"distinguishedName": name} for name in names))["domain"].tolist()
        == ["corp.example", "emea.example"] * 25
    )


@pytest.mark.parametrize(
    ("names", "hosts"),
    [
        (("PC1", "pc1.corp.example", "PC1$"), ["pc1"]),
        (("PC1", "other.corp.example", "OLD$"), ["pc1", "other", "old"]),
        (
            ("A-VERY-LONG-NAME-1", "a-very-long-name-1.corp", "A-VERY-LONG-NAM$"),
            ["a-very-long-name-1", "a-very-long-nam"],
        ),
        (("PC1", None, ""), ["pc1"]),
        (("STRASSE", "straße.corp", None), ["strasse"]),
        ((None, None, None), []),
        (("", "", "$"), []),
    ],
)
def test_hosts_are_all_names_once(names: tuple[str | None, ...], hosts: list[str]) -> None:
    assert one(name=names[0], dNSHostName=names[1], sAMAccountName=names[2])["hosts"] == hosts


NAMES = st.none() | st.sampled_from(["", "A", "a", "b", "B.c", "c$", "ß", "x y", "x y.z", "ss$"])


@given(st.lists(st.tuples(NAMES, NAMES, NAMES), min_size=1, max_size=30))
def test_hosts_of_many_are_what_each_bears(names: list[tuple[str | None, str | None, str | None]]) -> None:
    rows = [{"name": name, "dNSHostName": dns, "sAMAccountName": account} for name, dns, account in names]

    assert [list(hosts) for hosts in frame(*rows)["hosts"]] == [borne(*each) for each in names]


def borne(name: str | None, dns: str | None, account: str | None) -> list[str]:
    written = [name or "", (dns or "").split(".")[0], (account or "").removesuffix("$")]
    cut = [text if " " in text else text.split(".")[0] for text in written]
    return list(dict.fromkeys(text.casefold() for text in cut if text))


@pytest.mark.parametrize(
    ("changed", "role"),
    [
        ({}, "workstation"),
        ({"operatingSystem": "Ubuntu"}, "workstation"),
        ({"operatingSystem": "Windows SERVER 2022"}, "server"),
        ({"operatingSystem": "Hyper-V Server"}, "server"),
        ({"userAccountControl": 0x82000, "primaryGroupID": None}, "domain-controller"),
        ({"userAccountControl": None, "primaryGroupID": 516}, "domain-controller"),
        ({"userAccountControl": 0x5001000, "operatingSystem": "Windows Server 2022"}, "rodc"),
        ({"primaryGroupID": 521}, "rodc"),
        ({"name": "AzureADKerberos", "sAMAccountName": "krbtgt_x"}, "rodc"),
        ({"name": "x", "sAMAccountName": "AZUREADKERBEROS$"}, "rodc"),
        ({"name": "azureADSSOAcc", "sAMAccountName": "x"}, "sso"),
        ({"name": "x", "sAMAccountName": "AZUREADSSOACC$", "primaryGroupID": 516}, "sso"),
        ({"name": "AZUREADSSOACC2", "sAMAccountName": "AZUREADSSOACC2$"}, "workstation"),
        ({"objectClass": "msDS-GroupManagedServiceAccount", "name": "AZUREADSSOACC"}, "gmsa"),
        ({"objectClass": "MSDS-ManagedServiceAccount"}, "gmsa"),
        (
            {"servicePrincipalName": ["HOST/C", "MSClusterVirtualServer/C"], "operatingSystem": "Windows Server"},
            "cluster",
        ),
        ({"servicePrincipalName": ["msservercluster/C"]}, "cluster"),
        ({"servicePrincipalName": ["HOST/C", "MSServerClusterMgmtAPI/C.corp"]}, "cluster"),
        ({"servicePrincipalName": ["HOST/MSServerCluster/C", "MSServerClusterX/C"]}, "workstation"),
        ({"operatingSystem": None, "servicePrincipalName": []}, "workstation"),
        ({"operatingSystem": "", "servicePrincipalName": None}, None),
        ({"operatingSystem": None, "servicePrincipalName": None}, None),
        ({"operatingSystem": None, "servicePrincipalName": None, "primaryGroupID": 516}, "domain-controller"),
        ({"servicePrincipalName": None}, "workstation"),
        ({"objectClass": None, "name": None, "sAMAccountName": None}, "workstation"),
    ],
)
def test_the_role_is_the_first_that_applies(changed: dict[str, Any], role: str | None) -> None:
    assert one(**changed)["role"] == role


@pytest.mark.parametrize(
    ("dn", "control", "group", "role"),
    [
        ("CN=DC1,OU=Domain Controllers,DC=corp,DC=example", None, None, "domain-controller"),
        ("CN=DC1,OU=Site,ou=domain controllers,DC=corp,DC=example", None, None, "domain-controller"),
        ("CN=DC1,OU=Domain Controllers,DC=corp,DC=example", 4096, None, "workstation"),
        ("CN=DC1,OU=Domain Controllers,DC=corp,DC=example", None, 515, "workstation"),
        ("CN=DC1,OU=Domain Controllers,OU=x,DC=corp,DC=example", None, None, "workstation"),
    ],
)
def test_the_place_of_a_controller_tells_only_where_nothing_better_does(
    dn: str, control: int | None, group: int | None, role: str
) -> None:
    assert one(distinguishedName=dn, userAccountControl=control, primaryGroupID=group)["role"] == role


def test_clusters_are_told_among_many() -> None:
    spns: list[list[str] | None] = [
        None,
        [],
        ["HOST/A"],
        ["HOST/B", "MSClusterVirtualServer/B"],
        None,
        ["MSServerCluster/C"],
    ]

    assert frame(*({"servicePrincipalName": names} for names in spns))["role"].tolist() == ["workstation"] * 3 + [
        "cluster",
        "workstation",
        "cluster",
    ]


@pytest.mark.parametrize(("count", "known"), [(2, True), (0, False), (None, None)])
def test_the_sync_scope_is_known_only_where_certificates_were_served(count: int | None, known: bool | None) -> None:  # noqa: FBT001 - the three values it can have
    assert one(userCertificateCount=count)["in_sync_scope"] is known


def test_no_spns_and_spns_that_were_not_served_are_two_things() -> None:
    assert [one(servicePrincipalName=names)["spns_served"] for names in ([], ["HOST/A"], None)] == [True, True, False]


@pytest.mark.parametrize(
    ("system", "windows"),
    [("windows 10", True), ("Windows Server 2022", True), ("Mac OS", False), ("", None), (None, None)],
)
def test_windows_is_told_by_the_operating_system(system: str | None, windows: bool | None) -> None:  # noqa: FBT001 - the three values it can have
    assert one(operatingSystem=system)["windows"] is windows


@pytest.mark.parametrize("never", ["0", "9223372036854775807", "", None])
def test_a_filetime_that_says_never_is_unknown(never: str | None) -> None:
    row = one(lastLogonTimestamp=never, pwdLastSet=never, whenCreated=never)

    assert (row["last_logon_at"], row["password_set_at"], row["created_at"]) == (None, None, None)


def test_times_of_every_shape_are_one_time() -> None:
    noon = datetime(2026, 1, 2, 12, tzinfo=UTC)
    row = one(
        lastLogonTimestamp="134118288000000000", pwdLastSet="/Date(1767355200000)/", whenCreated="20260102120000.0Z"
    )

    assert (row["last_logon_at"], row["password_set_at"], row["created_at"]) == (noon, noon, noon)


def test_local_dates_are_known_only_with_their_culture() -> None:
    row = {"whenCreated": "02.01.2026 13:00"}

    assert pd.isna(frame(row)["created_at"].iloc[0])
    assert frame(row, culture=Culture("%d.%m.%Y %H:%M", "Europe/Berlin"))["created_at"].iloc[0] == datetime(
        2026, 1, 2, 12, tzinfo=UTC
    )


def test_what_is_served_and_empty_is_unknown() -> None:
    row = one(name="", dNSHostName="", distinguishedName="", operatingSystem="", servicePrincipalName=[])

    assert [row[name] for name in ("name", "dns_name", "dn", "os", "windows")] == [None] * 5


def test_a_table_in_several_pieces_is_read_as_one() -> None:
    rows = [pa.Table.from_pylist([PLAIN | {"name": name}], schema=DIRECTORY) for name in ("Ä1", "B", "ß")]

    assert [list(hosts) for hosts in directory_frame(pa.concat_tables(rows), None)["hosts"]] == [
        ["ä1", "pc1"],
        ["b", "pc1"],
        ["ss", "pc1"],
    ]
