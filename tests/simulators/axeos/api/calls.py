"""Answer requests to place, see and end calls."""

import asyncio
from urllib.parse import quote

from ...common.fault_effects import ConnectionDropped
from ..call import Call
from ..endpoint import Endpoint
from ..exchange import Answer, Exchange, Refusal, forbidden, invalid, not_found
from ..origination import Origination
from ..world import Phone, User
from .users import DIAL_STRING

CALL_FIELDS = {
    "user_name": (str,),
    "user_uuid": (str,),
    "number": (str,),
    "auto_answer": (bool,),
    "phone_uuid": (str,),
}


def calling_user(exchange: Exchange) -> User:
    """Return who is to call; only an API key may choose anybody."""
    users, body = exchange.pbx.world.users, exchange.body
    if "user_name" in body and "user_uuid" in body:
        raise invalid("Both user_name and user_uuid")
    user = exchange.identity.user
    if "user_uuid" in body:
        user = users.get(body["user_uuid"])
    elif "user_name" in body:
        user = next((user for user in users.values() if user.username == body["user_name"]), None)
    if user is None:
        raise invalid("No calling user")
    if not exchange.identity.rights.all_calls and not exchange.is_own(user.uuid):
        raise forbidden("No right to call as another user")
    return user


def calling_phone(exchange: Exchange, user: User) -> Phone | None:
    """Return the phone to call from, if the request names one."""
    if "phone_uuid" not in exchange.body:
        return None
    phone = exchange.pbx.world.phones.get(exchange.body["phone_uuid"])
    if phone is None:
        raise invalid("No such phone")
    if not exchange.identity.rights.any_phone and phone not in exchange.pbx.world.phones_of(user):
        raise forbidden("The phone does not belong to the user")
    return phone


def answering_phone(exchange: Exchange, user: User, phone: Phone | None) -> Phone | None:
    """Return the one phone that can answer by itself, or refuse auto-answer if there are several."""
    if phone or not exchange.body.get("auto_answer"):
        return phone
    phones = exchange.pbx.world.phones
    if user.hot_desk:
        return phones.get(user.hot_desk)
    if len(user.phones) != 1 or user.phones[0].type != "phone" or not user.phones[0].personal:
        raise invalid("auto_answer needs a single specific phone")
    return phones.get(user.phones[0].phone or "")


async def place_call(exchange: Exchange) -> Answer:
    """Call a user, then a number for him."""
    user = calling_user(exchange)
    phone = answering_phone(exchange, user, calling_phone(exchange, user))
    number = exchange.body["number"]
    if not DIAL_STRING.fullmatch(number):
        raise invalid("Not a number to dial")
    return placed(exchange, await originate(exchange, user, phone, number))


async def originate(exchange: Exchange, user: User, phone: Phone | None, number: str) -> Origination:
    """Place the call; the phone rings on when the client that asked for it goes away."""
    originator = exchange.pbx.originator
    legs = originator.caller_legs(user, phone)
    auto_answer = exchange.body.get("auto_answer", False)
    work = exchange.pbx.tasks.spawn(originator.place(user, number, legs, auto_answer=auto_answer))
    return await asyncio.shield(work)


def placed(exchange: Exchange, outcome: Origination) -> Answer:
    """Say how the attempt to reach the caller ended."""
    if outcome.status == "gone":
        raise ConnectionDropped
    if outcome.status == "unavailable":
        raise Refusal(503, "Caller device is not available")
    if outcome.call is None:
        return Answer({"status": outcome.status})
    unique_id = outcome.call.unique_id
    headers = {"Location": location(exchange, unique_id)}
    return Answer({"status": "success", "unique_id": unique_id}, 201, headers)


def location(exchange: Exchange, unique_id: str) -> str:
    """Return the address of a call."""
    request = exchange.request
    if exchange.pbx.faults.location is not None:
        return exchange.pbx.faults.location
    path = f"{request.path.removesuffix('.json')}/{quote(unique_id)}"
    return {
        "absolute": f"{request.scheme}://{request.host}{path}",
        "path": path,
        "hostname": f"https://{exchange.pbx.world.system.hostname}{path}",
        "elsewhere": "https://pbx.example/other/api/call",
    }[exchange.pbx.faults.dialect.location]


def may_control(exchange: Exchange, call: Call) -> bool:
    """Return whether a call is open to who asks."""
    user = exchange.identity.user
    return exchange.identity.rights.all_calls or (user is not None and call.involves(user))


def find_call(exchange: Exchange) -> Call:
    """Return the call that a path names."""
    call = exchange.pbx.engine.calls.get(exchange.path["unique_id"])
    if call is None:
        raise not_found("Call")
    if not may_control(exchange, call):
        raise forbidden("No privileges to control this call")
    return call


async def get_call(exchange: Exchange) -> Answer:
    """Return a call."""
    return Answer(find_call(exchange).information())


async def end_call(exchange: Exchange) -> Answer:
    """Hang a call up."""
    find_call(exchange).hangup()
    return Answer({"status": "success", "message": "The call has been hung up"})


ENDPOINTS = (
    Endpoint("POST", "/apis/pbx/call", place_call, body=CALL_FIELDS, required=frozenset({"number"})),
    Endpoint("GET", "/apis/pbx/call/{unique_id}", get_call),
    Endpoint("DELETE", "/apis/pbx/call/{unique_id}", end_call),
)
