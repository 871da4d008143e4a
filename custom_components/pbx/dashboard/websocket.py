"""The websocket commands of dashboards; the first one that is asked loads what answers them."""

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from homeassistant.components.websocket_api import async_register_command
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.components.websocket_api.decorators import async_response, websocket_command
from homeassistant.core import HomeAssistant, callback
import voluptuous as vol

from ..const import DOMAIN
from ..hub.call_list import ListedCall
from ..hub.hub import loaded_hubs
from ..hub.lazy_module import LazyModule, async_load

if TYPE_CHECKING:
    from . import facts, subscription
else:
    facts = LazyModule(f"{__package__}.facts")
    subscription = LazyModule(f"{__package__}.subscription")

SECTIONS = ["people", "phones", "queues", "mailboxes", "switches", "calls"]
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
        vol.Optional("sections", default=SECTIONS): [vol.In(SECTIONS)],
    }
)
@async_response
async def handle_subscribe(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Send what these sections show, of one PBX or of all, and from then on what changes."""
    if _count_subscriptions(connection) >= MOST_SUBSCRIPTIONS:
        connection.send_error(msg["id"], "too_many_subscriptions", "too many subscriptions of one connection")
        return
    viewing = _Viewing(connection, msg["id"])
    connection.subscriptions[msg["id"]] = viewing.stop
    await async_load(hass, facts, subscription)
    if not viewing.has_ended:
        viewing.start(
            subscription.Subscription(
                hass, connection.user, viewing.send, msg["sections"], msg.get("config_entry_id")
            )
        )


class _Viewing:
    """A subscription of a connection, which may end before all that it takes is loaded."""

    def __init__(self, connection: ActiveConnection, number: int) -> None:
        self._connection = connection
        self._number = number
        self._subscription: subscription.Subscription | None = None
        self.has_ended = False

    @callback
    def start(self, made: subscription.Subscription) -> None:
        """Say that there is a subscription, and have it send."""
        self._subscription = made
        self._connection.send_result(self._number)
        made.start()

    @callback
    def send(self, shown: dict[str, Any]) -> None:
        """Send what is shown, or what of it has changed."""
        self._connection.send_event(self._number, shown)

    @callback
    def stop(self) -> None:
        """Stop sending."""
        self.has_ended = True
        if self._subscription is not None:
            self._subscription.stop()


def _count_subscriptions(connection: ActiveConnection) -> int:
    """Return how many subscriptions of ours a connection has."""
    owners = (getattr(stop, "__self__", None) for stop in connection.subscriptions.values())
    return sum(isinstance(owner, _Viewing) for owner in owners)


@websocket_command(
    {
        vol.Required("type"): f"{DOMAIN}/calls",
        vol.Optional("config_entry_id"): str,
        vol.Optional("only"): vol.In(["missed", "mine", "queue"]),
        vol.Optional("before"): str,
        vol.Optional("limit", default=50): vol.All(int, vol.Range(min=1, max=MOST_ON_A_PAGE)),
    }
)
@async_response
async def handle_calls(hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]) -> None:
    """Answer with the calls that are over, the latest first; `next` is what to ask for the page after."""
    await async_load(hass, facts)
    found = sorted(_list_calls(hass, connection, msg), key=lambda row: row[0], reverse=True)
    before = msg.get("before")
    page = list(islice((row for row in found if before is None or row[0] < before), msg["limit"] + 1))
    rows = page[: msg["limit"]]
    calls = [facts.describe_past_call(viewer, call, viewer.list_own_users()) for _, viewer, call in rows]
    connection.send_result(
        msg["id"], {"calls": calls, "next": rows[-1][0] if len(page) > len(rows) else None}
    )


def _list_calls(
    hass: HomeAssistant, connection: ActiveConnection, msg: dict[str, Any]
) -> Iterator[tuple[str, facts.Viewer, ListedCall]]:
    """Yield the calls that the user may see and asks for, each with a text that sorts by the time."""
    for hub in loaded_hubs(hass):
        if msg.get("config_entry_id", hub.entry.entry_id) != hub.entry.entry_id:
            continue
        viewer = facts.Viewer(hub, connection.user)
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
