"""What the scripts that act do to a device, and what they print of it. Each does nothing where there is nothing to do."""

import base64
from collections.abc import Callable

from reconcile.lab.device.account import LocalAccount, Profile
from reconcile.lab.device.certificate import MACHINE, Certificate
from reconcile.lab.device.collect import DENIED, Json, collect, o, rejoin
from reconcile.lab.device.device import Device, Task
from reconcile.lab.device.domain import leave_domain
from reconcile.lab.device.sign_in import Session
from reconcile.lab.winrm.lab import Invocation

Done = tuple[Json, bool]
"""What is printed, and whether anything was changed."""
Act = Callable[[Device, Invocation], Done]
SHORTEST = 8
WEAK = "The password does not meet the password policy requirements. Check the minimum password length, complexity and history."
NOT_LOADED = "The hive of this user is not loaded."
NO_ACCOUNT = "There is no such account."
PARTS = {
    "administrator-restore": "administrator",
    "leave-domain": "domain",
    "rejoin-off": "rejoin",
    "rejoin-restore": "rejoin",
}
"""What scripts call that which fails, where it is not their own name."""
FIRST_RID = 1001
TASKS: dict[str, Task] = {"ready": "ready", "disabled": "disabled"}


def answered(device: Device, who: Session, invocation: Invocation, name: str) -> Done | None:
    """Nothing where there is no such script."""
    if name == "collect":
        return collect(device, who), False
    if name == "whoami":
        return {"account": who.account, "sid": who.sid, "elevated": who.elevated, "host": device.name}, False
    act = ACTS.get(name)
    if act is None:
        return None
    if not who.elevated:
        return told(None, did=False, error=(PARTS.get(name, name), DENIED)), False
    if name in device.without_effect:
        return act(device.untouched(), invocation)[0], False
    return act(device, invocation)


def told(before: object, *, did: bool, error: tuple[str, str] | None = None, **rest: object) -> Json:
    errors = [{"part": error[0], "message": error[1]}] if error else []
    return {"before": before, "did": did, "errors": errors, **rest}


def _administrator(device: Device, invocation: Invocation) -> Done:
    name, password = str(invocation.parameters.get("Name") or ""), invocation.secrets.get("Password", "")
    found = _account(device, name)
    before = {
        "exists": found is not None,
        "enabled": found.enabled if found else None,
        "member": bool(found and found.member),
    }
    if len(password) < SHORTEST:
        return told(before, did=False, error=("administrator", WEAK), sid=None, name=None), False
    account = found or _created(device, name)
    wanted = (True, password, True)
    changed = (account.enabled, account.password, account.member) != wanted
    account.enabled, account.password, account.member = wanted
    return told(before, did=changed, sid=account.sid, name=account.name), changed


def _administrator_restore(device: Device, invocation: Invocation) -> Done:
    """Takes away only; what it was before is for the caller to know."""
    given = invocation.parameters
    account = next((one for one in device.accounts if one.sid == given.get("Sid")), None)
    if account is None:
        return told(None, did=False, error=("administrator", NO_ACCOUNT)), False
    before = {"exists": True, "enabled": account.enabled, "member": account.member}
    account.enabled, account.member = (
        account.enabled and bool(given["Enabled"]),
        account.member and bool(given["Member"]),
    )
    did = (account.enabled, account.member) != (before["enabled"], before["member"])
    return told(before, did=did), did


def _account(device: Device, name: str) -> LocalAccount | None:
    """Without a name the built-in one."""
    if not name:
        return device.built_in
    return next((one for one in device.accounts if one.name.casefold() == name.casefold()), None)


def _created(device: Device, name: str) -> LocalAccount:
    last = max((int(one.sid.rpartition("-")[2]) for one in device.accounts), default=0)
    account = LocalAccount(f"{device.machine_sid}-{max(FIRST_RID, last + 1)}", name, enabled=False, member=False)
    device.accounts.append(account)
    return account


