"""From one request to its answer: faults, token, permission, route; and the record of it."""

import uuid
from dataclasses import replace

from reconcile.lab.graph.batch import batch
from reconcile.lab.graph.call import Call
from reconcile.lab.graph.fault import REFUSALS
from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.refusal import Refusal, denied, faulty, told, unauthorized
from reconcile.lab.graph.routes import ROUTES, Handler
from reconcile.lab.graph.wire import Answer, Ask, Exchange


def respond(lab: Lab, ask: Ask) -> Answer:
    """Also writes the log."""
    before = lab.tenant.sequence
    try:
        answer = _answer(lab, ask)
    except Refusal as error:
        answer = told(error, ask, lab.clock())
    answer = _marked(ask, answer)
    note(lab, ask, answer, changed=lab.tenant.sequence > before)
    return answer


def note(lab: Lab, ask: Ask, answer: Answer, *, changed: bool) -> None:
    exchange = Exchange(
        method=ask.method,
        version=ask.version,
        path=ask.path,
        query=ask.query,
        status=answer.status,
        changed=changed,
        part=ask.part,
        fault=",".join(ask.met) or None,
        headers=ask.headers,
        body=ask.body,
        answer=answer.body,
        content_type=answer.headers.get("Content-Type", ""),
    )
    lab.note(exchange)


def _answer(lab: Lab, ask: Ask) -> Answer:
    armed = lab.faults.take(REFUSALS, ask)
    if armed is not None:
        raise faulty(armed.fault, lab.clock())
    roles = lab.tokens.roles(ask.headers.get("authorization", ""), ask.origin)
    if roles is None:
        raise unauthorized()
    if ask.path == "/$batch" and not ask.part:
        return _batched(Call(lab, ask, {}, roles))
    handler, keys, needed = _routed(ask)
    call = Call(lab, ask, keys, roles)
    if not call.may(*needed):
        raise denied()
    return handler(call)


def _batched(call: Call) -> Answer:
    if call.ask.method != "POST":
        raise _not_allowed()
    return batch(call, lambda part: respond(call.lab, part))


def _routed(ask: Ask) -> tuple[Handler, dict[str, str], tuple[str, ...]]:
    known = False
    for route in ROUTES:
        match = route.path.fullmatch(ask.path)
        known = known or match is not None
        if match is not None and route.method == ask.method:
            keys = {name: value for name, value in match.groupdict().items() if value is not None}
            return route.handler, keys, route.roles
    if known:
        raise _not_allowed()
    raise Refusal(400, "BadRequest", f"Resource not found for the segment '{ask.path.split('/')[1]}'.")


def _not_allowed() -> Refusal:
    return Refusal(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")


def _marked(ask: Ask, answer: Answer) -> Answer:
    request = str(uuid.uuid4())
    marks = {"request-id": request, "client-request-id": ask.headers.get("client-request-id", request)}
    return replace(answer, headers={**answer.headers, **marks, "x-ms-resource-unit": "1"})
