import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.lab.directory.dn import Rdn, canonical, domain_dn, join, key, parent, parse

VALUES = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\n"), min_size=1).filter(
    lambda text: bool(text.strip())
)
NAMES = st.lists(st.builds(Rdn, st.sampled_from(["CN", "OU", "DC"]), VALUES), min_size=1, max_size=4).map(tuple)


@given(NAMES)
def test_what_is_written_is_read_again(parts: tuple[Rdn, ...]) -> None:
    assert parse(join(parts)) == parts


@given(st.text())
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        parts = parse(text)
    except ValueError:
        return

    assert parse(join(parts)) == parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CN=a,DC=x", [("CN", "a"), ("DC", "x")]),
        (" cn = a b , dc=x ", [("CN", "a b"), ("DC", "x")]),
        (r"CN=a\,b,DC=x", [("CN", "a,b"), ("DC", "x")]),
        (r"CN=a\2Cb,DC=x", [("CN", "a,b"), ("DC", "x")]),
        (r"CN=PC1\0ADEL:1,CN=Deleted Objects", [("CN", "PC1\nDEL:1"), ("CN", "Deleted Objects")]),
        (r"CN=a\ ,DC=x", [("CN", "a "), ("DC", "x")]),
        (r"CN=a\\ ,DC=x", [("CN", "a\\"), ("DC", "x")]),
        (r"CN=\#a,DC=x", [("CN", "#a"), ("DC", "x")]),
        (r"CN=\C3\A9", [("CN", "é")]),
        ("2.5.4.3=a", [("2.5.4.3", "a")]),
        ("CN=a=b", [("CN", "a=b")]),
        ("", []),
    ],
)
def test_names_are_read_with_their_escapes(text: str, parts: list[tuple[str, str]]) -> None:
    assert list(parse(text)) == parts


@pytest.mark.parametrize("text", ["a", "CN=", "CN=a,", "CN=a,,DC=b", "=a", ",", "CN=a;b c", "CN= ,DC=x"])
def test_what_is_no_name_is_refused(text: str) -> None:
    if text == "CN=a;b c":
        assert parse(text) == (Rdn("CN", "a;b c"),)
        return

    with pytest.raises(ValueError, match="no distinguished name"):
        parse(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [("a,b", r"CN=a\,b"), ("#a", r"CN=\#a"), (" a ", r"CN=\ a\ "), ("PC1\nDEL:x", r"CN=PC1\0ADEL:x"), (" ", "CN=\\ ")],
)
def test_names_are_written_as_active_directory_writes_them(value: str, text: str) -> None:
    assert str(Rdn("CN", value)) == text


def test_two_names_of_one_object_have_one_key() -> None:
    assert key(r"cn=A\2cb, DC=X") == key(r"CN=a\,B,dc=x")
    assert key("CN=a,DC=x") != key("CN=b,DC=x")


def test_names_of_domains_and_parents_are_made() -> None:
    assert domain_dn("aldermoor.example") == "DC=aldermoor,DC=example"
    assert parent(r"CN=a\,b,OU=c") == "OU=c"
    assert canonical(r"CN=a\,b,OU=Fleet,DC=x,DC=y") == "x.y/Fleet/a,b"
