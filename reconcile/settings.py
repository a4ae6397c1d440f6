"""`inputs/settings.toml` as frozen dataclasses; every key has a default, an unknown key is an error.

Source of the names and defaults: the README's "Settings". What is secret stands in the environment, and only this file reads it.
"""

import dataclasses
import difflib
import os
import tomllib
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Literal, TypeVar
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from reconcile.errors import SettingsError

T = TypeVar("T")

MIN_STALE_DAYS = 21
"""Entra refreshes a device's activity only every 14 days, give or take 5: less proves nothing."""

MAX_DAYS = 36_500
"""A hundred years: more is a slip of the keyboard, and leaves the calendar."""

MAX_WRITES = 20
"""Graph takes 3,000 writes in 150 s of one app in one tenant."""

PROTECTIONS = (
    "autopilot",
    "autopilot-unknown",
    "domain-controller",
    "rodc",
    "cluster",
    "gmsa",
    "sso-account",
    "server",
    "critical",
    "managed",
    "compliant",
    "new",
    "recently-active",
    "protected-list",
    "restricted-unit",
    "vdi",
    "not-windows",
    "cluster-unknown",
)
"""What can hold a finding back from a plan, in the order `blocked_by` names them."""


@dataclass(frozen=True)
class Tenant:
    id: str | None = None
    name: str | None = None


CredentialName = Literal[
    "default", "managed-identity", "workload-identity", "client-secret", "certificate", "azure-cli", "device-code"
]
Extra = Literal["owners", "deleted", "intune", "autopilot", "sync-threshold"]
"""What a live pull of Entra can bring beside the devices, each with rights of its own."""
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True)
class Entra:
    live: bool = False
    endpoint: str = "https://graph.microsoft.com"
    credential: CredentialName = "default"
    client_id: str | None = None
    ca_file: str | None = None
    also: tuple[Extra, ...] = ()
    full_every: int = 7
    complete: bool = False


@dataclass(frozen=True)
class Directory:
    live: bool = False
    servers: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    date_format: str | None = None
    date_zone: str | None = None
    complete: bool = False

    @property
    def configured(self) -> bool:
        """Whether a directory is expected: then no snapshot of it means incomplete, not absent."""
        return self.live or bool(self.servers) or bool(self.domains)


@dataclass(frozen=True)
class Agents:
    live: bool = False
    trust_mtime: bool = True


@dataclass(frozen=True)
class Policy:
    stale_days: int = 90
    agent_fresh_days: int = 14
    new_days: int = 14
    recently_active_days: int = 30
    lift: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    max_rejected: float = 0.01
    writes_per_second: float = 15.0


@dataclass(frozen=True)
class Settings:
    tenant: Tenant = field(default_factory=Tenant)
    entra: Entra = field(default_factory=Entra)
    directory: Directory = field(default_factory=Directory)
    agents: Agents = field(default_factory=Agents)
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Azure:
    """azure-identity's own variables; the secrets among them are never shown."""

    tenant_id: str | None = None
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    client_certificate_path: str | None = None
    client_certificate_password: str | None = field(default=None, repr=False)
    authority_host: str | None = None


def azure_environment() -> Azure:
    """AZURE_TENANT_ID and its like; one that is empty is as good as not set."""
    return Azure(
        **{item.name: os.environ.get(f"AZURE_{item.name.upper()}") or None for item in dataclasses.fields(Azure)}
    )


def template() -> str:
    """The commented settings.toml that `reconcile init` writes."""
    return resources.files("reconcile").joinpath("settings.toml").read_text(encoding="utf-8")


def load(file: Path) -> Settings:
    """The settings in the file; the defaults where there is none. Raises SettingsError."""
    if not file.exists():
        return Settings()
    try:
        text = file.read_text(encoding="utf-8-sig")
        tables = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(file), f"is not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(str(file), f"cannot be read: {error}") from error
    settings: Settings = _build(Settings, tables, str(file))
    _check(settings, str(file))
    return settings


def _build(kind: type[T], values: dict[str, object], where: str) -> T:
    known = typing.get_type_hints(kind)
    for name in sorted(values.keys() - known.keys()):
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise SettingsError(f"{where} {name}", f"there is no such setting{hint}")
    return kind(**{name: _value(known[name], value, f"{where} {name}") for name, value in values.items()})


