"""Restarts, which take time, and what changes by them alone."""

from datetime import timedelta

import pytest

from tests.lab.device.machine import ADMIN, NOW, PASSWORD, hybrid, joined


def test_a_restart_takes_time_in_which_nobody_answers() -> None:
    one = joined()

    one.run("restart", DelaySeconds=100)

    assert one.devices.up("PC1")
    one.clock.advance(0.99)
    assert one.devices.up("PC1")
    one.clock.advance(0.02)
    assert not one.devices.up("PC1")
    one.clock.advance(0.3)
    assert one.devices.up("PC1")


def test_a_restart_at_once_leaves_time_for_its_answer() -> None:
    one = joined()

    one.run("restart", DelaySeconds=0)

    assert one.devices.up("PC1")
    one.clock.advance(0.2)
    assert not one.devices.up("PC1")
    assert one.devices.boot("PC1") is None


def test_a_restart_says_when_the_device_was_started_before_and_collect_says_when_since() -> None:
    one = joined()

    before = one.run("restart")["booted_at"]
    one.clock.advance(2)

    assert before == "2026-11-20T06:00:00.0000000Z"
    assert one.run("collect")["booted_at"] == "2026-11-23T06:00:00.5000000Z"
    assert (one.device.boots, one.devices.boot("PC1")) == (1, 1)


def test_a_second_restart_is_not_begun_while_one_is_coming() -> None:
    one = joined()
    one.run("restart", DelaySeconds=60)

    again = one.run("restart", DelaySeconds=0)

    assert (again["did"], again["errors"]) == (False, [])
    assert [ran.changed for _, ran in one.devices.ran("restart")] == [True, False]


def test_a_restart_ends_all_sessions_and_unloads_their_hives() -> None:
    one = joined()

    one.restart()

    told = one.run("collect")
    assert (told["users"], told["unloaded"]) == ([], [one.device.profiles[0].sid])


def test_a_device_that_does_not_come_back_stays_away() -> None:
    one = joined(comes_back=False)
    one.run("restart")

    one.clock.advance(timedelta(days=300).total_seconds())

    assert not one.devices.up("PC1")


def test_a_member_of_the_domain_leaves_it_at_the_restart_and_its_account_is_disabled_at_once() -> None:
    one = hybrid()

    told = one.run("leave-domain", ADMIN, PASSWORD, User=ADMIN, Workgroup="OFFICE")

    assert told == {"before": {"domain": "aldermoor.example"}, "did": True, "errors": []}
    assert (one.entry.number("userAccountControl") or 0) & 2
    assert one.run("collect", ADMIN)["part_of_domain"] is True
    one.restart()
    told = one.run("collect")
    assert (told["domain"], told["part_of_domain"]) == ("OFFICE", False)
    assert not one.lets_in(ADMIN, PASSWORD)


def test_a_device_leaves_a_domain_that_has_lost_its_computer() -> None:
    one = hybrid()
    one.company.directory.delete(one.entry.dn)

    assert one.run("leave-domain", password=PASSWORD, User=ADMIN)["did"] is True


@pytest.mark.parametrize(
    ("user", "password", "why"),
    [(ADMIN, "another", "incorrect"), ("ALDERMOOR\\nobody", PASSWORD, "incorrect"), ("", "", "incorrect")],
)
def test_the_domain_is_left_only_with_the_right_to(user: str, password: str, why: str) -> None:
    one = hybrid()

    told = one.run("leave-domain", password=password, User=user)

    assert told["did"] is False
    assert why in told["errors"][0]["message"]
    assert not (one.entry.number("userAccountControl") or 0) & 2


def test_an_account_without_the_right_cannot_take_a_device_out_of_the_domain() -> None:
    one = hybrid()
    one.company.directory.sign_up(f"CN=svc-reconcile,CN=Users,{one.company.directory.base}", PASSWORD, admin=False)

    told = one.run("leave-domain", password=PASSWORD, User=ADMIN)

    assert told["errors"][0]["message"].endswith("Access is denied.")


def test_a_domain_that_was_left_is_not_left_again() -> None:
    one = hybrid()
    one.run("leave-domain", password=PASSWORD, User=ADMIN)

    again = one.run("leave-domain", password=PASSWORD, User=ADMIN)

    assert (again["did"], len(again["errors"])) == (False, 1)
    elsewhere = joined().run("leave-domain", password=PASSWORD, User=ADMIN)
    assert elsewhere == {"before": {"domain": None}, "did": False, "errors": []}


def test_the_clock_stands_still_until_it_is_moved() -> None:
    one = joined()

    assert one.clock() == NOW
    one.clock.advance(1.5)
    assert one.clock() == NOW + timedelta(seconds=1.5)
