"""What PowerShell would do with the constant command that a script arrives by: take it out, and put its answer in.

PowerShell itself is not spoken here; the command is known by the marks that it writes.
"""

import base64
import re
from collections.abc import Sequence

import msgspec

from reconcile.lab.winrm.lab import Invocation, Said

LINE = re.compile(r"powershell\.exe (?:-\w+ (?:Bypass )?)*-EncodedCommand ([A-Za-z0-9+/=]+)")
BEGIN, END = "<<<reconcile", "reconcile>>>"
KIND = "RuntimeException"
WIDTH = 76


class Envelope(msgspec.Struct):
    script: str
    parameters: dict[str, object]
    secrets: dict[str, str]


def is_ours(line: str) -> bool:
    found = LINE.fullmatch(line)
    return found is not None and BEGIN in base64.b64decode(found[1]).decode("utf-16-le")


def invocation(host: str, user: str, stdin: bytes) -> Invocation:
    """Raises ValueError or msgspec.DecodeError where the envelope did not arrive whole."""
    envelope = msgspec.json.decode(base64.b64decode(stdin), type=Envelope)
    return Invocation(host, envelope.script, envelope.parameters, envelope.secrets, user)


def answer(said: Said) -> bytes:
    """Between its marks, in lines as .NET breaks them."""
    texts = [*said.errors, *([] if said.thrown is None else [said.thrown])]
    whole = {"objects": said.objects, "errors": _errors(texts), "failed": said.thrown is not None}
    text = base64.b64encode(msgspec.json.encode(whole)).decode()
    lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)]
    return "\r\n".join(("", BEGIN, *lines, END, "")).encode()


def _errors(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"message": text, "id": KIND} for text in texts]
