"""$batch: up to 20 requests in one, whose answers come in any order and are matched by id.

Source: Graph's "Combine multiple HTTP requests using JSON batching": the whole is 200 even where parts fail.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from reconcile.client.graph.refusal import FORBIDDEN, SYSTEM, UNAUTHORIZED
from reconcile.client.graph.request import with_body
from reconcile.client.graph.retry import AGAIN, Later, retry_after, until_answered
from reconcile.client.graph.session import V1, Graph, Reply
from reconcile.errors import AccessRefused, SourceError

SIZE = 20


class _Part(msgspec.Struct, frozen=True):
    id: str
    status: int
    headers: dict[str, str | int | float] | None = None
    body: msgspec.Raw = msgspec.Raw(b"")


class _Answer(msgspec.Struct, frozen=True):
    responses: list[_Part]


_decode = msgspec.json.Decoder(_Answer).decode


class NotTaken(Exception):  # noqa: N818 (an answer, not a fault)
    """What was said to the whole, which is never an answer to one of its parts: a 404 here is no device's."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.refusal))
        self.reply = reply


async def send_batch(graph: Graph, requests: Sequence[RequestInformation], version: str = V1) -> list[Reply | None]:
    """Once, 20 at the most: the answer to each in its place, None where none came.

    Raises NotTaken where the whole is refused, one of `retry.LOST` where no whole answer came, and AccessRefused or Later
    where no token did: nothing is sent then.
    """
    reply = await graph.send(_envelope(f"{graph.endpoint}/{version}/$batch", requests))
    if not reply.ok:
        raise NotTaken(reply)
    now = {"date": reply.headers.get("date", "")}
    replies = {
        part.id: Reply(part.status, now | _folded(part.headers or {}), bytes(part.body))
        for part in _decode(reply.body).responses
    }
    return [replies.get(str(number)) for number in range(len(requests))]


async def read_batches(graph: Graph, requests: Sequence[RequestInformation], version: str = V1) -> list[Reply]:
    """The definite answer to each question, a refusal too; a part that was put off is asked again. Raises SourceError."""
    answers: dict[int, Reply] = {}
    for at in range(0, len(requests), SIZE):
        await _read(graph, dict(enumerate(requests[at : at + SIZE], at)), answers, version)
    return [answers[number] for number in range(len(requests))]


async def _read(graph: Graph, asked: dict[int, RequestInformation], answers: dict[int, Reply], version: str) -> None:
    async def once() -> None:
        waiting = [number for number in asked if number not in answers]
        try:
            parts = await send_batch(graph, [asked[number] for number in waiting], version)
        except NotTaken as error:
            raise _put_off(error.reply) from error
        replies = dict(zip(waiting, parts, strict=True))
        answers.update({number: reply for number, reply in replies.items() if reply and reply.status not in AGAIN})
        put_off = [reply for number, reply in replies.items() if number not in answers]
        if put_off:
            said = next((str(reply.refusal) for reply in put_off if reply), "no answer came")
            raise Later(f"parts of it were put off: {said}", longest_wait(put_off))

    try:
        await until_answered(once, graph.patience)
    except Later as error:
        raise SourceError(SYSTEM, f"POST /$batch: given up: {error}") from error


def _put_off(whole: Reply) -> Later | SourceError:
    """Or refused for good, and with it every question in it."""
    if whole.status in AGAIN:
        return Later(str(whole.refusal), retry_after(whole.headers))
    refused = AccessRefused if whole.status in {UNAUTHORIZED, FORBIDDEN} else SourceError
    return refused(SYSTEM, f"POST /$batch: {whole.refusal}")


def longest_wait(replies: Sequence[Reply | None]) -> float | None:
    """The longest that any of them asks for, in seconds."""
    return max((wait for reply in replies if reply and (wait := retry_after(reply.headers))), default=None)


def _envelope(url: str, requests: Sequence[RequestInformation]) -> RequestInformation:
    parts = [_part(str(number), request) for number, request in enumerate(requests)]
    return with_body(RequestInformation(Method.POST, url, {}), {"requests": parts})


def _part(number: str, request: RequestInformation) -> dict[str, Any]:
    request.path_parameters["baseurl"] = ""
    method = request.http_method.value if request.http_method else ""
    part = {"id": number, "method": method, "url": request.url.replace("%24", "$")}
    headers = request.request_headers
    return (
        part
        | ({"headers": headers} if headers else {})
        | ({"body": msgspec.Raw(request.content)} if request.content else {})
    )


def _folded(headers: Mapping[str, object]) -> dict[str, str]:
    """As `Reply` of a single request has them: found whatever their capitals."""
    return {name.casefold(): str(value) for name, value in headers.items()}
