"""Where tokens come from: the managed identity of an App Service, and an OAuth2 authority."""

from collections.abc import Mapping

import msgspec
from aiohttp import web

from reconcile.lab.graph.lab import Lab
from reconcile.lab.graph.tokens import WRITER, claims_of

API_VERSION = "2019-08-01"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def routes(app: web.Application, lab: Lab) -> None:
    authority = _Authority(lab)
    app.router.add_get("/msi/token", authority.identity)
    app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", authority.configuration)
    app.router.add_post("/{tenant}/oauth2/v2.0/token", authority.token)


def _json(status: int, value: object) -> web.Response:
    headers = {"Cache-Control": "no-store"}
    return web.Response(
        status=status, body=msgspec.json.encode(value), content_type="application/json", headers=headers
    )


def _refused(status: int, error: str, description: str) -> web.Response:
    return _json(status, {"error": error, "error_description": description})


class _Authority:
    def __init__(self, lab: Lab) -> None:
        self.lab = lab

    async def identity(self, request: web.Request) -> web.Response:
        """As azure-identity asks where IDENTITY_ENDPOINT and IDENTITY_HEADER are set."""
        tokens, query = self.lab.tokens, request.query
        if request.headers.get("X-IDENTITY-HEADER") != tokens.identity_header:
            return _json(401, {"statusCode": 401, "message": "The X-IDENTITY-HEADER is not that of this service."})
        client_id = query.get("client_id", WRITER)
        if query.get("api-version") != API_VERSION or "resource" not in query or client_id not in tokens.applications:
            return _json(400, {"statusCode": 400, "message": "No managed identity was found for the query."})
        token, expires = tokens.issue(client_id, query["resource"])
        answer = {"access_token": token, "expires_on": str(expires), "resource": query["resource"]}
        return _json(200, answer | {"token_type": "Bearer", "client_id": client_id})

    async def configuration(self, request: web.Request) -> web.Response:
        origin, tenant = request.url.origin(), request.match_info["tenant"]
        found = {
            "issuer": f"{origin}/{tenant}/v2.0",
            "authorization_endpoint": f"{origin}/{tenant}/oauth2/v2.0/authorize",
            "token_endpoint": f"{origin}/{tenant}/oauth2/v2.0/token",
            "device_authorization_endpoint": f"{origin}/{tenant}/oauth2/v2.0/devicecode",
            "jwks_uri": f"{origin}/{tenant}/discovery/v2.0/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"],
            "response_types_supported": ["code", "id_token", "token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return _json(200, found)

    async def token(self, request: web.Request) -> web.Response:
        """Client credentials only, with the secret, or an assertion whose signature is not looked at."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        if request.match_info["tenant"].lower() != self.lab.tenant.tenant_id:
            return _refused(400, "invalid_request", "AADSTS90002: Tenant not found.")
        if form.get("grant_type") != "client_credentials":
            return _refused(400, "unsupported_grant_type", "AADSTS70003: The grant type is not supported.")
        if not form.get("scope", "").endswith("/.default"):
            return _refused(400, "invalid_scope", "AADSTS1002012: The scope must end in /.default.")
        if not self._known(form):
            return _refused(401, "invalid_client", "AADSTS7000215: Invalid client secret provided.")
        token, _ = self.lab.tokens.issue(form["client_id"], form["scope"].removesuffix("/.default"))
        lifetime = self.lab.tokens.lifetime
        answer = {"token_type": "Bearer", "expires_in": lifetime, "ext_expires_in": lifetime, "access_token": token}
        return _json(200, answer)

    def _known(self, form: Mapping[str, str]) -> bool:
        application = self.lab.tokens.applications.get(form.get("client_id", ""))
        if application is None:
            return False
        if form.get("client_assertion_type") == ASSERTION:
            claims = claims_of(form.get("client_assertion", "")) or {}
            return claims.get("sub") == form["client_id"]
        return form.get("client_secret") == application.secret
