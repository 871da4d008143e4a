"""Answer requests about users."""

import re
from typing import Any

from ..call_parts import present
from ..dialect import Dialect
from ..endpoint import Endpoint, flag
from ..exchange import Answer, Exchange, forbidden, invalid, not_found
from ..world import PhoneLink, User

DIAL_STRING = re.compile(r"\+?[0-9*#]{1,19}")
OBSOLETE = {"primary_phone", "phone"}
REPLACED = {"phones", "hot_desk"}


def describe_link(link: PhoneLink, dialect: Dialect) -> dict[str, Any]:
    """Return a user's phone as the API shows it."""
    kind = dialect.phone_trunk_number if link.type == "trunk number" else link.type
    return present(type=kind, phone=link.phone, number=link.number, trunk=link.trunk, personal=link.personal)


def describe_user(user: User, dialect: Dialect, *, status: bool, appid: str | None = None) -> dict[str, Any]:
    """Return a user as the API shows him."""
    primary = next((link.phone for link in user.phones if link.type == "phone"), None)
    fields: dict[str, Any] = {
        "uuid": user.uuid,
        "username": user.username,
        "full_name": user.full_name,
        "phones": [describe_link(link, dialect) for link in user.phones],
        "primary_phone": primary,
    }
    if status:
        fields |= {
            "hot_desk": user.hot_desk,
            "call_forward": user.call_forward,
            "cw": user.cw,
            "dnd": user.dnd,
            "phone": user.hot_desk or primary,
        }
    hidden = dialect.hidden_fields(OBSOLETE, REPLACED)
    shown = {name: value for name, value in fields.items() if name not in hidden}
    return shown | user.application_data.get(appid or "", {})


def find_user(exchange: Exchange) -> User:
    """Return the user that a path names."""
    user = exchange.pbx.world.users.get(exchange.path["uuid"])
    if user is None:
        raise not_found("User")
    return user


async def list_users(exchange: Exchange) -> Answer:
    """Return all users."""
    dialect, query = exchange.pbx.faults.dialect, exchange.query
    users = exchange.pbx.world.users.values()
    return Answer(
        [describe_user(user, dialect, status="status" in query, appid=query.get("appid")) for user in users]
    )


async def get_user(exchange: Exchange) -> Answer:
    """Return one user and his settings; one's own needs no right."""
    user = find_user(exchange)
    if not exchange.identity.rights.users and not exchange.is_own(user.uuid):
        raise forbidden("No right to see other users")
    return Answer(
        describe_user(user, exchange.pbx.faults.dialect, status=True, appid=exchange.query.get("appid"))
    )


async def set_user(exchange: Exchange) -> Answer:
    """Change the settings of a user."""
    user, settings = find_user(exchange), exchange.body
    if not exchange.identity.rights.all_settings and not exchange.is_own(user.uuid):
        raise forbidden("No right to change the settings of other users")
    check_hot_desk(exchange, user)
    forward = settings.get("call_forward")
    if forward is not None and not DIAL_STRING.fullmatch(forward):
        raise invalid("call_forward is no number")
    for name in settings.keys() - {"hot_desk"}:
        setattr(user, name, settings[name])
    if "hot_desk" in settings:
        move(exchange, user, settings["hot_desk"])
    return Answer(describe_user(user, exchange.pbx.faults.dialect, status=True))


def check_hot_desk(exchange: Exchange, user: User) -> None:
    """Refuse a hot-desk login that is not allowed or not possible."""
    uuid = exchange.body.get("hot_desk")
    if uuid is None:
        return
    if not exchange.identity.rights.assign_hot_desk:
        raise forbidden("Only an API key may assign a hot desk")
    phone = exchange.pbx.world.phones.get(uuid)
    if phone is None or not phone.hot_desk:
        raise invalid("No such hot-desk phone")
    if all(link.type != "hot-desk" for link in user.phones):
        raise invalid("Not a hot-desk user")


def move(exchange: Exchange, user: User, phone: str | None) -> None:
    """Log a user in at a hot desk or out of it."""
    if phone is None:
        exchange.pbx.hot_desk_logout(user)
    else:
        exchange.pbx.hot_desk_login(user, phone)


ENDPOINTS = (
    Endpoint("GET", "/apis/pbx/users", list_users, query={"status": flag, "appid": str}, right="users"),
    Endpoint("GET", "/apis/pbx/users/{uuid}", get_user, query={"appid": str}),
    Endpoint(
        "POST",
        "/apis/pbx/users/{uuid}",
        set_user,
        body={
            "call_forward": (str, type(None)),
            "cw": (bool,),
            "dnd": (bool,),
            "hot_desk": (str, type(None)),
        },
    ),
)
