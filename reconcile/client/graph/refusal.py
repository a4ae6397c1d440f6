"""What Graph says instead of doing what it was asked: its error bodies, as facts.

Source: Graph's "Error responses": branch on the code, never on the message; the code may be empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reconcile.client.graph.right import Right
from reconcile.errors import AccessRefused, SourceError

UNAUTHORIZED, FORBIDDEN, NOT_FOUND, TOO_MANY = 401, 403, 404, 429
SHOWN = 300
SYSTEM = "entra"


@dataclass(frozen=True)
class Refusal:
    """One answer that is no success."""

    status: int
    code: str
    message: str
    request_id: str | None = None

    def __str__(self) -> str:
        said = " ".join(text for text in (str(self.status), self.code) if text)
        request = f" (request-id {self.request_id})" if self.request_id else ""
        return f"{said}: {self.message}{request}" if self.message else f"{said}{request}"


def refusal(status: int, body: bytes, headers: Mapping[str, str]) -> Refusal:
    """As much as the answer tells; a body that is no error of Graph's, such as a proxy's page, is shown as it is."""
    error = _error(body)
    inner = _member(error, "innererror")
    request_id = _member(inner, "request-id") or headers.get("request-id")
    if not isinstance(error, dict):
        return Refusal(status, "", _line(body[:SHOWN].decode(errors="replace")), request_id)
    message = _plain(str(_member(error, "message") or ""))
    return Refusal(status, str(_member(error, "code") or ""), message, request_id)


def as_error(said: Refusal, asked: str, right: Right) -> SourceError:
    """The end of a run that cannot do without the answer; names the right only where one is missing."""
    if said.status == FORBIDDEN:
        return AccessRefused(SYSTEM, f"{asked}: {said}", str(right))
    if said.status == UNAUTHORIZED:
        return AccessRefused(SYSTEM, f"{asked}: {said}")
    return SourceError(SYSTEM, f"{asked}: {said}")


def needing(status: int, right: Right) -> str:
    """The end of a sentence on a refusal, where the right is what was missing."""
    return f". It needs {right}" if status == FORBIDDEN else ""


def _error(body: bytes) -> object:
    try:
        return _member(msgspec.json.decode(body), "error")
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # a body can be anything
        return None


def _member(value: object, name: str) -> Any:  # noqa: ANN401 - JSON
    """Both innerError and innererror are written."""
    members = value.items() if isinstance(value, dict) else ()
    return next((member for key, member in members if key.casefold() == name), None)


def _plain(message: str) -> str:
    """Intune puts a JSON text into the message, with the message inside."""
    if message.lstrip().startswith("{"):
        try:
            inner = _member(msgspec.json.decode(message.encode()), "message")
        except (msgspec.DecodeError, RecursionError):
            inner = None
        message = inner if isinstance(inner, str) else message
    return _line(message)


def _line(text: str) -> str:
    return " ".join(text.split())[:SHOWN]
