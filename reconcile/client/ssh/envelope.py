"""How a script gets into PowerShell on a host, and its answer out of what comes back."""

import base64
import binascii
import functools
import html
import re
from collections.abc import Mapping
from importlib import resources

import msgspec

from reconcile.client.remote.given import Parameter, Secret
from reconcile.client.remote.output import ScriptError

POWERSHELL = "powershell.exe -NoLogo -NoProfile -NonInteractive -ExecutionPolicy Bypass -EncodedCommand "
BEGIN, END = b"<<<reconcile", b"reconcile>>>"
CLIXML = re.compile(r'<S S="Error">(.*?)</S>', re.DOTALL)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Answer(msgspec.Struct, frozen=True):
    objects: tuple[object, ...]
    errors: tuple[ScriptError, ...]
    failed: bool


@functools.cache
def command_line() -> str:
    """The same for every script; all that is particular goes through standard input."""
    source = resources.files("reconcile.client.ssh").joinpath("bootstrap.ps1").read_text(encoding="utf-8")
    lines = (line.strip() for line in source.splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("#"))
    return POWERSHELL + base64.b64encode(code.encode("utf-16-le")).decode()


def envelope(script: str, parameters: Mapping[str, Parameter], secrets: Mapping[str, Secret]) -> bytes:
    """ASCII, so that no code page on the way changes it."""
    texts = {name: secret.text for name, secret in secrets.items()}
    whole = {"script": script, "parameters": dict(parameters), "secrets": texts}
    return base64.b64encode(msgspec.json.encode(whole)) + b"\n"


def answer(out: bytes) -> Answer | None:
    """What stands between the marks, whatever stands around them. Raises ValueError where it cannot be read."""
    before, end, _ = out.rpartition(END)
    _, begin, text = before.rpartition(BEGIN)
    if not (begin and end):
        return None
    try:
        return msgspec.json.decode(base64.b64decode(b"".join(text.split()), validate=True), type=Answer)
    except (binascii.Error, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"an answer that cannot be read: {error}") from error


def said(out: bytes, err: bytes) -> str:
    """What was said instead of an answer; PowerShell writes errors as XML where its command is an encoded one."""
    text = err.decode(errors="replace")
    if found := CLIXML.findall(text):
        text = ESCAPED.sub(lambda code: chr(int(code[1], 16)), html.unescape("".join(found)))
    return text.strip() or out.decode(errors="replace").strip()
