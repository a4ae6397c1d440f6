"""The scripts beside the code, each whole: what several share is written once, and put where they name it."""

import functools
import re
from importlib import resources
from typing import Literal

Name = Literal[
    "administrator",
    "administrator-restore",
    "certificates",
    "collect",
    "leave",
    "leave-domain",
    "registrations",
    "rejoin-off",
    "rejoin-restore",
    "restart",
    "whoami",
]
INCLUDE = re.compile(r"^# include (\w+)\n", re.MULTILINE)


@functools.cache
def script(name: Name) -> str:
    return INCLUDE.sub(lambda found: _text("part", f"{found[1]}.ps1") + "\n", _text(f"{name}.ps1"))


def _text(*path: str) -> str:
    return resources.files("reconcile.client.device").joinpath(*path).read_text(encoding="utf-8")
