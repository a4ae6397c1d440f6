"""What the script `collect` reads of a device. It changes nothing, and each part that fails says so."""

from collections.abc import Callable
from datetime import UTC, datetime

from reconcile.lab.device.account import Profile
from reconcile.lab.device.certificate import Certificate
from reconcile.lab.device.device import Device
from reconcile.lab.device.dsregcmd import Context, status
from reconcile.lab.device.sign_in import Session

Json = dict[str, object]
DENIED = "Access is denied."
DOMAIN_ADMINS = 512
ROLES = ("S-1-12-1-1046373118-1178425931-2895442337-3319041207", "S-1-12-1-3718291172-1220514377-1829370029-2210348817")
"""Of the tenant's device administrators and global administrators, whose names a device does not know."""
GONE = -2147024891
"""What dsregcmd exits with where it may not, or cannot."""


def o(moment: datetime) -> str:
    """As .NET's format of that name has it."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def collect(device: Device, who: Session) -> Json:
    reading = _Reading(device)
    remote = Context(who.account, who.elevated)
    text = reading.part("dsregcmd", lambda: status(device, remote))
    return {
        "host": device.name,
        "captured_at": o(device.company.now()),
        "account": who.account,
        "os": f"{device.os} {device.version}",
        "serial": reading.part("serial", lambda: device.serial or None),
        "domain": device.domain or device.group,
        "part_of_domain": device.domain is not None,
        "booted_at": reading.part("booted_at", lambda: o(device.booted_at)),
        "is_remote": True,
        "dsregcmd": text,
        "dsregcmd_exit": 0 if text is not None else GONE,
        "users": reading.part("users", lambda: _users(device, who)),
        "certificates": reading.part("certificates", lambda: _certificates(device, who, reading)),
        "cloud_join": [
            {"thumbprint": one.thumbprint, "tenant_id": one.tenant_id, "user": one.user} for one in device.cloud_join
        ],
        "workplace_join": reading.part("workplace_join", lambda: _workplace_join(device, who, reading)),
        "unloaded": [one.sid for one in device.profiles if not one.loaded],
        "administrators": reading.part("administrators", lambda: _administrators(device)),
        "built_in": reading.part("built_in", lambda: _built_in(device)),
        "rejoin": rejoin(device),
        "errors": reading.errors,
    }


class _Reading:
    def __init__(self, device: Device) -> None:
        self._failing = device.failing
        self.errors: list[Json] = []

    def part(self, name: str, read: Callable[[], object]) -> object:
        """Null where it fails, and an error."""
        if name in self._failing:
            self.fails(name, self._failing[name])
            return None
        return read()

    def fails(self, name: str, message: str) -> None:
        self.errors.append({"part": name, "message": message})


def _users(device: Device, who: Session) -> list[Json]:
    """Only who is elevated may start a task in another's session."""
    return [_user(device, one, who) for one in device.profiles if one.session is not None]


def _user(device: Device, profile: Profile, who: Session) -> Json:
    own = Context(f"{profile.account}, {profile.upn}", elevated=False, profile=profile)
    text = status(device, own) if who.elevated else None
    known: Json = {"account": profile.account, "sid": profile.sid, "session": profile.session}
    return known | {"status": text, "why": "" if who.elevated else DENIED}


def _certificates(device: Device, who: Session, reading: _Reading) -> list[Json]:
    hives = {one.sid for one in device.loaded}
    if hives and not who.elevated:
        reading.fails("certificates", DENIED)
    shown = {"LocalMachine"} | (hives if who.elevated else set())
    return [_certificate(one) for one in device.certificates if one.of_registration and one.store in shown]


def _certificate(one: Certificate) -> Json:
    return {
        "store": one.store,
        "issuer": one.issuer,
        "subject": one.subject,
        "thumbprint": one.thumbprint,
        "not_after": o(one.not_after),
    }


def _workplace_join(device: Device, who: Session, reading: _Reading) -> list[Json] | None:
    if device.loaded and not who.elevated:
        reading.fails("workplace_join", DENIED)
        return None
    return [
        {"sid": one.sid, "account": info.user, "thumbprint": info.thumbprint, "tenant_id": info.tenant_id}
        for one in device.loaded
        for info in one.registrations
    ]


def _administrators(device: Device) -> list[Json]:
    local = [_member(one.sid, one.name, enabled=one.enabled) for one in device.accounts if one.member]
    if device.domain is not None:
        company = device.company
        group = f"{company.directory.domain_sid}-{DOMAIN_ADMINS}"
        return [*local, _member(group, "Domain Admins")]
    return local + [_member(sid, sid) for sid in ROLES if device.join is not None]


def _member(sid: str, name: str, *, enabled: bool | None = None) -> Json:
    """A local one says whether it is enabled; the rest are groups from elsewhere."""
    local = enabled is not None
    return {"sid": sid, "name": name, "kind": "User" if local else "Group", "local": local, "enabled": enabled}


def _built_in(device: Device) -> Json | None:
    one = device.built_in
    return {"sid": one.sid, "name": one.name, "enabled": one.enabled} if one else None


def rejoin(device: Device) -> Json:
    return {"task": device.rejoin.task, "block": device.rejoin.block, "auto": device.rejoin.auto}
