"""A session with the tenant that settings name, and with no other."""

from reconcile.client.graph.budget import Budget
from reconcile.client.graph.credential import Grant, Prompt, tokens
from reconcile.client.graph.refusal import SYSTEM
from reconcile.client.graph.retry import Later, until_answered
from reconcile.client.graph.session import Graph
from reconcile.errors import AccessRefused, SettingsError, SourceError
from reconcile.settings import Azure, Settings


def connect(settings: Settings, azure: Azure, prompt: Prompt) -> Graph:
    """Nothing is asked yet. Raises SettingsError where something that is needed is not set, or cannot be used."""
    entra = settings.entra
    budget = Budget(settings.limits.writes_per_second)
    made = tokens(settings, azure, prompt)
    try:
        return Graph(entra.endpoint, made, budget, ca_file=entra.ca_file)
    except OSError as error:
        raise SettingsError("[entra] ca_file", f"{entra.ca_file} cannot be used: {error}") from error


async def sign_in(graph: Graph, settings: Settings) -> Grant:
    """What the token grants. Raises AccessRefused where there is none, or it is another tenant's; SourceError where nobody answers."""
    try:
        grant = await until_answered(graph.tokens.grant, graph.patience, lambda: False)
    except Later as error:
        raise SourceError(SYSTEM, str(error)) from error
    wanted = settings.tenant.id.lower() if settings.tenant.id else None
    if wanted and grant.tenant != wanted:
        told = f"is for the tenant {grant.tenant}" if grant.tenant else "does not say for which tenant it is"
        raise AccessRefused(SYSTEM, f"the token {told}, and settings.toml says [tenant] id = {wanted}")
    return grant
