"""Answer requests for access tokens."""

from collections.abc import Callable, Mapping

from ..authentication import basic_credentials, identify_client, identify_user, unauthorized
from ..endpoint import Endpoint
from ..exchange import Answer, Exchange, Identity, Refusal

FORM_TYPE = "application/x-www-form-urlencoded"
FIELDS = {"grant_type", "username", "password", "refresh_token", "client_id", "client_secret", "scope"}

type Form = Mapping[str, str]


def grant_password(exchange: Exchange, form: Form) -> Identity | None:
    """Return the user who gives name and password."""
    return identify_user(exchange.pbx.world, form.get("username", ""), form.get("password", ""))


def grant_client(exchange: Exchange, form: Form) -> Identity | None:
    """Return the application that gives its id and secret, as a login or in the form."""
    credentials = basic_credentials(exchange.request)
    if credentials is None and "client_id" in form:
        credentials = (form["client_id"], form.get("client_secret", ""))
    client = identify_client(exchange.pbx.world, credentials)
    return Identity(client.client_id, client.rights) if client else None


def grant_refresh(exchange: Exchange, form: Form) -> Identity | None:
    """Return who holds a refresh token."""
    return exchange.pbx.tokens.renew(form.get("refresh_token", ""))


GRANTS: dict[str, Callable[[Exchange, Form], Identity | None]] = {
    "password": grant_password,
    "client_credentials": grant_client,
    "refresh_token": grant_refresh,
}


async def read_form(exchange: Exchange) -> Form:
    """Return the fields of the form."""
    if exchange.request.content_type != FORM_TYPE:
        raise Refusal(415, "The token request is no form", violation=True)
    form = {name: str(value) for name, value in (await exchange.request.post()).items()}
    if unknown := form.keys() - FIELDS:
        raise Refusal(400, f"Unknown field {min(unknown)}", violation=True)
    return form


def check_login(exchange: Exchange, grant: str) -> None:
    """Refuse a login in the header that is no client's, or one that is missing where this PBX wants it."""
    credentials, wish = basic_credentials(exchange.request), exchange.pbx.faults.dialect.token_login
    if grant == "client_credentials":
        return
    if wish == "required" and credentials is None:
        raise unauthorized("Authentication required", "Basic")
    if wish == "clients only" and credentials and not identify_client(exchange.pbx.world, credentials):
        raise unauthorized("Unknown client", "Basic")


async def get_token(exchange: Exchange) -> Answer:
    """Give out an access token."""
    form = await read_form(exchange)
    grant = form.get("grant_type", "")
    check_login(exchange, grant)
    if grant not in GRANTS:
        raise Refusal(400, "unsupported_grant_type", violation=True)
    identity = GRANTS[grant](exchange, form)
    if identity is None or exchange.pbx.faults.refuse_logins:
        raise unauthorized("Wrong credentials", "Bearer")
    exchange.recorded.login = identity.name
    fields = exchange.pbx.tokens.issue(identity, refreshable=grant != "client_credentials")
    return Answer(fields, headers={"Cache-Control": "no-store"})


ENDPOINTS = (Endpoint("POST", "/apis/oauth2/token", get_token, form=True, access="open"),)
