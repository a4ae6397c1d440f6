"""The evidence of a finding as a line that a person reads."""

import re

import msgspec

INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|\+00:00)")
_DECODER = msgspec.json.Decoder()


def readable(evidence: str | None) -> str:
    """`by: directory; computer enabled: yes`; what is no JSON object is given as it is."""
    try:
        values = _DECODER.decode(evidence or "{}")
    except msgspec.DecodeError:
        return evidence or ""
    return _pairs(values, "; ") if isinstance(values, dict) else _value(values)


def _pairs(values: dict[str, object], between: str) -> str:
    return between.join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in values.items())


def _value(value: object) -> str:
    match value:
        case None:
            return "unknown"
        case bool():
            return "yes" if value else "no"
        case dict():
            return f"({_pairs(value, ', ')})"
        case list():
            return ", ".join(map(_value, value)) or "none"
        case str():
            return INSTANT.sub(r"\1 \2 UTC", value)
        case _:
            return str(value)
