"""The websocket commands of dashboards."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..hub.call_list import ListedCall
from ..hub.hub import loaded_hubs
from .facts import CALLS, SECTIONS, Viewer, describe_past_call
from .subscription import Subscription

MOST_ON_A_PAGE = 100
# A page of the frontend has one for each PBX and what its cards show; each costs at every event.
MOST_SUBSCRIPTIONS = 50


@callback
def async_register_commands(hass: HomeAssistant) -> None:
    """Register every command."""
    for command in (handle_subscribe, handle_calls):
        async_register_command(hass, command)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/subscribe",
        vol.Optional("config_entry_id"): str,
        vol.Optional("sections", default=[*SECTIONS, CALLS]): [vol.In([*SECTIONS, CALLS])],
    }
)
@callback
def handle_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send what these sections show, of one PBX or of all, and from then on what changes."""

    @callback
    def send(facts: dict[str, Any]) -> None:
        connection.send_event(msg["id"], facts)

    if _count_subscriptions(connection) >= MOST_SUBSCRIPTIONS:
        connection.send_error(msg["id"], "too_many_subscriptions", "too many subscriptions of one connection")
        return
    entry_id = msg.get("config_entry_id")
    subscription = Subscription(hass, connection.user, send, msg["sections"], entry_id)
    connection.subscriptions[msg["id"]] = subscription.stop
    connection.send_result(msg["id"])
    subscription.start()


def _count_subscriptions(connection: ActiveConnection) -> int:
    """Return how many subscriptions of ours a connection has."""
    owners = (getattr(stop, "__self__", None) for stop in connection.subscriptions.values())
    return sum(isinstance(owner, Subscription) for owner in owners)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/calls",
        vol.Optional("config_entry_id"): str,
        vol.Optional("only"): vol.In(["missed", "mine", "queue"]),
        vol.Optional("before"): str,
        vol.Optional("limit", default=50): vol.All(int, vol.Range(min=1, max=MOST_ON_A_PAGE)),
    }
)
@callback
def handle_calls(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer with the calls that are over, the latest first; `next` is what to ask for the page after."""
    found = sorted(_list_calls(hass, connection, msg), key=lambda row: row[0], reverse=True)
    before = msg.get("before")
    page = list(islice((row for row in found if before is None or row[0] < before), msg["limit"] + 1))
    rows = page[: msg["limit"]]
    calls = [describe_past_call(viewer, call, viewer.list_own_users()) for _, viewer, call in rows]
    connection.send_result(
        msg["id"], {"calls": calls, "next": rows[-1][0] if len(page) > len(rows) else None}
    )


def _list_calls(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> Iterator[tuple[str, Viewer, ListedCall]]:
    """Yield the calls that the user may see and asks for, each with a text that sorts by the time."""
    for hub in loaded_hubs(hass):
        if msg.get("config_entry_id", hub.entry.entry_id) != hub.entry.entry_id:
            continue
        viewer = Viewer(hub, connection.user)
        own = viewer.list_own_users()
        for call in hub.call_list.list_calls():
            if _is_wanted(call, msg.get("only"), own) and viewer.may_read_past_call(call):
                yield f"{call.started.isoformat()} {call.id}", viewer, call


def _is_wanted(call: ListedCall, only: str | None, own: Collection[str]) -> bool:
    """Return whether a call passes a filter: of the own users, missed, or of a queue."""
    if call.caller_user is not None and not (call.called_number or call.called_name):
        # To pick up what rings elsewhere is to call nobody; that call is in the list by itself.
        return False
    if only == "queue":
        return call.queue is not None
    if only == "mine":
        return any(call.is_of(user) for user in own)
    if only == "missed":
        missed = any(call.is_missed_by(user) for user in own)
        return missed or call.is_missed
    return True
