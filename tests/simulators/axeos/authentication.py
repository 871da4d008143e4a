"""Find out who asks."""

import base64
import binascii

from aiohttp import web

from ..common.recorder import RecordedRequest
from .exchange import Identity, Refusal
from .rights import FULL_RIGHTS
from .world import OAuthClient, World

API_KEY_NAME = "apiKey"
REALM = 'Basic realm="PBX", charset="UTF-8"'


def unauthorized(message: str, challenge: str = REALM, *, violation: bool = False) -> Refusal:
    """Refuse a login."""
    return Refusal(401, message, violation=violation, headers={"WWW-Authenticate": challenge})


def basic_credentials(request: web.Request) -> tuple[str, str] | None:
    """Return the name and password of the Authorization header, if it has any."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except binascii.Error, UnicodeDecodeError:
        return None
    return (name, password) if colon else None


def identify(world: World, name: str, password: str) -> Identity | None:
    """Return who has these credentials."""
    if name == API_KEY_NAME:
        return Identity(name, FULL_RIGHTS) if password in world.api_keys else None
    return identify_user(world, name, password)


def identify_user(world: World, name: str, password: str) -> Identity | None:
    """Return the PBX user who has these credentials."""
    login = world.logins.get(name)
    if login is None or login.password != password:
        return None
    users = [user for user in world.users.values() if user.username == name]
    return Identity(name, login.rights, users[0] if users else None)


def identify_client(world: World, credentials: tuple[str, str] | None) -> OAuthClient | None:
    """Return the application that has these credentials."""
    client = world.oauth_clients.get(credentials[0]) if credentials else None
    return client if client and credentials and client.secret == credentials[1] else None


def authenticate(world: World, request: web.Request, recorded: RecordedRequest) -> Identity:
    """Return who makes a legacy request."""
    recorded.used_key_parameter = "key" in request.query
    if "Authorization" in request.headers:
        credentials = basic_credentials(request)
    elif recorded.used_key_parameter and request.method == "GET":
        credentials = (API_KEY_NAME, request.query["key"])
    else:
        raise unauthorized("Authentication required", violation=True)
    recorded.login = credentials[0] if credentials else None
    if not credentials or not (identity := identify(world, *credentials)):
        raise unauthorized("Wrong credentials")
    return identity
