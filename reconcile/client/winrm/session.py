"""One session with one host: pypsrp's, held to what is safe and to what is enough."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from pypsrp.wsman import WSMan

from reconcile.client.winrm.host import Account, Host
from reconcile.client.winrm.trouble import TooMuch, Unsealed

POLL = 2 / 3
"""Of the time for an answer: by then a host says that there is none yet."""
POLLS = 4
"""So many at least within the time for a script."""
SEALED = "multipart/"
UNAUTHORIZED = 401


class Wsman(WSMan):
    """Asks once: a host that falls silent in the middle is told as such, and not asked five times more."""

    def invoke(self, *args: Any, retries_on_read_timeout: int = 0, **options: Any) -> Any:  # noqa: ANN401, ARG002 - as pypsrp has it
        return super().invoke(*args, **options)


@contextmanager
def session(host: Host, account: Account) -> Iterator[Wsman]:
    """Nothing is asked yet. What it opens is closed in any case."""
    wsman = Wsman(**_options(host, account))
    transport: Any = wsman.transport
    if (
        account.auth == "basic" and account.user and account.password
    ):  # else requests takes Latin-1, and fails beyond it
        transport.username, transport.password = account.user.encode(), account.password.text.encode()
    transport.session = transport._build_session()  # noqa: SLF001 - pypsrp builds it at the first question, which is too late for us
    transport.username = account.user
    transport.session.trust_env = False
    transport.session.max_redirects = 0
    transport.session.hooks["response"].append(_listener(host, wsman))
    try:
        yield wsman
    finally:
        wsman.close()


def _options(host: Host, account: Account) -> dict[str, Any]:
    address, port = host.reached_at
    return {
        "server": address,
        "port": port,
        "ssl": host.tls,
        "path": host.path,
        "auth": account.auth,
        "username": account.user,
        "password": account.password.text if account.password else None,
        "certificate_pem": account.certificate,
        "certificate_key_pem": account.key,
        "cert_validation": host.ca_file or True,
        "encryption": "auto" if host.tls else "always",
        "no_proxy": True,
        "connection_timeout": host.connect_timeout,
        "read_timeout": host.answer_timeout,
        "operation_timeout": round(min(host.answer_timeout, host.run_timeout / POLLS) * POLL, 3),
        "reconnection_retries": 0,
        "reconnection_backoff": 0,
    }


def _listener(host: Host, wsman: Wsman) -> Callable[..., None]:
    """Hears each answer before pypsrp does. It raises Unsealed or TooMuch."""
    heard = 0

    def listen(response: Any, **_: object) -> None:  # noqa: ANN401 - requests' own
        nonlocal heard
        heard += len(response.content)
        if heard > host.max_output:
            raise TooMuch(f"more output than {host.max_output:,} bytes")
        sealed = response.headers.get("content-type", "").startswith(SEALED)
        if wsman.transport.encryption and not sealed and response.content and response.status_code != UNAUTHORIZED:
            raise Unsealed("an answer in the clear, where all are to be encrypted")

    return listen
