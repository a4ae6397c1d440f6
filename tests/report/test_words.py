from reconcile.finding import activity
from reconcile.report import words
from reconcile.settings import PROTECTIONS
from reconcile.workspace import SYSTEMS


def test_every_protection_has_words() -> None:
    assert tuple(words.PROTECTIONS) == PROTECTIONS


def test_every_system_has_a_name() -> None:
    assert tuple(words.SYSTEMS) == SYSTEMS
    assert set(words.WITNESSES) == set(activity.SYSTEMS)


def test_every_kind_says_what_it_means_and_what_to_do_next() -> None:
    assert len(words.KINDS) == 10
    for said in words.KINDS.values():
        assert said.meaning.endswith(".")
        assert said.next_step.endswith(".")


def test_an_unknown_kind_or_protection_keeps_its_name() -> None:
    assert words.kind("odd").title == "odd"
    assert words.held_by("odd;autopilot") == "odd, Autopilot"


def test_nothing_that_holds_is_no_words() -> None:
    assert words.held_by("") == ""
