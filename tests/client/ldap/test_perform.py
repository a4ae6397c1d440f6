"""One act between two looks: whatever happens on the wire, it is done once, and called what it is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from reconcile.client.ldap import computer
from reconcile.client.ldap import session as sessions
from reconcile.client.ldap.act import TREE, delete, disable, enable, move
from reconcile.client.ldap.children import Saved
from reconcile.client.ldap.look import Pin
from reconcile.client.ldap.perform import Answer
from reconcile.client.ldap.restore import restore
from reconcile.client.ldap.session import Session
from reconcile.lab.ldap.fault import LdapFault
from reconcile.lab.ldap.lab import DirectoryLab
from tests.client.ldap.domain import Domain, Place
from tests.client.ldap.domain import place as opened

Act = Callable[[Place, Pin], Answer]


def keep(_: Saved) -> None:
    """Nobody needs it here."""


def disabling(place: Place, pin: Pin) -> Answer:
    return disable(place.session, pin)


def moving(place: Place, pin: Pin) -> Answer:
    return move(place.session, pin, place.below("Quarantine"))


def deleting(place: Place, pin: Pin) -> Answer:
    return delete(place.session, pin, keep)


ACTS = pytest.mark.parametrize(
    ("act", "operation"),
    [(disabling, "modify"), (moving, "modifyDN"), (deleting, "delete")],
    ids=["disabling", "moving", "deleting"],
)


@pytest.fixture(name="here")
def here_fixture(lab: Domain) -> Iterator[Place]:
    with opened(lab) as one:
        yield one


def lab_of(place: Place) -> DirectoryLab:
    assert place.domain.lab is not None
    return place.domain.lab


def fault(place: Place, kind: Any, **rest: Any) -> None:
    lab_of(place).faults.add(LdapFault(kind, **rest))


def changes(place: Place, operation: str) -> int:
    return len([one for one in lab_of(place).asked(operation) if one.changed])


@ACTS
@pytest.mark.parametrize("kind", ["lost", "cut"])
def test_what_was_done_though_the_answer_was_lost_is_done_and_not_done_again(
    here: Place, act: Act, operation: str, kind: str
) -> None:
    pin = here.computer()
    fault(here, kind, operation=operation)

    assert act(here, pin).outcome == "done"
    assert len(lab_of(here).asked(operation)) == changes(here, operation) == 1


@ACTS
def test_what_was_not_done_is_done_after_a_look(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "reset", operation=operation)

    assert act(here, pin).outcome == "done"
    assert changes(here, operation) == 1


@ACTS
def test_a_server_that_never_does_it_is_given_up_on(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "reset", operation=operation, times=None)

    answer = act(here, pin)

    assert (answer.outcome, answer.look and answer.look.state) == ("unknown", "present")
    assert here.domain.url in answer.why
    assert len(lab_of(here).asked(operation)) == 3


@ACTS
def test_a_busy_server_did_nothing(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "busy", operation=operation)

    answer = act(here, pin)

    assert answer.outcome == "refused"
    assert answer.why.startswith("51 busy")
    assert changes(here, operation) == 0


@ACTS
def test_after_a_doubtful_answer_a_look_tells(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "unavailable", operation=operation)

    assert act(here, pin).outcome == "done"
    assert changes(here, operation) == 1


@ACTS
def test_what_the_server_calls_done_and_is_not_so_is_unknown(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "no-effect", operation=operation)

    answer = act(here, pin)

    assert (answer.outcome, answer.why) == (
        "unknown",
        "the server says that it is done, and a look shows that it is not",
    )
    assert (answer.look and answer.look.state) == "present"


@ACTS
def test_nothing_is_done_where_the_look_is_not_answered(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "busy", operation="search", dn="DC=.*", times=None)

    answer = act(here, pin)

    assert answer.outcome == "unknown"
    assert "51 busy" in answer.why
    assert not lab_of(here).asked(operation)


@ACTS
def test_what_is_done_and_not_seen_is_what_the_server_says(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "busy", operation="search", dn="DC=.*", after=1, times=None)

    answer = act(here, pin)

    assert (answer.outcome, answer.look and answer.look.state) == ("done", "unknown")
    assert changes(here, operation) == 1


def test_a_silent_server_is_not_waited_for_for_ever(lab: Domain, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "ANSWER_SECONDS", 1)
    with opened(lab) as here:
        pin = here.computer()
        fault(here, "silent", operation="modify")

        assert disable(here.session, pin).outcome == "done"
        assert changes(here, "modify") == 1


def test_where_nobody_answers_any_more_all_is_unknown(here: Place) -> None:
    pin = here.computer()
    fault(here, "reset", operation="modify")
    fault(here, "reset", operation="bind", times=None)

    first, second = disable(here.session, pin), move(here.session, pin, here.ou)

    assert (first.outcome, second.outcome) == ("unknown", "unknown")
    assert first.why.startswith(f"directory: {here.domain.url}: ")


def test_another_server_under_the_same_name_is_not_asked(here: Place) -> None:
    """It may not know yet what the first one did."""
    pin = here.computer()
    here.session.root = replace(here.session.root, host="dc9.example.test", service="CN=NTDS Settings,CN=DC9")
    here.session.close()

    answer = disable(here.session, pin)

    assert answer.outcome == "unknown"
    assert "another server answers now, dc1.example.test and not dc9.example.test" in answer.why
    assert here.session.closed


def meanwhile(monkeypatch: pytest.MonkeyPatch, operation: str, happens: Callable[[], object]) -> None:
    """Somebody else comes before the first of our operations of that kind."""
    ours = getattr(Session, operation)
    left = [happens]

    def theirs_first(*args: Any, **rest: Any) -> Any:
        if left:
            left.pop()()
        return ours(*args, **rest)

    monkeypatch.setattr(Session, operation, theirs_first)


def test_a_bit_that_somebody_else_sets_meanwhile_is_not_overwritten(
    here: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = here.computer()
    meanwhile(monkeypatch, "modify", lambda: here.change(pin.dn, userAccountControl=str(0x1000 | 0x80000)))

    assert disable(here.session, pin).outcome == "done"
    assert here.entry(pin.dn, "userAccountControl").number("useraccountcontrol") == 0x1000 | 0x80000 | 0x2


def test_what_somebody_else_does_meanwhile_is_already_done(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = place.computer()
    connection = place.session.connection
    meanwhile(monkeypatch, "delete", lambda: connection.delete(pin.dn))

    assert delete(place.session, pin, keep).outcome == "already"


def test_what_is_renamed_meanwhile_is_still_what_is_meant(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = place.computer()
    name = place.names[-1]

    def swap() -> None:
        place.session.connection.modify_dn(f"CN={name},{place.ou}", "CN=Renamed")
        place.add(f"CN={name},{place.ou}", "container")

    meanwhile(monkeypatch, "delete", swap)

    assert delete(place.session, pin, keep).outcome == "done"
    assert place.entry(f"CN={name},{place.ou}", "cn").text("cn") == name


def test_a_key_that_comes_at_the_last_moment_is_not_deleted_unsaved(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = place.computer()
    meanwhile(monkeypatch, "delete", lambda: place.key(pin))
    saved: list[Saved] = []

    assert delete(place.session, pin, saved.append).outcome == "done"
    assert [len(tree.below) for tree in saved] == [0, 1]


def test_what_hangs_below_and_cannot_be_read_keeps_its_computer(here: Place) -> None:
    pin = here.computer()
    here.key(pin)
    fault(here, "size-limit", operation="search", dn="<GUID=.*", entries=1)

    answer = delete(here.session, pin, keep)

    assert answer.outcome == "refused"
    assert answer.why.startswith("what hangs below it cannot be read to the end: directory is not complete: ")
    assert not lab_of(here).asked("delete")


def test_a_restore_whose_answer_is_lost_is_done_once(here: Place) -> None:
    pin = here.computer()
    assert here.session.delete(pin.dn, [TREE]).ok
    fault(here, "lost", operation="modify")

    assert restore(here.session, pin).outcome == "done"
    assert changes(here, "modify") == 1


def test_an_enabled_computer_is_enabled_without_a_word(here: Place) -> None:
    assert enable(here.session, here.computer()).outcome == "already"
    assert not lab_of(here).asked("modify")


@ACTS
def test_what_the_last_try_did_though_its_answer_was_lost_is_done(here: Place, act: Act, operation: str) -> None:
    pin = here.computer()
    fault(here, "unavailable", operation=operation, times=2)
    fault(here, "lost", operation=operation)

    assert act(here, pin).outcome == "done"
    assert changes(here, operation) == 1


@pytest.mark.parametrize("act", [moving, deleting])
def test_where_protection_cannot_be_read_nothing_is_done(
    here: Place, act: Act, monkeypatch: pytest.MonkeyPatch
) -> None:
    pin = here.computer()
    monkeypatch.setattr(computer, "is_protected", lambda _: None)

    answer = act(here, pin)

    assert answer.outcome == "refused"
    assert answer.why.startswith("its security descriptor cannot be read")