def _rejoin_off(device: Device, _: Invocation) -> Done:
    before, now = rejoin(device), device.rejoin
    if now.task == "ready":
        now.task = "disabled"
    now.block, now.auto = 1, 0
    did = rejoin(device) != before
    return told(before, did=did), did


def _rejoin_restore(device: Device, invocation: Invocation) -> Done:
    """An empty value is one that was absent."""
    before, now = rejoin(device), device.rejoin
    task, block, auto = (str(invocation.parameters.get(name) or "") for name in ("Task", "Block", "Auto"))
    now.block, now.auto = (int(value) if value else None for value in (block, auto))
    if now.task != "absent":
        now.task = TASKS.get(task, now.task)
    return told(before, did=True), rejoin(device) != before


def _leave(device: Device, _: Invocation) -> Done:
    """Of the machine's own registration; those of users stay, as does the day's certificate."""
    before = {"entra_joined": device.join is not None, "device_id": device.device_id}
    if device.join is None:
        return told(before, did=False, exit=None, text=None), False
    keys = {one.thumbprint for one in device.cloud_join}
    device.certificates = [one for one in device.certificates if one.store != MACHINE or one.thumbprint not in keys]
    device.cloud_join.clear()
    device.self_signed = None
    return told(before, did=True, exit=0, text="Leaving: DsrDeviceLeave succeeded."), True


def _restart(device: Device, invocation: Invocation) -> Done:
    booted_at = o(device.booted_at)
    begins = device.restart(float(str(invocation.parameters.get("DelaySeconds") or 0)))
    return told({"booted_at": booted_at}, did=begins, booted_at=booted_at), begins


def _certificates(device: Device, _: Invocation) -> Done:
    stores = {MACHINE, *(one.sid for one in device.loaded)}
    gone = [one for one in device.certificates if one.of_registration and one.store in stores]
    return _removed(device, gone, [_shown(one) for one in gone])


def _removed(device: Device, gone: list[Certificate], removed: list[Json]) -> Done:
    device.certificates = [one for one in device.certificates if one not in gone]
    return told({"removed": removed}, did=bool(removed)), bool(removed)


def _shown(one: Certificate) -> Json:
    der = base64.b64encode(one.der).decode()
    return {"store": one.store, "thumbprint": one.thumbprint, "subject": one.subject, "der": der}


def _registrations(device: Device, invocation: Invocation) -> Done:
    sid = str(invocation.parameters.get("Sid") or "")
    chosen = [one for one in device.loaded if sid in {"", one.sid}]
    if sid and not chosen:
        return told({"removed": []}, did=False, error=("registrations", NOT_LOADED)), False
    removed = [entry for profile in chosen for entry in _of_profile(profile)]
    stores = {profile.sid for profile in chosen}
    gone = [one for one in device.certificates if one.of_registration and one.store in stores]
    for profile in chosen:
        profile.registrations.clear()
    return _removed(device, gone, removed + [_shown(one) | {"sid": one.store} for one in gone])


def _of_profile(profile: Profile) -> list[Json]:
    return [
        {"sid": profile.sid, "account": one.user, "thumbprint": one.thumbprint, "tenant_id": one.tenant_id}
        for one in profile.registrations
    ]


def _leave_domain(device: Device, invocation: Invocation) -> Done:
    before: Json = {"domain": device.domain}
    if device.domain is None:
        return told(before, did=False), False
    error = leave_domain(
        device,
        str(invocation.parameters.get("User") or ""),
        invocation.secrets.get("Password", ""),
        str(invocation.parameters.get("Workgroup") or "WORKGROUP"),
    )
    return told(before, did=error is None, error=("domain", error) if error else None), error is None


ACTS: dict[str, Act] = {
    "administrator": _administrator,
    "administrator-restore": _administrator_restore,
    "rejoin-off": _rejoin_off,
    "rejoin-restore": _rejoin_restore,
    "leave": _leave,
    "leave-domain": _leave_domain,
    "restart": _restart,
    "certificates": _certificates,
    "registrations": _registrations,
}
"""By the name that a script's first line gives."""
