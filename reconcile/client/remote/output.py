"""What became of a script on one host: what it said, or why it said nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

import msgspec

from reconcile.client.remote.given import Secret

T = TypeVar("T")

Outcome = Literal["done", "unresolved", "refused", "timed-out", "wrong-identity", "authentication", "lost", "failed"]
"""lost: the connection broke; failed: the host answered, and could or would not."""
SHOWN = 500
HIDDEN = "***"
UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError)


@dataclass(frozen=True)
class ScriptError:
    """An error record; `id` is PowerShell's own FullyQualifiedErrorId."""

    message: str
    id: str = ""


@dataclass(frozen=True)
class Output:
    """`begun`: the script was sent, so that it may have run, whatever the outcome."""

    outcome: Outcome
    why: str = ""
    objects: tuple[object, ...] = ()
    """JSON's kinds of values only."""
    errors: tuple[ScriptError, ...] = ()
    begun: bool = False

    @property
    def ok(self) -> bool:
        return self.outcome == "done"


def read(output: Output, kind: type[T]) -> tuple[Output, T | None]:
    """The one JSON text that the script printed; nothing where there is none, and then the output is a failed one."""
    if not output.ok:
        return output, None
    try:
        return output, msgspec.json.decode("".join(map(str, output.objects)), type=kind)
    except UNREADABLE as error:
        said = "; ".join(one.message for one in output.errors) or f"an answer that cannot be read: {error}"
        return replace(output, outcome="failed", why=said), None


def plain(value: object) -> object:
    """An object of PowerShell's as JSON has it; what is nothing of the kind, as PowerShell prints it."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        return [plain(one) for one in value]
    return str(value)


def without(secrets: Iterable[Secret], output: Output) -> Output:
    """No secret that went in comes out in what is told of an error."""
    hidden = [secret for secret in secrets if secret.text]
    errors = tuple(ScriptError(line(hidden, one.message), line(hidden, one.id)) for one in output.errors)
    return replace(output, why=line(hidden, output.why), errors=errors)


def line(secrets: Iterable[Secret], text: str) -> str:
    """One line of it, without the secrets."""
    for secret in secrets:
        text = text.replace(secret.text, HIDDEN) if secret.text else text
    return " ".join(text.split())[:SHOWN]
