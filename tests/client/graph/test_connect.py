"""Whose token it is, and what becomes of one that is no longer taken."""

import asyncio
import traceback
from pathlib import Path

import msgspec
import pytest

from reconcile.client.graph.connect import connect, sign_in
from reconcile.client.graph.listing import device_pages
from reconcile.client.graph.request import get
from reconcile.client.graph.right import READ_DEVICES
from reconcile.client.graph.session import Reply, trusting
from reconcile.errors import AccessRefused, SettingsError
from reconcile.settings import Azure, Entra, Settings, Tenant
from tests.client.graph.canned import canned, said
from tests.client.graph.session import Session, session
from tests.lab.certificates import certified

OTHER = "c0ffee00-0000-4000-8000-000000000001"


def test_the_token_of_the_tenant_in_settings_is_taken(entra: Session) -> None:
    tenant = entra.lab.tenant.tenant_id

    assert entra.run(sign_in(entra.graph, Settings(Tenant(tenant.upper())))).tenant == tenant
    assert entra.run(sign_in(entra.graph, Settings())).tenant == tenant
    assert entra.lab.log == []


def test_a_token_of_another_tenant_is_refused(entra: Session) -> None:
    with pytest.raises(AccessRefused) as error:
        entra.run(sign_in(entra.graph, Settings(Tenant(OTHER))))

    tenant = entra.lab.tenant.tenant_id
    told = f"the token is for the tenant {tenant}, and settings.toml says [tenant] id = {OTHER}"
    assert str(error.value) == f"entra refused: {told}"


def test_a_token_that_does_not_say_its_tenant_is_taken_only_where_none_is_named() -> None:
    with canned(lambda *_: said({})) as (graph, runner):
        assert runner.run(sign_in(graph, Settings())).tenant is None
        with pytest.raises(AccessRefused, match="does not say for which tenant it is"):
            runner.run(sign_in(graph, Settings(Tenant(OTHER))))


def test_a_token_that_ends_in_the_middle_of_a_listing_is_renewed_and_nothing_is_lost(entra: Session) -> None:
    entra.lab.observers.append(lambda _: entra.lab.tokens.revoke() if len(entra.lab.log) == 1 else None)

    pages = entra.every(device_pages(entra.graph, ["id"], owners=True))

    ids = [msgspec.json.decode(item)["id"] for page in pages for item in page.items]
    assert ids == list(entra.lab.tenant.devices)


def test_it_is_renewed_on_each_page_where_it_must_be() -> None:
    with session(250) as entra:
        entra.lab.observers.append(lambda line: entra.lab.tokens.revoke() if line.status == 200 else None)

        pages = entra.every(device_pages(entra.graph, ["id"], owners=True))

        assert [line.status for line in entra.lab.log] == [200, 401, 200, 401, 200]
        assert sum(len(page.items) for page in pages) == 250


def test_a_token_that_is_never_taken_is_a_refusal_and_no_endless_loop(entra: Session) -> None:
    entra.fault("unauthorized", times=None)

    with pytest.raises(AccessRefused) as error:
        entra.run(entra.graph.read(get(entra.graph.build.devices, top=1), READ_DEVICES, msgspec.json.decode))

    assert str(error.value).startswith(
        "entra refused: GET /devices: 401 InvalidAuthenticationToken: Lifetime validation"
    )
    assert error.value.needs is None
    assert len(entra.lab.log) == 2


def test_many_who_are_refused_at_once_renew_it_once(entra: Session) -> None:
    entra.run(entra.graph.tokens.grant())
    issued = entra.lab.tokens.issued
    entra.lab.tokens.revoke()

    async def many() -> list[Reply]:
        request = entra.graph.build.devices
        return await asyncio.gather(*(entra.graph.send(get(request, top=1)) for _ in range(10)))

    assert [reply.status for reply in entra.run(many())] == [200] * 10
    assert entra.lab.tokens.issued == issued + 1


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_ca_file_that_is_none_is_an_error_of_settings(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text:
        file.write_text(text)

    with pytest.raises(SettingsError, match=rf"\[entra\] ca_file: {file} cannot be used: "):
        connect(Settings(entra=Entra(credential="managed-identity", ca_file=str(file))), Azure(), pytest.fail)


def test_a_ca_file_is_trusted_besides_those_who_are_trusted_anyway(tmp_path: Path) -> None:
    made = certified(tmp_path)

    before, after = (trusting(file).cert_store_stats()["x509_ca"] for file in (None, str(made.authority)))

    assert after == before + 1 > 1


def test_the_token_is_in_no_error_and_in_nothing_that_is_shown(entra: Session) -> None:
    token = entra.lab.tokens.bearer()["Authorization"].removeprefix("Bearer ").split(".")[0]
    entra.fault("forbidden", times=None)

    with pytest.raises(AccessRefused) as error:
        entra.run(entra.graph.read(get(entra.graph.build.devices, top=1), READ_DEVICES, msgspec.json.decode))

    told = "".join(traceback.TracebackException.from_exception(error.value, capture_locals=False).format())
    assert token not in told
    assert token not in repr(entra.graph.tokens)


def test_what_is_opened_is_closed() -> None:
    with session(5) as entra:
        held = entra.graph.tokens.held

    assert getattr(held, "closed", False)
