from pathlib import Path

import pytest

from reconcile.report.writing import replacing


def test_the_file_appears_whole_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "report"
    with replacing(file) as part:
        part.write_text("new", encoding="utf-8")
        assert not file.exists()
    assert file.read_text(encoding="utf-8") == "new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_failure_leaves_the_old_file_and_no_half_of_the_new(tmp_path: Path) -> None:
    file = tmp_path / "report"
    file.write_text("old", encoding="utf-8")

    def fail() -> None:
        with replacing(file) as part:
            part.write_text("ne", encoding="utf-8")
            raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        fail()
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text(encoding="utf-8") == "old"