def _value(kind: type, value: object, where: str) -> object:
    if dataclasses.is_dataclass(kind):
        return _build(kind, _expect(value, dict, where, "a table"), where)
    if typing.get_origin(kind) is tuple:
        of = typing.get_args(kind)[0]
        return tuple(_text(of, item, where, "a list of texts") for item in _expect(value, list, where, "a list"))
    if typing.get_origin(kind) is Literal:
        return _text(kind, value, where, "a text")
    if typing.get_origin(kind) is types.UnionType:
        return _expect(value, str, where, "a text")
    if kind is float and type(value) is int:
        return float(value)
    return _expect(
        value, kind, where, {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[kind]
    )


def _text(kind: type, value: object, where: str, wanted: str) -> str:
    """A text, and one of those that are known where they are listed."""
    text, known = _expect(value, str, where, wanted), typing.get_args(kind)
    if known and text not in known:
        raise SettingsError(where, f"{text!r} is none of {', '.join(known)}")
    return text


def _expect(value: object, kind: type[T], where: str, wanted: str) -> T:
    if type(value) is not kind:
        raise SettingsError(where, f"must be {wanted}, not {value!r}")
    return value


def _check(settings: Settings, file: str) -> None:
    _check_policy(settings.policy, file)
    if not 0 <= settings.limits.max_rejected <= 1:
        raise SettingsError(f"{file} limits max_rejected", "must be a share from 0 to 1")
    if not 0 < settings.limits.writes_per_second <= MAX_WRITES:
        raise SettingsError(
            f"{file} limits writes_per_second", f"must be above 0 and at most {MAX_WRITES}, Graph's own limit"
        )
    _parse(_guid, settings.tenant.id, f"{file} tenant id", "a GUID")
    _check_entra(settings.entra, f"{file} entra")
    directory = settings.directory
    if (directory.date_format is None) != (directory.date_zone is None):
        raise SettingsError(f"{file} directory", "date_format and date_zone go together")
    _parse(_date_format, directory.date_format, f"{file} directory date_format", "such as %d.%m.%Y %H:%M:%S")
    _parse(ZoneInfo, directory.date_zone, f"{file} directory date_zone", "a time zone such as Europe/Berlin")


def _check_entra(entra: Entra, where: str) -> None:
    _parse(_guid, entra.client_id, f"{where} client_id", "a GUID")
    if entra.full_every < 1:
        raise SettingsError(f"{where} full_every", "must be 1 (every pull is a full one) or more")
    address = urlsplit(entra.endpoint)
    if address.scheme not in {"http", "https"} or not address.hostname or address.path.strip("/") or address.query:
        raise SettingsError(f"{where} endpoint", f"must be such as https://graph.microsoft.com, not {entra.endpoint!r}")
    if address.scheme == "http" and address.hostname not in LOOPBACK:
        raise SettingsError(f"{where} endpoint", "must be https: tokens are not sent in the clear")


def _check_policy(policy: Policy, file: str) -> None:
    if policy.stale_days < MIN_STALE_DAYS:
        raise SettingsError(
            f"{file} policy stale_days",
            f"{policy.stale_days} is refused: Entra refreshes activity only every two to three weeks, so less than {MIN_STALE_DAYS} proves nothing",
        )
    for name in ("stale_days", "agent_fresh_days", "new_days", "recently_active_days"):
        if not 0 <= getattr(policy, name) <= MAX_DAYS:
            raise SettingsError(f"{file} policy {name}", f"must be from 0 to {MAX_DAYS}")
    for name in policy.lift:
        if name not in PROTECTIONS:
            raise SettingsError(f"{file} policy lift", f"{name!r} is no protection; there are {', '.join(PROTECTIONS)}")


def _parse(kind: Callable[[str], object], text: str | None, where: str, wanted: str) -> None:
    try:
        if text is not None:
            kind(text)
    except (ValueError, KeyError, OSError) as error:  # ZoneInfo has all three
        raise SettingsError(where, f"must be {wanted}, not {text!r}") from error


def _guid(text: str) -> None:
    """UUID takes braces, urn: and no hyphens at all; what it is compared with has none of these."""
    if str(UUID(text)) != text.lower():
        raise ValueError(text)


def _date_format(text: str) -> None:
    """A format that takes %M for %m would make every date an old one: it must give back what it wrote."""
    wrote = datetime(2001, 11, 23, 14, 5, 6, tzinfo=UTC)
    read = datetime.strptime(wrote.strftime(text), text).replace(tzinfo=UTC)
    if read.date() != wrote.date() or read.hour not in {0, wrote.hour}:
        raise ValueError(text)
