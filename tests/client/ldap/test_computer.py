"""Computers as a look sees them, and those that no plan may touch."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.ldap.computer import UNREADABLE, Computer, read_computer
from reconcile.client.ldap.entry import Entry

PLAIN = Computer(
    uuid4(), "CN=PC-1,DC=example,DC=test", "PC-1", "PC-1$", control=0x1000, group=515, classes=("computer",)
)


@pytest.mark.parametrize(
    ("differs", "why"),
    [
        ({}, ""),
        ({"control": 0x1002}, ""),
        ({"control": None}, "its userAccountControl cannot be read, so what it is for is not known"),
        ({"control": 0x82000}, "it is a domain controller"),
        ({"group": 516}, "it is a domain controller"),
        ({"control": 0x5001000}, "it is a read-only domain controller"),
        ({"group": 521}, "it is a read-only domain controller"),
        ({"classes": ("computer", "msds-groupmanagedserviceaccount")}, "it is a managed service account"),
        ({"classes": ("computer", "msds-managedserviceaccount")}, "it is a managed service account"),
        ({"classes": ("computer", "msds-delegatedmanagedserviceaccount")}, "it is a managed service account"),
        ({"services": ("HOST/x", "MSClusterVirtualServer/cl1")}, "it is a cluster, or a node of one"),
        ({"services": ("msserverclustermgmtapi/node1",)}, "it is a cluster, or a node of one"),
        ({"services": ("MSServerCluster/node1",)}, "it is a cluster, or a node of one"),
        ({"services": ("HOST/MSServerCluster/x",)}, ""),
        ({"account": "AzureADSSOAcc$"}, "it is the account of Seamless SSO"),
        ({"account": "AzureADKerberos$"}, "it is the account of Entra Kerberos"),
        ({"critical": True}, "it is a critical system object"),
    ],
)
def test_what_no_plan_may_touch_is_told_with_its_reason(differs: dict[str, Any], why: str) -> None:
    assert replace(PLAIN, **differs).untouchable() == why


def test_times_and_ids_are_read_as_active_directory_writes_them() -> None:
    guid = uuid4()
    seen = read_computer(
        Entry(
            "CN=PC-1",
            {
                "objectguid": [guid.bytes_le],
                "objectsid": [bytes.fromhex("0105000000000005150000000102030405060708090a0b0c57040000")],
                "whenchanged": [b"20261124175531.0Z"],
                "lastlogontimestamp": [b"133500000000000000"],
                "pwdlastset": [b"0"],
            },
        )
    )

    assert seen.sid == "S-1-5-21-67305985-134678021-202050057-1111"
    assert seen.changed_at == datetime(2026, 11, 24, 17, 55, 31, tzinfo=UTC)
    assert seen.logged_on_at == datetime(2024, 1, 17, 21, 20, tzinfo=UTC)
    assert (seen.password_set_at, seen.enabled, seen.protected) == (None, None, None)


@pytest.mark.parametrize("never", [b"0", b"9223372036854775807", b"9223372036854775808"])
def test_never_is_no_time(never: bytes) -> None:
    assert read_computer(Entry("", {"objectguid": [bytes(16)], "lastlogontimestamp": [never]})).logged_on_at is None


@pytest.mark.parametrize("kept", [{"msds-lastknownrdn": [b"PC-1"]}, {}])
def test_a_deleted_computer_is_called_what_it_was(kept: dict[str, list[bytes]]) -> None:
    name = f"PC-1\nDEL:{uuid4()}".encode()

    assert read_computer(Entry("", {"objectguid": [bytes(16)], "name": [name]} | kept)).name == "PC-1"


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "objectguid",
                "objectsid",
                "useraccountcontrol",
                "whenchanged",
                "lastlogontimestamp",
                "ntsecuritydescriptor",
            ]
        ),
        st.lists(
            st.binary(max_size=30) | st.integers().map(lambda number: str(number).encode()), min_size=1, max_size=2
        ),
    )
)
def test_whatever_is_served_is_read_or_unreadable(values: dict[str, list[bytes]]) -> None:
    try:
        read_computer(Entry("CN=PC-1", values))
    except UNREADABLE:
        return
    assert len(values["objectguid"][0]) == 16
