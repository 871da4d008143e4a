"""Onboard the demo user of a fresh Home Assistant, or log in to a known one."""

from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import ClientSession

USERNAME = "demo"
PASSWORD = "demo"
USER = {"name": "Demo", "username": USERNAME, "password": PASSWORD, "language": "en"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What Home Assistant hands out to a client that has logged in."""

    access_token: str
    refresh_token: str
    expires_in: int
    client_id: str


async def sign_in(session: ClientSession, url: str) -> Tokens:
    """Return the demo user's tokens, creating the user where there is none."""
    client_id = f"{url}/"
    code = await _onboard(session, url, client_id) or await _log_in(
        session, url, client_id, USERNAME, PASSWORD
    )
    return await _get_tokens(session, url, client_id, code)


async def log_in(session: ClientSession, url: str, username: str, password: str) -> Tokens:
    """Return the tokens of a known user."""
    client_id = f"{url}/"
    return await _get_tokens(
        session, url, client_id, await _log_in(session, url, client_id, username, password)
    )


async def _get_tokens(session: ClientSession, url: str, client_id: str, code: str) -> Tokens:
    """Return the tokens for a code."""
    form = {"client_id": client_id, "grant_type": "authorization_code", "code": code}
    async with session.post(f"{url}/auth/token", data=form, raise_for_status=True) as response:
        answer = await response.json()
    return Tokens(answer["access_token"], answer["refresh_token"], answer["expires_in"], client_id)


async def _onboard(session: ClientSession, url: str, client_id: str) -> str | None:
    """Create the demo user and return its code, or None where onboarding is over."""
    user = {**USER, "client_id": client_id}
    async with session.post(f"{url}/api/onboarding/users", json=user) as response:
        if response.status == HTTPStatus.NOT_FOUND:
            return None
        response.raise_for_status()
        return str((await response.json())["auth_code"])


async def _log_in(session: ClientSession, url: str, client_id: str, username: str, password: str) -> str:
    """Log in with name and password and return the code."""
    start = {"client_id": client_id, "handler": ["homeassistant", None], "redirect_uri": client_id}
    async with session.post(f"{url}/auth/login_flow", json=start, raise_for_status=True) as response:
        flow_id = (await response.json())["flow_id"]
    form = {"client_id": client_id, "username": username, "password": password}
    async with session.post(f"{url}/auth/login_flow/{flow_id}", json=form, raise_for_status=True) as response:
        return str((await response.json())["result"])
