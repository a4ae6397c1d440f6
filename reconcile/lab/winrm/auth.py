"""Who may ask a WinRM host: by basic over TLS, or by Negotiate, which can also encrypt what follows on its connection.

pyspnego's acceptor knows passwords from the file that NTLM_USER_FILE names, and from nowhere else: whoever serves
Negotiate sets that first.
"""

import asyncio
import base64
import re
import struct
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import spnego
from aiohttp import web
from spnego.exceptions import SpnegoError

from reconcile.lab.winrm.lab import WinRM

BOUNDARY = "--Encrypted Boundary"
KIND = "application/HTTP-SPNEGO-session-encrypted"
OCTETS = b"\tContent-Type: application/octet-stream\r\n"


@dataclass(frozen=True)
class Guest:
    """Who was let in. `context` is that of its connection, where it negotiated one; `greeting` goes with the answer."""

    context: spnego.ContextProxy | None = None
    greeting: str | None = None
    user: str = ""


@dataclass
class Door:
    lab: WinRM
    _contexts: "WeakKeyDictionary[asyncio.BaseTransport, spnego.ContextProxy]" = field(
        default_factory=WeakKeyDictionary
    )

    def admit(self, request: web.Request, host: str) -> Guest | None:
        """Raises HTTPUnauthorized; nothing for a request whose connection is gone."""
        if request.transport is None:
            return None
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if scheme == "Basic" and request.secure and (user := self._known(host, text)):
            return Guest(user=user)
        if scheme in {"Negotiate", "NTLM"} and self.lab.negotiate:
            return self._step(request.transport, scheme, base64.b64decode(text))
        context = self._contexts.get(request.transport)
        if context is None or not context.complete:
            raise self._refused(request)
        return Guest(context, user=context.client_principal or "")

    def _known(self, host: str, text: str) -> str | None:
        """The user, where that is the password."""
        user, _, password = base64.b64decode(text).decode(errors="replace").partition(":")
        if self.lab.sign_in is not None:
            return user if self.lab.sign_in(host, user, password) else None
        return user if self.lab.accounts.get(user) == password else None

    def _step(self, transport: asyncio.Transport, scheme: str, token: bytes) -> Guest:
        """One leg of the handshake. Raises HTTPUnauthorized until it is whole."""
        context = self._contexts.get(transport)
        if context is None or context.complete:
            context = self._contexts[transport] = spnego.server(
                protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate
            )
        try:
            said = context.step(token)
        except SpnegoError as error:
            del self._contexts[transport]
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": scheme}) from error
        greeting = f"{scheme} {base64.b64encode(said).decode()}" if said else None
        if not context.complete:
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": greeting or scheme})
        return Guest(context, greeting, context.client_principal or "")

    def _refused(self, request: web.Request) -> web.HTTPUnauthorized:
        offers = ["Negotiate"] * self.lab.negotiate + ['Basic realm="WSMAN"'] * request.secure
        return web.HTTPUnauthorized(headers={"WWW-Authenticate": ", ".join(offers)})


def unsealed(context: spnego.ContextProxy, body: bytes) -> bytes:
    """What an encrypted request says. Source: MS-WSMV, "Encrypting WinRM messages"."""
    _, head, sealed = re.split(rb"--\s*Encrypted Boundary\r\n", body, maxsplit=2)
    assert b"session-encrypted" in head, "not an encrypted message"
    data = sealed.removeprefix(OCTETS)
    data = data[: data.rindex(b"--Encrypted Boundary--")]
    (length,) = struct.unpack_from("<i", data)
    return context.unwrap_winrm(data[4 : 4 + length], data[4 + length :])


def sealed(context: spnego.ContextProxy, body: bytes) -> bytes:
    header, data, padding = context.wrap_winrm(body)
    original = f"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length={len(body) + padding}"
    head = "\r\n".join((BOUNDARY, f"\tContent-Type: {KIND}", original, BOUNDARY, ""))
    return head.encode() + OCTETS + struct.pack("<i", len(header)) + header + data + f"{BOUNDARY}--\r\n".encode()


CONTENT_TYPE = f'multipart/encrypted;protocol="{KIND}";boundary="Encrypted Boundary"'
