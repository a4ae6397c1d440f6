"""What Graph says instead of doing what it was asked."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reconcile.client.graph.refusal import Refusal, as_error, refusal
from reconcile.client.graph.right import READ_DEVICES
from reconcile.errors import AccessRefused, SourceError


def read(body: object, status: int = 403, **headers: str) -> Refusal:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return refusal(status, raw, {name.replace("_", "-"): text for name, text in headers.items()})


@pytest.mark.parametrize("inner", ["innerError", "innererror"])
def test_code_message_and_request_are_read(inner: str) -> None:
    error = {"code": "Authorization_RequestDenied", "message": "Insufficient privileges.", inner: {"request-id": "r1"}}

    found = read({"error": error})

    assert found == Refusal(403, "Authorization_RequestDenied", "Insufficient privileges.", "r1")
    assert str(found) == "403 Authorization_RequestDenied: Insufficient privileges. (request-id r1)"


def test_the_request_is_named_by_the_header_where_the_body_does_not() -> None:
    assert read({"error": {"code": "", "message": ""}}, 500, request_id="r2") == Refusal(500, "", "", "r2")
    assert str(read({"error": {}}, 500, request_id="r2")) == "500 (request-id r2)"


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ('{"_version": 3, "Message": "Not\\n  enabled."}', "Not enabled."),
        ('{"_version": 3}', '{"_version": 3}'),
        ('{"Message": 5}', '{"Message": 5}'),
        ("{not json", "{not json"),
        ("two\r\nlines", "two lines"),
        ("x" * 500, "x" * 300),
        (None, ""),
    ],
)
def test_the_message_is_one_line_and_taken_out_of_the_json_that_intune_puts_it_in(message: Any, shown: str) -> None:
    assert read({"error": {"code": "c", "message": message}}).message == shown


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", ""),
        (b"<html>\n <b>Proxy</b>\n", "<html> <b>Proxy</b>"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"error":"invalid_grant"}', '{"error":"invalid_grant"}'),
        (b"[]", "[]"),
        (b'"text"', '"text"'),
    ],
)
def test_what_is_no_error_of_graphs_is_shown_as_it_is(body: bytes, shown: str) -> None:
    assert read(body, 502) == Refusal(502, "", shown)


@given(st.binary())
def test_no_body_is_too_much(body: bytes) -> None:
    assert "\n" not in str(refusal(500, body, {}))


ANY = st.recursive(st.none() | st.integers() | st.text(), lambda t: st.lists(t) | st.dictionaries(st.text(), t))


@given(st.fixed_dictionaries({"error": ANY | st.fixed_dictionaries({"code": ANY, "message": ANY, "innerError": ANY})}))
def test_no_error_is_too_odd(body: object) -> None:
    str(refusal(400, msgspec.json.encode(body), {}))


@pytest.mark.parametrize(
    "body", [b"[" * 100_000, b'{"error":{"message":"' + b"{" * 200 + b'"}}', b'{"error":{"message":"{\\ud800"}}']
)
def test_no_depth_is_too_deep(body: bytes) -> None:
    str(refusal(400, body, {}))


def test_depth_within_a_message_is_none_of_our_concern() -> None:
    message = '{"Message":' + "[" * 5000

    assert read({"error": {"code": "c", "message": message}}).message == message[:300]


def test_each_refusal_is_the_error_that_says_what_is_missing() -> None:
    errors = [as_error(Refusal(status, "code", ""), "GET /devices", READ_DEVICES) for status in (403, 401, 400)]

    assert [(type(error), getattr(error, "needs", None)) for error in errors] == [
        (AccessRefused, "Device.Read.All to read devices"),
        (AccessRefused, None),
        (SourceError, None),
    ]
    assert str(errors[0]) == "entra refused: GET /devices: 403 code. It needs Device.Read.All to read devices"
