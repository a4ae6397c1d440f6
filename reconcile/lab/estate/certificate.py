"""The certificate that a computer writes into its own object before it joins: its subject is CN=<objectGUID>.

Only its shape is real: all share one public key, and nobody signed them. Ten thousand keys would take minutes.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache
from uuid import UUID

from reconcile.lab.ldap.ber import SEQUENCE, SET, put, put_number, put_text

OBJECT_ID, UTF8, UTC_TIME, BITS, NULL, VERSION = 0x06, 0x0C, 0x17, 0x03, 0x05, 0xA0
COMMON_NAME = bytes.fromhex("550403")
RSA, SHA256_RSA = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01010b")
SIZE = 256
"""Of the modulus, in bytes."""
YEARS = timedelta(days=3650)


def device_certificate(guid: UUID, since: datetime, issuer: str | None = None) -> bytes:
    """DER, of version 3 and with an RSA key of 2048 bits; its own issuer, unless there is another's common name."""
    name = _name(str(guid))
    algorithm = _algorithm(SHA256_RSA)
    body = put(
        SEQUENCE,
        put(VERSION, put_number(2)),
        put_number(guid.int),
        algorithm,
        _name(issuer) if issuer else name,
        put(SEQUENCE, _time(since), _time(since + YEARS)),
        name,
        _public_key(),
    )
    return put(SEQUENCE, body, algorithm, put(BITS, b"\0", _noise("signature")))


def _name(text: str) -> bytes:
    return put(SEQUENCE, put(SET, put(SEQUENCE, put(OBJECT_ID, COMMON_NAME), put_text(text, UTF8))))


def _algorithm(oid: bytes) -> bytes:
    return put(SEQUENCE, put(OBJECT_ID, oid), put(NULL))


def _time(moment: datetime) -> bytes:
    return put_text(f"{moment.astimezone(UTC):%y%m%d%H%M%S}Z", UTC_TIME)


@cache
def _public_key() -> bytes:
    modulus = int.from_bytes(_noise("modulus"), "big") | 1 | 1 << (8 * SIZE - 1)
    key = put(SEQUENCE, put_number(modulus), put_number(65537))
    return put(SEQUENCE, _algorithm(RSA), put(BITS, b"\0", key))


@cache
def _noise(purpose: str) -> bytes:
    return hashlib.shake_256(purpose.encode()).digest(SIZE)
