"""The check against the official description of Microsoft Graph: what is asked, and what is answered.

The description is a slice of Microsoft's own (PowerShell flavour: casts and actions carry `microsoft.graph.`). Its objects
say of members they do not list that these are objects, which no annotation such as @odata.context is: that is left out.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker

from reconcile.lab.graph.wire import Exchange

FILE = Path(__file__).parents[2] / "shared" / "samples" / "graph-openapi-slice.yaml"

UNDESCRIBED = {
    "/$batch": "no official description has it; each part is checked as a request of its own",
    "/organization": "not in the slice; it belongs to Identity.DirectoryManagement.yml",
    "/directory/onPremisesSynchronization": "not in the slice; it belongs to Identity.DirectoryManagement.yml",
}
"""Paths that are not looked up, and why."""
OPAQUE = {"$skiptoken", "$deltatoken"}
"""They come in the service's own links, and are described nowhere."""

Node = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """What a template's method takes and gives. `parameters`: the values a query option may have, None for any."""

    parameters: Mapping[str, frozenset[str] | None]
    members: frozenset[str]
    answers: Mapping[str, OAS30Validator | None]


@dataclass
class Description:
    root: Node
    _templates: list[tuple[re.Pattern[str], str]] = field(default_factory=list)
    _operations: dict[tuple[str, str], Operation] = field(default_factory=dict)

    @staticmethod
    @cache
    def load() -> "Description | None":
        """None where the slice is not beside the checkout."""
        if not FILE.exists():
            return None
        return Description(_loosened(yaml.load(FILE.read_bytes(), getattr(yaml, "CSafeLoader", yaml.SafeLoader))))

    def __post_init__(self) -> None:
        """What is written out goes before what has places to fill."""
        for template in sorted(self.root["paths"], key=lambda text: text.count("{")):
            parts = re.split(r"\{[^}]*\}", template)
            self._templates.append((re.compile("[^/']+".join(map(re.escape, parts))), template))

    def check(self, exchange: Exchange) -> list[str]:
        """A sentence for each violation."""
        if exchange.path in UNDESCRIBED:
            return []
        said = f"{exchange.method} {exchange.path}"
        template = self._template(normal(exchange.path))
        if template is None:
            return [f"{said}: no such path is described"]
        if exchange.method.lower() not in self.root["paths"][template]:
            return [f"{said}: the method is not described"]
        operation = self._operation(template, exchange.method.lower())
        found = [*_query(operation, exchange), *_body(operation, exchange), *self._answer(operation, exchange)]
        return [f"{said}: {one}" for one in found]

    def _template(self, path: str) -> str | None:
        return next((template for pattern, template in self._templates if pattern.fullmatch(path)), None)

    def _operation(self, template: str, method: str) -> Operation:
        key = (template, method)
        if key not in self._operations:
            self._operations[key] = self._read(self.root["paths"][template][method])
        return self._operations[key]

    def _read(self, node: Node) -> Operation:
        parameters = [self._resolved(one) for one in node.get("parameters", [])]
        body = self._resolved(node.get("requestBody", {}))
        schema = body.get("content", {}).get("application/json", {}).get("schema", {})
        return Operation(
            {one["name"]: _values(one["schema"]) for one in parameters if one["in"] == "query"},
            frozenset(self._names(schema)),
            {status: self._validator(answer) for status, answer in node["responses"].items()},
        )

    def _resolved(self, node: Node) -> Node:
        """What a reference stands for."""
        while "$ref" in node:
            target: Any = self.root
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def _names(self, schema: Node) -> Iterator[str]:
        schema = self._resolved(schema)
        yield from schema.get("properties", {})
        for one in schema.get("allOf", []):
            yield from self._names(one)

    def _validator(self, answer: Node) -> OAS30Validator | None:
        content = self._resolved(answer).get("content", {})
        if not content:
            return None
        schema = {"allOf": [next(iter(content.values()))["schema"]], "components": self.root["components"]}
        return OAS30Validator(schema, format_checker=oas30_format_checker)

    def _answer(self, operation: Operation, exchange: Exchange) -> Iterator[str]:
        if exchange.status in {0, 204}:
            return
        validator = operation.answers["2XX" if exchange.status < 300 else "default"]
        if validator is None:
            yield f"an answer of {exchange.status} with a body is not described"
            return
        try:
            value = json.loads(exchange.answer.decode("utf-8-sig"))
        except ValueError:
            yield "the answer is no JSON"
            return
        for error in validator.iter_errors(value):
            yield f"the answer's {error.json_path}: {error.message}"


def normal(path: str) -> str:
    """The path in the words of the PowerShell flavour."""
    path = re.sub(r"/graph\.device(?=/|$)", "/microsoft.graph.device", path)
    path = re.sub(r"/(?:microsoft\.graph\.)?delta(?:\(\))?$", "/microsoft.graph.delta()", path)
    return re.sub(r"/(?:microsoft\.graph\.)?restore$", "/microsoft.graph.restore", path)


def _query(operation: Operation, exchange: Exchange) -> Iterator[str]:
    for name, text in exchange.query.items():
        if name not in operation.parameters and name not in OPAQUE:
            yield f"the query option {name} is not described"
        allowed = operation.parameters.get(name)
        values = {value.strip() for value in re.sub(r"\([^)]*\)", "", text).split(",")}
        for value in [] if allowed is None else sorted(values - allowed):
            yield f"{name} cannot be {value}"


def _body(operation: Operation, exchange: Exchange) -> Iterator[str]:
    try:
        body = json.loads(exchange.body or b"{}")
    except ValueError:
        yield "the body is no JSON"
        return
    for name in body:
        if name not in operation.members and not name.startswith("@"):
            yield f"the body's member {name} is not described"


def _values(schema: Node) -> frozenset[str] | None:
    values = schema.get("items", schema).get("enum")
    return None if values is None else frozenset(map(str, values))


def _loosened(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _loosened(value) for key, value in node.items() if (key, value) != LIMIT}
    return [_loosened(one) for one in node] if isinstance(node, list) else node


LIMIT = ("additionalProperties", {"type": "object"})
