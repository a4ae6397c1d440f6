"""Recovery secrets, or why they were withheld; and never in anything that is shown."""

import base64
from typing import Any

import pytest
from aiohttp import web

from reconcile.client.graph.escrow import Key, Password, Withheld, bitlocker_keys, laps_passwords
from reconcile.errors import SourceError, SourceIncomplete
from tests.client.graph.canned import canned, said
from tests.client.graph.session import HASTY, NOBODY, Session, session

KEY = "111111-222222-333333"


def keys_of(entra: Session, device_id: str) -> tuple[Key, ...] | Withheld:
    return entra.run(bitlocker_keys(entra.graph, device_id))


def passwords_of(entra: Session, device_id: str) -> tuple[Password, ...] | Withheld:
    return entra.run(laps_passwords(entra.graph, device_id))


def test_every_key_of_a_device_is_read_and_none_of_another(entra: Session) -> None:
    kept = next(iter(entra.lab.tenant.bitlocker_keys.values()))
    device_id = kept["deviceId"]
    for number in range(120):
        more = {"id": f"00000000-0000-4000-9000-{number:012}", "deviceId": device_id, "key": f"{KEY}-{number}"}
        entra.lab.tenant.keep_key(kept | more)

    found = keys_of(entra, device_id)

    assert isinstance(found, tuple)
    assert [(one.id, one.key) for one in found] == [
        (one["id"], one["key"]) for one in entra.lab.tenant.keys_of(device_id)
    ]
    assert {one.volume for one in found} == {kept["volumeType"]}
    assert found[0].created_at is not None
    assert len(entra.lab.audits) == 121


def test_a_password_is_read_and_decoded(entra: Session) -> None:
    device_id, kept = next(iter(entra.lab.tenant.local_credentials.items()))
    credential = kept["credentials"][0]

    (found,) = passwords_of(entra, device_id)  # type: ignore[misc]

    assert (found.account, found.sid) == ("Administrator", credential["accountSid"])
    assert found.password == base64.b64decode(credential["passwordBase64"]).decode("utf-16-le")
    assert f"{found.backed_up_at:%Y-%m-%dT%H:%M:%SZ}" == credential["backupDateTime"]


def test_a_device_without_secrets_has_none(entra: Session) -> None:
    assert keys_of(entra, NOBODY) == ()
    assert passwords_of(entra, NOBODY) == ()


def test_who_may_only_list_them_is_told_what_it_takes() -> None:
    basic = ("BitlockerKey.ReadBasic.All", "DeviceLocalCredential.ReadBasic.All")
    with session(roles=basic) as entra:
        key = next(iter(entra.lab.tenant.bitlocker_keys.values()))
        keys = keys_of(entra, key["deviceId"])
        passwords = passwords_of(entra, next(iter(entra.lab.tenant.local_credentials)))

        assert isinstance(keys, Withheld)
        assert isinstance(passwords, Withheld)
        assert (keys.refusal.status, passwords.refusal.status) == (403, 403)
        assert "It needs BitlockerKey.Read.All to read BitLocker keys, or for a person" in str(keys)
        assert "It needs DeviceLocalCredential.Read.All to read LAPS passwords, or for a person" in str(passwords)
        assert entra.lab.audits == []


def test_who_may_not_even_list_them_is_told_too() -> None:
    with session(roles=("Device.Read.All",)) as entra:
        assert isinstance(keys_of(entra, NOBODY), Withheld)
        assert isinstance(passwords_of(entra, NOBODY), Withheld)


def test_any_other_no_is_told_without_a_right(entra: Session) -> None:
    found = passwords_of(entra, "no-id")

    assert isinstance(found, Withheld)
    assert (found.refusal.status, found.needs) == (400, None)
    assert "It needs" not in str(found)


@pytest.mark.parametrize("fault", [{"kind": "throttle"}, {"kind": "cut"}, {"kind": "reset"}])
def test_secrets_that_are_put_off_are_asked_for_again(entra: Session, fault: dict[str, Any]) -> None:
    kept = next(iter(entra.lab.tenant.bitlocker_keys.values()))
    entra.fault(**fault, times=2, after=1)

    found = keys_of(entra, kept["deviceId"])

    assert isinstance(found, tuple)
    assert [one.key for one in found] == [kept["key"]]


