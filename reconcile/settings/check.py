"""Settings that can be read and cannot be meant."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from reconcile.errors import SettingsError
from reconcile.settings.model import LOOPBACK, PROTECTIONS, Agents, Directory, Entra, Policy, Settings

MIN_STALE_DAYS = 21
"""Entra refreshes a device's activity only every 14 days, give or take 5: less proves nothing."""

MAX_DAYS = 36_500
"""A hundred years: more is a slip of the keyboard, and leaves the calendar."""

MAX_WRITES = 20
"""Graph takes 3,000 writes in 150 s of one app in one tenant."""

GLOBAL_CATALOG = (3268, 3269)
JUMP = re.compile(r"[^@\s]+@[^@:\s]+(:\d{1,5})?")


def check(settings: Settings, file: str) -> None:
    """Raises SettingsError."""
    _check_policy(settings.policy, file)
    if not 0 <= settings.limits.max_rejected <= 1:
        raise SettingsError(f"{file} limits max_rejected", "must be a share from 0 to 1")
    if not 0 < settings.limits.writes_per_second <= MAX_WRITES:
        raise SettingsError(
            f"{file} limits writes_per_second", f"must be above 0 and at most {MAX_WRITES}, Graph's own limit"
        )
    _parse(_guid, settings.tenant.id, f"{file} tenant id", "a GUID")
    _check_entra(settings.entra, f"{file} entra")
    _check_directory(settings.directory, f"{file} directory")
    _check_agents(settings.agents, f"{file} agents")
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


def _check_agents(agents: Agents, where: str) -> None:
    for name, least, most in (("port", 0, 65_535), ("at_once", 1, 500), ("per_site", 1, 500)):
        if not least <= getattr(agents, name) <= most:
            raise SettingsError(f"{where} {name}", f"must be from {least} to {most}")
    if agents.jump and not JUMP.fullmatch(agents.jump):
        raise SettingsError(f"{where} jump", f"must be such as svc@gate.corp.example.com:22, not {agents.jump!r}")
    if agents.auth == "certificate" and not (agents.certificate_file and agents.key_file):
        raise SettingsError(f"{where} auth", "certificate needs certificate_file and key_file")
    if agents.transport == "ssh" and agents.live and not agents.user:
        raise SettingsError(f"{where} user", "must be set: ssh needs one")


def _check_directory(directory: Directory, where: str) -> None:
    if directory.full_every < 1:
        raise SettingsError(f"{where} full_every", "must be 1 (every pull is a full one) or more")
    if directory.live and not directory.servers:
        raise SettingsError(f"{where} servers", "must name a domain controller, such as ldaps://dc1.corp.example.com")
    if directory.bind != "kerberos" and directory.servers and not (directory.user or directory.users):
        raise SettingsError(f"{where} user", f"must be set: bind = {directory.bind!r} needs a user and its password")
    for key, url in (
        *(("servers", url) for url in directory.servers),
        *([("write_server", directory.write_server)] if directory.write_server else []),
    ):
        address = urlsplit(url)
        if address.scheme not in {"ldap", "ldaps"} or not address.hostname or address.path.strip("/"):
            raise SettingsError(f"{where} {key}", f"must be such as ldaps://dc1.corp.example.com, not {url!r}")
        if address.port in GLOBAL_CATALOG:
            raise SettingsError(
                f"{where} {key}", f"{url} is a global catalog, which holds only a part of each computer"
            )


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
