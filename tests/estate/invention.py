"""Invented ids, names and times; each depends on its label alone, so a new story moves nothing else."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
"""The clock of the estate: `reconcile sweep --now 2026-11-23T06:00:00Z`."""

TENANT = "7c1e54f0-3b9a-4d52-9f0e-61c3a8d2b745"
TENANT_NAME = "Contoso Sample"
OTHER_TENANT = "b04d9c6e-52a7-4e1b-8c3f-09f7d1e6a238"


@dataclass(frozen=True)
class Domain:
    dns: str
    netbios: str
    sid: str
    sites: tuple[str, ...]

    @property
    def base(self) -> str:
        return ",".join(f"DC={label}" for label in self.dns.split("."))


CORP = Domain(
    "corp.contoso.example", "CORP", "S-1-5-21-2718281828-1414213562-1732050807", ("Munich", "Berlin", "Hamburg")
)
EMEA = Domain("emea.contoso.example", "EMEA", "S-1-5-21-3141592653-1618033988-577215664", ("Paris", "Zürich", "Madrid"))
LAB = Domain("lab.contoso.example", "LAB", "S-1-5-21-2236067977-2645751311-3316624790", ("Test Bench",))
FABRIKAM = Domain("ad.fabrikam.example", "FABRIKAM", "S-1-5-21-1202056903-915965594-2685452001", ("Oslo",))
"""Bought last year; its directory is not in the export."""


def dice(*label: str) -> Random:
    return Random("/".join(("contoso", *label)))


def guid(*label: str) -> str:
    return str(UUID(int=dice("guid", *label).getrandbits(128), version=4))


def sid(domain: Domain, *label: str) -> str:
    return f"{domain.sid}-{dice('sid', *label).randrange(1105, 999_999)}"


def thumbprint(device_id: str) -> str:
    return f"{dice('thumbprint', device_id).getrandbits(160):040X}"


def hardware(*label: str) -> str:
    """The number in `[HWID]:h:<number>`."""
    return str(dice("hardware", *label).randrange(6_755_000_000_000_000, 6_985_000_000_000_000))


def ago(days: int, *label: str) -> datetime:
    """Some time between six and half past five on the day that many days before NOW's."""
    morning = NOW.replace(hour=6) - timedelta(days=days)
    return morning + timedelta(seconds=dice("ago", *label).randrange(41_400))
