"""Leaving the domain, as Remove-Computer does it: the account in AD is disabled at once, the device follows at its restart."""

from reconcile.lab.device.device import DISABLED, Device
from reconcile.lab.directory.schema import ATTRIBUTES
from reconcile.lab.directory.values import Change

NO_MEMBER = "Cannot perform operation because the computer is not joined to a domain."
UNJOIN = "Failed to unjoin computer '{name}' from domain '{domain}' with the following error message: {why}"
BAD_PASSWORD = "The user name or password is incorrect."  # noqa: S105 - what Windows says
DENIED = "Access is denied."


def leave_domain(device: Device, user: str, password: str, workgroup: str) -> str | None:
    """Why it did not; nothing where it did."""
    if device.domain is None or device.workgroup is not None:
        return NO_MEMBER
    account = device.company.domain_account(user, password)
    if account is None or not account.admin:
        return UNJOIN.format(
            name=device.name, domain=device.domain, why=DENIED if account is not None else BAD_PASSWORD
        )
    device.workgroup = workgroup
    _disable(device)
    return None


def _disable(device: Device) -> None:
    """Where the computer is gone from AD, the device leaves all the same."""
    entry = device.entry
    if entry is not None:
        control = (entry.number("userAccountControl") or 0) | DISABLED
        change = Change("replace", ATTRIBUTES["useraccountcontrol"], [str(control).encode()])
        device.company.directory.modify(entry.dn, [change])
