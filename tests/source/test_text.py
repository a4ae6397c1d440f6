"""The text of a file, whatever program wrote it."""

import codecs
import hashlib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reconcile.source import text
from reconcile.source.text import as_utf8, decode, filled_lines, probe

WRITTEN = "hostname,owner\nPC-1,Zoë\n"
WAYS = {
    "utf-8": WRITTEN.encode(),
    "utf-8-sig": WRITTEN.encode("utf-8-sig"),
    "utf-16-le": codecs.BOM_UTF16_LE + WRITTEN.encode("utf-16-le"),
    "utf-16-be": codecs.BOM_UTF16_BE + WRITTEN.encode("utf-16-be"),
    "cp1252": WRITTEN.encode("cp1252"),
}


@pytest.mark.parametrize("encoding", WAYS)
def test_each_encoding_is_told_and_its_mark_is_no_text(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(WAYS[encoding])
    assert decode(WAYS[encoding]) == (WRITTEN, encoding)
    assert as_utf8(path) == (WRITTEN.encode(), encoding)
    assert probe(path) == (encoding, hashlib.sha256(WAYS[encoding]).hexdigest())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zeros(encoding: str) -> None:
    assert decode(WRITTEN.encode(encoding)) == (WRITTEN, encoding)


def test_bytes_that_stand_for_no_ansi_character_are_replaced_and_nothing_else_is() -> None:
    assert decode(b"\x81\xe4\x8f") == ("\ufffdä\ufffd", "cp1252")


def test_a_mark_of_utf_8_holds_even_where_a_byte_is_damaged() -> None:
    assert decode(codecs.BOM_UTF8 + b"a\xffb") == ("a\ufffdb", "utf-8-sig")


def test_nothing_is_utf_8(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert decode(b"") == ("", "utf-8")
    assert probe(tmp_path / "empty")[0] == "utf-8"


@given(st.text())
def test_any_utf_8_is_read_as_it_was_written(written: str) -> None:
    data = ("x" + written).encode()
    assert decode(data) == ("x" + written, "utf-8") or b"\0" in data


@given(st.binary(max_size=64))
@example("é".encode()[:1])
def test_no_bytes_crash_and_both_ways_of_telling_agree(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any"
    path.write_bytes(data)
    written, encoding = decode(data)
    assert as_utf8(path) == (written.encode(), encoding)
    assert probe(path)[0] == encoding


def test_a_letter_on_the_border_of_two_blocks_is_still_a_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "BLOCK", 2)
    path = tmp_path / "export"
    path.write_bytes("aéb".encode())
    assert probe(path)[0] == "utf-8"
    path.write_bytes("aé".encode()[:-1])
    assert probe(path)[0] == "cp1252"


def test_filled_lines_are_counted_from_0_past_the_empty_ones() -> None:
    assert filled_lines(b"a\r\n\r\n\nb\n \nc").tolist() == [0, 3, 4, 5]
    assert filled_lines(b"").tolist() == []
