"""What became of a script, whichever way it went."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reconcile.client.remote.given import Secret
from reconcile.client.remote.output import SHOWN, Output, ScriptError, plain, read, without


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda one: st.lists(one) | st.dictionaries(st.text(), one),
    )
)
def test_what_is_json_already_stays_what_it_is(value: object) -> None:
    assert plain(value) == value


def test_what_is_not_json_is_as_powershell_prints_it() -> None:
    assert plain({1: b"x", "d": (1, 2)}) == {"1": "b'x'", "d": [1, 2]}


def test_one_json_text_is_read_from_any_way_that_it_is_cut() -> None:
    output = Output("done", objects=('{"a":', "1}"))

    assert read(output, dict) == (output, {"a": 1})


@pytest.mark.parametrize("outcome", ["lost", "failed"])
def test_nothing_is_read_where_nothing_came(outcome: str) -> None:
    output = Output(outcome, objects=("{}",))  # type: ignore[arg-type]

    assert read(output, dict) == (output, None)


def test_no_secret_comes_out_and_no_more_than_a_line() -> None:
    output = Output("failed", "pa55\r\n is wrong", errors=(ScriptError("tried pa55", "pa55,x"), ScriptError("x" * 999)))

    found = without([Secret("pa55"), Secret("")], output)

    assert found.why == "*** is wrong"
    assert found.errors[0] == ScriptError("tried ***", "***,x")
    assert len(found.errors[1].message) == SHOWN
