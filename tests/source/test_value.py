"""Columns of text as ids, names and flags."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.source.value import (
    flags,
    fold,
    guids,
    hosts,
    malformed_flags,
    malformed_guids,
    malformed_sids,
    sids,
)

GUID = "6f9619ff-8b86-4011-b42d-00cf4fc964ff"
ZERO = str(UUID(int=0))


def texts(*values: str | None) -> pa.StringArray:
    return pa.array(values, pa.string())


@pytest.mark.parametrize("written", [GUID, GUID.upper(), f"{{{GUID}}}", f"  {{{GUID.upper()}}} ", f"{{ {GUID} }}"])
def test_a_guid_is_lower_case_without_braces_and_blanks(written: str) -> None:
    assert guids(texts(written)).to_pylist() == [GUID]
    assert malformed_guids(texts(written)).to_pylist() == [False]


def test_the_all_zero_guid_is_well_formed_and_no_identity() -> None:
    assert guids(texts(ZERO)).to_pylist() == [None]
    assert malformed_guids(texts(ZERO)).to_pylist() == [False]


@pytest.mark.parametrize(
    "written", ["x", GUID[:-1], GUID + "0", GUID.replace("-", ""), "a6c91d4e-3f21-4891-9d44-…", "\n\0"]
)
def test_what_is_no_guid_is_malformed_and_matches_nothing(written: str) -> None:
    assert guids(texts(written)).to_pylist() == [None]
    assert malformed_guids(texts(written)).to_pylist() == [True]


def test_nothing_is_neither_an_id_nor_malformed() -> None:
    nothing = texts(None, "", " ")
    for read in (guids, sids, flags):
        assert read(nothing).to_pylist() == [None, None, None]
    for is_malformed in (malformed_guids, malformed_sids, malformed_flags):
        assert is_malformed(nothing).to_pylist() == [False, False, False]


def test_a_sid_is_upper_case() -> None:
    assert sids(texts(" s-1-5-21-1-2-3-1104 ")).to_pylist() == ["S-1-5-21-1-2-3-1104"]


def test_what_is_no_sid_is_malformed() -> None:
    wrong = texts("S-1", "S-1-5-", "S-2-5-21", "1-5-21", "S-1-5-21-x")
    assert sids(wrong).to_pylist() == [None] * 5
    assert malformed_sids(wrong).to_pylist() == [True] * 5


@given(st.lists(st.none() | st.text()))
def test_folding_is_that_of_python(values: list[str | None]) -> None:
    assert fold(texts(*values)).to_pylist() == [None if value is None else value.casefold() for value in values]


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("PC-1", "pc-1"),
        (" PC-1.corp.example.test ", "pc-1"),
        ("Straße-7.example.test", "strasse-7"),
        ("Anna's PC v1.2", "anna's pc v1.2"),
        ("Anna\u00a0PC.2", "anna\u00a0pc.2"),
        (".example.test", None),
        ("", None),
        (None, None),
    ],
)
def test_a_host_is_folded_and_cut_at_the_first_dot_unless_it_has_a_blank(name: str | None, host: str | None) -> None:
    assert hosts(texts(name)).to_pylist() == [host]


def test_hosts_of_one_column_do_not_touch_each_other() -> None:
    assert hosts(texts("A.b", "c d.e", None, "F")).to_pylist() == ["a", "c d.e", None, "f"]


def test_flags_are_read_in_any_case_and_anything_else_is_malformed() -> None:
    written = texts("True", "YES", "1", "false", " No ", "0", "maybe")
    assert flags(written).to_pylist() == [True, True, True, False, False, False, None]
    assert malformed_flags(written).to_pylist() == [False] * 6 + [True]


@pytest.mark.parametrize(
    "function", [guids, malformed_guids, sids, malformed_sids, fold, hosts, flags, malformed_flags]
)
def test_a_column_in_chunks_is_read_as_the_same_column_in_one(function: Callable[[Any], Any]) -> None:
    values = [GUID, None, "", "ÄB.c", "s-1-5", "Yes", "x y.z"]
    chunked = pa.chunked_array([values[:3], [], values[3:]], pa.string())
    assert function(chunked).to_pylist() == function(texts(*values)).to_pylist()
    assert function(texts(None)).to_pylist() in ([None], [False])
    assert len(function(pa.chunked_array([], pa.string()))) == 0


@given(st.lists(st.none() | st.text(), max_size=5))
def test_no_text_crashes(values: list[str | None]) -> None:
    for function in (guids, malformed_guids, sids, malformed_sids, hosts, flags, malformed_flags):
        assert len(function(texts(*values))) == len(values)
