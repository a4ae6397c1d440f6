"""What a file in the wrong folder looks like, so that its refusal can say where it belongs."""

from collections.abc import Iterable

BY_NAME = {
    "objectguid": "computers of Active Directory, which belong into inputs/directory",
    "distinguishedname": "computers of Active Directory, which belong into inputs/directory",
    "azureaddeviceid": "the managed devices of Intune",
    "azureactivedirectorydeviceid": "the devices of Windows Autopilot",
    "volumetype": "BitLocker keys",
    "credentials": "local administrator passwords",
    "userprincipalname": "users",
    "captured_at": "reports of devices, which belong into inputs/agents",
    "status": "reports of devices, which belong into inputs/agents",
}
BY_TEXT = {
    "| device state": "a capture of dsregcmd, which belongs into inputs/agents",
    "azureadjoined :": "a capture of dsregcmd, which belongs into inputs/agents",
    "dn: ": "LDIF of Active Directory, which belongs into inputs/directory",
    "dn:: ": "LDIF of Active Directory, which belongs into inputs/directory",
}
SHOWN = 8


def by_names(names: Iterable[str]) -> str:
    """What has members or columns of these names."""
    listed = list(names)
    folded = {name.casefold() for name in listed}
    known = next((what for name, what in BY_NAME.items() if name in folded), None)
    shown = ", ".join(listed[:SHOWN]) + (" …" if len(listed) > SHOWN else "")
    return f"{f'looks like {known}' if known else 'holds no devices of Entra'}: it has {shown or 'no names'}"


def by_text(start: str) -> str | None:
    """What begins like this; None where nothing is known that does."""
    known = next((what for mark, what in BY_TEXT.items() if mark in start.casefold()), None)
    return None if known is None else f"looks like {known}"