def test_where_nobody_answers_that_is_an_error_and_no_fact(entra: Session) -> None:
    entra.graph.patience = HASTY
    entra.fault("reset", times=None)

    with pytest.raises(SourceError, match="recoveryKeys: given up"):
        keys_of(entra, NOBODY)


def test_a_page_of_somebody_elses_that_says_not_found_is_no_proof_that_there_are_none() -> None:
    with canned(lambda *_: said(b"<h1>Not here</h1>", 404)) as (graph, runner):
        assert isinstance(runner.run(laps_passwords(graph, NOBODY)), Withheld)


def encoded(text: str) -> str:
    return base64.b64encode(text.encode("utf-16-le")).decode()


def of_device(body: object) -> tuple[Password, ...] | Withheld:
    with canned(lambda *_: said(body)) as (graph, runner):
        return runner.run(laps_passwords(graph, NOBODY))


@pytest.mark.parametrize("wrapped", [True, False])
def test_a_single_object_is_read_bare_or_in_value(wrapped: bool) -> None:  # noqa: FBT001
    held = {"id": NOBODY, "credentials": [{"passwordBase64": encoded("pÄss")}, {"passwordBase64": encoded("old")}]}

    found = of_device({"value": held} if wrapped else held)

    assert isinstance(found, tuple)
    assert [one.password for one in found] == ["pÄss", "old"]
    assert (found[0].account, found[0].sid, found[0].backed_up_at) == ("", None, None)


@pytest.mark.parametrize(
    "held",
    [
        {},
        {"credentials": None},
        {"credentials": [{"accountName": "Administrator"}]},
        {"credentials": [{"passwordBase64": None}]},
        {"credentials": [{"passwordBase64": "no base64"}]},
        {"credentials": [{"passwordBase64": "QQ=="}]},
    ],
)
def test_a_password_that_is_not_there_is_never_an_empty_one(held: dict[str, Any]) -> None:
    found = of_device({"id": NOBODY} | held)

    assert isinstance(found, Withheld)
    assert str(found).startswith(f"200: the passwords of {NOBODY} were served without one. It needs ")


def test_that_there_are_none_can_be_said_in_two_ways() -> None:
    assert of_device({"id": NOBODY, "credentials": []}) == ()


def keys_where(listed: list[dict[str, Any]], read: object) -> tuple[Key, ...] | Withheld:
    def answer(asked: str, _: bytes) -> web.Response:
        return said(read if "/recoveryKeys/" in asked else {"value": listed})

    with canned(answer) as (graph, runner):
        return runner.run(bitlocker_keys(graph, NOBODY))


@pytest.mark.parametrize("read", [{"key": KEY}, {"value": {"key": KEY}}])
def test_a_key_is_read_bare_or_in_value_and_its_volume_may_be_a_number(read: object) -> None:
    (key,) = keys_where([{"id": "one", "volumeType": 1}], read)  # type: ignore[misc]

    assert (key.key, key.volume, key.created_at) == (KEY, "1", None)


def test_a_key_that_is_served_without_itself_is_withheld() -> None:
    found = keys_where([{"id": "one"}], {"id": "one"})

    assert isinstance(found, Withheld)
    assert str(found).startswith("200: key one was served without itself. It needs BitlockerKey.Read.All")


@pytest.mark.parametrize(
    "link", ["/v1.0/informationProtection/bitlocker/recoveryKeys?$skiptoken=x", "http://elsewhere.example/"]
)
def test_a_list_of_keys_without_end_or_elsewhere_is_not_followed(link: str) -> None:
    def answer(_: str, __: bytes) -> web.Response:
        return said({"value": [], "@odata.nextLink": link if "//" in link else graph.endpoint + link})

    with canned(answer) as (graph, runner), pytest.raises(SourceIncomplete):
        runner.run(bitlocker_keys(graph, NOBODY))


def test_no_secret_is_shown() -> None:
    key, password = Key("one", "1", None, KEY), Password("Administrator", None, None, "pa55")

    assert KEY not in repr(key)
    assert KEY not in str(key)
    assert "pa55" not in repr((password,))
