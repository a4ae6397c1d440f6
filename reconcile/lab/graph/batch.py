"""POST /$batch: up to twenty requests in one, each answered on its own."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from reconcile.lab.graph.call import Call
from reconcile.lab.graph.refusal import Refusal
from reconcile.lab.graph.wire import Answer, Ask, json_answer

MOST = 20
INHERITED = ("authorization", "user-agent", "client-request-id")
FAILED = 400
WRITES = {"POST", "PATCH", "PUT"}
"""They need a body and its type, or nothing of the batch is done (github Softeria/ms-365-mcp-server#683)."""


class Part(msgspec.Struct, rename="camel"):
    id: str
    method: str
    url: str
    headers: dict[str, str] = {}
    body: Any = None
    depends_on: list[str] = []


class Batch(msgspec.Struct):
    requests: list[Part]


Respond = Callable[[Ask], Answer]


def batch(call: Call, respond: Respond) -> Answer:
    """The answers come in another order than the requests; raises where the batch as a whole is wrong."""
    parts = _parts(call.ask.body)
    done: dict[str, Answer] = {}
    for part in parts:
        failed = any(done[one.lower()].status >= FAILED for one in part.depends_on)
        done[part.id.lower()] = _dependency_failed() if failed else respond(_ask(call.ask, part))
    answers = [_told(part.id, done[part.id.lower()]) for part in parts]
    return json_answer(200, {"responses": answers[1::2] + answers[::2]})


def _parts(body: bytes) -> list[Part]:
    try:
        parts = msgspec.json.decode(body, type=Batch).requests
    except msgspec.DecodeError as error:
        raise _wrong("Invalid batch payload format.") from error
    ids = [part.id.lower() for part in parts]
    if not parts or len(parts) > MOST:
        raise _wrong(f"Number of batch request steps must be between 1 and the maximum value of {MOST}.")
    if len(set(ids)) < len(ids):
        raise _wrong("Request ids must be unique in a batch, whatever their letter case.")
    for number, part in enumerate(parts):
        _check(part, ids[:number])
    return parts


def _check(part: Part, before: list[str]) -> None:
    names = {name.lower() for name in part.headers}
    whole = part.body is not None and "content-type" in names
    if not whole and (part.body is not None or part.method.upper() in WRITES):
        raise _wrong(f"Write request id : {part.id} does not contain Content-Type header or body.")
    if not all(one.lower() in before for one in part.depends_on):
        raise _wrong(f"Request id : {part.id} depends on a request that does not stand before it.")
    if "://" in part.url.partition("?")[0]:
        raise _wrong(f"Request id : {part.id} has a url that is not relative.")


def _ask(outer: Ask, part: Part) -> Ask:
    split = urlsplit(part.url)
    inherited = {name: outer.headers[name] for name in INHERITED if name in outer.headers}
    return Ask(
        method=part.method.upper(),
        version=outer.version,
        path="/" + unquote(split.path).lstrip("/"),
        query=dict(parse_qsl(split.query, keep_blank_values=True)),
        headers=inherited | {name.lower(): value for name, value in part.headers.items()},
        body=b"" if part.body is None else msgspec.json.encode(part.body),
        origin=outer.origin,
        part=True,
    )


def _told(part_id: str, answer: Answer) -> Mapping[str, object]:
    return {"id": part_id, "status": answer.status, "headers": answer.headers, "body": _body(answer)}


def _body(answer: Answer) -> object:
    """Text comes as a string (OData JSON format 4.01, batch)."""
    if not answer.body:
        return None
    is_json = answer.headers.get("Content-Type", "").startswith("application/json")
    return msgspec.Raw(answer.body) if is_json else answer.body.decode()


def _dependency_failed() -> Answer:
    error = {"code": "FailedDependency", "message": "A request this one depends on has failed."}
    return json_answer(424, {"error": error})


def _wrong(message: str) -> Refusal:
    return Refusal(400, "BadRequest", message)
