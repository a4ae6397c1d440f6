"""Our side of the handshake: whom to believe, and what to answer when asked who we are."""

from collections.abc import Callable, Sequence

import asyncssh

from reconcile.client.ssh.host import Account, Host
from reconcile.client.ssh.known import changed, known, remember, unknown
from reconcile.client.ssh.trouble import Told, told

PROMPT = "password"


class Door(asyncssh.SSHClient):
    """`reached`: somebody listens there. `proven`: whoever does has the key. Raises ValueError as `known` does."""

    def __init__(self, host: Host, account: Account) -> None:
        self.host = host
        self.account = account
        self.known = known(host)
        self.reached = False
        self.proven = False
        self._new_key: asyncssh.SSHKey | None = None
        self.when_reached: Callable[[], None] = lambda: None
        self._wrong = ""
        self._expired = ""
        self._password = account.password

    def told(self, error: BaseException) -> Told:
        """As `trouble.told` has it, with what only this side knows."""
        outcome, said = told(error, signing_in=self.proven)
        if outcome == "wrong-identity" and self._wrong:
            return outcome, self._wrong
        return outcome, f"{said}{self._expired}"

    def connection_made(self, conn: asyncssh.SSHClientConnection) -> None:  # noqa: ARG002 - asyncssh's
        self.reached = True
        self.when_reached()

    def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:  # noqa: ARG002
        """Asked only of a key that is not known."""
        if self.known.keys or self.known.authorities:
            self._wrong = changed(self.host, key, [*self.known.keys, *self.known.authorities])
            return False
        if self.host.first_use is None:
            self._wrong = unknown(self.host, key)
            return False
        self._new_key = key
        return True

    def begin_auth(self, username: str) -> None:  # noqa: ARG002
        """Before anything of ours is told. Raises HostKeyNotVerifiable."""
        if self._new_key is not None:
            self._write_down(self._new_key)
        self.proven = True

    def password_auth_requested(self) -> str | None:
        """Once only: each wrong answer counts towards a lock-out."""
        password, self._password = self._password, None
        return password.text if password else None

    def password_change_requested(self, prompt: str, lang: str) -> tuple[str, str]:  # noqa: ARG002
        self._expired = ": the password has expired"
        return NotImplemented  # type: ignore[no-any-return]  # so does asyncssh say that nobody is there to change it

    def kbdint_auth_requested(self) -> str | None:
        return "" if self._password else None

    def kbdint_challenge_received(
        self,
        name: str,  # noqa: ARG002
        instructions: str,  # noqa: ARG002
        lang: str,  # noqa: ARG002
        prompts: Sequence[tuple[str, bool]],
    ) -> list[str] | None:
        if not prompts:
            return []
        if len(prompts) > 1 or PROMPT not in prompts[0][0].casefold():
            return None
        password = self.password_auth_requested()
        return None if password is None else [password]

    def _write_down(self, key: asyncssh.SSHKey) -> None:
        try:
            others = remember(self.host, key)
        except OSError as error:
            self._wrong = (
                f"{self.host.first_use} cannot be written to, so that its key would not be known again: {error}"
            )
        else:
            if not others:
                return
            self._wrong = changed(self.host, key, others)
        raise asyncssh.HostKeyNotVerifiable(self._wrong)
