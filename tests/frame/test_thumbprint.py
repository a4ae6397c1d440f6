"""Thumbprints of device certificates."""

import base64
import string
from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.frame import thumbprint
from reconcile.frame.thumbprint import thumbprints

PRINT = "0123456789ABCDEF0123456789ABCDEF01234567"
PREFIX = "X509:<SHA1-TP-PUBKEY>"


def key(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def found(*lists: Sequence[str | None] | None) -> list[str | None]:
    return list(thumbprints(pa.array(lists, pa.list_(pa.string()))).to_pylist())


@given(
    st.lists(st.text(string.hexdigits, min_size=40, max_size=40), max_size=5),
    st.text(st.characters(codec="ascii"), min_size=1),
)
def test_the_thumbprint_stands_behind_its_mark_in_upper_case(prints: list[str], rest: str) -> None:
    assert found(*([key(PREFIX + each + rest)] for each in prints)) == [each.upper() for each in prints]


@pytest.mark.parametrize("rest", ["", "a", "ab", "abc"])
def test_nothing_need_stand_behind_it(rest: str) -> None:
    assert found([key(PREFIX + PRINT + rest)]) == [PRINT]


@pytest.mark.parametrize(
    "unreadable",
    [
        "",
        "WAA1ADAAOQA6ADwAUwBIAEEAM",
        "base64Y3YxN2E1MWFlYw==",
        key(PREFIX + PRINT[:-1]),
        key(PREFIX + PRINT[:-1] + "G"),
        key(PREFIX + PRINT[:-1] + "Ā"),
        key(PREFIX.lower() + PRINT),
        key("X509:<PUBKEY>" + PRINT + "x" * 40),
        key(PREFIX + PRINT).replace("M", "*"),
        key(PREFIX) + "é" * 200,
    ],
)
def test_what_cannot_be_read_is_unknown_and_spoils_no_other(unreadable: str) -> None:
    good = key(PREFIX + PRINT + "hash")
    assert found([unreadable], [good], [unreadable, None, good], [], None) == [None, PRINT, PRINT, None, None]


def test_of_several_the_first_counts() -> None:
    other = PRINT[::-1]
    assert found([key(PREFIX + PRINT), key(PREFIX + other)]) == [PRINT]


def test_many_are_read_block_by_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbprint, "BLOCK", 3)
    prints = [f"{number:040X}" for number in range(10)]
    assert found(*([key(PREFIX + each)] for each in prints)) == prints


@given(
    st.lists(
        st.none() | st.lists(st.none() | st.text().map(lambda text: key(PREFIX)[: len(text) * 9] + text), max_size=3),
        max_size=4,
    )
)
def test_no_key_crashes(lists: list[list[str | None] | None]) -> None:
    assert len(found(*lists)) == len(lists)
