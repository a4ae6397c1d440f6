"""Requests to Graph from the SDK's own request builders: path, parameters and headers as the SDK writes them."""

from collections.abc import Mapping
from typing import Any

import msgspec
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

NOTHING: Mapping[str, str] = {}


def get(builder: Any, headers: Mapping[str, str] = NOTHING, **query: Any) -> RequestInformation:  # noqa: ANN401 - any of the SDK's 16,000 classes
    """`query` names Graph's parameters without their $."""
    made = _request(builder, Method.GET, headers)
    made.query_parameters = {f"%24{name}": value for name, value in query.items()}
    return made


def linked(url: str, headers: Mapping[str, str] = NOTHING) -> RequestInformation:
    """What an answer names, whole, as the next to be asked for."""
    made = RequestInformation(Method.GET)
    made.url = url
    return _with(made, headers)


def delete(builder: Any) -> RequestInformation:  # noqa: ANN401 - as above
    return _request(builder, Method.DELETE)


def patch(builder: Any, members: Mapping[str, object]) -> RequestInformation:  # noqa: ANN401 - as above
    """Of these members alone; the SDK's models would send their type as well."""
    return with_body(_request(builder, Method.PATCH), members)


def post(builder: Any) -> RequestInformation:  # noqa: ANN401 - as above
    """Of nothing; in a batch even that must be written out."""
    return with_body(_request(builder, Method.POST), {})


def with_body(made: RequestInformation, body: object) -> RequestInformation:
    made.set_stream_content(msgspec.json.encode(body), "application/json")
    return made


def _request(builder: Any, method: Method, headers: Mapping[str, str] = NOTHING) -> RequestInformation:  # noqa: ANN401 - as above
    return _with(RequestInformation(method, builder.url_template, dict(builder.path_parameters)), headers)


def _with(made: RequestInformation, headers: Mapping[str, str]) -> RequestInformation:
    for name, value in headers.items():
        made.headers.add(name, value)
    return made
