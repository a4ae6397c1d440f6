"""What a tenant lets us do, line by line."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from azure.core.credentials import AccessToken

from reconcile.client.check import Check
from reconcile.client.graph.credential import Tokens
from reconcile.client.graph.doctor import examine
from reconcile.settings import Entra, Extra, Settings, Tenant
from tests.client.graph.authority import token
from tests.client.graph.canned import canned, said, served
from tests.client.graph.session import HASTY, SCOPE, Session, opened, session

ALL: tuple[Extra, ...] = ("owners", "deleted", "intune", "autopilot", "sync-threshold")
LATER = ("disable, delete and restore devices", "read BitLocker keys", "read LAPS passwords")
LAST_SYNC = "read when the last sync was"


def examined(entra: Session, *also: Extra, now: datetime | None = None) -> dict[str, Check]:
    settings = Settings(Tenant(entra.lab.tenant.tenant_id), Entra(credential="client-secret", also=also))
    checks = entra.run(examine(entra.graph, settings, now or datetime.now(UTC)))
    assert len({check.what for check in checks}) == len(checks)
    return {check.what: check for check in checks}


def test_where_every_right_is_there_all_is_well(entra: Session) -> None:
    found = examined(entra, *ALL)

    assert {check.state for check in found.values()} == {"ok"}
    assert list(found)[:4] == ["token", "tenant", "clock", "read devices"]
    assert found["token"].said.startswith("by client-secret, for 10000000-0000-4000-8000-00000000000b, good for 5")
    assert found["tenant"].said == f"{entra.lab.tenant.tenant_id}, as settings say"
    assert found["read devices"].said == "60 devices are counted"
    assert found["read deleted devices"].said == "tried, Device.Read.All"
    assert found["threshold of the sync"].said == "500 deletions in one cycle stop the sync"
    assert [what for what, check in found.items() if not check.needed] == [*LATER, LAST_SYNC]


def test_nothing_is_changed_and_no_secret_is_read(entra: Session) -> None:
    examined(entra, *ALL)

    assert {line.method for line in entra.lab.log} == {"GET"}
    assert entra.lab.audits == []


def test_each_right_that_is_missing_is_named_and_is_needed_only_where_settings_ask() -> None:
    with session(5, roles=("Device.Read.All",)) as entra:
        found = examined(entra, "intune", "owners")

    assert {what for what, check in found.items() if check.state == "missing"} == {
        "read Intune's devices",
        "read Autopilot's devices",
        "read the owners of devices",
        "read the sync's deletion threshold",
        *LATER,
        LAST_SYNC,
    }
    assert {what for what, check in found.items() if check.needed and check.state != "ok"} == {
        "read the owners of devices",
        "read Intune's devices",
    }
    assert "It needs DeviceManagementManagedDevices.Read.All" in found["read Intune's devices"].said
    assert found["read the owners of devices"].said == "the token does not list User.Read.All"
    assert found["threshold of the sync"].state == "unknown"


def test_who_may_not_read_devices_is_told_so() -> None:
    with session(5, roles=("User.Read.All",)) as entra:
        found = examined(entra)

    assert (found["read devices"].state, found["read devices"].needed) == ("missing", True)
    assert "It needs Device.Read.All to read devices" in found["read devices"].said


def test_a_right_that_lists_only_is_not_the_right_to_read_secrets() -> None:
    with session(5, roles=("Device.Read.All", "BitlockerKey.ReadBasic.All")) as entra:
        found = examined(entra)

    assert found["read BitLocker keys"].said == "the token does not list BitlockerKey.Read.All"


@pytest.mark.parametrize(
    ("skew", "state", "told"),
    [(60, "ok", "60 s ahead of Graph's"), (-600, "missing", "600 s behind Graph's: set this machine's clock")],
)
def test_a_clock_that_is_wrong_is_seen(entra: Session, skew: int, state: str, told: str) -> None:
    check = examined(entra, now=datetime.now(UTC) + timedelta(seconds=skew))["clock"]

    digits = "".join(letter for letter in check.said if letter.isdigit())
    assert check.state == state
    assert abs(int(digits) - abs(skew)) <= 5
    assert check.said.removeprefix(digits) == told.lstrip("0123456789")


def test_another_tenant_and_a_missing_token_end_it(entra: Session) -> None:
    settings = Settings(Tenant("c0ffee00-0000-4000-8000-000000000001"))

    (check,) = entra.run(examine(entra.graph, settings, datetime.now(UTC)))

    assert (check.what, check.state, check.needed) == ("token", "missing", True)
    assert "the token is for the tenant" in check.said


def test_the_tenant_is_proposed_where_settings_name_none(entra: Session) -> None:
    checks = entra.run(examine(entra.graph, Settings(), datetime.now(UTC)))

    assert (checks[1].state, checks[1].needed) == ("unknown", False)
    assert f"the token says {entra.lab.tenant.tenant_id}; set [tenant] id to it" in checks[1].said


def test_where_graph_does_not_answer_the_token_is_told_all_the_same(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("reset", times=None)

    checks = entra.run(examine(entra.graph, Settings(), datetime.now(UTC)))

    assert [(check.what, check.state) for check in checks] == [
        ("token", "ok"),
        ("tenant", "unknown"),
        ("Graph", "missing"),
    ]


class Person:
    """Signed in with a token that lists scopes and no tenant."""

    def get_token(self, *_: str, **__: Any) -> AccessToken:
        return token({"upn": "ada@example.com", "scp": "Device.Read.All"})


def of_a_person(date: str | None = None) -> dict[str, Check]:
    headers: dict[str, Any] = {} if date is None else {"Date": date}

    def answer(asked: str, _: bytes) -> web.Response:
        return said(b"7" if asked.endswith("$count") else {"value": []}, **headers)

    with served(answer) as url, opened(url, Tokens(Person, SCOPE)) as (graph, runner):
        return {one.what: one for one in runner.run(examine(graph, Settings(), datetime.now(UTC)))}


def test_what_a_person_may_is_not_in_the_token() -> None:
    found = of_a_person()

    assert "for ada@example.com" in found["token"].said
    assert (found["tenant"].state, found["tenant"].said) == ("unknown", "the token does not say which; set [tenant] id")
    for what in LATER:
        assert (found[what].state, found[what].needed) == ("unknown", False)
        assert found[what].said.startswith("not tried; it takes ")
    assert found["threshold of the sync"].said == "none: nothing stops a sync that deletes much"


@pytest.mark.parametrize("date", ["", "today", "Mon, 23 Nov 2026 06:00:00 -0000"])
def test_a_server_that_does_not_tell_the_time_is_no_fault(date: str) -> None:
    check = of_a_person(date)["clock"]

    assert (check.state, check.said, check.needed) == ("unknown", "Graph does not tell the time", False)


def test_a_token_of_nobody_is_somebodys() -> None:
    with canned(lambda asked, _: said(b"7" if asked.endswith("$count") else {"value": []})) as (graph, runner):
        checks = runner.run(examine(graph, Settings(), datetime.now(UTC)))

    assert "for somebody" in checks[0].said
