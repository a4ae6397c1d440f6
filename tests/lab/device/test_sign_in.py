"""Whom a device lets in, with what rights, and when it lets in nobody any more."""

import pytest

from reconcile.lab.device.account import LocalAccount
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change
from tests.lab.device.machine import (
    ADMIN,
    CLOUD_ADMIN,
    MACHINE_SID,
    NEW_PASSWORD,
    PASSWORD,
    Machine,
    hybrid,
    joined,
    machine,
    registered,
)


def control(one: Machine, value: int) -> None:
    change = Change("replace", ATTRIBUTES["useraccountcontrol"], [str(value).encode()])
    one.company.directory.modify(one.entry.dn, [change])


@pytest.mark.parametrize("user", [ADMIN, "svc-reconcile@aldermoor.example", "aldermoor.example\\SVC-Reconcile"])
def test_a_member_of_the_domain_takes_its_accounts(user: str) -> None:
    one = hybrid()

    assert one.lets_in(user, PASSWORD)
    assert not one.lets_in(user, "another")
    assert one.run("whoami", user)["account"].casefold() == ADMIN.casefold()


@pytest.mark.parametrize("user", [ADMIN, "svc-reconcile@aldermoor.example"])
def test_a_device_without_a_domain_takes_none_of_its_accounts(user: str) -> None:
    assert not registered().lets_in(user, PASSWORD)


def test_a_domain_that_has_disabled_or_lost_the_computer_lets_nobody_in_there() -> None:
    disabled, gone = hybrid(), hybrid()
    control(disabled, 0x1002)
    gone.company.directory.delete(gone.entry.dn)

    assert not disabled.lets_in(ADMIN, PASSWORD)
    assert not gone.lets_in(ADMIN, PASSWORD)
    assert gone.device.locked_out


def test_an_account_that_the_domain_hinders_is_not_let_in() -> None:
    one = hybrid()
    change = Change("replace", ATTRIBUTES["useraccountcontrol"], [str(0x202).encode()])
    one.company.directory.modify(f"CN=svc-reconcile,CN=Users,{one.company.directory.base}", [change])

    assert not one.lets_in(ADMIN, PASSWORD)


def test_a_user_of_the_domain_who_is_no_administrator_is_not_elevated() -> None:
    one = hybrid()
    one.company.directory.sign_up(f"CN=svc-reconcile,CN=Users,{one.company.directory.base}", PASSWORD, admin=False)

    assert one.run("whoami", ADMIN)["elevated"] is False


@pytest.mark.parametrize("user", [CLOUD_ADMIN, "svc-reconcile@aldermoor.example"])
def test_a_joined_device_takes_accounts_of_the_cloud(user: str) -> None:
    one = joined()

    assert one.lets_in(user, PASSWORD)
    assert not one.lets_in(user, "another")
    assert one.run("whoami", user)["elevated"] is True
    assert not one.device.locked_out


@pytest.mark.parametrize("user", ["Administratör", ".\\administratör", "pc1\\Administratör"])
def test_the_built_in_administrator_is_let_in_once_it_is_enabled_and_its_password_known(user: str) -> None:
    one = machine()
    account = one.device.accounts[0]
    assert not one.lets_in(user, "")
    account.password = NEW_PASSWORD
    assert not one.lets_in(user, NEW_PASSWORD)
    account.enabled = True

    assert one.lets_in(user, NEW_PASSWORD)
    assert not one.lets_in("PC2\\Administratör", NEW_PASSWORD)
    assert one.run("whoami", user) == {
        "account": "PC1\\Administratör",
        "sid": f"{MACHINE_SID}-500",
        "elevated": True,
        "host": "PC1",
    }


@pytest.mark.parametrize("policy", [True, False])
def test_another_local_administrator_is_elevated_only_where_its_token_is_not_filtered(policy: bool) -> None:  # noqa: FBT001
    one = registered(token_filter_policy=policy)

    assert one.lets_in("fleet", PASSWORD)
    assert one.run("whoami", "fleet")["elevated"] is policy
    assert one.device.locked_out is not policy


def test_the_built_in_administrator_is_elevated_whatever_is_filtered() -> None:
    one = machine(token_filter_policy=False)
    one.run("administrator", password=NEW_PASSWORD, Name="")

    assert one.run("whoami", "Administratör")["elevated"] is True


def test_a_local_account_that_is_no_administrator_is_not_elevated() -> None:
    one = machine()
    one.device.accounts.append(LocalAccount(f"{MACHINE_SID}-1005", "kid", enabled=True, password="pw", member=False))

    assert one.run("whoami", "kid")["elevated"] is False
    assert one.device.locked_out


def test_who_is_no_longer_let_in_is_refused_though_signed_in_before() -> None:
    one = registered()
    one.device.accounts[1].enabled = False

    assert one.say("collect", {}, "fleet", {}).thrown == "Access is denied."
    assert one.device.log == []


def test_a_joined_device_that_leaves_without_a_local_administrator_is_locked_out_after_its_restart() -> None:
    one = joined()
    one.run("leave", CLOUD_ADMIN)
    assert one.lets_in(CLOUD_ADMIN, PASSWORD)

    one.restart()

    assert one.device.locked_out
    for user in (CLOUD_ADMIN, ADMIN, "Administratör"):
        assert not one.lets_in(user, PASSWORD)


def test_a_joined_device_that_leaves_with_a_local_administrator_ready_can_still_be_reached() -> None:
    one = joined()
    name = one.run("administrator", CLOUD_ADMIN, NEW_PASSWORD, Name="")["name"]
    one.run("leave", CLOUD_ADMIN)
    one.restart()

    assert not one.lets_in(CLOUD_ADMIN, PASSWORD)
    assert one.lets_in(name, NEW_PASSWORD)
    assert not one.device.locked_out


def test_no_repr_shows_a_password() -> None:
    one = registered()
    one.run("administrator", password=NEW_PASSWORD, Name="")

    assert NEW_PASSWORD not in repr(one.device)
    assert PASSWORD not in repr((one.device, one.company))
