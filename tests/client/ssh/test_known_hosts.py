"""A known_hosts file says of a name what OpenSSH would read there."""

import base64
import hmac
from pathlib import Path

import pytest

from reconcile.client.ssh.known_hosts import Entry, read

KEY = "ssh-ed25519 AAAA comment"


def hashed(name: str) -> str:
    salt = b"s" * 20
    digest = hmac.digest(salt, name.encode(), "sha1")
    return f"|1|{base64.b64encode(salt).decode()}|{base64.b64encode(digest).decode()}"


@pytest.mark.parametrize(
    ("names", "name", "found"),
    [
        ("pc1", "pc1", True),
        ("pc1", "PC1", True),
        ("PC1,10.0.0.1", "pc1", True),
        ("pc1", "pc11", False),
        ("[pc1]:2222", "[pc1]:2222", True),
        ("[pc1]:2222", "pc1", False),
        ("*.corp.example", "pc1.corp.example", True),
        ("*.corp.example,!pc1.*", "pc1.corp.example", False),
        ("!pc1", "pc2", False),
        ("pc?", "pc1", True),
        ("[pc?]:2222", "[pc1]:2222", True),
        ("[pc?]:2222", "p", False),
        (hashed("pc1"), "PC1", True),
        (hashed("pc1"), "pc2", False),
    ],
)
def test_an_entry_is_of_the_names_that_it_fits(names: str, name: str, *, found: bool, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"# a comment\n\n  {names}  {KEY}\n")

    assert list(read(file).about(name)) == ([Entry("", KEY)] if found else [])


def test_markers_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"@revoked * {KEY}\n@cert-authority pc1 {KEY}\n")

    assert {entry.marker for entry in read(file).about("pc1")} == {"revoked", "cert-authority"}


def test_a_file_is_read_again_when_it_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text("")
    assert list(read(file).about("pc1")) == []
    assert read(file) is read(file)

    file.write_text(f"pc1 {KEY}\n")

    assert list(read(file).about("pc1"))


@pytest.mark.parametrize("line", ["word", "@revoked pc1", "|1|abc ssh-ed25519 AAAA", "|1|a|b ssh-ed25519 AAAA"])
def test_what_is_no_entry_is_told_by_its_line(line: str, tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(f"pc1 {KEY}\n{line}\n")

    with pytest.raises(ValueError, match="line 2 is no entry"):
        read(file)
