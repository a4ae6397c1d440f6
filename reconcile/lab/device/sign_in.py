"""Whom a device lets in, and with what rights."""

from dataclasses import dataclass

from reconcile.lab.device.account import LocalAccount
from reconcile.lab.device.device import Device

CLOUD = "AzureAD"
CLOUD_ADMINISTRATOR = "S-1-12-1-2084211234-1204823311-3817263782-1029384756"


@dataclass(frozen=True)
class Session:
    account: str
    sid: str
    elevated: bool


SYSTEM = Session("NT AUTHORITY\\SYSTEM", "S-1-5-18", elevated=True)
"""Of who did not say who they are."""


def session(device: Device, user: str, password: str | None = None) -> Session | None:
    """A name alone, after that of a host, of the domain or AzureAD, or before the domain's; no password stands for the right one."""
    return _local(device, user, password) or _domain(device, user, password) or _cloud(device, user, password)


def _local(device: Device, user: str, password: str | None) -> Session | None:
    place, _, name = user.rpartition("\\")
    if place.casefold() not in {"", ".", device.name.casefold()}:
        return None
    account = next((one for one in device.accounts if one.name.casefold() == name.casefold()), None)
    if account is None or not account.enabled or account.password is None:
        return None
    if password not in {None, account.password}:
        return None
    return Session(f"{device.name}\\{account.name}", account.sid, _elevated(device, account))


def _elevated(device: Device, account: LocalAccount) -> bool:
    """Over the network the token of a local administrator is filtered, but for the built-in one."""
    return account.member and (account.built_in or device.token_filter_policy)


def _domain(device: Device, user: str, password: str | None) -> Session | None:
    company = device.company
    place, _, name = user.rpartition("\\")
    known = {company.netbios.casefold(), company.directory.domain}
    if not device.trusted or (place or name.partition("@")[2]).casefold() not in known:
        return None
    account = company.domain_account(name, password)
    if account is None:
        return None
    return Session(f"{company.netbios}\\{name.partition('@')[0]}", account.sid, account.admin)


def _cloud(device: Device, user: str, password: str | None) -> Session | None:
    place, _, upn = user.rpartition("\\")
    expected = device.company.cloud_accounts.get(upn.casefold())
    if not device.entra_sign_in or place.casefold() not in {"", CLOUD.casefold()} or expected is None:
        return None
    if password not in {None, expected}:
        return None
    return Session(f"{CLOUD}\\{upn}", CLOUD_ADMINISTRATOR, elevated=True)
