"""Answer requests about switches."""

from typing import Any

from ..dialect import SWITCH_STYLES, Dialect
from ..endpoint import Endpoint, flag
from ..exchange import Answer, Exchange, forbidden, invalid, not_found
from ..world import Switch, SwitchValue

WORDS = {word: pair[0] == word for pair in SWITCH_STYLES.values() for word in pair if isinstance(word, str)}


def describe_switch(switch: Switch, dialect: Dialect, *, status: bool) -> dict[str, Any]:
    """Return a switch as the API shows it."""
    fields: dict[str, Any] = {"uuid": switch.uuid, "name": switch.name, "default": switch.default}
    if status:
        value = switch.value
        fields["value"] = dialect.switch_value(on=value) if isinstance(value, bool) else value
    return fields


def find_switch(exchange: Exchange) -> Switch:
    """Return the switch that a path names."""
    switch = exchange.pbx.world.switches.get(exchange.path["uuid"])
    if switch is None:
        raise not_found("Switch")
    return switch


async def list_switches(exchange: Exchange) -> Answer:
    """Return all switches."""
    dialect, status = exchange.pbx.faults.dialect, "status" in exchange.query
    switches = exchange.pbx.world.switches.values()
    return Answer([describe_switch(switch, dialect, status=status) for switch in switches])


async def get_switch(exchange: Exchange) -> Answer:
    """Return one switch and its value."""
    return Answer(describe_switch(find_switch(exchange), exchange.pbx.faults.dialect, status=True))


async def set_switch(exchange: Exchange) -> Answer:
    """Change a switch and return it."""
    switch = find_switch(exchange)
    store_value(switch, exchange.body["value"])
    return Answer(describe_switch(switch, exchange.pbx.faults.dialect, status=True))


def store_value(switch: Switch, value: SwitchValue) -> None:
    """Give a switch a value that it can hold."""
    if not switch.can_toggle:
        raise forbidden("This switch cannot be set")
    if not switch.text and isinstance(value, str):
        if value not in WORDS:
            raise invalid("Not a value of this switch")
        value = WORDS[value]
    switch.value = value


ENDPOINTS = (
    Endpoint("GET", "/apis/pbx/switches", list_switches, query={"status": flag}, right="switches"),
    Endpoint("GET", "/apis/pbx/switches/{uuid}", get_switch, right="switches"),
    Endpoint(
        "POST",
        "/apis/pbx/switches/{uuid}",
        set_switch,
        body={"value": (str, bool, type(None))},
        required=frozenset({"value"}),
        right="set_switches",
    ),
)
