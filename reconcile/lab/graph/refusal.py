"""What Graph answers when it does not do what it was asked."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from reconcile.lab.graph.fault import Fault
from reconcile.lab.graph.wire import Answer, Ask, json_answer

DENIED = "Insufficient privileges to complete the operation."
CODES = {
    429: ("TooManyRequests", "Please retry again later."),
    500: ("InternalServerError", "An internal server error occurred."),
    502: ("BadGateway", "The upstream service did not answer properly."),
    503: ("ServiceUnavailable", "The service is temporarily unavailable."),
    504: ("GatewayTimeout", "The upstream service did not answer in time."),
}


@dataclass
class Refusal(Exception):  # noqa: N818 - a refusal is an ordinary answer
    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)


def missing(what: str) -> Refusal:
    reason = "does not exist or one of its queried reference-property objects are not present."
    return Refusal(404, "Request_ResourceNotFound", f"Resource '{what}' {reason}")


def bad(message: str) -> Refusal:
    return Refusal(400, "Request_BadRequest", message)


def unsupported(message: str) -> Refusal:
    return Refusal(400, "Request_UnsupportedQuery", message)


def denied() -> Refusal:
    return Refusal(403, "Authorization_RequestDenied", DENIED)


def unauthorized(message: str = "Access token validation failure. Invalid token.") -> Refusal:
    challenge = {"WWW-Authenticate": 'Bearer realm="", authorization_uri="https://login.microsoftonline.com/common"'}
    return Refusal(401, "InvalidAuthenticationToken", message, challenge)


def faulty(fault: Fault, now: datetime) -> Refusal:
    """What a throttle, an unauthorized or a forbidden fault says."""
    if fault.kind == "unauthorized":
        return unauthorized("Lifetime validation failed, the token is expired.")
    if fault.kind == "forbidden":
        return denied()
    code, message = CODES.get(fault.status, ("UnknownError", ""))
    return Refusal(fault.status, code, message, _retry_after(fault, now))


def _retry_after(fault: Fault, now: datetime) -> dict[str, str]:
    if fault.retry_date is not None:
        date = (now + timedelta(seconds=fault.retry_date)).astimezone(UTC)
        return {"Retry-After": format_datetime(date, usegmt=True)}
    return {} if fault.retry_after is None else {"Retry-After": fault.retry_after}


def told(refusal: Refusal, ask: Ask, now: datetime) -> Answer:
    request = str(uuid.uuid4())
    inner = {
        "date": f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}",
        "request-id": request,
        "client-request-id": ask.headers.get("client-request-id", request),
    }
    body = {"error": {"code": refusal.code, "message": refusal.message, "innerError": inner}}
    answer = json_answer(refusal.status, body)
    return Answer(answer.status, answer.body, {"Content-Type": "application/json", **refusal.headers})
