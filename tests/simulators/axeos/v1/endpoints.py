"""Answer v1 requests, mostly as their older siblings do."""

from typing import Any

from aiohttp import web

from ..api import acd, calls, events
from ..api.switches import find_switch, store_value
from ..endpoint import Endpoint, boolean
from ..exchange import Answer, Exchange, invalid
from ..world import Switch

BASE = "/apis/pbx/v1"
OPTIONS = dict.fromkeys(("agents", "calls", "relative"), boolean)


def describe_switch(switch: Switch) -> dict[str, Any]:
    """Return a switch as v1 shows it."""
    return {
        "uuid": switch.uuid,
        "name": switch.name,
        "default": switch.default,
        "value": switch.value,
        "can_toggle": switch.can_toggle,
    }


async def list_switches(exchange: Exchange) -> Answer:
    """Return all switches and their values."""
    return Answer([describe_switch(switch) for switch in exchange.pbx.world.switches.values()])


async def get_switch(exchange: Exchange) -> Answer:
    """Return one switch."""
    return Answer(describe_switch(find_switch(exchange)))


async def set_switch(exchange: Exchange) -> Answer:
    """Turn a switch on or off and return it."""
    switch = find_switch(exchange)
    if switch.text:
        raise invalid("This switch takes no boolean")
    store_value(switch, exchange.body["value"])
    return Answer(describe_switch(switch))


async def list_calls(exchange: Exchange) -> Answer:
    """Return the calls that are open to who asks."""
    open_calls = [call for call in exchange.pbx.engine.calls.values() if calls.may_control(exchange, call)]
    return Answer([call.information() for call in open_calls])


async def show_docs(exchange: Exchange) -> web.Response:
    """Show a page where the PBX has its own documentation."""
    return web.Response(text="<html><title>PBX API</title></html>", content_type="text/html")


def v1(method: str, path: str, handler: Any, **options: Any) -> Endpoint:
    """Describe an endpoint that wants an access token."""
    return Endpoint(method, BASE + path, handler, access="v1", **options)


NUMBER = frozenset({"number"})
VALUE = frozenset({"value"})
ENDPOINTS = (
    v1("GET", "/acd/stats", acd.all_statistics, query=OPTIONS, right="acd"),
    v1("POST", "/acd/stats", acd.all_statistics, body=acd.RESET_FIELDS, empty_body=True, right="acd"),
    v1("GET", "/acd/{uuid}/stats", acd.queue_statistics, query=OPTIONS, right="acd"),
    v1(
        "POST", "/acd/{uuid}/stats", acd.queue_statistics, body=acd.RESET_FIELDS, empty_body=True, right="acd"
    ),
    v1("GET", "/calls", list_calls),
    v1("POST", "/calls", calls.place_call, body=calls.CALL_FIELDS, required=NUMBER),
    v1("GET", "/calls/{unique_id}", calls.get_call),
    v1("DELETE", "/calls/{unique_id}", calls.end_call),
    v1("GET", "/switches", list_switches, right="switches"),
    v1("GET", "/switches/{uuid}", get_switch, right="switches"),
    v1("POST", "/switches/{uuid}", set_switch, body={"value": (bool,)}, required=VALUE, right="set_switches"),
    v1("GET", "/events", events.get_events, query=events.POLL_PARAMETERS, right="events"),
    Endpoint("GET", f"{BASE}/docs", show_docs, access="open"),
    Endpoint("GET", f"{BASE}/redoc", show_docs, access="open"),
)
