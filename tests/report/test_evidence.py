import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.report.evidence import readable

anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (True, "yes"),
        (False, "no"),
        (None, "unknown"),
        ([], "none"),
        (["entra", "directory"], "entra, directory"),
        ("2026-01-02T03:04:05Z", "2026-01-02 03:04 UTC"),
        ({"at": "2026-01-02T03:04:05.678Z", "n": 3}, "(at: 2026-01-02 03:04 UTC, n: 3)"),
    ],
)
def test_a_value_is_told_in_plain_words(value: object, said: str) -> None:
    assert readable(json.dumps({"what_it_is": value})) == f"what it is: {said}"


def test_values_stand_one_after_the_other() -> None:
    assert readable('{"by": "directory", "computer_enabled": true}') == "by: directory; computer enabled: yes"


@pytest.mark.parametrize("text", ["not json", '{"cut', "\x00"])
def test_what_is_no_json_is_shown_as_it_is(text: str) -> None:
    assert readable(text) == text


def test_no_evidence_is_no_words() -> None:
    assert readable(None) == readable("") == readable("{}") == ""


@given(anything)
def test_any_json_is_readable(value: object) -> None:
    assert isinstance(readable(json.dumps(value)), str)
