"""What a directory says instead of doing what it was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.ldap.refusal import LOGON, SHOWN, Refusal, as_error
from reconcile.errors import AccessRefused, SourceError, SourceIncomplete

FAILED = "80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data {}, v4563\0"


def test_a_refusal_is_its_code_and_what_the_server_says_of_it() -> None:
    said = Refusal(50, "insufficientAccessRights", "00002098:  Object CN=PC-1\n has no\0 write access")

    assert str(said) == "50 insufficientAccessRights: 00002098: Object CN=PC-1 has no write access"
    assert str(Refusal(32, "noSuchObject")) == "32 noSuchObject"


@pytest.mark.parametrize(("data", "why"), LOGON.items())
def test_the_reason_of_a_failed_sign_in_is_put_in_words(data: str, why: str) -> None:
    assert str(Refusal(49, "invalidCredentials", FAILED.format(data))) == f"49 invalidCredentials: {why}"


def test_a_reason_that_nobody_knows_is_shown_as_it_came() -> None:
    assert "data 99, v4563" in str(Refusal(49, "invalidCredentials", FAILED.format("99")))


@given(st.text())
def test_whatever_a_server_says_is_one_short_line(message: str) -> None:
    text = str(Refusal(80, "other", message))

    assert len(text) <= len("80 other: ") + SHOWN
    assert "\n" not in text
    assert "\0" not in text


@pytest.mark.parametrize(
    ("code", "kind"),
    [(8, AccessRefused), (49, AccessRefused), (50, AccessRefused), (32, SourceError), (51, SourceError)],
)
def test_a_no_is_told_from_a_fault(code: int, kind: type[Exception]) -> None:
    error = as_error(Refusal(code, "name"), "dc1, asked for it")

    assert type(error) is kind
    assert not isinstance(error, SourceIncomplete)
    assert "dc1, asked for it: " in str(error)
