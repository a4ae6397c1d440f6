"""What would not be safe on the wire is not sent."""

from dataclasses import replace

import pytest

from reconcile.client.remote.given import Secret
from reconcile.client.winrm.host import Account, Host, require_safe
from reconcile.client.winrm.run import run
from reconcile.client.winrm.session import session
from tests.winrm_lab import Hosts

PASSWORD = Secret("s3cret")
HTTPS, HTTP = Host("pc1"), Host("pc1", tls=False)


@pytest.mark.parametrize(
    ("host", "account"),
    [
        (HTTPS, Account("basic", "ada", PASSWORD)),
        (HTTPS, Account("negotiate", "ada", PASSWORD)),
        (HTTPS, Account("certificate", certificate="me.pem", key="me.key")),
        (HTTPS, Account("kerberos")),
        (HTTP, Account("kerberos")),
        (HTTP, Account("negotiate", "ada", PASSWORD)),
    ],
)
def test_a_way_that_is_encrypted_and_proves_who_is_there_is_safe(host: Host, account: Account) -> None:
    require_safe(host, account)


@pytest.mark.parametrize(
    ("host", "account", "said"),
    [
        (HTTP, Account("basic", "ada", PASSWORD), "basic is only safe over https"),
        (HTTP, Account("certificate", certificate="me.pem", key="me.key"), "certificate is only safe over https"),
        (HTTPS, Account("basic", "ada"), "basic needs a user and a password"),
        (HTTPS, Account("negotiate", None, PASSWORD), "negotiate needs a user and a password"),
        (HTTPS, Account("certificate", certificate="me.pem"), "certificate needs the files"),
    ],
)
def test_what_is_not_safe_or_not_whole_is_refused(host: Host, account: Account, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        require_safe(host, account)


def test_basic_in_the_clear_is_never_sent(hosts: Hosts) -> None:
    with pytest.raises(ValueError, match="only safe over https"):
        run(replace(hosts.host, tls=False), Account("basic", "ada", PASSWORD), "x")

    assert hosts.lab.asked == []


@pytest.mark.parametrize(
    ("account", "auth"), [(Account("kerberos"), "kerberos"), (Account("negotiate", "ada", PASSWORD), "negotiate")]
)
def test_without_tls_every_message_is_encrypted(account: Account, auth: str) -> None:
    with session(HTTP, account) as wsman:
        assert wsman.transport.wrap_required
        assert wsman.transport.auth == auth
    with session(HTTPS, account) as wsman:
        assert not wsman.transport.wrap_required
        assert wsman.transport.cert_validation is True


def test_neither_a_proxy_nor_a_redirect_leads_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:8080")

    with session(HTTPS, Account("kerberos")) as wsman:
        made = wsman.transport.session
        assert made is not None
        assert not any(made.proxies.values())
        assert (made.trust_env, made.max_redirects) == (False, 0)
